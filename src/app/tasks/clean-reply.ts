import type { TcleanResult } from '../../pipeline/imaging/index.ts';
import { dictionary, intArray } from './tools/reply-values.ts';
import type { TaskValue } from './types.ts';
import { type EngineValue, keyed, real } from './values.ts';

/** CASA keeps these in single precision. */
const single = (value: number) => real(Math.fround(value));

type PlaneCycle = TcleanResult['cycles'][number]['planes'][number];

/** Entries of a plane, one number a cycle; those after the first four only in the full summary. */
const ENTRIES: readonly (readonly [string, (cycle: PlaneCycle, threshold: number) => TaskValue])[] = [
  ['iterDone', ({ iterations }) => real(iterations)],
  ['peakRes', ({ peak }) => single(peak)],
  ['modelFlux', ({ modelFlux }) => single(modelFlux)],
  ['cycleThresh', (_cycle, threshold) => single(threshold)],
  ['startIterDone', ({ start }) => real(start.iterations)],
  ['startPeakRes', ({ start }) => single(start.peak)],
  ['startModelFlux', ({ start }) => single(start.modelFlux)],
  ['startPeakResNM', ({ start }) => single(start.wholePeak)],
  ['peakResNM', ({ wholePeak }) => single(wholePeak)],
  ['cycleStartIters', ({ start }) => real(start.iterations)],
  ['masksum', ({ start }) => single(start.maskSum)],
  ['mpiServer', () => real(0)],
  ['stopCode', ({ stopcode }) => real(stopcode)],
];
const SHORT_COUNT = 4;

/** What the minor cycles did, by image field and plane; planes that were never cleaned are left out. */
function minorCycles(result: TcleanResult, stokesCount: number, isFull: boolean): EngineValue {
  const entries = isFull ? ENTRIES : ENTRIES.slice(0, SHORT_COUNT);
  const planes = new Map<number, Record<string, TaskValue[]>>();
  for (const { planes: parts, cyclethreshold } of result.cycles) {
    for (const part of parts) {
      const record = planes.get(part.plane) ?? Object.fromEntries(entries.map(([name]) => [name, []]));
      planes.set(part.plane, record);
      for (const [name, value] of entries) record[name].push(value(part, cyclethreshold));
    }
  }
  if (result.control.niter === 0) {
    for (const [plane, peak] of result.peaks.entries()) {
      planes.set(plane, { iterDone: [real(0)], peakRes: [single(peak)], modelFlux: [0], cycleThresh: [real(0)] });
    }
  }
  // CASA counts every plane as a channel of one polarization, the planes of the first polarization first.
  const planeCount = result.peaks.length / result.fieldCount;
  const chanCount = planeCount / stokesCount;
  const fields = Array.from({ length: result.fieldCount }, (_, field): [number, EngineValue] => {
    const own = [...planes].filter(([place]) => Math.floor(place / planeCount) === field);
    const numbered = own.map(([place, record]): [number, EngineValue] => {
      const plane = place % planeCount;
      return [(plane % stokesCount) * chanCount + Math.floor(plane / stokesCount), keyed([[0, record]])];
    });
    return [field, keyed(numbered.sort(([one], [other]) => one - other))];
  });
  return keyed(fields);
}

/** The largest number of iterations that a plane saw. */
function mostIterations(result: TcleanResult): number {
  const done = new Map<number, number>();
  for (const { planes } of result.cycles)
    for (const { plane, iterations } of planes) done.set(plane, (done.get(plane) ?? 0) + iterations);
  return Math.max(0, ...done.values());
}

/**
 * The dictionary that CASA 6.7's tclean returns.
 *
 * @param isFull with all that is known of each minor cycle
 * @param hasFirstResidual false where CASA takes the residual that is there: no major cycle came before the first minor one
 */
export function cleanReply(result: TcleanResult, hasFirstResidual: boolean, isFull = false): TaskValue {
  const { control, cycles } = result;
  const majors = hasFirstResidual ? [0] : [];
  let done = 0;
  for (const { iterations } of cycles) {
    done += iterations;
    majors.push(done);
  }
  const isDirty = control.niter === 0;
  // Without iterations CASA fills in whole numbers.
  const limit = (value: number): TaskValue => (isDirty ? 0 : single(value));
  return dictionary([
    ['cleanstate', 'running'],
    ['cyclefactor', single(control.cyclefactor)],
    ['cycleiterdone', 0],
    ['cycleniter', control.cycleniter],
    ['cyclethreshold', limit(result.nextThreshold)],
    ['interactiveiterdone', mostIterations(result)],
    ['interactivemode', false],
    ['interactiveniter', 0],
    ['interactivethreshold', limit(0)],
    ['iterdone', result.iterdone],
    ['loopgain', limit(control.gain)],
    ['maxpsffraction', limit(control.maxPsfFraction)],
    ['maxpsfsidelobe', limit(result.maxpsfsidelobe)],
    ['minpsffraction', limit(control.minPsfFraction)],
    ['niter', control.niter],
    ['nmajordone', majors.length],
    ['nsigma', single(control.nsigma)],
    ['stopcode', result.stopcode],
    ['summarymajor', intArray(majors)],
    ['summaryminor', minorCycles(result, result.stokesCount, isFull)],
    ['threshold', single(control.threshold)],
    ['stopDescription', result.stopDescription],
  ]) as TaskValue;
}
