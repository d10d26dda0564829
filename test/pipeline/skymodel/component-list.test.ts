import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { readChunks } from '../../../src/astronomy/visibility/index.ts';
import { ARCSEC, SPEED_OF_LIGHT } from '../../../src/foundation/base/index.ts';
import {
  type ListedComponent,
  readComponentList,
  writeComponentList,
  writeComponentModel,
} from '../../../src/pipeline/skymodel/index.ts';
import { CHANNELS, freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

const gaussian: ListedComponent = {
  ...{ flux: [2, 0, 0, 0], fluxError: [0.1, 0, 0, 0], fluxUnit: 'Jy', longitude: 4 - 2 * Math.PI, latitude: -0.4 },
  ...{ frame: 'J2000', directionError: [0, 0], shape: 'Gaussian', label: 'one' },
  axes: [
    { value: 0.05, unit: 'arcmin' },
    { value: 0.02, unit: 'arcmin' },
    { value: 30, unit: 'deg' },
  ],
  axisErrors: [0, 0, 0].map((value) => ({ value, unit: 'rad' })),
  ...{ frequencyGHz: 230, frequencyFrame: 'LSRK', spectralIndex: 2 },
};
const { spectralIndex: _none, ...constant } = gaussian;
const point: ListedComponent = {
  ...constant,
  flux: [500, 0, 0, 0],
  fluxUnit: 'mJy',
  shape: 'Point',
  axes: [],
  axisErrors: [],
};

describe('component lists', () => {
  it('come back as they were written, and replace what was there', () => {
    const path = join(freshContext().cwd, 'a.cl');
    writeComponentList(path, [point]);
    writeComponentList(path, [gaussian, point]);
    const [first, second] = readComponentList(path);
    expect(second).toEqual(point);
    expect({ ...first, axes: [] }).toEqual({ ...gaussian, axes: [] });
    expect(first.axes.map(({ value }) => value)).toEqual([0.05, 0.02, 30].map((value) => expect.closeTo(value, 12)));
    expect(() => readComponentList(`${path}.no`)).toThrow('no component list');
  });

  it('are predicted as the Fourier sum over the sky, and added when asked', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    writeComponentList(join(context.cwd, 'a.cl'), [gaussian]);
    writeComponentList(join(context.cwd, 'p.cl'), [point]);
    writeComponentModel(context, { vis: 'a.ms', field: '0', complist: 'a.cl' });
    writeComponentModel(context, { vis: 'a.ms', field: '0', complist: 'p.cl', incremental: true });
    const ms = openMs(join(context.cwd, 'a.ms'));
    let seen = 0;
    for (const chunk of readChunks(ms, { columns: ['MODEL_DATA'], selection: { field: '0', spw: '0' } })) {
      const model = chunk.data.MODEL_DATA as Float32Array;
      for (let row = 0; row < chunk.rowCount; row += 7) {
        const [u, v] = chunk.uvw.subarray(3 * row, 3 * row + 2);
        const frequency = 230e9 + (CHANNELS[0] - 1) * 1e6;
        const expected = skySum(u * (frequency / SPEED_OF_LIGHT), v * (frequency / SPEED_OF_LIGHT));
        const at = 2 * ((row * chunk.chanCount + CHANNELS[0] - 1) * chunk.corrCount);
        expect(model[at]).toBeCloseTo(2 * (frequency / 230e9) ** 2 * expected + 0.5, 5);
        expect(model[at + 1]).toBeCloseTo(0, 6);
        seen++;
      }
      chunk.release();
    }
    ms.close();
    expect(seen).toBeGreaterThan(4);
  });

  it('are predicted for the channels chosen; others keep what they have', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    writeComponentList(join(context.cwd, 'p.cl'), [point]);
    writeComponentModel(context, { vis: 'a.ms', field: '0', complist: 'p.cl' });
    const chosen = { field: '0', spw: '0:1~2', complist: 'p.cl' };
    writeComponentModel(context, { vis: 'a.ms', ...chosen, incremental: true });
    const ms = openMs(join(context.cwd, 'a.ms'));
    const [chunk] = readChunks(ms, { columns: ['MODEL_DATA'], selection: { field: '0', spw: '0' } });
    const model = chunk.data.MODEL_DATA as Float32Array;
    const found = Array.from({ length: 4 }, (_, chan) => model[2 * chan * chunk.corrCount]);
    for (const [chan, value] of [0.5, 1, 1, 0.5].entries()) expect(found[chan]).toBeCloseTo(value, 5);
    chunk.release();
    ms.close();
  });
});

/** Of a Gaussian of unit flux density, 3 by 1.2 arcsec, major axis 30 degrees from north to east: cos over the sky, in wavelengths. */
function skySum(u: number, v: number): number {
  const [step, half] = [0.1 * ARCSEC, 60];
  const [sin, cos] = [Math.sin(Math.PI / 6), Math.cos(Math.PI / 6)];
  let [sum, total] = [0, 0];
  for (let x = -half; x <= half; x++) {
    for (let y = -half; y <= half; y++) {
      const [l, m] = [x * step, y * step];
      const along = (l * sin + m * cos) / (3 * ARCSEC);
      const across = (l * cos - m * sin) / (1.2 * ARCSEC);
      const weight = 2 ** (-4 * (along * along + across * across));
      sum += weight * Math.cos(2 * Math.PI * (u * l + v * m));
      total += weight;
    }
  }
  return sum / total;
}
