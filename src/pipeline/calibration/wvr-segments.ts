import { type MeasurementSet, type MsMetadata, stepRuns } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { WvrData } from './wvr-data.ts';
import type { Segment } from './wvr-path.ts';

/** Source of every time in an MS, in time order. */
interface SourceTimes {
  readonly time: readonly number[];
  readonly sourceId: readonly number[];
}

function sourceTimes(ms: MeasurementSet, metadata: MsMetadata): SourceTimes {
  const fields = new Map<number, number>();
  for (const { values } of stepRuns(ms.main, ['TIME', 'FIELD_ID'])) fields.set(values.TIME, values.FIELD_ID);
  const entries = [...fields].sort((a, b) => a[0] - b[0]);
  return {
    time: entries.map(([time]) => time),
    sourceId: entries.map(([, fieldId]) => metadata.fields[fieldId]?.sourceId ?? -1),
  };
}

/**
 * Stretches on one source, or on sources tied to each other, over all data of the MS.
 *
 * @param tied sets of source ids that share one atmosphere
 */
export function sourceSegments(
  ms: MeasurementSet,
  metadata: MsMetadata,
  tied: readonly ReadonlySet<number>[],
): Segment[] {
  const { time, sourceId } = sourceTimes(ms, metadata);
  const segments: Segment[] = [];
  let start = 0;
  for (let at = 1; at < time.length; at++) {
    const [one, other] = [sourceId[at - 1], sourceId[at]];
    if (one === other || tied.some((set) => set.has(one) && set.has(other))) continue;
    segments.push([time[start], time[at - 1]]);
    start = at;
  }
  if (time.length > 0) segments.push([time[start], time[time.length - 1]]);
  return segments;
}

/** Time of the earliest row of an MS, MJD s. */
export function firstTime(ms: MeasurementSet): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { values } of stepRuns(ms.main, ['TIME'])) first = Math.min(first, values.TIME);
  return first;
}

/** Sample that stands for each segment: the first at or after its middle. */
export function middleSamples(data: WvrData, segments: readonly Segment[]): number[] {
  return segments.map(([start, end]) => {
    const middle = (start + end) / 2;
    const at = data.time.findIndex((time) => time >= middle);
    return at < 0 ? data.time.length - 1 : at;
  });
}

/** Stretches of the samples on chosen fields. */
export function fieldSegments(data: WvrData, fieldIds: ReadonlySet<number>): Segment[] {
  const segments: Segment[] = [];
  let start = -1;
  for (let at = 0; at <= data.time.length; at++) {
    const isIn = at < data.time.length && fieldIds.has(data.fieldId[at]);
    if (isIn && start < 0) start = at;
    if (isIn || start < 0) continue;
    segments.push([data.time[start], data.time[at - 1]]);
    start = -1;
  }
  return segments;
}

/** Ids of the sources that names or numbers mean. @throws usage */
export function sourceIds(metadata: MsMetadata, names: readonly string[], parameter: string): Set<number> {
  return new Set(
    names.map((name) => {
      const text = name.trim();
      const byNumber = metadata.sources.find(({ sourceId }) => String(sourceId) === text);
      const source = byNumber ?? metadata.sources.find((entry) => entry.name === text);
      return source?.sourceId ?? fail('usage', `${parameter}: there is no source "${text}" in the MS.`);
    }),
  );
}
