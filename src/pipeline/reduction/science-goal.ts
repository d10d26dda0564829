import { z } from 'zod';
import { fail, parseQuantity } from '../../foundation/base/index.ts';

/** A calibrator's flux density as somebody states it: S(f) = flux · (f / reference)^spectralIndex. */
export interface FluxSpec {
  readonly name: string;
  readonly fluxJy: number;
  readonly referenceHz: number;
  readonly spectralIndex: number;
}

/** A line that the PI asked for. */
export interface RequestedLine {
  readonly name: string;
  readonly restFrequencyHz: number;
  /** Systemic velocity, radio LSRK. */
  readonly velocityMs?: number;
  /** Extent of the line in velocity. */
  readonly velocityWidthMs?: number;
  /** Width of a cube's channels. */
  readonly channelWidthMs?: number;
}

/** What the PI asked for and how the data are filed: the contents of goal.yaml. */
export interface ScienceGoal {
  readonly project?: string;
  readonly scienceGoal?: string;
  readonly group?: string;
  readonly member?: string;
  readonly title?: string;
  readonly pi?: string;
  readonly target?: string;
  readonly representativeFrequencyHz?: number;
  readonly angularResolutionRad?: number;
  readonly sensitivityJy?: number;
  readonly sensitivityBandwidthHz?: number;
  readonly lines: readonly RequestedLine[];
  readonly flux: readonly FluxSpec[];
  /** True minus online antenna position, ITRF m, as the observatory publishes it. */
  readonly antennaPositionCorrections: Readonly<Record<string, readonly [number, number, number]>>;
}

const quantity = (dimension: string) =>
  z.union([z.string(), z.number()]).transform((text) => parseQuantity(text, dimension));

const schema = z
  .object({
    project: z.string().optional(),
    scienceGoal: z.string().optional(),
    group: z.string().optional(),
    member: z.string().optional(),
    title: z.string().optional(),
    pi: z.string().optional(),
    target: z.string().optional(),
    representativeFrequency: quantity('frequency').optional(),
    angularResolution: quantity('angle').optional(),
    sensitivity: quantity('flux').optional(),
    sensitivityBandwidth: quantity('frequency').optional(),
    lines: z
      .array(
        z.object({
          name: z.string(),
          restFrequency: quantity('frequency'),
          velocity: quantity('velocity').optional(),
          velocityWidth: quantity('velocity').optional(),
          channelWidth: quantity('velocity').optional(),
        }),
      )
      .default([]),
    flux: z.array(z.string()).default([]),
    antennaPositionCorrections: z.record(z.string(), z.tuple([z.number(), z.number(), z.number()])).default({}),
  })
  .strict();

/** A goal that asks for nothing: names are neutral, no limits are checked. */
export const EMPTY_GOAL: ScienceGoal = { lines: [], flux: [], antennaPositionCorrections: {} };

/**
 * Checks the parsed content of a goal.yaml.
 *
 * @param content what the YAML parser returned
 * @param file for messages
 * @throws usage naming the first wrong key and what is expected
 */
export function checkScienceGoal(content: unknown, file: string): ScienceGoal {
  const parsed = schema.safeParse(content ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    fail('usage', `The science goal is wrong at "${issue.path.join('.') || 'top level'}": ${issue.message}.`, { file });
  }
  const goal = parsed.data;
  return {
    project: goal.project,
    scienceGoal: goal.scienceGoal,
    group: goal.group,
    member: goal.member,
    title: goal.title,
    pi: goal.pi,
    target: goal.target,
    representativeFrequencyHz: goal.representativeFrequency,
    angularResolutionRad: goal.angularResolution,
    sensitivityJy: goal.sensitivity,
    sensitivityBandwidthHz: goal.sensitivityBandwidth,
    lines: goal.lines.map((line) => ({
      name: line.name,
      restFrequencyHz: line.restFrequency,
      velocityMs: line.velocity,
      velocityWidthMs: line.velocityWidth,
      channelWidthMs: line.channelWidth,
    })),
    flux: goal.flux.map(parseFluxSpec),
    antennaPositionCorrections: goal.antennaPositionCorrections,
  };
}

/**
 * Reads a flux statement such as `J1733-1304=1.85Jy@225GHz,-0.55`.
 *
 * @param text name, flux density, reference frequency and (optional, 0) spectral index
 * @throws usage showing the expected form
 */
export function parseFluxSpec(text: string): FluxSpec {
  const match = /^\s*([^=]+?)\s*=\s*([^@,]+)@([^,]+)(?:,\s*(-?[\d.]+(?:e-?\d+)?))?\s*$/.exec(text);
  if (!match) {
    fail('usage', `"${text}" is not a flux; write NAME=FLUX@FREQUENCY,INDEX, e.g. "J1733-1304=1.85Jy@225GHz,-0.55".`);
  }
  return {
    name: match[1],
    fluxJy: parseQuantity(match[2], 'flux'),
    referenceHz: parseQuantity(match[3], 'frequency'),
    spectralIndex: match[4] === undefined ? 0 : Number(match[4]),
  };
}

/** Flux density of a stated calibrator at a frequency, Jy. */
export function fluxAt(spec: FluxSpec, frequencyHz: number): number {
  return spec.fluxJy * (frequencyHz / spec.referenceHz) ** spec.spectralIndex;
}
