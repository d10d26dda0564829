import { describe, expect, it } from 'vitest';
import { decodeModel, encodeModel, type WindowModel } from '../../../src/pipeline/skymodel/model-record.ts';
import type { PointSpectrum } from '../../../src/pipeline/skymodel/point-spectrum.ts';

const chanFreqs = [100e9, 101e9, 102e9];
const model = (spectrum: PointSpectrum): WindowModel => ({
  spwId: 2,
  chanCount: 3,
  components: [{ ra: -1.6, dec: -0.2, spectrum }],
  scans: [7, 9],
  states: [23, 24],
});

describe('the record of a virtual model', () => {
  it('keeps a plain power law as it is', () => {
    const plain = model({ kind: 'power-law', stokes: [1.5, 0, 0, 0], referenceHz: 225e9, spectralIndex: [-0.55] });
    expect(decodeModel(encodeModel(1, [plain], () => chanFreqs))).toEqual([plain]);
  });

  it('samples a curved or polarized one at the channels', () => {
    const curved = model({ kind: 'power-law', stokes: [1, 0.1, 0, 0], referenceHz: 100e9, spectralIndex: [-1, 0.2] });
    const [read] = decodeModel(encodeModel(1, [curved], () => chanFreqs));
    expect(read.components[0].spectrum).toMatchObject({ kind: 'sampled', frequencies: Float64Array.from(chanFreqs) });
    const { stokes } = read.components[0].spectrum;
    expect(stokes[0]).toMatchObject({ 0: 1 });
    expect((stokes[1] as Float64Array)[2]).toBeCloseTo(0.1 * (stokes[0] as Float64Array)[2], 12);
  });

  it('keeps a disk', () => {
    const spectrum = { kind: 'power-law', stokes: [1.5, 0, 0, 0], referenceHz: 1e11, spectralIndex: [2] } as const;
    const plain = model(spectrum);
    const [component] = plain.components;
    const disk = { major: 2e-5, minor: 1e-5, positionAngle: 0.5 };
    const [read] = decodeModel(encodeModel(1, [{ ...plain, components: [{ ...component, disk }] }], () => chanFreqs));
    expect(read.components[0].disk?.major).toBeCloseTo(2e-5, 15);
    expect(read.components[0].disk?.minor).toBeCloseTo(1e-5, 15);
    expect(read.components[0].disk?.positionAngle).toBeCloseTo(0.5, 12);
  });

  it("has CASA's fields", () => {
    const plain = model({ kind: 'power-law', stokes: [1, 0, 0, 0], referenceHz: 1e9, spectralIndex: [0] });
    const record = encodeModel(1, [plain], () => chanFreqs);
    expect([...record.keys()]).toEqual(['version', 'numcl', 'cl_0']);
    const list = record.get('cl_0');
    expect(list?.type === 'Record' && list.record.get('indexcombination')).toMatchObject({
      array: { shape: [4, 2], values: Int32Array.of(1, 1, 2, 2, 7, 9, 23, 24) },
    });
    expect(list?.type === 'Record' && list.record.get('channelselection')).toMatchObject({
      array: { shape: [4, 1], values: Int32Array.of(2, 0, 3, 1) },
    });
  });
});
