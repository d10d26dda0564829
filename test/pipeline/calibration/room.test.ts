import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MsMetadata, openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { type DataColumn, readChunks } from '../../../src/astronomy/visibility/index.ts';
import { type Context, silentContext } from '../../../src/foundation/base/index.ts';
import { applycal, gencal, readCalTable, wvrgcal } from '../../../src/pipeline/calibration/index.ts';
import { importasdm } from '../../../src/pipeline/ingest/index.ts';
import { simulate } from '../../../src/pipeline/simulation/index.ts';
import { openModel, setjy } from '../../../src/pipeline/skymodel/index.ts';

let folder: string;
let vis: string;
let context: Context;
let metadata: MsMetadata;
let science: number[];
let tsysMap: number[];
const lines: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qa2-calibration-'));
  context = { ...silentContext(folder), log: { post: (text) => lines.push(text) } };
  // A rougher atmosphere than usual, so that the thermal noise of a few channels does not hide what is left.
  const air = { executionCount: 1, bandpassIntegrations: 12, pathRms300m: 500e-6 };
  const { asdms } = simulate(context, { out: join(folder, 'obs'), preset: 'tiny', seed: 3, ...air });
  vis = join(folder, 'a.ms');
  importasdm(context, { asdm: asdms[0], vis, lazy: false });
  const ms = openMs(vis, 'read');
  metadata = readMetadata(ms);
  const target = metadata.scans.filter(({ intents }) => intents.some((intent) => intent.startsWith('OBSERVE_TARGET')));
  const observed = new Set(target.flatMap(({ spwIds }) => [...spwIds]));
  science = metadata.spectralWindows
    .filter(({ id, chanFreqs }) => observed.has(id) && chanFreqs.length > 4)
    .map(({ id }) => id);
  ms.close();
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Median over baselines and scans of the phase scatter of the channel mean, rad. */
function phaseScatter(column: DataColumn, spwId: number, fieldId: number): number {
  const series = new Map<string, number[]>();
  const ms = openMs(vis, 'read');
  const selection = { spw: String(spwId), field: String(fieldId) };
  for (const chunk of readChunks(ms, { selection, columns: [column], metadata })) {
    const data = chunk.data[column] ?? new Float32Array(0);
    for (let row = 0; row < chunk.rowCount; row++) {
      if (chunk.antenna1[row] === chunk.antenna2[row]) continue;
      let [re, im] = [0, 0];
      for (let chan = 0; chan < chunk.chanCount; chan++) {
        const at = 2 * (row * chunk.chanCount + chan) * chunk.corrCount;
        re += data[at];
        im += data[at + 1];
      }
      const key = `${chunk.antenna1[row]}-${chunk.antenna2[row]}/${chunk.scanNumber[row]}`;
      const phases = series.get(key) ?? [];
      series.set(key, phases);
      const before = phases.at(-1) ?? 0;
      phases.push(before + Math.atan2(Math.sin(Math.atan2(im, re) - before), Math.cos(Math.atan2(im, re) - before)));
    }
    chunk.release();
  }
  ms.close();
  const scatters = [...series.values()].map((phases) => {
    const mean = phases.reduce((sum, phase) => sum + phase, 0) / phases.length;
    return Math.sqrt(phases.reduce((sum, phase) => sum + (phase - mean) ** 2, 0) / phases.length);
  });
  return scatters.sort((a, b) => a - b)[Math.floor(scatters.length / 2)];
}

