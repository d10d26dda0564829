import type { FieldSignal, SignalView } from './signal.ts';

/** How the phases that amplitudes are solved with were made. */
export interface PhaseSolutions {
  /** Windows have them in common. */
  readonly isJoined: boolean;
  /** Least signal-to-noise ratio that their interval was chosen for. */
  readonly leastSnr: number;
}

/**
 * Share by which the flux density of a calibrator comes out too high in a window.
 *
 * `calmode='a'` takes the moduli of visibilities, which noise makes longer: by σ²/2S² = (N-1)/4s² with N antennas, σ the noise of a part
 * of a visibility and s the ratio of a gain of the scan to its error as CASA has it, of both parts. Phases that are solved for follow
 * the noise, which adds (1-1/m)(1-1/N)/2p², with p the ratio of a phase and m phases in a scan: one phase for the whole scan turns its
 * sum and makes it no longer.
 */
export function amplitudeBias(
  { snr, integrationsPerScan }: FieldSignal,
  { antennaCount }: Pick<SignalView, 'antennaCount'>,
  { isJoined, leastSnr }: PhaseSolutions,
  window: number,
): number {
  const own = snr.get(window) ?? Number.NaN;
  const together = isJoined ? Math.hypot(...[...snr.values()].filter((value) => value > 0)) : own;
  const ofPhase = Math.max(together, leastSnr);
  const phaseCount = Math.max(1, integrationsPerScan / (ofPhase / together) ** 2);
  const ofPhases = ((1 - 1 / antennaCount) * (1 - 1 / phaseCount)) / (2 * ofPhase ** 2);
  return (antennaCount - 1) / (4 * own ** 2 * integrationsPerScan) + ofPhases;
}
