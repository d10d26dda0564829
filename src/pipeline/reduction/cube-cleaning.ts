import type { Context } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { openImage } from '../images/index.ts';
import type { ProductPlan } from './imaging-facts.ts';
import type { Decision } from './plan-builder.ts';
import { type ProgressSpan, runStep } from './plan-run.ts';
import type { PlanCall, PlanRunner, PlanStep, PlanValue } from './plan-types.ts';

/** How a cube is cleaned where its own noise gives no mask. */
export interface CubeFallback {
  readonly product: ProductPlan;
  /** Parameters of tclean in place of those of the automatic mask. */
  readonly mask: Readonly<Record<string, PlanValue>>;
  /** The mask in words, e.g. "within 11 arcsec of the centre". */
  readonly place: string;
}

/** A step of the imaging plan as it was run in the end. */
export interface CleanedStep {
  readonly step: PlanStep;
  /** Of a cube with bright channels that have no automatic mask. */
  readonly unmasked?: UnmaskedCube;
}

/** A residual with a peak of so many times the expected noise was not cleaned. */
const UNCLEANED = 10;

/** Emission of the target stands where the response is at least this much, ... */
const RESPONSE = 0.5;
/** ... and in more than this share of the channels: what is bright in a few may be bad data or a line of the atmosphere. */
const MOST = 0.5;

/** Parameters that only the automatic mask has. */
const AUTOMATIC = [
  'usemask',
  'sidelobethreshold',
  'noisethreshold',
  'lownoisethreshold',
  'negativethreshold',
  'minbeamfrac',
];

/**
 * Runs a step that makes a cube; where most channels are bright but got no mask, once more within a wide one. Sidelobes of few
 * baselines are as bright as the source: what stands out of them may be less than the automatic mask takes for a source.
 *
 * @param directory takes the images
 */
export async function cleanCube(
  context: Context,
  runner: PlanRunner,
  { step, fallback, directory }: { step: PlanStep; fallback: CubeFallback; directory: string },
  span: ProgressSpan,
): Promise<CleanedStep> {
  await runStep(context, runner, step, span);
  const { imagename, predictedRmsJy } = fallback.product;
  const found = findUncleaned(joinPath(directory, imagename), predictedRmsJy);
  if (found.channels === 0) return { step };
  const told = { ...found, imagename, place: fallback.place };
  if (!isOfTarget(found)) return { step, unmasked: told };
  const again = { ...step, calls: step.calls.map((call) => withMask(call, fallback, found)) };
  await runStep(context, runner, again, span);
  return { step: again, unmasked: told };
}

/** A cube whose automatic mask was empty in bright channels, and where it is cleaned instead if they are most. */
export interface UnmaskedCube extends Uncleaned {
  readonly imagename: string;
  readonly place: string;
}

interface Uncleaned {
  readonly channels: number;
  /** Those of them whose peak lies where the response is large. */
  readonly inBeam: number;
  /** Channels with data. */
  readonly of: number;
  /** Largest peak over the predicted noise. */
  readonly ratio: number;
}

const isOfTarget = ({ inBeam, of }: Uncleaned) => inBeam > MOST * of;

/** Channels of a cube whose mask is empty although their residual has bright peaks. */
export function findUncleaned(imagename: string, noiseJy: number): Uncleaned {
  const residual = openImage(`${imagename}.residual`);
  const response = openImage(`${imagename}.pb`);
  const mask = disk().exists(`${imagename}.mask`) ? openImage(`${imagename}.mask`) : undefined;
  try {
    let [channels, inBeam, of, ratio] = [0, 0, 0, 0];
    for (let plane = 0; plane < residual.planeCount; plane++) {
      const { peak, pixel } = largest(residual, plane);
      if (peak > 0) of++;
      if (!(peak > UNCLEANED * noiseJy) || mask?.readPlane(plane).some((value) => value > 0)) continue;
      channels++;
      if (response.readPlane(plane)[pixel] >= RESPONSE) inBeam++;
      ratio = Math.max(ratio, peak / noiseJy);
    }
    return { channels, inBeam, of, ratio };
  } finally {
    residual.close();
    response.close();
    mask?.close();
  }
}

/** The largest absolute value of a plane, and where it is. */
function largest(image: ReturnType<typeof openImage>, plane: number): { peak: number; pixel: number } {
  const shown = image.readMask(plane);
  let [peak, at] = [0, 0];
  image.readPlane(plane).forEach((value, pixel) => {
    if ((shown && !shown[pixel]) || !(Math.abs(value) > peak)) return;
    [peak, at] = [Math.abs(value), pixel];
  });
  return { peak, pixel: at };
}

function withMask(call: PlanCall, { mask }: CubeFallback, found: Uncleaned): PlanCall {
  if (call.kind !== 'task' || call.task !== 'tclean') return call;
  const kept = Object.entries(call.args).filter(([name]) => !AUTOMATIC.includes(name));
  return { ...call, args: { ...Object.fromEntries(kept), ...mask }, reason: `no automatic mask: ${because(found)}` };
}

const because = ({ channels, inBeam, of, ratio }: Uncleaned) =>
  `in ${channels} of ${of} channels auto-multithresh found nothing, where the residual is up to ${ratio.toFixed(0)} times the predicted noise (in ${inBeam} of them it is largest where the response is at least half)`;

/** What is said of the cubes of one or several steps. */
export function maskDecisions(cubes: readonly UnmaskedCube[]): Decision[] {
  const cleaned = cubes.filter(isOfTarget);
  const left = cubes.filter((cube) => !isOfTarget(cube));
  const wide = [...new Set(cleaned.map(({ place }) => place))].map((place) => {
    const alike = cleaned.filter((cube) => cube.place === place);
    return decisionOf(alike, `cleaned ${place}`, `Without that they would not be cleaned: ${becauseOfAll(alike)}.`);
  });
  if (left.length === 0) return wide;
  const reason = `Some channels are not cleaned: ${becauseOfAll(left)}. Those are not most channels of a cube: a narrow line, bad data or a line of the atmosphere; to be looked at.`;
  return [...wide, decisionOf(left, 'left as the automatic mask has them', reason)];
}

const decisionOf = (cubes: readonly UnmaskedCube[], what: string, reason: string): Decision => ({
  ...{ topic: 'Mask of cubes', reason },
  choice: `${cubes.map(({ imagename }) => imagename).join(', ')}: ${what}`,
});

function becauseOfAll(cubes: readonly UnmaskedCube[]): string {
  const sum = (key: 'channels' | 'inBeam' | 'of') => cubes.reduce((total, cube) => total + cube[key], 0);
  const ratio = Math.max(...cubes.map((cube) => cube.ratio));
  return because({ channels: sum('channels'), inBeam: sum('inBeam'), of: sum('of'), ratio });
}
