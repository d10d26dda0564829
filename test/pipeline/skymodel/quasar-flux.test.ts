import { describe, expect, it } from 'vitest';
import { fluxModels } from '../../../src/pipeline/skymodel/flux-models.ts';
import { quasarFlux, quasarStandards } from '../../../src/pipeline/skymodel/quasar-flux.ts';

const DAY = 86400;

describe('flux densities of Perley and Butler', () => {
  it('are polynomials in the logarithm of the frequency', () => {
    // Perley & Butler 2013, table 14: 3C286
    const flux = quasarFlux('Perley-Butler 2013', '3C286', 0, 0, 56000 * DAY);
    expect(flux(1e9)).toBeCloseTo(10 ** 1.2515, 9);
    expect(flux(1e10)).toBeCloseTo(10 ** (1.2515 - 0.4605 - 0.1715 + 0.0336), 9);
  });

  it('of variable sources are those of the nearest epoch', () => {
    const at = (mjd: number) => quasarFlux('Perley-Butler 2017', '3C 48', 0, 0, mjd * DAY)(1e9);
    expect(at(45000)).toBeCloseTo(10 ** 1.3339, 9);
    expect(at(55900)).toBeCloseTo(10 ** 1.3324, 9);
    expect(at(45481 + 400)).toBe(at(45000));
  });

  it('find a source by each of its names and by its position', () => {
    const reference = quasarFlux('Perley-Butler 2017', '3C286', 0, 0, 0)(1e10);
    for (const name of ['3c_286', 'J1331+3030', '1331+305=3C286'])
      expect(quasarFlux('Perley-Butler 2017', name, 0, 0, 0)(1e10)).toBe(reference);
    expect(quasarFlux('Perley-Butler 2017', 'flux', 3.539257626, 0.532485023, 0)(1e10)).toBe(reference);
    expect(quasarFlux('Perley-Butler 2017', 'Cygnus A', 0, 0, 0)(1e9)).toBeCloseTo(10 ** 3.3498, 6);
  });

  it('say what they do not have', () => {
    expect(quasarStandards).toEqual(Object.keys(fluxModels().quasars.standards));
    expect(() => quasarFlux('Perley-Butler 2013', 'J1733-1304', 0, 0, 0)).toThrow(/"J1733-1304" is no source/);
    expect(() => quasarFlux('Baars', '3C286', 0, 0, 0)).toThrow(/not known/);
  });
});
