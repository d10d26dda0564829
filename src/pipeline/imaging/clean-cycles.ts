import type { Context } from '../../foundation/base/index.ts';
import type { MinorCycle } from './minor-cycle.ts';
import { type CleanControl, type RunStyle, TCLEAN_STYLE } from './options.ts';
import { carefulNoise, robustNoise } from './residual-noise.ts';

/** Why the CLEAN loop ended, with CASA's stop codes. */
export const STOP_REASONS: Readonly<Record<number, string>> = {
  0: 'nothing to do',
  1: 'iteration limit',
  2: 'threshold',
  3: 'Zero iterations performed',
  4: 'no change in peak residual across two major cycles',
  5: 'peak residual increased by more than 3 times from the previous major cycle',
  7: 'zero mask',
  8: 'any combination of n-sigma and other valid exit criterion',
  9: 'reached nmajor',
};

/** The planes that the loop works on; each call works on one plane. */
export interface CleanTarget {
  readonly planeCount: number;
  psf(plane: number): Float32Array;
  residual(plane: number): Float32Array;
  model(plane: number): Float32Array;
  /** f32 of 0 and 1 */
  mask(plane: number): Float32Array;
  setModel(plane: number, model: Float32Array): void;
  /** Makes a plane's mask anew from its residual; left out when masks stay. */
  renewMask?(plane: number): void;
  /** A major cycle of one plane: computes its residual anew from the data and the model. */
  updateResidual(plane: number): void;
  /** Planes of several fields that see each other's models, this one among them; left out where each plane is by itself. */
  together?(plane: number): readonly number[];
  /** The minor cycle of a plane where not all have the same. */
  minorOf?(plane: number): MinorCycle;
}

/** A plane's part in a minor cycle. */
export interface PlaneCycle {
  readonly plane: number;
  readonly iterations: number;
  /** Largest residual when the minor cycle stopped, as far as it knows. */
  readonly peak: number;
  readonly modelFlux: number;
  /** How it was when the cycle began. */
  readonly start: PlaneLevels & { readonly iterations: number; readonly modelFlux: number };
  /** Largest residual outside of the mask too, when the major cycle after it was done. */
  readonly wholePeak: number;
  /** Why it stopped: 1 iteration limit, 2 threshold, 5 neither. */
  readonly stopcode: number;
}

/** What is seen of a plane between cycles. */
interface PlaneLevels {
  /** Largest residual within the mask, and in the whole plane. */
  readonly peak: number;
  readonly wholePeak: number;
  /** Sum of the mask. */
  readonly maskSum: number;
}

/** One minor cycle's summary. */
export interface CycleSummary {
  /** Of the planes that were cleaned in it. */
  readonly planes: readonly PlaneCycle[];
  readonly cyclethreshold: number;
  readonly startPeak: number;
  readonly iterations: number;
  readonly modelFlux: number;
}

export interface CleanSummary {
  readonly iterdone: number;
  readonly nmajordone: number;
  readonly stopcode: number;
  readonly stopDescription: string;
  readonly cycles: readonly CycleSummary[];
  /** Down to where the next minor cycle would have gone; 0 when nothing was to be cleaned. */
  readonly nextThreshold: number;
  /** Largest residual of each plane at the end. */
  readonly peaks: readonly number[];
}

/** The summary of images that are not cleaned. */
export function noCleaning(planeCount: number, residual: (plane: number) => Float32Array): CleanSummary {
  const peaks = Array.from({ length: planeCount }, (_, plane) =>
    residual(plane).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  const end = { stopcode: 3, stopDescription: STOP_REASONS[3], nextThreshold: 0 };
  return { iterdone: 0, nmajordone: 0, ...end, cycles: [], peaks };
}

function levelsOf(residual: Float32Array, mask: Float32Array): PlaneLevels {
  let [peak, wholePeak, maskSum] = [0, 0, 0];
  for (let k = 0; k < residual.length; k++) {
    const size = Math.abs(residual[k]);
    if (size > wholePeak) wholePeak = size;
    if (mask[k] === 0) continue;
    maskSum += mask[k];
    if (size > peak) peak = size;
  }
  return { peak, wholePeak, maskSum };
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k];
  return sum;
}

interface PlaneState extends PlaneLevels {
  readonly nsigmaThreshold: number;
}

