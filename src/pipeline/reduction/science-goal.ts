import * as z from 'zod';
import { fail, parseQuantity } from '../../foundation/base/index.ts';
import { type FluxSpec, parseFluxSpec } from '../skymodel/index.ts';

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

/** A number with a unit; 0 needs none. */
const quantity = (dimension: string) =>
  z
    .union([z.string(), z.number()])
    .refine(
      (value) => Number.isNaN(Number(value)) || Number(value) === 0,
      `a number with a unit of ${dimension} is needed`,
    )
    .transform((text) => parseQuantity(text, dimension));

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
        z.strictObject({
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
