import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { antennaUvw, frequencyShiftFactor, observatoryPosition } from '../../../src/astronomy/measures/index.ts';
import {
  autoLayout,
  baselineIndex,
  crossLayout,
  flagLayout,
  nsToMjdSeconds,
  openAsdm,
  openBdf,
} from '../../../src/formats/asdm/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { type SimulateResult, simulate } from '../../../src/pipeline/simulation/index.ts';
import { componentFlux, primaryBeam, SKY } from '../../../src/pipeline/simulation/sky.ts';
import { sourceVisibility } from '../../reference/source-visibility.ts';

let folder = '';
let tiny: SimulateResult;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  tiny = simulate(silentContext(folder), { out: 'tiny', preset: 'tiny', seed: 5 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function digest(directory: string): string {
  const hash = createHash('sha256');
  const walk = (path: string) => {
    for (const name of readdirSync(path).sort()) {
      const child = join(path, name);
      if (statSync(child).isDirectory()) walk(child);
      else hash.update(relative(directory, child)).update(readFileSync(child));
    }
  };
  walk(directory);
  return hash.digest('hex');
}

describe('simulate', () => {
  it('writes the same bytes for the same seed and others for another', () => {
    const again = simulate(silentContext(folder), { out: 'again', preset: 'tiny', seed: 5 });
    expect(again.asdms).toHaveLength(2);
    expect(digest(join(folder, 'again'))).toBe(digest(join(folder, 'tiny')));
    simulate(silentContext(folder), { out: 'again', preset: 'tiny', seed: 6, overwrite: true });
    expect(digest(join(folder, 'again'))).not.toBe(digest(join(folder, 'tiny')));
    expect(() => simulate(silentContext(folder), { out: 'again', preset: 'tiny' })).toThrow(/exists already/);
  });

  it('associates every window with others, the radiometers with all', () => {
    const rows = [...openAsdm(tiny.asdms[0]).table('SpectralWindow').rows()];
    const ids = rows.map((_, id) => id);
    const found = rows.map((row) => Array.from(row.integers('assocSpectralWindowId')));
    expect(found[0]).toEqual(ids.slice(1));
    expect(found.slice(1).flat()).toEqual(ids.slice(1).map((id) => (id % 2 === 1 ? id + 1 : id - 1)));
    expect(rows[0].texts('assocNature').slice(0, 3)).toEqual(['FULL_RESOLUTION', 'CHANNEL_AVERAGE', 'FULL_RESOLUTION']);
  });

  it('writes one polarization, or all four with noise in the crossed ones', () => {
    const products = ([1, 4] as const).map((polarizationCount) => {
      const small = { antennaCount: 4, executionCount: 1, cycleCount: 1 };
      const out = `products ${polarizationCount}`;
      const made = simulate(silentContext(folder), { out, preset: 'tiny', ...small, polarizationCount });
      const asdm = openAsdm(made.asdms[0]);
      const found = [...asdm.table('Main').rows()]
        .filter((row) => row.number('scanNumber') === 4)
        .map((row) => openBdf(asdm.bdfPath(row.text('dataUID'))).header.basebands[0].spectralWindows[0]);
      return found.map(({ crossPolProducts }) => crossPolProducts).find(({ length }) => length > 0);
    });
    expect(products).toEqual([['XX'], ['XX', 'XY', 'YX', 'YY']]);
  });

  it('refuses sources below the horizon', () => {
    const run = () => simulate(silentContext(folder), { out: 'low', preset: 'tiny', fluxCalibrator: 'Ceres' });
    expect(run).toThrow(/Ceres is \d+ deg below the horizon in scan \d+; choose another start/);
  });

  it('has faults that truth.json tells and the goal does not', () => {
    const faults = ['weak-flux-calibrator', 'antenna-position'] as const;
    const made = simulate(silentContext(folder), { out: 'faults', preset: 'tiny', seed: 5, faults });
    const truth = JSON.parse(readFileSync(made.truth, 'utf8'));
    const { antenna } = truth.executions[0].faults[1];
    const { positionError } = truth.antennas.find(({ name }: { name: string }) => name === antenna);
    expect(Math.hypot(...positionError)).toBeCloseTo(2e-3, 4);
    expect(parse(readFileSync(made.goal, 'utf8')).antennaPositionCorrections[antenna]).toBeUndefined();
    expect(truth.executions.map((one: typeof truth) => one.fluxCalibrator.visibilityFactor)).toEqual([1, 0.7]);
  });

  it('writes tables that agree with one another and with the BDFs', () => {
    for (const path of tiny.asdms) {
      const asdm = openAsdm(path);
      for (const name of asdm.tableNames) {
        expect(asdm.table(name).rowCount).toBeGreaterThan(0);
        expect(asdm.table(name).issues.filter((issue) => !/optional/.test(issue.message))).toEqual([]);
      }
      const scans = new Set(asdm.table('Scan').column('scanNumber').values as Int32Array);
      for (const row of asdm.table('Main').rows()) {
        expect(scans.has(row.number('scanNumber'))).toBe(true);
        const bdf = openBdf(asdm.bdfPath(row.text('dataUID')));
        expect(bdf.header.dataOid).toBe(row.text('dataUID'));
        const subsets = [...bdf.subsets()];
        expect(subsets.length * Math.max(1, bdf.header.numTime)).toBe(row.number('numIntegration'));
        expect(autoLayout(bdf.header).total * Math.max(1, bdf.header.numTime)).toBe(bdf.header.parts.autoData?.size);
        if (bdf.header.correlationMode !== 'AUTO_ONLY') {
          expect(crossLayout(bdf.header).total).toBe(bdf.header.parts.crossData?.size);
          expect(flagLayout(bdf.header).total).toBe(bdf.header.parts.flags?.size);
        }
        bdf.close();
      }
    }
  });

  it('states goal and truth of the project that the ASDMs name', () => {
    const goal = parse(readFileSync(tiny.goal, 'utf8'));
    const truth = JSON.parse(readFileSync(tiny.truth, 'utf8'));
    const [summary] = [...openAsdm(tiny.asdms[0]).table('SBSummary').rows()];
    expect(summary.text('obsUnitSetUID')).toBe(goal.member);
    expect(truth.executions.map((one: { asdm: string }) => one.asdm)).toEqual(
      tiny.asdms.map((path) => path.split('/').pop()),
    );
    expect(truth.executions[0].fluxCalibrator.visibilityFactor).toBe(1);
    const weak = truth.executions[1].fluxCalibrator;
    const mean =
      weak.voltagePerAntenna.reduce((sum: number, v: number) => sum + v ** -2, 0) / weak.voltagePerAntenna.length;
    expect(mean).toBeCloseTo(1 / 0.88, 10);
    for (const [name, error] of Object.entries(goal.antennaPositionCorrections)) {
      expect(truth.antennas.find((antenna: { name: string }) => antenna.name === name).positionError).toEqual(error);
    }
  });

  it('puts the sky into perfect data to the last stored digit', () => {
    const { asdms } = simulate(silentContext(folder), {
      out: 'perfect',
      preset: 'tiny',
      isPerfect: true,
      executionCount: 1,
      antennaCount: 4,
    });
    const asdm = openAsdm(asdms[0]);
    const positions = Float64Array.from(
      [...asdm.table('Station').rows()].slice(0, 4).flatMap((row) => [...row.numbers('position')]),
    );
    const field = SKY[3];
    const main = [...asdm.table('Main').rows()].find(
      (row) => row.id('fieldId') === 3 && row.id('configDescriptionId') === 5,
    )!;
    const bdf = openBdf(asdm.bdfPath(main.text('dataUID')));
    const [subset] = [...bdf.subsets()];
    const mjdSec = nsToMjdSeconds(subset.timeNs);
    const uvw = antennaUvw(positions, mjdSec, field.ra, field.dec);
    const factor = frequencyShiftFactor(mjdSec, field.ra, field.dec, observatoryPosition('ALMA'), 'TOPO', 'LSRK');
    const cross = bdf.read(subset.parts.crossData!);
    const layout = crossLayout(bdf.header);
    const row = [...asdm.table('SpectralWindow').rows()][17];
    const place = layout.windows[0];
    // A perfect instrument has no phases: amplitudes differ from the sky by one factor per channel, the same on all baselines.
    const ratios: number[][] = [];
    for (let chan = 2; chan < place.chanCount - 2; chan += 5) {
      const frequency = row.number('chanFreqStart') + chan * row.number('chanFreqStep');
      const components = field.components.map((component) => ({
        ...component,
        fluxJy:
          componentFlux(component, frequency, factor) *
          primaryBeam(Math.asin(Math.hypot(component.l, component.m)), frequency),
      }));
      const perBaseline: number[] = [];
      for (const [ant1, ant2] of [
        [0, 1],
        [0, 3],
        [2, 3],
      ]) {
        const difference = [0, 1, 2].map((axis) => uvw[3 * ant1 + axis] - uvw[3 * ant2 + axis]);
        const [re, im] = sourceVisibility(components, difference, frequency);
        const at = baselineIndex(ant1, ant2) * layout.stride + place.first + chan * place.valuesPerChannel;
        const found = [Number(cross[at]), Number(cross[at + 1])];
        const size = Math.hypot(re, im);
        const alongside = (found[0] * re + found[1] * im) / size;
        const across = (found[1] * re - found[0] * im) / size;
        expect(Math.abs(across)).toBeLessThan(0.75);
        perBaseline.push(alongside / size);
      }
      ratios.push(perBaseline);
    }
    for (const [first, ...others] of ratios) {
      for (const other of others) expect(Math.abs(other / first - 1)).toBeLessThan(0.02);
    }
    bdf.close();
  });

  it('refuses what cannot be observed', () => {
    expect(() => simulate(silentContext(folder), { out: 'x', preset: 'tiny', antennaCount: 3 })).toThrow(/4 antennas/);
    expect(() => simulate(silentContext(folder), { out: 'x', preset: 'huge' as never })).toThrow(/not a preset/);
    expect(readdirSync(folder)).not.toContain('x');
  });
});
