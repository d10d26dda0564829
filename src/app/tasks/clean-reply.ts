import type { TcleanResult } from '../../pipeline/imaging/index.ts';
import { dictionary, intArray } from './tools/reply-values.ts';
import type { TaskValue } from './types.ts';
import { type EngineValue, keyed, real } from './values.ts';

/** CASA keeps these in single precision. */
const single = (value: number) => real(Math.fround(value));

interface PlaneRecord {
  readonly iterDone: TaskValue[];
  readonly peakRes: TaskValue[];
  readonly modelFlux: TaskValue[];
  readonly cycleThresh: TaskValue[];
}

function planeRecord(): PlaneRecord {
  return { iterDone: [], peakRes: [], modelFlux: [], cycleThresh: [] };
}

/** What the minor cycles did, by image field and plane; planes that were never cleaned are left out. */
function minorCycles(result: TcleanResult, stokesCount: number): EngineValue {
  const planes = new Map<number, PlaneRecord>();
  for (const { planes: parts, cyclethreshold } of result.cycles) {
    for (const { plane, iterations, peak, modelFlux } of parts) {
      const record = planes.get(plane) ?? planeRecord();
      planes.set(plane, record);
      record.iterDone.push(real(iterations));
      record.peakRes.push(single(peak));
      record.modelFlux.push(single(modelFlux));
      record.cycleThresh.push(single(cyclethreshold));
    }
  }
  if (result.control.niter === 0) {
    for (const [plane, peak] of result.peaks.entries()) {
      planes.set(plane, { iterDone: [real(0)], peakRes: [single(peak)], modelFlux: [0], cycleThresh: [real(0)] });
    }
  }
  // CASA counts every plane as a channel of one polarization, the planes of the first polarization first.
  const chanCount = result.peaks.length / stokesCount;
  const numbered = [...planes].map(([plane, record]): [number, EngineValue] => [
    (plane % stokesCount) * chanCount + Math.floor(plane / stokesCount),
    keyed([[0, record as unknown as EngineValue]]),
  ]);
  return keyed([[0, keyed(numbered.sort(([one], [other]) => one - other))]]);
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
 * @param hasFirstResidual false where CASA takes the residual that is there: no major cycle came before the first minor one
 */
export function cleanReply(result: TcleanResult, hasFirstResidual: boolean): TaskValue {
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
    ['summaryminor', minorCycles(result, result.stokesCount)],
    ['threshold', single(control.threshold)],
    ['stopDescription', result.stopDescription],
  ]) as TaskValue;
}
