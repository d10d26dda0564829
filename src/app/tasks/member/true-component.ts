/** Frequency of the flux densities of truth.json, Hz. */
export const REFERENCE_HZ = 225e9;

/** One source of emission in the simulated sky. */
export interface TruthComponent {
  readonly kind: string;
  /** Direction cosines east and north of the phase centre. */
  readonly offsetArcsec: readonly [number, number];
  readonly raDeg: number;
  readonly decDeg: number;
  readonly fwhmArcsec: number;
  /** Times the primary beam, both at 225 GHz. */
  readonly apparentFluxJy: number;
  readonly fluxJy: number;
  readonly spectralIndex: number;
  readonly line?: {
    readonly restHz: number;
    readonly velocityLsrk: number;
    readonly fwhm: number;
    readonly areaJyKms: number;
  };
}

/**
 * Flux density that an image without primary beam correction shows, Jy; of a line: at its peak.
 *
 * The beam narrows with frequency: in a Gaussian of width 1/f, which an Airy disk is to 1e-4 where it is above 0.9, a response b at
 * the reference frequency is b to the power (f / 225 GHz)².
 */
export function apparentFluxAt(component: TruthComponent, frequencyHz: number): number {
  const ratio = frequencyHz / REFERENCE_HZ;
  const beam = (component.apparentFluxJy / component.fluxJy) ** (ratio * ratio);
  return component.fluxJy * ratio ** component.spectralIndex * beam;
}
