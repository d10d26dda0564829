import { describe, expect, it } from 'vitest';
import { runTask } from '../../../../src/app/tasks/task-run.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';
import { taskCalls } from '../../../../src/pipeline/reduction/index.ts';
import { calibrateSmallBlock, fluxDeviations } from './small-block.ts';

describe('a flux scale from a body of the Solar System', () => {
  it('is right without a stated flux density', async () => {
    const block = await calibrateSmallBlock({
      fluxCalibrator: 'Titan',
      antennaCount: 6,
      fluxIntegrations: 10,
      cycleCount: 1,
    });
    const { fluxes, decisions, block: calibrated } = block.calibration;
    expect(fluxes.filter(({ isReference }) => isReference).map(({ field }) => field)).toEqual(Array(4).fill('Titan'));
    const titan = block.truth.fields.find(({ name }) => name === 'Titan');
    for (const { field, spw, fluxJy } of fluxes.filter(({ isReference }) => isReference))
      expect(fluxJy / (titan?.fluxPerSpw[String(spw)] ?? 0), `${field} ${spw}`).toBeCloseTo(1, 2);
    expect(fluxes.filter(({ isReference }) => !isReference)).toHaveLength(8);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
    expect(decisions.find(({ topic }) => topic === 'Flux scale')?.choice).toBe('Titan by Butler-JPL-Horizons 2012');
    expect(
      decisions.filter(({ topic }) => topic === 'Lines of the flux calibrator').map(({ choice }) => choice),
    ).toEqual(['channels 25~31 of window 17 left out on Titan', 'channels 0~10 of window 19 left out on Titan']);
    expect(calibrated.calibrators).not.toContain('Titan');
  }, 240_000);

  it('is right from a disk that most baselines resolve, seen with the intent CALIBRATE_AMPLI', async () => {
    const block = await calibrateSmallBlock({
      fluxCalibrator: 'Neptune',
      fluxIntent: 'CALIBRATE_AMPLI',
      start: '2013/07/20/04:30:00',
      antennaCount: 9,
      cycleCount: 1,
    });
    const { decisions, plan } = block.calibration;
    expect(decisions.find(({ topic }) => topic === 'Resolved flux calibrator')?.choice).toMatch(
      /^baselines to \d+ m, /,
    );
    const solves = taskCalls(plan).filter(({ task, args }) => task === 'gaincal' && args.append === true);
    expect(solves.map(({ args }) => args.uvrange)).toEqual(Array(3).fill(expect.stringMatching(/^0~\d+m$/)));
    expect(block.calibration.fluxes.filter(({ isReference }) => !isReference)).toHaveLength(8);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
  }, 240_000);

  it('comes from the spectra of quasars where a line of the body fills a window', async () => {
    const block = await calibrateSmallBlock({
      fluxCalibrator: 'Titan',
      basebandCentresHz: [230.5e9, 232.2e9, 215.4e9, 213.6e9],
      antennaCount: 6,
      fluxIntegrations: 10,
      cycleCount: 1,
    });
    const { fluxes, decisions, block: calibrated } = block.calibration;
    expect(decisions.map(({ choice }) => choice)).toContain(
      'flux scale of window 17 from the spectra of the other calibrators',
    );
    const models = taskCalls(block.calibration.plan).filter(({ task, args }) => task === 'setjy' && args.spix);
    expect(models.map(({ args }) => args.field)).toEqual(['0', '2']);
    expect(fluxes.filter(({ isReference }) => !isReference)).toHaveLength(8);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
    // What was applied, not only what was found: visibilities of the bandpass calibrator in that window.
    const quasar = block.truth.fields.find(({ name }) => name === 'J1924-2914');
    const asked = { axis: 'real', datacolumn: 'data', field: 'J1924-2914', spw: '0' };
    const statistics = await runTask('visstat', [calibrated.vis], asked, silentContext(block.directory));
    const [{ mean }] = Object.values(statistics as Record<string, { mean: { $float: number } }>);
    expect(mean.$float / (quasar?.fluxPerSpw['17'] ?? 0)).toBeCloseTo(1, 1.5);
  }, 240_000);
});