describe('from a simulated observation', () => {
  it('gencal makes a table of the system temperatures', () => {
    gencal(context, { vis, caltable: 'a.tsys', caltype: 'tsys' });
    const table = readCalTable(join(folder, 'a.tsys'));
    expect(table).toMatchObject({ visCal: 'B TSYS', parType: 'Float' });
    const tsysWindows = [...new Set(table.rows.spwId)];
    expect(tsysWindows.length).toBeGreaterThan(0);
    expect(table.rows.flag.every((flag) => flag === 0)).toBe(true);
    expect(table.rows.params.every((kelvin) => kelvin > 20 && kelvin < 2000)).toBe(true);
    tsysMap = metadata.spectralWindows.map(({ id, bbcNo }) =>
      science.includes(id) ? (tsysWindows.find((other) => metadata.spectralWindows[other].bbcNo === bbcNo) ?? id) : id,
    );
  });

  it('wvrgcal lends radiometers within 500 m where maxdistm is below 0, and needs one that is usable', () => {
    const names = metadata.antennas.map(({ name }) => name);
    const lent = (maxdistm: number, wvrflag = names.slice(0, 1)) =>
      wvrgcal(context, { vis, caltable: 'lent.wvr', spw: science, wvrflag, maxdistm }).RMS_um[0];
    expect(lent(-1)).toBe(lent(500));
    expect(lent(0)).toBe(0);
    expect(() => lent(500, names)).toThrow('No antennas with sufficient WVR data');
  });

  it('wvrgcal and applycal take the phase noise away', () => {
    const result = wvrgcal(context, { vis, caltable: 'a.wvr', spw: science });
    expect(result.success).toBe(true);
    expect(result.Name).toEqual(metadata.antennas.map(({ name }) => name));
    expect(Math.max(...result.RMS_um)).toBeLessThan(2000);
    expect(lines.some((line) => line.includes('Disc (um)'))).toBe(true);
    const calibrator = metadata.scans.find(({ intents }) => intents.some((intent) => /BANDPASS/.test(intent)));
    const field = calibrator?.fieldIds[0] ?? 0;
    const before = phaseScatter('DATA', science[0], field);
    const applied = applycal(context, {
      ...{ vis, spw: science.join(','), gaintable: ['a.tsys', 'a.wvr'], interp: ['linear,linear', 'linear'] },
      ...{ spwmap: [tsysMap, []], calwt: true },
    });
    expect(applied.uncalibrated).toEqual([]);
    expect(applied.terms.map(({ visCal }) => visCal)).toEqual(['B TSYS', 'T Jones']);
    const after = phaseScatter('CORRECTED_DATA', science[0], field);
    expect(before / after).toBeGreaterThan(3);
  });

  it('a dry run changes nothing', () => {
    const options = {
      vis,
      spw: String(science[0]),
      gaintable: ['a.tsys'],
      spwmap: [tsysMap],
      applymode: 'trial' as const,
    };
    const before = phaseScatter('CORRECTED_DATA', science[0], 0);
    applycal(context, options);
    expect(phaseScatter('CORRECTED_DATA', science[0], 0)).toBe(before);
  });

  it('antenna positions become a table that applycal takes', () => {
    const names = metadata.antennas.slice(0, 2).map(({ name }) => name);
    gencal(context, {
      vis,
      caltable: 'a.antpos',
      caltype: 'antpos',
      antenna: names.join(','),
      parameter: [0.001, 0, 0, 0, 0.002, 0],
    });
    const { rows } = readCalTable(join(folder, 'a.antpos'));
    expect([...rows.params.subarray(0, 6)]).toEqual([0.001, 0, 0, 0, 0.002, 0].map(Math.fround));
    const result = applycal(context, { vis, spw: String(science[0]), gaintable: 'a.antpos' });
    expect(result.terms[0].nflagOut).toBe(result.terms[0].nflagIn);
  });

  it('setjy is seen by the model that solvers use', () => {
    const name = metadata.fields[0].name;
    const flux = { standard: 'manual', fluxdensity: [2, 0, 0, 0], spix: -0.5, reffreq: '200GHz' };
    const result = setjy(context, { vis, field: name, spw: String(science[0]), ...flux });
    // Scripts of CASA 4.1 give a flux density and no standard, or any.
    const old = { ...flux, standard: 'Butler-JPL-Horizons 2012' };
    const fluxIn = (casaVersion: string) =>
      setjy({ ...context, casaVersion }, { vis, field: name, spw: String(science[0]), ...old });
    expect(fluxIn('4.1.0')).toEqual(result);
    expect(() => fluxIn('4.2.2')).toThrow(/Butler/);
    const frequency = metadata.spectralWindows[science[0]].chanFreqs[0];
    const expected = 2 * (frequency / 200e9) ** -0.5;
    expect(result[0]).toMatchObject({
      [science[0]]: { fluxd: [expect.closeTo(expected, 9), 0, 0, 0] },
      fieldName: name,
    });
    const ms = openMs(vis, 'read');
    const model = openModel(ms);
    expect(model.hasModel(0, science[0])).toBe(true);
    expect(model.hasModel(1, science[0])).toBe(false);
    for (const chunk of readChunks(ms, { selection: { spw: String(science[0]) }, columns: [] })) {
      const into = new Float32Array(2 * chunk.rowCount * chunk.chanCount * chunk.corrCount);
      model.fill(chunk, into);
      chunk.fieldId.forEach((field, row) => {
        const at = 2 * row * chunk.chanCount * chunk.corrCount;
        expect(into[at]).toBeCloseTo(field === 0 ? expected : 1, 6);
      });
      chunk.release();
    }
    ms.close();
    setjy(context, { vis, field: name, spw: String(science[0]), ...flux, usescratch: true });
    const scratch = openMs(vis, 'read');
    const [chunk] = readChunks(scratch, {
      selection: { spw: String(science[0]), field: name },
      columns: ['MODEL_DATA'],
    });
    expect(chunk.data.MODEL_DATA?.[0]).toBeCloseTo(expected, 6);
    chunk.release();
    scratch.close();
  });
});

describe('wrong use is refused in one sentence', () => {
  it.each([
    [() => gencal(context, { vis, caltable: 'x', caltype: 'tecim' }), /tecim/],
    [() => gencal(context, { vis, caltable: '', caltype: 'tsys' }), /caltable/],
    [() => gencal(context, { vis, caltable: 'x', caltype: 'antpos', parameter: [1, 2] }), /three parameters/],
    [() => gencal(context, { vis, caltable: 'x', caltype: 'antpos', antenna: 'XX99', parameter: [1, 2, 3] }), /XX99/],
    [() => wvrgcal(context, { vis, caltable: 'x', wvrspw: [science[0]] }), /not a WVR SPW/],
    [() => wvrgcal(context, { vis, caltable: 'x', nsol: 3 }), /segsource/],
    [() => wvrgcal(context, { vis, caltable: 'x', tie: ['Nobody,Nowhere'] }), /Nobody/],
    [() => applycal(context, { vis, gaintable: [] }), /at least one gaintable/],
    [() => applycal(context, { vis, gaintable: 'nothing.tsys' }), /nothing\.tsys/],
    [() => applycal(context, { vis, gaintable: 'a.tsys', applymode: 'flag' as never }), /applymode/],
    [() => setjy(context, { vis, standard: 'Baars' }), /Baars/],
  ])('%#', (act, pattern) => {
    expect(act).toThrow(pattern);
  });
});
