import { type FieldInfo, readArray, readNumbers } from '../../../astronomy/ms/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { numberArgument, type ToolArguments, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { ArrayReply, EngineValue } from '../values.ts';
import {
  ask,
  byKey,
  fieldIds,
  groupsOf,
  groupsOfIntent,
  groupsOfScan,
  type MsmdState,
  opened,
  openedMs,
  type RowGroup,
} from './msmd-rows.ts';
import {
  dictionary,
  directionReply,
  element,
  intArray,
  intSet,
  numberList,
  quantityReply,
  scalarMeasure,
} from './reply-values.ts';

/** Field ids, or with asnames their names in alphabetical order. */
function fieldReply(state: MsmdState, args: ToolArguments, groups: readonly RowGroup[]): EngineValue {
  const ids = intSet(groups.map(({ field }) => field));
  return args.asnames === true ? namesOf(state, ids) : ids;
}

function namesOf(state: MsmdState, ids: ArrayReply): string[] {
  const { fields } = opened(state);
  return [...new Set(Array.from(ids.values as Int32Array, (id) => fields[id].name))].sort();
}

function field(state: MsmdState, value: TaskValue): FieldInfo {
  return opened(state).fields[fieldIds(opened(state), value)[0]];
}

/** Scans in an argument; all when the list is empty. */
function groupsOfScans(state: MsmdState, args: ToolArguments): RowGroup[] {
  const scans = numberList(args.scans, 'scans');
  return scans.length === 0 ? groupsOf(state, args) : scans.flatMap((scan) => groupsOfScan(state, args, scan));
}

const fields = {
  nfields: ask('', (state) => opened(state).fields.length),
  fieldnames: ask('', (state) => opened(state).fields.map(({ name }) => name)),
  namesforfields: ask("fieldids=''", (state, args) => {
    const all = opened(state).fields.map(({ name }) => name);
    if (args.fieldids === '' || (Array.isArray(args.fieldids) && args.fieldids.length === 0)) return all;
    return numberList(args.fieldids, 'fieldids').map((id) => element(all, id, 'field'));
  }),
  fieldsforname: ask("name=''", (state, args) => {
    const { fields: all } = opened(state);
    return args.name === ''
      ? intSet(all.map(({ id }) => id))
      : intSet(fieldIds(opened(state), textArgument(args, 'name')));
  }),
  fieldsforintent: ask("intent='', asnames=False", (state, args) =>
    fieldReply(state, args, groupsOfIntent(state, args)),
  ),
  fieldsforscan: ask('scan=-1, asnames=False, obsid=-1, arrayid=-1', (state, args) =>
    fieldReply(state, args, groupsOfScan(state, args)),
  ),
  fieldsforscans: ask('scans=[], asnames=False, obsid=-1, arrayid=-1, asmap=False', (state, args) => {
    const groups = groupsOfScans(state, args);
    if (args.asmap !== true) {
      const ids = intSet(groups.map((one) => one.field));
      return args.asnames === true ? Array.from(ids.values as Int32Array, (id) => opened(state).fields[id].name) : ids;
    }
    if (Number(args.obsid) < 0 || Number(args.arrayid) < 0) fail('usage', 'asmap=True needs obsid and arrayid.');
    return dictionary(byKey(groups, (one) => one.scan).map(([scan, list]) => [scan, fieldReply(state, args, list)]));
  }),
  fieldsforspw: ask('spw=-1, asnames=False', (state, args) => {
    const { id } = element(opened(state).spectralWindows, numberArgument(args, 'spw'), 'spectral window');
    return fieldReply(
      state,
      args,
      groupsOf(state, args).filter((one) => one.spw === id),
    );
  }),
  fieldsfortimes: ask('time=-1.0, tol=0.0', (state, args) => {
    const [time, tolerance] = [numberArgument(args, 'time'), numberArgument(args, 'tol')];
    // As in CASA, a negative time stands for all.
    const isNear = ({ times }: RowGroup) =>
      time < 0 || [...times.keys()].some((one) => Math.abs(one - time) <= tolerance);
    return intSet(
      groupsOf(state, args)
        .filter(isNear)
        .map((one) => one.field),
    );
  }),
  phasecenter: ask('fieldid=0, epoch={}', (state, args) => {
    const { phaseDir, frame } = field(state, args.fieldid);
    return directionReply(phaseDir[0], phaseDir[1], frame);
  }),
  refdir: ask('field=0, epoch={}', (state, args) => {
    const { refDir, frame } = field(state, args.field);
    return directionReply(refDir[0], refDir[1], frame);
  }),
};

