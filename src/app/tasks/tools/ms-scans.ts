import { stepRuns } from '../../../astronomy/ms/index.ts';
import { type EngineValue, real } from '../values.ts';
import { type MsState, metadataOf, msOf } from './ms-state.ts';
import { dictionary, directionReply, intArray } from './reply-values.ts';

const COLUMNS = ['SCAN_NUMBER', 'FIELD_ID', 'STATE_ID', 'DATA_DESC_ID', 'TIME', 'INTERVAL', 'EXPOSURE'] as const;

interface Part {
  readonly scan: number;
  readonly field: number;
  /** The lowest number of a state. */
  state: number;
  readonly descriptions: Set<number>;
  rowCount: number;
  firstTime: number;
  lastTime: number;
  /** Limits of the integrations. */
  begin: number;
  end: number;
  exposureSum: number;
}

/** Rows by scan and field, and with `byState` also by state, in the order of their first rows. */
function partsOf(state: MsState, byState: boolean): Part[] {
  const parts = new Map<string, Part>();
  const { main } = msOf(state);
  const isChosen = state.rows && new Uint8Array(main.rowCount);
  for (const row of state.rows ?? []) if (isChosen) isChosen[row] = 1;
  for (const { count, values } of stepRuns(main, COLUMNS, isChosen)) {
    const { SCAN_NUMBER: scan, FIELD_ID: field, STATE_ID: obsState, TIME: time, INTERVAL: interval } = values;
    const key = `${scan}/${field}/${byState ? obsState : ''}`;
    let part = parts.get(key);
    if (!part) {
      const limits = { firstTime: time, lastTime: time, begin: Infinity, end: -Infinity };
      part = { scan, field, state: obsState, descriptions: new Set(), rowCount: 0, exposureSum: 0, ...limits };
      parts.set(key, part);
    }
    part.rowCount += count;
    part.exposureSum += values.EXPOSURE * count;
    part.state = Math.min(part.state, obsState);
    part.descriptions.add(values.DATA_DESC_ID);
    part.firstTime = Math.min(part.firstTime, time);
    part.lastTime = Math.max(part.lastTime, time);
    part.begin = Math.min(part.begin, time - interval / 2);
    part.end = Math.max(part.end, time + interval / 2);
  }
  return [...parts.values()];
}

const DAY = 86_400;
const ascending = (values: Iterable<number>) => intArray([...values].sort((a, b) => a - b));

function entry(state: MsState, part: Part, begin: number, end: number): [string, EngineValue][] {
  const { dataDescriptions } = metadataOf(state);
  return [
    ['BeginTime', real(begin / DAY)],
    ['EndTime', real(end / DAY)],
    ['FieldId', part.field],
    ['IntegrationTime', real(part.exposureSum / part.rowCount)],
    ['SpwIds', ascending(new Set([...part.descriptions].map((id) => dataDescriptions[id].spwId)))],
    ['StateId', part.state],
    ['nRow', part.rowCount],
  ];
}

function byScan(
  parts: readonly Part[],
  key: (scan: number) => string,
  of: (part: Part) => EngineValue,
): [string, EngineValue][] {
  const scans = [...new Set(parts.map(({ scan }) => scan))];
  return scans.map((scan) => {
    const own = parts.filter((part) => part.scan === scan);
    return [key(scan), dictionary(own.map((part, index) => [index, of(part)] as const))];
  });
}

/** ms.getscansummary(): parts of one field and state of each scan. */
export function scanSummary(state: MsState): EngineValue {
  const describe = (part: Part) =>
    dictionary([...entry(state, part, part.firstTime, part.lastTime), ['DDIds', ascending(part.descriptions)]]);
  return dictionary(byScan(partsOf(state, true), String, describe));
}

function spanOf(parts: readonly Part[]): [begin: number, end: number] {
  return [Math.min(...parts.map((part) => part.begin)), Math.max(...parts.map((part) => part.end))];
}

/** ms.summary() and listobs: the header as a dictionary. As in CASA all fields of a scan have the times of the scan. */
export function summaryOf(state: MsState): EngineValue {
  const metadata = metadataOf(state);
  const rowCount = state.rows?.length ?? metadata.rowCount;
  const parts = partsOf(state, false).sort((one, other) => one.scan - other.scan || one.field - other.field);
  const used = new Set(parts.map(({ field }) => field));
  const fields = metadata.fields.filter(({ id }) => used.has(id));
  const [begin, end] = spanOf(parts);
  const describe = (part: Part) =>
    dictionary([
      ...entry(state, part, ...spanOf(parts.filter(({ scan }) => scan === part.scan))),
      ['FieldName', metadata.fields[part.field]?.name ?? ''],
      ['scanId', part.scan],
    ]);
  return dictionary([
    ['BeginTime', real(begin / DAY)],
    ['EndTime', real(end / DAY)],
    ['IntegrationTime', real(end - begin)],
    ['nfields', fields.length],
    ['numrecords', rowCount],
    ['timeref', 'UTC'],
    ...fields.map(({ id, name, code, phaseDir, frame }) => {
      const direction = directionReply(phaseDir[0], phaseDir[1], frame);
      return [
        `field_${id}`,
        dictionary([
          ['code', code],
          ['direction', direction],
          ['name', name],
        ]),
      ] as const;
    }),
    ...byScan(parts, (scan) => `scan_${scan}`, describe),
  ]);
}
