import { type Context, isCasaBefore } from '../../foundation/base/index.ts';
import type { IntervalCounts, SolveSummary } from '../../pipeline/calibration/index.ts';
import { dictionary, intArray, textList } from './tools/reply-values.ts';
import type { TaskArguments, TaskValue } from './types.ts';
import type { EngineValue } from './values.ts';

function textArray(values: readonly string[]): EngineValue {
  return { kind: 'array', type: 'string', shape: [values.length], values };
}

/** @param isDelay CASA does not count how far delays come: it says that all data did */
function stepsReply(counts: IntervalCounts, isDelay: boolean): [string, EngineValue][] {
  return [
    ['above_minblperant', intArray(isDelay ? counts.unflagged : counts.aboveMinBaselines)],
    ['above_minsnr', intArray(isDelay ? counts.unflagged : counts.aboveMinSnr)],
    ['data_unflagged', intArray(counts.unflagged)],
    ['expected', intArray(counts.expected)],
  ];
}

/**
 * What CASA 6.7's gaincal and bandpass return: what was selected, which tables took part, and counts of solution intervals. Before
 * 6.6 they returned nothing.
 */
export function solveReply(
  context: Context,
  summary: SolveSummary,
  { caltable, gaintable, gaintype }: TaskArguments,
): TaskValue | undefined {
  if (isCasaBefore(context, '6.6')) return undefined;
  const isDelay = gaintype === 'K';
  const windows = summary.windows.map(({ antennas, ...counts }, spwId): [string, EngineValue] => [
    `spw${spwId}`,
    dictionary([
      ...stepsReply(counts, isDelay),
      ...antennas.map(({ asReference, ...own }, ant): [string, EngineValue] => [
        `ant${ant}`,
        dictionary([...stepsReply(own, isDelay), ['used_as_refant', intArray([isDelay ? 0 : asReference])]]),
      ]),
    ]),
  ]);
  return dictionary([
    ['apply_tables', textArray(textList(gaintable).toSorted())],
    [
      'selectvis',
      dictionary([
        ['antennas', intArray(summary.antennaIds)],
        ['field', intArray(summary.fieldIds)],
        ['intents', textArray(summary.intents)],
        ['observation', intArray(summary.observationIds)],
        ['scan', intArray(summary.scanNumbers)],
        ['spw', intArray(summary.spwIds)],
      ]),
    ],
    ['solve_tables', textArray([String(caltable)])],
    ['solvestats', dictionary([...stepsReply(summary.total, isDelay), ...windows])],
  ]) as TaskValue;
}
