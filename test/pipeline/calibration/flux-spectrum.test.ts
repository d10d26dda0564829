import { describe, expect, it } from 'vitest';
import { fitFluxSpectrum, formatGeneral } from '../../../src/pipeline/calibration/flux-spectrum.ts';

describe('flux spectrum', () => {
  // Numbers that CASA 6.7's fluxscale printed for one source in four windows.
  const frequencies = [230.55e9, 232.4e9, 218e9, 216.1e9];
  const fluxes = [2.578970744023381, 2.5799327997698542, 2.624475898458959, 2.6287458551055125];
  const errors = [0.005102226192073156, 0.0029171061943208403, 0.0034727773978068433, 0.0036750841131576186];

  it('is the one that CASA finds, with its errors and covariance', () => {
    const fit = fitFluxSpectrum(frequencies, fluxes, errors, 1);
    expect(fit.refFrequency).toBeCloseTo(224144521141.98215, 2);
    expect(fit.flux).toBeCloseTo(2.6037892478838427, 9);
    expect(fit.fluxError).toBeCloseTo(0.0014895036679970603, 9);
    expect(fit.coefficients[1]).toBeCloseTo(-0.2694168231251597, 8);
    expect(fit.errors[1]).toBeCloseTo(0.01718053630709383, 8);
    expect(fit.covariance[0][1]).toBeCloseTo(-4.2257791989338003e-7, 12);
  });

  it('of order 2 agrees with CASA as well', () => {
    const fit = fitFluxSpectrum(frequencies, fluxes, errors, 2);
    expect(fit.coefficients[2]).toBeCloseTo(2.1002179009445556, 4);
    expect(fit.errors[2]).toBeCloseTo(6.968573465545983, 4);
  });

  it('leaves out a window whose flux density has no error, as CASA does', () => {
    const level = fitFluxSpectrum(
      [229.6e9, 231.45e9, 215.4e9],
      [0.027443, 0.028557, 0.033931],
      [0.045962, 0, 0.01198],
      0,
    );
    expect(level.flux).toBeCloseTo(0.033626, 5);
    expect(level.errors[0]).toBeCloseTo(0.0186, 4);
    const slope = fitFluxSpectrum(
      [229.6e9, 231.45e9, 215.4e9],
      [0.027443, 0.028557, 0.033931],
      [0.045962, 0, 0.01198],
      1,
    );
    expect(slope.coefficients[1]).toBeCloseTo(-3.3239, 3);
    expect(slope.flux).toBeCloseTo(0.029194, 5);
  });

  it('passes through two points exactly', () => {
    const fit = fitFluxSpectrum([100e9, 200e9], [1, 2], [0.1, 0.1], 1);
    expect(fit.coefficients[1]).toBeCloseTo(1, 10);
  });
});

describe('numbers in log lines', () => {
  it.each([
    [230.55e9, '2.3055e+11'],
    [0.733384123, '0.733384'],
    [0.0052356, '0.0052356'],
    [505.4600123, '505.46'],
    [4.71679e-7, '4.71679e-07'],
    [1234567, '1.23457e+06'],
    [100000, '100000'],
    [1, '1'],
    [0, '0'],
    [Number.POSITIVE_INFINITY, 'inf'],
  ])('%f is printed as %s', (value, text) => {
    expect(formatGeneral(value)).toBe(text);
  });
});
