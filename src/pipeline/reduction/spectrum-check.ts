import { median } from '../../foundation/numeric/index.ts';
import type { MeasuredFlux } from './common-flux.ts';
import type { Decision } from './plan-builder.ts';

/** A window is off when its flux density differs from what the others let one expect by that share, and by so many errors. */
const LARGEST_SHARE = 0.2;
const SIGMA = 3;
const FEWEST_WINDOWS = 3;
/** Spectral index of quasars at millimetre wavelengths. */
const USUAL_INDEX = -0.6;

/** Says which windows find a calibrator much brighter or fainter than the other windows do. */
export function oddWindows(fluxes: readonly MeasuredFlux[]): Decision[] {
  const measured = fluxes.filter(({ isReference, fluxJy }) => !isReference && fluxJy > 0);
  const fields = [...new Set(measured.map(({ field }) => field))];
  return fields.flatMap((field) => {
    const own = measured.filter((flux) => flux.field === field);
    if (own.length < FEWEST_WINDOWS) return [];
    const judged = own.map((flux) => {
      const others = own.filter((other) => other !== flux);
      const expected = expectedFlux(others, flux.frequencyHz);
      const errors = others.map(({ fluxJy, errorJy }) => errorJy / fluxJy);
      const error = flux.fluxJy * Math.hypot(flux.errorJy / flux.fluxJy, Math.max(...errors));
      return { flux, ratio: flux.fluxJy / expected, pull: Math.abs(flux.fluxJy - expected) / error };
    });
    const worst = judged.reduce((a, b) => (Math.abs(Math.log(b.ratio)) > Math.abs(Math.log(a.ratio)) ? b : a));
    if (Math.abs(worst.ratio - 1) < LARGEST_SHARE || worst.pull < SIGMA) return [];
    const percent = (100 * Math.abs(worst.ratio - 1)).toFixed(0);
    return [
      {
        topic: 'Spectrum of a calibrator',
        choice: `window ${worst.flux.spw} finds ${field} ${percent} % ${worst.ratio > 1 ? 'brighter' : 'fainter'} than its other windows`,
        reason:
          'No such source does that: look at the spectra and system temperatures of this window before it is used.',
      },
    ];
  });
}

/** Median of the flux densities, which a spectral index changes little over the windows of one tuning. */
function expectedFlux(others: readonly MeasuredFlux[], frequencyHz: number): number {
  return median(others.map((flux) => flux.fluxJy * (frequencyHz / flux.frequencyHz) ** USUAL_INDEX));
}
