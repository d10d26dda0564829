import { describe, expect, it } from 'vitest';
import { arena, type Lease } from '../../../src/foundation/numeric/index.ts';
import type { PlaneBlock } from '../../../src/pipeline/imaging/sample-store.ts';
import { densityWeigher, measureDensity } from '../../../src/pipeline/imaging/weight-density.ts';
import { randomNumbers } from '../../reference/random.ts';

const [sizeX, sizeY, cell] = [20, 16, 1e-3];
const rows = 70;

function blockOf(lease: Lease): PlaneBlock {
  const random = randomNumbers(4);
  const block = {
    frequencies: Float64Array.of(300e6),
    uvw: lease.float64(rows * 3),
    scales: lease.float64(2).fill(1),
    vis: lease.float32(rows * 2),
    weight: lease.float32(rows),
    ...{ rowCount: rows, chanCount: 1, chanStart: 0, chanEnd: 1 },
  };
  for (let k = 0; k < block.uvw.length; k++) block.uvw[k] = (random() - 0.5) * 1000;
  for (let k = 0; k < rows; k++) block.weight[k] = random();
  return block;
}

/** Weights by definition: the weight over the sum of weights, and of their conjugates, within `box` cells. */
function byDefinition(block: PlaneBlock, box: number): number[] {
  const cellOf = (row: number, sign: number) => [
    Math.trunc(sign * block.uvw[3 * row] * sizeX * cell + sizeX / 2),
    Math.trunc(sign * block.uvw[3 * row + 1] * sizeY * cell + sizeY / 2),
  ];
  const isWithin = ([x, y]: number[], edge: number) =>
    x - edge > 0 && y - edge > 0 && x + edge < sizeX && y + edge < sizeY;
  return Array.from({ length: rows }, (_, row) => {
    const [x, y] = cellOf(row, 1);
    if (!isWithin([x, y], 0)) return 0;
    let sum = 0;
    for (let other = 0; other < rows; other++)
      for (const sign of [1, -1]) {
        const at = cellOf(other, sign);
        if (isWithin(at, box) && Math.abs(at[0] - x) <= box && Math.abs(at[1] - y) <= box) sum += block.weight[other];
      }
    return sum > 0 ? block.weight[row] / sum : 0;
  });
}

describe('the density of weights', () => {
  it.each([0, 2])('divides weights by what lies within a box of %i cells', (box) => {
    arena().scope((lease) => {
      const block = blockOf(lease);
      const wanted = byDefinition(block, box);
      const choice = { size: [sizeX, sizeY], cell, isNearest: false, box } as const;
      const density = measureDensity(choice, lease, (visit) => visit(block));
      const { values, total } = density;
      expect(total / values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      densityWeigher(choice, density, lease, 1, 0)(block);
      for (let row = 0; row < rows; row++) expect(block.weight[row]).toBeCloseTo(wanted[row], 5);
    });
  });

  it('is kept for the cells that samples reach, and the same whether they come at once or growing', () => {
    arena().scope((lease) => {
      const block = blockOf(lease);
      const near = { ...block, uvw: lease.float64(rows * 3) };
      near.uvw.set(block.uvw.map((value) => value / 100));
      const choice = { size: [sizeX, sizeY], cell, isNearest: false, box: 0 } as const;
      const small = measureDensity(choice, lease, (visit) => visit(near));
      expect(small.box.width).toBeLessThan(sizeX / 2);
      const visitBoth = (first: PlaneBlock, second: PlaneBlock) =>
        measureDensity(choice, lease, (visit) => {
          visit(first);
          visit(second);
        });
      const [growing, atOnce] = [visitBoth(near, block), visitBoth(block, near)];
      expect(growing.box).toEqual(atOnce.box);
      for (let k = 0; k < growing.values.length; k++) expect(growing.values[k]).toBeCloseTo(atOnce.values[k], 12);
      expect(growing.total).toBeCloseTo(atOnce.total, 9);
    });
  });
});
