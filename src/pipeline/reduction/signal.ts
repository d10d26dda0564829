import { median, robustScatter } from '../../foundation/numeric/index.ts';
import { measureSteadiness, type PhaseSteadiness } from './coherence.ts';
import type { CalibratorView, IntegrationGains } from './gain-series.ts';
import type { Observation } from './observation.ts';
import { medianAngle, wrap } from './robust.ts';

/** How well a calibrator is seen by one antenna and polarization in one integration and window. */
export interface FieldSignal {
  readonly fieldId: number;
  /** Signal-to-noise ratio of a gain, median over antennas, polarizations and integrations, by window. */
  readonly snr: ReadonlyMap<number, number>;
  readonly integrationCount: number;
  /** In the shortest of its scans. */
  readonly integrationsPerScan: number;
  /** s */
  readonly integrationSec: number;
}

/** What calibrators show of signal and steadiness. */
export interface SignalView {
  readonly fields: readonly FieldSignal[];
  /** Antennas with gains, in the scan with the fewest of them. */
  readonly antennaCount: number;
  /** Scatter of the phase from integration to integration on the bandpass calibrator, rad, by antenna; NaN where it is not known. */
  readonly phaseScatter: Readonly<Record<string, number>>;
  readonly steadiness: PhaseSteadiness;
}

/** Measures signal-to-noise ratios and the steadiness of phases. */
export function measureSignal(
  view: CalibratorView,
  { bandpass, phase }: Pick<Observation, 'bandpass' | 'phase'>,
): SignalView {
  const phaseIds = phase.map(({ id }) => id);
  const fieldIds = [...new Set(view.integrations.map(({ fieldId }) => fieldId))];
  const fields = fieldIds.map((fieldId): FieldSignal => {
    const own = view.integrations.filter((one) => one.fieldId === fieldId);
    const spwIds = [...new Set(own.map(({ spwId }) => spwId))];
    const times = [...new Set(own.map(({ time }) => time))].sort((a, b) => a - b);
    const scanIds = [...new Set(own.map(({ scan }) => scan))];
    const timesOf = (id: number) => own.filter(({ scan }) => scan === id).map(({ time }) => time);
    const gaps = times.slice(1).map((time, index) => time - times[index]);
    return {
      fieldId,
      snr: new Map(spwIds.map((spw) => [spw, medianSnr(own.filter(({ spwId }) => spwId === spw))])),
      integrationCount: times.length,
      integrationsPerScan: Math.min(...scanIds.map((scan) => new Set(timesOf(scan)).size)),
      integrationSec: gaps.length > 0 ? Math.min(...gaps) : Number.NaN,
    };
  });
  return {
    ...{ fields, antennaCount: fewestAntennas(view) },
    ...{ phaseScatter: scatterOfPhases(view, bandpass.id), steadiness: measureSteadiness(view, phaseIds) },
  };
}

function fewestAntennas({ antennas, integrations, polCount }: CalibratorView): number {
  const ofScan = new Map<number, number>();
  for (const { scan, flag } of integrations) {
    const count = antennas.filter((_, ant) => flag.subarray(2 * ant, 2 * ant + polCount).includes(0)).length;
    ofScan.set(scan, Math.max(count, ofScan.get(scan) ?? 0));
  }
  return Math.min(antennas.length, ...[...ofScan.values()].filter((count) => count > 0));
}

function medianSnr(integrations: readonly IntegrationGains[]): number {
  return median(integrations.flatMap(({ snr, flag }) => Array.from(snr).filter((_, cell) => !flag[cell])));
}

function scatterOfPhases(view: CalibratorView, fieldId: number): Record<string, number> {
  const own = view.integrations.filter((one) => one.fieldId === fieldId);
  const spwIds = [...new Set(own.map(({ spwId }) => spwId))];
  const steps = view.antennas.map(() => [] as number[]);
  for (const spw of spwIds) {
    const series = own.filter(({ spwId }) => spwId === spw);
    for (let pol = 0; pol < view.polCount; pol++) {
      for (let index = 1; index < series.length; index++) {
        const turns = view.antennas.map((_, ant) =>
          wrap(phaseOf(series[index], ant, pol) - phaseOf(series[index - 1], ant, pol)),
        );
        const common = medianAngle(turns.filter(Number.isFinite));
        turns.forEach((turn, ant) => {
          if (Number.isFinite(turn)) steps[ant].push(wrap(turn - common) / Math.SQRT2);
        });
      }
    }
  }
  return Object.fromEntries(view.antennas.map((name, ant) => [name, robustScatter(steps[ant])]));
}

function phaseOf({ gains, flag }: IntegrationGains, ant: number, pol: number): number {
  const cell = 2 * ant + pol;
  return flag[cell] ? Number.NaN : Math.atan2(gains[2 * cell + 1], gains[2 * cell]);
}
