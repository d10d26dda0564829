import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';

/** A flux density with its 1-sigma error, Jy, of one calibrator in one window, as one Execution Block found it. */
export interface MeasuredFlux {
  readonly eb: string;
  readonly field: string;
  /** Window number in the ASDM. */
  readonly spw: number;
  readonly frequencyHz: number;
  readonly fluxJy: number;
  readonly errorJy: number;
  /** True for the flux calibrator itself, whose value is the model. */
  readonly isReference: boolean;
}

/** The flux density that all Execution Blocks are brought to. */
export interface CommonFlux {
  readonly field: string;
  /** Window number in the first Execution Block that has it. */
  readonly spw: number;
  /** In each Execution Block: numbers differ where one was observed without radiometers, or with another set-up. */
  readonly windows: Readonly<Record<string, number>>;
  readonly frequencyHz: number;
  readonly fluxJy: number;
  readonly errorJy: number;
  /** Execution Blocks whose value was left out. */
  readonly outliers: readonly string[];
  /** Execution Blocks that have values of the calibrator, but of no window near this frequency. */
  readonly without: readonly string[];
  /** A sentence, when the values disagree and nothing tells which one is wrong. */
  readonly disagreement?: string;
}

/** A value is an outlier when it is this many sigma and this share away from the mean of the others… */
const OUTLIER_SIGMA = 3;
const OUTLIER_SHARE = 0.02;
/** …and its error is so many times that of the others, so that the data say which value to trust. */
const ERROR_RATIO = 1.5;
/** Share of the flux added in quadrature to every error: calibrators are not steadier than that over a day. */
const STEADINESS = 1e-3;

/**
 * Weighted means of per-Execution-Block fluxes, per calibrator and window, outliers left out and named.
 *
 * @param fluxes all measured values; windows of one calibrator are matched by frequency, the nearest first
 * @returns one value per field and window, in the order of first appearance
 */
export function combineFluxes(fluxes: readonly MeasuredFlux[]): CommonFlux[] {
  const groups = groupWindows(fluxes);
  const without = (group: readonly MeasuredFlux[]) => {
    const others = fluxes.filter(({ eb, field }) => field === group[0].field && group.every((flux) => flux.eb !== eb));
    return [...new Set(others.map(({ eb }) => eb))];
  };
  const combine = (wrong: readonly string[]) =>
    groups.map((group) => ({ ...combineGroup(group, wrong), without: without(group) }));
  const first = combine([]);
  // A wrong flux scale is wrong for all calibrators and windows.
  const isMeasured = (flux: CommonFlux) => fluxes.some((one) => one.field === flux.field && !one.isReference);
  const measured = first.filter(isMeasured);
  const isWrong = (eb: string) => measured.filter(({ outliers }) => outliers.includes(eb)).length > measured.length / 2;
  const wrong = [...new Set(first.flatMap(({ outliers }) => outliers))].filter(isWrong);
  return wrong.length === 0 ? first : combine(wrong);
}

/**
 * Largest relative difference of frequencies of one window: twice the speeds of the Earth around the Sun and around itself over that of
 * light, as between dates half a year apart.
 */
const SAME_FREQUENCY = (2 * (30.3e3 + 0.5e3)) / SPEED_OF_LIGHT;

/** The values of each window and field: at most one of an Execution Block. */
function groupWindows(fluxes: readonly MeasuredFlux[]): MeasuredFlux[][] {
  const groups: MeasuredFlux[][] = [];
  for (const eb of new Set(fluxes.map((flux) => flux.eb))) {
    const own = fluxes.filter((flux) => flux.eb === eb);
    const pairs = own.flatMap((flux) =>
      groups
        .filter(([known]) => known.field === flux.field)
        .map((group) => ({ flux, group, apart: Math.abs(flux.frequencyHz / group[0].frequencyHz - 1) })),
    );
    const free = new Set(own);
    const taken = new Set<MeasuredFlux[]>();
    for (const { flux, group, apart } of pairs.sort((a, b) => a.apart - b.apart)) {
      if (apart > SAME_FREQUENCY || taken.has(group) || !free.delete(flux)) continue;
      group.push(flux);
      taken.add(group);
    }
    groups.push(...[...free].map((flux) => [flux]));
  }
  return groups;
}

/** @param wrong Execution Blocks that are left out from the start */
function combineGroup(group: readonly MeasuredFlux[], wrong: readonly string[]): Omit<CommonFlux, 'without'> {
  const measured = group.filter((flux) => !flux.isReference && flux.fluxJy > 0);
  const trusted = measured.filter(({ eb }) => !wrong.includes(eb));
  let kept = trusted.length > 0 ? trusted : measured.length > 0 ? measured : [...group];
  const outliers = trusted.length > 0 ? measured.flatMap(({ eb }) => (wrong.includes(eb) ? [eb] : [])) : [];
  let disagreement: string | undefined;
  while (kept.length > 1) {
    const verdict = findOutlier(kept);
    if (verdict === undefined) break;
    if (!verdict.isClear) {
      disagreement = disagreementSentence(verdict.worst, kept);
      break;
    }
    outliers.push(verdict.worst.eb);
    kept = kept.filter((flux) => flux !== verdict.worst);
  }
  const { mean, error } = weightedMean(kept);
  const { field, spw, frequencyHz } = group[0];
  const windows = Object.fromEntries(group.map((flux) => [flux.eb, flux.spw]));
  return { field, spw, windows, frequencyHz, fluxJy: mean, errorJy: error, outliers, disagreement };
}

function disagreementSentence(worst: MeasuredFlux, kept: readonly MeasuredFlux[]): string {
  const others = kept.filter((flux) => flux !== worst);
  const ratio = worst.fluxJy / weightedMean(others).mean;
  const side = ratio < 1 ? 'below' : 'above';
  const rest = others.length === 1 ? others[0].eb : 'the other Execution Blocks';
  return (
    `${worst.eb} finds ${worst.field} in window ${worst.spw} to be ${(100 * Math.abs(ratio - 1)).toFixed(1)} % ${side} ${rest}, and ` +
    'nothing tells which is right: the mean of all is used; look at the flux calibrator of each.'
  );
}

function findOutlier(
  kept: readonly MeasuredFlux[],
): { worst: MeasuredFlux; share: number; isClear: boolean } | undefined {
  const scored = kept.map((flux) => {
    const others = kept.filter((other) => other !== flux);
    const { mean, error } = weightedMean(others);
    const difference = Math.abs(flux.fluxJy - mean);
    const ratio = sigmaOf(flux) / Math.min(...others.map(sigmaOf));
    return { worst: flux, share: difference / mean, pull: difference / Math.hypot(sigmaOf(flux), error), ratio };
  });
  scored.sort((a, b) => b.pull - a.pull || b.ratio - a.ratio);
  const suspects = scored.filter((entry) => entry.pull > OUTLIER_SIGMA && entry.share > OUTLIER_SHARE);
  if (suspects.length === 0) return undefined;
  if (kept.length > 2) return { ...suspects[0], isClear: true };
  const worse = suspects.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return { ...worse, isClear: worse.ratio >= ERROR_RATIO };
}

function sigmaOf(flux: MeasuredFlux): number {
  return Math.hypot(flux.errorJy, STEADINESS * flux.fluxJy);
}

function weightedMean(fluxes: readonly MeasuredFlux[]): { mean: number; error: number } {
  let sum = 0;
  let weights = 0;
  for (const flux of fluxes) {
    const weight = sigmaOf(flux) ** -2;
    sum += weight * flux.fluxJy;
    weights += weight;
  }
  return { mean: sum / weights, error: weights ** -0.5 };
}
