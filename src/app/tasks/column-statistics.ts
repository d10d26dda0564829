import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import { type StatisticsRequest, type ValueStatistics, valueStatistics } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { openModel } from '../../pipeline/skymodel/index.ts';
import { dictionary } from './tools/reply-values.ts';
import type { TaskArguments } from './types.ts';
import { type EngineValue, real } from './values.ts';

const GROUPS = ['ddid', 'field', 'integration'] as const;

/**
 * What ms.statistics() and visstat answer: statistics of a column by name of the group.
 *
 * @param args parameters that both have: reportingaxes, useflags, doquantiles, timeaverage, maxuvwdistance
 * @param column as CASA's scripts name it, e.g. corrected
 * @param part of complex numbers: amp, phase, real, imag
 */
export function columnStatistics(
  ms: MeasurementSet,
  args: TaskArguments,
  { selection, part, column }: Pick<StatisticsRequest, 'selection' | 'part' | 'column'>,
): EngineValue {
  const { reportingaxes, useflags, doquantiles } = args;
  if (args.timeaverage === true) fail('unsupported', 'Statistics of averages over time are not available: use split.');
  const groups = GROUPS.find((name) => name === reportingaxes);
  if (!groups && reportingaxes !== '') fail('usage', `reportingaxes is one of ${GROUPS.join(', ')}.`);
  const name = column.toUpperCase().replace(/^(CORRECTED|MODEL|FLOAT)$/, '$1_DATA');
  const model = name === 'MODEL_DATA' ? openModel(ms) : undefined;
  const request: StatisticsRequest = {
    ...{ column: name, part, selection, groups, usesFlags: useflags !== false, withQuantiles: doquantiles !== false },
    ...(model && { fillModel: (chunk, into) => model.fill(chunk, into) }),
  };
  const isTruth = /^FLAG(_ROW)?$/.test(name);
  const found = valueStatistics(ms, request).filter(({ count }) => count > 0);
  return dictionary(found.map((one) => [one.name, groupReply(one, isTruth, request.usesFlags)]));
}

/** @param isTruth of flags: CASA reckons with whole numbers, but for the count */
function groupReply(one: ValueStatistics, isTruth: boolean, isMasked: boolean): EngineValue {
  const number = (value: number) => (isTruth ? Math.trunc(value) : real(value));
  const variance = isTruth ? Math.trunc(one.variance) : one.variance;
  const { quantiles } = one;
  return dictionary([
    ...(quantiles ? ([['firstquartile', number(quantiles.firstquartile)]] as const) : []),
    ['isMasked', isMasked],
    ['isWeighted', false],
    ['max', number(one.max)],
    ['maxDatasetIndex', one.maxDataset],
    ['maxIndex', one.maxIndex],
    ['mean', number(one.mean)],
    ...(quantiles
      ? ([
          ['medabsdevmed', number(quantiles.medabsdevmed)],
          ['median', number(quantiles.median)],
        ] as const)
      : []),
    ['min', number(one.min)],
    ['minDatasetIndex', one.minDataset],
    ['minIndex', one.minIndex],
    ['npts', real(one.count)],
    ['rms', number(Math.sqrt(isTruth ? Math.trunc(one.sumOfSquares / one.count) : one.sumOfSquares / one.count))],
    ['stddev', number(Math.sqrt(variance))],
    ['sum', number(one.sum)],
    ['sumOfWeights', number(one.count)],
    ['sumsq', number(one.sumOfSquares)],
    ...(quantiles ? ([['thirdquartile', number(quantiles.thirdquartile)]] as const) : []),
    ['variance', number(variance)],
  ]);
}
