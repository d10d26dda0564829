import { describe, expect, it } from 'vitest';
import { combineFluxes, type MeasuredFlux } from '../../../src/pipeline/reduction/index.ts';

const flux = (eb: string, fluxJy: number, errorJy: number, field = 'J1625-2527', spw = 17): MeasuredFlux => ({
  eb,
  field,
  spw,
  frequencyHz: 230e9,
  fluxJy,
  errorJy,
  isReference: false,
});

describe('combineFluxes', () => {
  it('is the weighted mean with its error', () => {
    const [common] = combineFluxes([flux('a', 1, 0.01), flux('b', 1.01, 0.02)]);
    const weights = [1 / (0.01 ** 2 + 1e-6), 1 / (0.02 ** 2 + 1.01e-3 ** 2)];
    expect(common.fluxJy).toBeCloseTo((weights[0] * 1 + weights[1] * 1.01) / (weights[0] + weights[1]), 10);
    expect(common.errorJy).toBeCloseTo((weights[0] + weights[1]) ** -0.5, 10);
    expect(common.outliers).toEqual([]);
  });

  it('names and drops the one of two that disagrees with the larger error', () => {
    const [common] = combineFluxes([flux('a', 0.74, 0.002), flux('b', 0.83, 0.02)]);
    expect(common.outliers).toEqual(['b']);
    expect(common.fluxJy).toBeCloseTo(0.74, 10);
  });

  it('keeps both and says so when nothing tells which of two is right', () => {
    const [common] = combineFluxes([flux('a', 0.74, 0.002), flux('b', 0.83, 0.002)]);
    expect(common.outliers).toEqual([]);
    expect(common.disagreement).toBe(
      'b finds J1625-2527 in window 17 to be 12.2 % above a, and nothing tells which is right: ' +
        'the mean of all is used; look at the flux calibrator of each.',
    );
  });

  it('drops the odd one of three whatever its error', () => {
    const [common] = combineFluxes([flux('a', 1, 0.002), flux('b', 1.001, 0.002), flux('c', 1.2, 0.001)]);
    expect(common.outliers).toEqual(['c']);
    expect(common.fluxJy).toBeCloseTo(1.0005, 4);
  });

  it('leaves an Execution Block that is wrong in most windows out of all', () => {
    const windows = [17, 19, 21].flatMap((spw) => [
      flux('a', 1, 0.002, 'J1625-2527', spw),
      flux('b', spw === 21 ? 1.05 : 1.2, 0.02, 'J1625-2527', spw),
    ]);
    expect(combineFluxes(windows.slice(4))[0].outliers).toEqual([]);
    expect(combineFluxes(windows).map(({ outliers }) => outliers)).toEqual([['b'], ['b'], ['b']]);
  });

  it('leaves a steady difference of less than two percent alone', () => {
    expect(combineFluxes([flux('a', 1, 1e-4), flux('b', 1.015, 1e-4)])[0].outliers).toEqual([]);
  });

  it('matches windows by frequency: numbers differ where radiometers are missing', () => {
    const at = (eb: string, fluxJy: number, spw: number, frequencyHz: number) => ({
      ...flux(eb, fluxJy, 0.01, 'J1625-2527', spw),
      frequencyHz,
    });
    const all = combineFluxes([
      at('a', 1, 17, 229.6e9),
      at('a', 2, 19, 231.4e9),
      at('a', 3, 21, 229.6e9),
      at('b', 1, 16, 229.601e9),
      at('b', 2, 17, 231.401e9),
      at('b', 3, 20, 229.601e9),
    ]);
    expect(all.map(({ fluxJy, spw, windows }) => [fluxJy, spw, windows])).toEqual([
      [1, 17, { a: 17, b: 16 }],
      [2, 19, { a: 19, b: 17 }],
      [3, 21, { a: 21, b: 20 }],
    ]);
  });

  const at = (eb: string, spw: number, frequencyHz: number) => ({
    ...flux(eb, 1, 0.01, 'J1625-2527', spw),
    frequencyHz,
  });
  const matched = (...fluxes: MeasuredFlux[]) =>
    combineFluxes(fluxes).map(({ windows, without }) => [windows, without]);

  it('matches windows of dates half a year apart, which the motion of the Earth shifts by two ten-thousandths', () => {
    const shift = 1 + (2 * 29.9e3) / 299_792_458;
    expect(matched(...[230e9, 232e9].flatMap((hz, spw) => [at('a', spw, hz), at('b', spw, hz * shift)]))).toEqual([
      [{ a: 0, b: 0 }, []],
      [{ a: 1, b: 1 }, []],
    ]);
  });

  it('matches the nearest window, not the first, and says which Execution Blocks have none', () => {
    // 40 MHz apart; the first is missing in b and the second in c, in which a window 0.2 GHz away is another.
    const all = [at('a', 17, 230e9), at('a', 19, 230.04e9), at('b', 17, 230.041e9), at('c', 17, 230.001e9)];
    expect(matched(...all, at('c', 19, 230.24e9))).toEqual([
      [{ a: 17, c: 17 }, ['b']],
      [{ a: 19, b: 17 }, ['c']],
      [{ c: 19 }, ['a', 'b']],
    ]);
    expect(matched(...all.slice(0, 2), at('d', 3, 230.039e9), at('d', 5, 229.999e9))).toEqual([
      [{ a: 17, d: 5 }, []],
      [{ a: 19, d: 3 }, []],
    ]);
  });

  it('keeps fields and windows apart', () => {
    const all = combineFluxes([
      flux('a', 1, 0.1),
      flux('a', 2, 0.1, 'J1517-2422'),
      flux('a', 3, 0.1, 'J1625-2527', 19),
    ]);
    expect(all.map((entry) => [entry.field, entry.spw, entry.fluxJy])).toEqual([
      ['J1625-2527', 17, 1],
      ['J1517-2422', 17, 2],
      ['J1625-2527', 19, 3],
    ]);
  });
});