/** Looks at a plane's residual, after its mask is made anew. */
function examine(target: CleanTarget, control: CleanControl, plane: number, isLast = false): PlaneState {
  if (!isLast) target.renewMask?.(plane);
  const residual = target.residual(plane);
  const mask = target.mask(plane);
  const noise = () => (control.isNoiseCareful ? carefulNoise(residual, mask) : robustNoise(residual));
  const nsigmaThreshold = control.nsigma > 0 ? control.nsigma * (noise()?.rms ?? 0) : 0;
  return { ...levelsOf(residual, mask), nsigmaThreshold };
}

/** Stop code before a minor cycle, or undefined to go on. */
function stopCode(
  states: readonly PlaneState[],
  control: CleanControl,
  { done, major }: { readonly done: number; readonly major: number },
  previousPeak: number,
): number | undefined {
  const peak = Math.max(...states.map((state) => state.peak));
  if (peak === 0) return 7;
  if (done >= control.niter) return 1;
  if (major >= control.nmajor) return 9;
  if (peak <= control.threshold) return 2;
  if (states.every((state) => state.peak <= Math.max(control.threshold, state.nsigmaThreshold))) return 8;
  if (previousPeak > 0 && peak > control.mostGrowth * previousPeak) return 5;
  if (previousPeak > 0 && Math.abs(peak - previousPeak) < 1e-7 * previousPeak) return 4;
  return undefined;
}

/** How far CLEAN is: by its iterations, or by how far the logarithm of the peak has come down to where it ends. */
function doneShare(states: readonly PlaneState[], control: CleanControl, done: number, firstPeak: number): number {
  const peak = Math.max(...states.map((state) => state.peak));
  const end = Math.max(control.threshold, ...states.map((state) => state.nsigmaThreshold));
  const byPeak = end > 0 && firstPeak > end ? Math.log(firstPeak / peak) / Math.log(firstPeak / end) : 0;
  return Math.min(1, Math.max(0, done / control.niter, byPeak));
}

/**
 * The loop for each plane alone, one after the other: its own peak and PSF decide on its cycles, so that a channel with few data does not
 * hold up the others.
 *
 * @param sidelobes largest sidelobe of each plane
 */
export function runCleanByPlane(
  context: Context,
  target: CleanTarget,
  minor: MinorCycle,
  control: CleanControl,
  sidelobes: readonly number[],
  style: RunStyle,
): CleanSummary {
  const all = Array.from({ length: target.planeCount }, (_, plane) => plane);
  const groups = all.map((plane) => target.together?.(plane) ?? [plane]).filter((group, plane) => group[0] === plane);
  const isOne = groups.length === 1;
  const summaries = groups.map((group, index) => {
    const alone: CleanTarget = {
      planeCount: group.length,
      psf: (at) => target.psf(group[at]),
      residual: (at) => target.residual(group[at]),
      model: (at) => target.model(group[at]),
      mask: (at) => target.mask(group[at]),
      setModel: (at, model) => target.setModel(group[at], model),
      updateResidual: (at) => target.updateResidual(group[at]),
      renewMask: target.renewMask && ((at) => target.renewMask?.(group[at])),
      together: () => [...group.keys()],
      minorOf: target.minorOf && ((at) => target.minorOf!(group[at])),
    };
    const summary = runCleanCycles(
      isOne ? context : planeContext(context, index, groups.length),
      alone,
      minor,
      control,
      Math.max(...group.map((plane) => sidelobes[plane])),
      style,
    );
    if (!isOne) context.log.post(planeLine(index, summary), 'INFO', style.task);
    return summary;
  });
  const peaks: number[] = [];
  summaries.forEach((one, index) => {
    one.peaks.forEach((peak, at) => {
      peaks[groups[index][at]] = peak;
    });
  });
  return {
    ...summaries[summaries.length - 1],
    iterdone: summaries.reduce((sum, one) => sum + one.iterdone, 0),
    nmajordone: summaries.reduce((sum, one) => sum + one.nmajordone, 0),
    peaks,
    cycles: summaries.flatMap((one, index) =>
      one.cycles.map((cycle) => ({
        ...cycle,
        planes: cycle.planes.map((part) => ({ ...part, plane: groups[index][part.plane] })),
      })),
    ),
  };
}

/** For one plane of several: no lines of its cycles in the log, and its share of the progress. */
function planeContext(context: Context, plane: number, count: number): Context {
  const update = (done: number, note = '') =>
    context.progress.update((plane + done) / count, `plane ${plane + 1} of ${count}, ${note}`);
  return { ...context, log: { ...context.log, post() {} }, progress: { update } };
}

function planeLine(plane: number, { nmajordone, iterdone, peaks, cycles, stopDescription }: CleanSummary): string {
  const flux = (cycles.at(-1)?.modelFlux ?? 0).toPrecision(5);
  return `Plane ${plane}: ${nmajordone} cycles, ${iterdone} iterations, peak residual ${peaks[0].toExponential(3)} Jy/beam, model flux ${flux} Jy (${stopDescription}).`;
}