/** Names of the frames that rest frequencies are in (keyword MEASINFO of SOURCE.REST_FREQUENCY). */
const REST_FRAME = 'LSRK';

function sourceRow(state: MsmdState, args: ToolArguments) {
  const [id, spw] = [numberArgument(args, 'sourceid'), numberArgument(args, 'spw')];
  const found = opened(state).sources.find((one) => one.sourceId === id && (one.spwId === spw || one.spwId < 0));
  return found ?? fail('usage', `There is no source ${id} for the spectral window ${spw}.`);
}

const sources = {
  nsources: ask('', (state) => new Set(opened(state).sources.map(({ sourceId }) => sourceId)).size),
  sourcenames: ask('', (state) => opened(state).sources.map(({ name }) => name)),
  sourceidsfromsourcetable: ask('', (state) => intArray(opened(state).sources.map(({ sourceId }) => sourceId))),
  sourceidforfield: ask('field=-1', (state, args) => field(state, numberArgument(args, 'field')).sourceId),
  sourcedirs: ask('', (state) =>
    dictionary(
      opened(state).sources.map(({ direction }, row) => [row, directionReply(direction[0], direction[1], 'J2000')]),
    ),
  ),
  sourcetimes: ask('', (state) =>
    dictionary(
      readNumbers(openedMs(state).subtable('SOURCE'), 'TIME').map((time, row) => [row, quantityReply(time, 's')]),
    ),
  ),
  propermotions: ask('', (state) => {
    const table = openedMs(state).subtable('SOURCE');
    return dictionary(
      opened(state).sources.map((_, row) => {
        const [longitude, latitude] = readArray(table, 'PROPER_MOTION', row) ?? [0, 0];
        return [row, { longitude: quantityReply(longitude, 'rad/s'), latitude: quantityReply(latitude, 'rad/s') }];
      }),
    );
  }),
  restfreqs: ask('sourceid=0, spw=0', (state, args) => {
    const { restFrequencies } = sourceRow(state, args);
    if (restFrequencies.length === 0) return false;
    return dictionary(
      restFrequencies.map((value, line) => [line, scalarMeasure('frequency', value, 'Hz', REST_FRAME)]),
    );
  }),
  transitions: ask('sourceid=0, spw=0', (state, args) => {
    const { transitions } = sourceRow(state, args);
    return transitions.length > 0 ? [...transitions] : false;
  }),
  fieldsforsource: ask('source=-1, asnames=False', (state, args) => {
    const ids = intSet(
      opened(state)
        .fields.filter(({ sourceId }) => sourceId === args.source)
        .map(({ id }) => id),
    );
    return args.asnames === true ? namesOf(state, ids) : ids;
  }),
  fieldsforsources: ask('asnames=False', (state, args) => {
    const { fields: all } = opened(state);
    const ids = [...new Set(all.map(({ sourceId }) => sourceId))].sort((a, b) => a - b);
    return dictionary(
      ids.map((id) => {
        const own = intSet(all.filter(({ sourceId }) => sourceId === id).map((one) => one.id));
        return [id, args.asnames === true ? namesOf(state, own) : own];
      }),
    );
  }),
};

/** Fields and sources. */
export const fieldMethods = { ...fields, ...sources };
