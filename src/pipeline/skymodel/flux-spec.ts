import { fail, parseQuantity } from '../../foundation/base/index.ts';

/** Flux density of a calibrator as a user gives it. */
export interface FluxSpec {
  readonly name: string;
  readonly fluxJy: number;
  readonly referenceHz: number;
  /** α of S ∝ ν^α, and higher terms in log10 ν when given. */
  readonly spectralIndex: readonly number[];
}

/**
 * Reads a calibrator flux such as `J1733-1304=1.85Jy@225GHz,-0.55`: name, flux density, reference frequency and, after
 * commas, the spectral index and its curvature.
 *
 * @throws usage
 */
export function parseFluxSpec(text: string): FluxSpec {
  const match = /^\s*([^=\s](?:[^=]*[^=\s])?)\s*=\s*([^@,]+)@([^,]+)((?:,[^,]+)*)\s*$/.exec(text);
  if (!match)
    fail('usage', `"${text}" is not a flux such as J1733-1304=1.85Jy@225GHz,-0.55 (name=flux@frequency,index).`);
  const fluxJy = parseQuantity(match[2], 'flux', 'Jy');
  const referenceHz = parseQuantity(match[3], 'frequency', 'Hz');
  const spectralIndex = match[4]
    .split(',')
    .slice(1)
    .map((word) => Number(word));
  if (spectralIndex.some((value) => !Number.isFinite(value)))
    fail('usage', `"${text}": the spectral index is not a number.`);
  if (!(fluxJy > 0 && referenceHz > 0))
    fail('usage', `"${text}": the flux density and the frequency must be positive.`);
  return { name: match[1], fluxJy, referenceHz, spectralIndex: spectralIndex.length > 0 ? spectralIndex : [0] };
}
