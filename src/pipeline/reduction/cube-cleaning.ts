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
  /** Of a cube that was cleaned within the wide mask. */
  readonly unmasked?: UnmaskedCube;
}

/** A residual with a peak of so many times the expected noise was not cleaned. */
const UNCLEANED = 10;

/** Parameters that only the automatic mask has. */
const AUTOMATIC = ['usemask', 'sidelobethreshold', 'noisethreshold', 'lownoisethreshold', 'minbeamfrac'];

/**
 * Runs a step that makes a cube; where channels with bright emission got no mask, once more within a wide one. Sidelobes of few
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
  const again = { ...step, calls: step.calls.map((call) => withMask(call, fallback, found)) };
  await runStep(context, runner, again, span);
  return { step: again, unmasked: { ...found, imagename, place: fallback.place } };
}

/** A cube whose automatic mask was empty in bright channels, and where it is cleaned instead. */
export interface UnmaskedCube extends Uncleaned {
  readonly imagename: string;
  readonly place: string;
}

interface Uncleaned {
  readonly channels: number;
  readonly of: number;
  /** Largest peak over the expected noise. */
  readonly ratio: number;
}

/** Channels of a cube whose mask is empty although their residual has bright peaks. */
export function findUncleaned(imagename: string, noiseJy: number): Uncleaned {
  const residual = openImage(`${imagename}.residual`);
  const mask = disk().exists(`${imagename}.mask`) ? openImage(`${imagename}.mask`) : undefined;
  try {
    let [channels, ratio] = [0, 0];
    for (let plane = 0; plane < residual.planeCount; plane++) {
      if (mask?.readPlane(plane).some((value) => value > 0)) continue;
      const shown = residual.readMask(plane);
      const peak = residual
        .readPlane(plane)
        .reduce((most, value, pixel) => (!shown || shown[pixel] ? Math.max(most, Math.abs(value)) : most), 0);
      if (!(peak > UNCLEANED * noiseJy)) continue;
      channels++;
      ratio = Math.max(ratio, peak / noiseJy);
    }
    return { channels, of: residual.planeCount, ratio };
  } finally {
    residual.close();
    mask?.close();
  }
}

function withMask(call: PlanCall, { mask }: CubeFallback, found: Uncleaned): PlanCall {
  if (call.kind !== 'task' || call.task !== 'tclean') return call;
  const kept = Object.entries(call.args).filter(([name]) => !AUTOMATIC.includes(name));
  return { ...call, args: { ...Object.fromEntries(kept), ...mask }, reason: `no automatic mask: ${because(found)}` };
}

const because = ({ channels, of, ratio }: Uncleaned) =>
  `in ${channels} of ${of} channels auto-multithresh found nothing, where the emission is up to ${ratio.toFixed(0)} times the noise`;

/** What is said of the cubes of one or several steps. */
export function maskDecisions(cubes: readonly UnmaskedCube[]): Decision[] {
  return [...new Set(cubes.map(({ place }) => place))].map((place) => {
    const alike = cubes.filter((cube) => cube.place === place);
    const sum = (count: (cube: UnmaskedCube) => number) => alike.reduce((total, cube) => total + count(cube), 0);
    const all = {
      ...{ channels: sum(({ channels }) => channels), of: sum((cube) => cube.of) },
      ratio: Math.max(...alike.map(({ ratio }) => ratio)),
    };
    return {
      topic: 'Mask of cubes',
      choice: `${alike.map(({ imagename }) => imagename).join(', ')}: cleaned ${place}`,
      reason: `Without that they would not be cleaned: ${because(all)}; the sidelobes of so few visibilities are nearly as bright as the source.`,
    };
  });
}
