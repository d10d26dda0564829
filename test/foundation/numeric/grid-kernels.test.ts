import { describe, expect, it } from 'vitest';
import {
  arena,
  degridInto,
  densityInto,
  emptyHalfGrid,
  gridCorrection,
  gridInto,
  type HalfGrid,
  imageFromGridInto,
  type Lease,
  type SampleBlock,
  weightByDensityInPlace,
} from '../../../src/foundation/numeric/index.ts';
import { directImage } from '../../reference/fourier.ts';
import { randomNumbers } from '../../reference/random.ts';

const rows = 40;
const chans = 3;
const pixels = 32;
const cells = 48;
const cell = 1e-3;

function makeBlock(lease: Lease, seed: number): SampleBlock {
  const random = randomNumbers(seed);
  const uvw = lease.float64(rows * 3).map(() => (random() - 0.5) * 600);
  const block = {
    uvw: lease.float64(rows * 3),
    scales: lease.float64(chans * 2),
    vis: lease.float32(rows * chans * 2),
    weight: lease.float32(rows * chans),
    rowCount: rows,
    chanCount: chans,
    chanStart: 0,
    chanEnd: chans,
  };
  block.uvw.set(uvw);
  for (let chan = 0; chan < chans; chan++)
    block.scales.set([-cell * cells * (1 + 0.1 * chan), cell * cells * (1 + 0.1 * chan)], 2 * chan);
  for (let k = 0; k < block.vis.length; k++) block.vis[k] = random() - 0.5;
  for (let k = 0; k < block.weight.length; k++) block.weight[k] = k % 7 === 0 ? 0 : 0.5 + random();
  return block;
}

const makeGrid = (lease: Lease): HalfGrid => emptyHalfGrid(lease, cells, cells);

function samplesOf(block: SampleBlock) {
  const u: number[] = [];
  const v: number[] = [];
  const re: number[] = [];
  const im: number[] = [];
  const weight: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let chan = 0; chan < chans; chan++) {
      const at = row * chans + chan;
      u.push(block.uvw[row * 3] * (1 + 0.1 * chan));
      v.push(block.uvw[row * 3 + 1] * (1 + 0.1 * chan));
      re.push(block.vis[2 * at]);
      im.push(block.vis[2 * at + 1]);
      weight.push(block.weight[at]);
    }
  }
  return { u, v, re, im, weight };
}

describe('gridding', () => {
  it.each([true, false])('gives the direct Fourier sum to 5e-6 of the peak (with visibilities: %s)', (withVis) => {
    arena().scope((lease) => {
      const block = makeBlock(lease, 5);
      const grid = makeGrid(lease);
      const total = gridInto(grid, block, withVis);
      const samples = samplesOf(block);
      if (!withVis) {
        samples.re.fill(1);
        samples.im.fill(0);
      }
      const expected = directImage(samples, pixels, pixels, -cell, cell);
      const correction = gridCorrection(cells, pixels);
      const peak = Math.max(...expected.map(Math.abs));
      const image = lease.float32(pixels * pixels);
      const factors = { x: correction.map((value) => 1 / value), y: correction.map((value) => 1 / (value * total)) };
      imageFromGridInto({ grid, image, sizeX: pixels, sizeY: pixels }, factors, cells / 2);
      for (let k = 0; k < image.length; k++) expect(Math.abs(image[k] - expected[k]) / peak).toBeLessThan(5e-6);
    });
  });

  it('and degridding are adjoint', () => {
    arena().scope((lease) => {
      const block = makeBlock(lease, 9);
      const grid = makeGrid(lease);
      gridInto(grid, block);
      const other = makeGrid(lease);
      const random = randomNumbers(3);
      for (let k = 0; k < other.values.length; k++) other.values[k] = random() - 0.5;
      let left = 0;
      for (let k = 0; k < grid.values.length; k++) left += grid.values[k] * other.values[k];
      const original = Float32Array.from(block.vis);
      degridInto(other, block);
      let right = 0;
      for (let k = 0; k < block.weight.length; k++) {
        right += block.weight[k] * (original[2 * k] * block.vis[2 * k] + original[2 * k + 1] * block.vis[2 * k + 1]);
      }
      expect(Math.abs(left - right) / Math.abs(right)).toBeLessThan(2e-6);
    });
  });

  it('skips samples whose footprint leaves the grid and reports what was gridded', () => {
    arena().scope((lease) => {
      const block = makeBlock(lease, 2);
      block.weight.fill(1);
      block.uvw[0] = 1e6;
      const grid = makeGrid(lease);
      expect(gridInto(grid, block)).toBe(rows * chans - chans);
    });
  });
});

describe('weight density', () => {
  it('counts each sample and its conjugate and divides by the cell sum', () => {
    arena().scope((lease) => {
      const block = makeBlock(lease, 4);
      block.weight.fill(2);
      const box = { startX: 0, startY: 0, width: pixels, height: pixels };
      const density = { values: lease.float64(pixels * pixels), box, sizeX: pixels, sizeY: pixels };
      density.values.fill(0);
      const half = { ...block, chanEnd: 1 };
      half.scales.fill(1e-9);
      expect(densityInto(density, half)).toBe(2 * 2 * rows);
      const cells = density.values.filter((value) => value > 0);
      expect(cells.reduce((sum, value) => sum + value, 0)).toBe(4 * rows);
      weightByDensityInPlace(density, half, 1, 0);
      expect(half.weight[0]).toBeGreaterThan(0);
      expect(half.weight[1]).toBe(2);
    });
  });
});
