import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runTask } from '../../../../src/app/tasks/task-run.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';
import { taskCalls } from '../../../../src/pipeline/reduction/index.ts';
import {
  calibrateSmallBlock,
  calibrateSmallBlocks,
  fluxDeviations,
  joinSmallBlocks,
  type SmallBlock,
} from './small-block.ts';

const SIZE = { antennaCount: 9, cycleCount: 1, bandpassIntegrations: 4, fluxIntegrations: 4 };

const decided = ({ calibration }: SmallBlock, topic: string) =>
  calibration.decisions.filter((decision) => decision.topic === topic).map(({ choice }) => choice);

/** Antennas that flags of the split data name, each with what else is selected. */
const flagged = ({ calibration }: SmallBlock) =>
  taskCalls(calibration.plan)
    .filter(({ task, args }) => task === 'flagdata' && String(args.vis).endsWith('.split') && args.antenna)
    .map(({ args }) => `${args.antenna} ${args.correlation ?? ''}`.trim())
    .sort();

describe('faults of the array', () => {
  it('are found, flagged and told, and fluxes stay right', async () => {
    const block = await calibrateSmallBlock({
      ...SIZE,
      faults: ['dead-polarization', 'off-source', 'phase-jump', 'low-gain', 'spike', 'no-radiometer', 'no-tsys'],
    });
    expect(decided(block, 'Radiometer left out')).toEqual(['DA42 takes the water of its neighbours']);
    expect(decided(block, 'Dead polarization')).toEqual(['DA44 YY flagged']);
    expect(decided(block, 'Antenna off source').map((choice) => choice.slice(0, 12))).toEqual(['DA45 flagged']);
    expect(decided(block, 'Phase jump').map((choice) => choice.slice(0, 12))).toEqual(['DA46 flagged']);
    expect(decided(block, 'Low gain')).toEqual(['DA48 flagged']);
    expect(decided(block, 'Spike in the spectrum')).toEqual(['channels 11~12 of window 19 flagged']);
    expect(decided(block, 'Tsys')).toEqual(['field 2 for J1733-1304']);
    expect(flagged(block)).toEqual(['DA44 YY', 'DA45', 'DA46', 'DA48']);
    const wvr = taskCalls(block.calibration.plan).find(({ task }) => task === 'wvrgcal');
    expect(wvr?.args.wvrflag).toEqual(['DA42']);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
    expect(JSON.parse(readFileSync(block.truthFile, 'utf8')).executions[0].faults).toHaveLength(7);
  }, 240_000);

  it('flags nothing but a wrong system temperature and moves a misplaced antenna where that is all', async () => {
    const block = await calibrateSmallBlock({ ...SIZE, cycleCount: 2, faults: ['wrong-tsys', 'antenna-position'] });
    expect(decided(block, 'Wrong Tsys')).toEqual(['DV02 flagged in scan 6, windows 9, 11, 13, 15']);
    expect(decided(block, 'Inspection of the calibrators')).toEqual(['nothing flagged']);
    expect(decided(block, 'Antenna positions in the data').map((choice) => choice.slice(0, 10))).toEqual([
      'DV03 moved',
    ]);
    const gencal = taskCalls(block.calibration.plan).find(({ args }) => args.caltype === 'antpos');
    expect(gencal?.args.antenna).toBe('DA41,DA42,DA48,DV03');
    expect(flagged(block)).toEqual([]);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
  }, 240_000);

  it('of a radiometer are seen on the calibrators, and neighbours stand in', async () => {
    const block = await calibrateSmallBlock({ ...SIZE, cycleCount: 2, faults: ['unsteady-radiometer'] });
    expect(decided(block, 'Radiometer left out')).toEqual(['DV05 takes the water of its neighbours']);
    expect(decided(block, 'Water-vapour radiometers')).toEqual(['applied']);
    expect(decided(block, 'Inspection of the calibrators')).toEqual(['nothing flagged']);
    const wvr = taskCalls(block.calibration.plan).filter(({ task }) => task === 'wvrgcal');
    expect(wvr.map(({ args }) => args.wvrflag)).toEqual([['DV05']]);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
  }, 240_000);

  it('are not seen in poor air on long baselines, and no calibrator is given up for it', async () => {
    for (const seed of [1, 9]) {
      const block = await calibrateSmallBlock({
        ...{ seed, antennaCount: 10, configuration: '6', pwvMm: 3, pathRms300m: 300e-6, channelCount: 64 },
        ...{
          bandpassIntegrations: 10,
          fluxIntegrations: 4,
          phaseIntegrations: 2,
          targetIntegrations: 4,
          cycleCount: 3,
        },
      });
      expect(decided(block, 'Inspection of the calibrators'), `seed ${seed}`).toEqual(['nothing flagged']);
      expect(decided(block, 'Bandpass calibrator'), `seed ${seed}`).toEqual([]);
    }
  }, 240_000);

  it('end in a sentence, or another calibrator, where the flux calibrator gives nothing', async () => {
    const silent = { ...SIZE, cycleCount: 1, fluxCalibratorFactor: 0, executionCount: 2, hasBlanks: false };
    await expect(calibrateSmallBlocks(silent)).rejects.toThrow(
      /^There is no flux scale: J1733-1304, the flux calibrator, shows no/,
    );
  }, 240_000);

  it('flags what is shadowed in the array of 7 m dishes and says so', async () => {
    const block = await calibrateSmallBlock({ bandpassIntegrations: 4, fluxIntegrations: 4, faults: ['shadowing'] });
    const found = block.calibration.decisions.filter(({ topic }) => topic === 'Shadowing');
    expect(found.map(({ choice }) => choice.slice(0, 12))).toEqual(['CM02 flagged', 'CM03 flagged', 'CM05 flagged']);
    expect(found[0].reason).toBe('That is 73.3 % of its integrations, in scans 7, 9, 11, 12, 13, 14.');
    expect(decided(block, 'Inspection of the calibrators')).toEqual(['nothing flagged']);
    expect(Math.max(...fluxDeviations(block))).toBeLessThan(1);
  }, 240_000);

  it('leave the flux density of the Execution Blocks that agree, where one has a weak flux calibrator', async () => {
    const blocks = await calibrateSmallBlocks({
      executionCount: 3,
      cycleCount: 1,
      fluxIntegrations: 6,
      faults: ['weak-flux-calibrator'],
    });
    const weak = blocks[2].calibration.uid;
    const { fluxes, decisions } = await joinSmallBlocks(blocks);
    const common = fluxes.filter(({ field }) => field === 'J1924-2914');
    expect(common.map(({ outliers }) => outliers)).toEqual(Array(4).fill([weak]));
    expect(decisions[0].reason).toBe(`Weighted mean of the Execution Blocks without the outlier ${weak}.`);
    const [{ directory, truth }] = blocks;
    const known = truth.fields.find(({ name }) => name === 'J1924-2914')?.fluxPerSpw ?? {};
    for (const { spw, fluxJy, errorJy } of common)
      expect(Math.abs(fluxJy - known[spw]), `window ${spw}`).toBeLessThan(Math.max(0.01 * known[spw], 3 * errorJy));
    // What was applied, not only what was found: visibilities of the Execution Block with the weak calibrator.
    const asked = { axis: 'real', datacolumn: 'data', field: 'J1924-2914', spw: '0', observation: '2' };
    const statistics = await runTask('visstat', ['calibrated.ms'], asked, silentContext(directory));
    const [{ mean }] = Object.values(statistics as Record<string, { mean: { $float: number } }>);
    expect(mean.$float / known[17]).toBeCloseTo(1, 1.7);
  }, 240_000);
});