/**
 * The CLEAN loop: minor cycles down to a threshold that the PSF's sidelobes allow, then a major cycle, until a limit is
 * reached (Schwab 1984, AJ 89, 1076; control as CASA's tclean: cyclethreshold = clamp(sidelobe * cyclefactor) * peak).
 *
 * @param sidelobe largest sidelobe of all planes
 */
export function runCleanCycles(
  context: Context,
  target: CleanTarget,
  minor: MinorCycle,
  control: CleanControl,
  sidelobe: number,
  { task }: Pick<RunStyle, 'task'> = TCLEAN_STYLE,
): CleanSummary {
  const cycles: CycleSummary[] = [];
  const fraction = Math.min(control.maxPsfFraction, Math.max(control.minPsfFraction, sidelobe * control.cyclefactor));
  const doneOf = new Array<number>(target.planeCount).fill(0);
  const fluxes = Array.from(doneOf, (_, plane) => sumOf(target.model(plane)));
  const states = Array.from(doneOf, (_, plane) => examine(target, control, plane));
  let [major, previousPeak] = [0, 0];
  let firstPeak: number | undefined;
  const stop = () => stopCode(states, control, { done: sumOf(doneOf), major }, previousPeak);
  let code = stop();
  while (code === undefined) {
    const startPeak = Math.max(...states.map((state) => state.peak));
    const cyclethreshold = Math.max(fraction * startPeak, control.thresholdShare * control.threshold);
    firstPeak ??= startPeak;
    const share = doneShare(states, control, sumOf(doneOf), firstPeak);
    const words = `cycle ${major + 1} from ${(1e3 * startPeak).toPrecision(3)} mJy/beam`;
    context.progress.update(share, words);
    const planes: Omit<PlaneCycle, 'wholePeak'>[] = [];
    // As in CASA, each plane may take all that was left when the cycle began: none starves, and their sum may pass niter.
    const left = Math.min(control.cycleniter, control.niter - sumOf(doneOf));
    for (let plane = 0; plane < target.planeCount; plane++) {
      const threshold = Math.max(cyclethreshold, states[plane].nsigmaThreshold);
      if (states[plane].peak > threshold) {
        if (target.planeCount > 1)
          context.progress.update(share, `${words}, plane ${plane + 1} of ${target.planeCount}`);
        const model = target.model(plane);
        const input = { residual: target.residual(plane), psf: target.psf(plane), mask: target.mask(plane), model };
        const { iterations, peak } = (target.minorOf?.(plane) ?? minor).run(input, {
          gain: control.gain,
          threshold,
          iterations: left,
        });
        const start = { ...states[plane], iterations: doneOf[plane], modelFlux: fluxes[plane] };
        const stopcode = peak <= threshold ? 2 : iterations >= left ? 1 : 5;
        doneOf[plane] += iterations;
        target.setModel(plane, model);
        fluxes[plane] = sumOf(model);
        planes.push({ plane, iterations, peak, modelFlux: fluxes[plane], start, stopcode });
      }
    }
    major++;
    const isLast = sumOf(doneOf) >= control.niter;
    const cleaned = new Set(planes.flatMap(({ plane }) => target.together?.(plane) ?? [plane]));
    for (const plane of cleaned) target.updateResidual(plane);
    for (const plane of states.keys())
      if (cleaned.has(plane) || target.renewMask) states[plane] = examine(target, control, plane, isLast);
    const iterations = planes.reduce((sum, one) => sum + one.iterations, 0);
    const modelFlux = sumOf(fluxes);
    const ended = planes.map((one) => ({ ...one, wholePeak: states[one.plane].wholePeak }));
    cycles.push({ planes: ended, cyclethreshold, startPeak, iterations, modelFlux });
    const line = `Cycle ${major}: ${iterations} iterations down to ${cyclethreshold.toExponential(3)} Jy/beam, model flux ${modelFlux.toPrecision(5)} Jy.`;
    context.log.post(line, 'INFO', task);
    previousPeak = startPeak;
    code = iterations === 0 ? 4 : stop();
  }
  const peaks = states.map((state) => state.peak);
  const end = {
    stopcode: code,
    stopDescription: STOP_REASONS[code] ?? '',
    nextThreshold: fraction * Math.max(...peaks),
  };
  return { iterdone: sumOf(doneOf), nmajordone: major, ...end, cycles, peaks };
}
