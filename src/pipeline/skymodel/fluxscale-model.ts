import type { MsMetadata } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { PointSpectrum } from './point-spectrum.ts';

/** The dictionary that CASA's fluxscale returns; only what setjy needs of it. */
export type FluxDictionary = Readonly<Record<string, unknown>>;

interface FieldFluxes {
  readonly fitFluxd?: number;
  readonly fitRefFreq?: number;
  readonly spidx?: readonly number[];
  readonly [spwId: string]: unknown;
}

/**
 * Spectrum of a field from fluxscale's result: the fit when there is one, else the window's own flux density.
 *
 * @throws usage when the dictionary has no valid flux density for the field and window
 */
export function spectrumFromFluxscale(
  dictionary: FluxDictionary,
  fieldId: number,
  spwId: number,
  metadata: MsMetadata,
): PointSpectrum {
  const entry = dictionary[String(fieldId)] as FieldFluxes | undefined;
  if (!entry) fail('usage', `The flux dictionary has nothing for field ${fieldId}.`);
  const spectralIndex = (entry.spidx ?? []).slice(1);
  if (entry.fitFluxd && entry.fitRefFreq) {
    return {
      kind: 'power-law',
      stokes: [entry.fitFluxd, 0, 0, 0],
      referenceHz: entry.fitRefFreq,
      spectralIndex: spectralIndex.length > 0 ? spectralIndex : [0],
    };
  }
  const own = entry[String(spwId)] as { readonly fluxd?: readonly number[] } | undefined;
  const flux = own?.fluxd?.[0] ?? -1;
  if (!(flux > 0))
    fail('usage', `The flux dictionary has no valid flux density for field ${fieldId}, window ${spwId}.`);
  const frequencies = (dictionary.freq ?? []) as readonly number[];
  const { chanFreqs } = metadata.spectralWindows[spwId];
  const middle = (chanFreqs[0] + chanFreqs[chanFreqs.length - 1]) / 2;
  return {
    kind: 'power-law',
    stokes: [flux, 0, 0, 0],
    referenceHz: frequencies[spwId] > 0 ? frequencies[spwId] : middle,
    spectralIndex: spectralIndex.length > 0 ? spectralIndex : [0],
  };
}
