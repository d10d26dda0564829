import { describe, expect, it } from 'vitest';
import { arena, emptyHalfGrid, gridFromImageInto, imageFromGridInto } from '../../../src/foundation/numeric/index.ts';
import { randomNumbers } from '../../reference/random.ts';

const [cellsX, cellsY] = [24, 20];

/** exp(sign 2 pi i (u X + v Y)) of a cell of the whole plane and a pixel counted from the centre. */
function phase(u: number, v: number, x: number, y: number): [number, number] {
  const angle = 2 * Math.PI * ((u * x) / cellsX + (v * y) / cellsY);
  return [Math.cos(angle), Math.sin(angle)];
}

describe('half a uv plane', () => {
  /** Memory that is leased afterwards holds no numbers. */
  const soil = () => arena().scope((lease) => void lease.float32(100_000).fill(Number.NaN));

  it.each([
    [16, 12],
    [13, 11],
    [3, 9],
  ])('of a real image of %i x %i pixels is its Fourier sum', (sizeX, sizeY) => {
    soil();
    arena().scope((lease) => {
      const random = randomNumbers(sizeX);
      const image = lease.float32(sizeX * sizeY);
      for (let k = 0; k < image.length; k++) image[k] = random() - 0.5;
      const factors = {
        x: Float64Array.from({ length: sizeX }, random),
        y: Float64Array.from({ length: sizeY }, random),
      };
      const grid = emptyHalfGrid(lease, cellsX, cellsY);
      gridFromImageInto({ grid, image, sizeX, sizeY }, factors);
      for (let row = 0; row < cellsY; row++) {
        for (let column = 0; column < grid.width; column++) {
          let [re, im] = [0, 0];
          for (let k = 0; k < image.length; k++) {
            const [x, y] = [k % sizeX, Math.floor(k / sizeX)];
            const [c, s] = phase(column - 4, row - cellsY / 2, x - (sizeX >> 1), y - (sizeY >> 1));
            re += factors.x[x] * factors.y[y] * image[k] * c;
            im += factors.x[x] * factors.y[y] * image[k] * s;
          }
          expect(grid.values[2 * (row * grid.width + column)]).toBeCloseTo(re, 5);
          expect(grid.values[2 * (row * grid.width + column) + 1]).toBeCloseTo(im, 5);
        }
      }
    });
  });

  it.each([
    [16, 12],
    [13, 11],
    [3, 9],
  ])('makes the real image of %i x %i pixels that its cells and their conjugates have', (sizeX, sizeY) => {
    soil();
    arena().scope((lease) => {
      const random = randomNumbers(sizeY);
      const grid = emptyHalfGrid(lease, cellsX, cellsY);
      const columns = 6;
      for (let row = 0; row < cellsY; row++)
        for (let at = 0; at < 2 * (4 + columns); at++) grid.values[2 * row * grid.width + at] = random() - 0.5;
      const cells = grid.values.slice();
      const image = lease.float32(sizeX * sizeY);
      const factors = {
        x: Float64Array.from({ length: sizeX }, random),
        y: Float64Array.from({ length: sizeY }, random),
      };
      imageFromGridInto({ grid, image, sizeX, sizeY }, factors, columns);
      for (let k = 0; k < image.length; k++) {
        const [x, y] = [k % sizeX, Math.floor(k / sizeX)];
        let sum = 0;
        for (let at = 0; at < cells.length; at += 2) {
          const [column, row] = [(at / 2) % grid.width, Math.floor(at / 2 / grid.width)];
          const [c, s] = phase(column - 4, row - cellsY / 2, x - (sizeX >> 1), y - (sizeY >> 1));
          sum += cells[at] * c + cells[at + 1] * s;
        }
        expect(image[k]).toBeCloseTo(factors.x[x] * factors.y[y] * sum, 4);
      }
    });
  });

  it('refuses images that are larger than the plane', () => {
    arena().scope((lease) => {
      const rows = { grid: emptyHalfGrid(lease, cellsX, cellsY), image: lease.float32(900), sizeX: 30, sizeY: 30 };
      expect(() => imageFromGridInto(rows, { x: new Float64Array(30), y: new Float64Array(30) }, 4)).toThrow(/fit/);
    });
  });
});
