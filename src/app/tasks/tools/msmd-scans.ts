import { fail } from '../../../foundation/base/index.ts';
import { numberArgument, type ToolArguments } from '../tool-types.ts';
import { type EngineValue, real } from '../values.ts';
import {
  ask,
  byKey,
  fieldIds,
  groupsOf,
  groupsOfIntent,
  groupsOfScan,
  intentsOfState,
  type MsmdState,
  opened,
  openedMs,
  type RowGroup,
  rowIndex,
  timesOf,
} from './msmd-rows.ts';
import {
  dictionary,
  element,
  floatArray,
  intArray,
  intSet,
  numberList,
  quantityReply,
  scalarMeasure,
} from './reply-values.ts';

const scanSet = (groups: readonly RowGroup[]) => intSet(groups.map(({ scan }) => scan));

function intentList(state: MsmdState, groups: readonly RowGroup[]): string[] {
  const states = [...new Set(groups.map((one) => one.state))];
  return [...new Set(states.flatMap((id) => intentsOfState(state, id)))].sort();
}

const ofField = (state: MsmdState, args: ToolArguments) => {
  const ids = fieldIds(opened(state), args.field);
  return groupsOf(state, args).filter((one) => ids.includes(one.field));
};

/** Scans by a property, as a dictionary. */
const scansBy = (key: (group: RowGroup) => number) =>
  ask('obsid=0, arrayid=0', (state, args) =>
    dictionary(byKey(groupsOf(state, args), key).map(([id, list]) => [id, scanSet(list)])),
  );

const scans = {
  nscans: ask('', (state) => {
    const keys = groupsOf(state, {}).map(({ observation, array, scan }) => `${observation}/${array}/${scan}`);
    return new Set(keys).size;
  }),
  scannumbers: ask('obsid=-1, arrayid=-1', (state, args) => scanSet(groupsOf(state, args))),
  scansforintent: ask("intent='', obsid=-1, arrayid=-1", (state, args) => {
    const groups = groupsOfIntent(state, args);
    if (groups.length === 0 && !String(args.intent).includes('*'))
      fail('usage', `No scan has the intent ${String(args.intent)}.`);
    return scanSet(groups);
  }),
  scansforfield: ask("field='', obsid=-1, arrayid=-1", (state, args) => scanSet(ofField(state, args))),
  scansforfields: scansBy((one) => one.field),
  scansforspw: ask('spw=-1, obsid=-1, arrayid=-1', (state, args) => {
    const { id } = element(opened(state).spectralWindows, numberArgument(args, 'spw'), 'spectral window');
    return scanSet(groupsOf(state, args).filter((one) => one.spw === id));
  }),
  scansforspws: scansBy((one) => one.spw),
  scansforstate: ask('state=-1, obsid=-1, arrayid=-1', (state, args) =>
    scanSet(groupsOf(state, args).filter((one) => one.state === args.state)),
  ),
  scansfortimes: ask('time=-1.0, tol=0.0, obsid=-1, arrayid=-1', (state, args) => {
    const [time, tolerance] = [numberArgument(args, 'time'), numberArgument(args, 'tol')];
    const isNear = ({ times }: RowGroup) => [...times.keys()].some((one) => Math.abs(one - time) <= tolerance);
    return scanSet(groupsOf(state, args).filter(isNear));
  }),
  statesforscan: ask('scan=-1, obsid=-1, arrayid=-1', (state, args) =>
    intSet(groupsOfScan(state, args).map((one) => one.state)),
  ),
  statesforscans: ask('obsid=0, arrayid=0', (state, args) =>
    dictionary(
      byKey(groupsOf(state, args), (one) => one.scan).map(([id, list]) => [id, intSet(list.map((one) => one.state))]),
    ),
  ),
  antennasforscan: ask('scan=-1, obsid=-1, arrayid=-1', (state, args) => {
    groupsOfScan(state, args);
    return intSet(rowIndex(state).antennas.get(Number(args.scan)) ?? []);
  }),
};

const intents = {
  nstates: ask('', (state) => opened(state).states.length),
  intents: ask('', (state) => [...new Set(opened(state).states.flatMap(({ id }) => intentsOfState(state, id)))].sort()),
  intentsforscan: ask('scan=-1, obsid=-1, arrayid=-1', (state, args) => intentList(state, groupsOfScan(state, args))),
  intentsforfield: ask('field=0', (state, args) => intentList(state, ofField(state, args))),
  intentsforspw: ask('spw=-1', (state, args) => {
    const { id } = element(opened(state).spectralWindows, numberArgument(args, 'spw'), 'spectral window');
    return intentList(
      state,
      groupsOf(state, args).filter((one) => one.spw === id),
    );
  }),
};

/** Times by window, as CASA gives them with perspw. */
function timesByWindow(groups: readonly RowGroup[]): EngineValue {
  return dictionary(byKey(groups, (one) => one.spw).map(([id, list]) => [id, floatArray(timesOf(list))]));
}

const times = {
  timesforfield: ask('field=-1', (state, args) => {
    const [id] = fieldIds(opened(state), numberArgument(args, 'field'));
    return floatArray(timesOf(groupsOf(state, args).filter((one) => one.field === id)));
  }),
  timesforintent: ask("intent=''", (state, args) => {
    const groups = groupsOf(state, args).filter((one) =>
      intentsOfState(state, one.state).includes(String(args.intent)),
    );
    return floatArray(timesOf(groups));
  }),
  timesforscan: ask('scan=-1, obsid=-1, arrayid=-1, perspw=False', (state, args) => {
    const groups = groupsOfScan(state, args);
    return args.perspw === true ? timesByWindow(groups) : floatArray(timesOf(groups));
  }),
  timesforscans: ask('scans=0, obsid=-1, arrayid=-1', (state, args) =>
    floatArray(timesOf(numberList(args.scans, 'scans').flatMap((scan) => groupsOfScan(state, args, scan)))),
  ),
  timesforspws: ask('spw=-1', (state, args) => {
    const chosen = numberList(args.spw, 'spw');
    const isAll = !Array.isArray(args.spw) && chosen[0] < 0;
    for (const id of isAll ? [] : chosen) element(opened(state).spectralWindows, id, 'spectral window');
    const groups = groupsOf(state, args).filter(({ spw }) => isAll || chosen.includes(spw));
    return isAll || Array.isArray(args.spw) ? timesByWindow(groups) : floatArray(timesOf(groups));
  }),
  timerangeforobs: ask('obsid=-1', (state, args) => {
    const { timeRange } = element(opened(state).observations, numberArgument(args, 'obsid'), 'observation');
    const epoch = (value: number) => scalarMeasure('epoch', value / 86_400, 'd', 'UTC');
    return { begin: epoch(timeRange[0]), end: epoch(timeRange[1]) };
  }),
  exposuretime: ask('scan=0, spwid=0, polid=-1, obsid=0, arrayid=0', (state, args) => {
    const { spwid, polid } = args as Record<string, number>;
    const inScan = groupsOfScan(state, args).filter((one) => one.spw === spwid);
    const matches = inScan.filter(
      (one) => polid < 0 || opened(state).dataDescriptions[one.dataDescription].polId === polid,
    );
    if (matches.length === 0)
      fail('usage', `The scan ${String(args.scan)} has no data of the window ${spwid} that are asked for.`);
    return quantityReply(exposureOf(state, matches[0]), 's');
  }),
};

/** EXPOSURE of the first row of a group. */
function exposureOf(state: MsmdState, group: RowGroup): number {
  const { main } = openedMs(state);
  const read = (name: string) => main.column(name).getRange(0, main.rowCount) as ArrayLike<number>;
  const [scan, description] = [read('SCAN_NUMBER'), read('DATA_DESC_ID')];
  for (let row = 0; row < main.rowCount; row++) {
    if (scan[row] === group.scan && description[row] === group.dataDescription)
      return Number(main.column('EXPOSURE').get(row));
  }
  return fail('internal', 'A group of rows has no row.');
}

/** summary(): everything, by observation, array, scan, field and time. */
function summary(state: MsmdState): EngineValue {
  const { fields, dataDescriptions, spectralWindows, polarizations, rowCount } = opened(state);
  const groups = groupsOf(state, {});
  const all = timesOf(groups);
  const observations = byKey(groups, (one) => one.observation).map(
    ([id, ofObservation]) =>
      [
        `observationID=${id}`,
        dictionary(
          byKey(ofObservation, (one) => one.array).map(([array, ofArray]) => [
            `arrayID=${array}`,
            dictionary(
              byKey(ofArray, (one) => one.scan).map(([scan, list]) => [`scan=${scan}`, scanSummary(state, scan, list)]),
            ),
          ]),
        ),
      ] as const,
  );
  return dictionary([
    ...observations,
    ['begin time', real(all[0] ?? 0)],
    ['end time', real(all[all.length - 1] ?? 0)],
    ['nrows', rowCount],
    ['fields', fields.map(({ name }) => name)],
    ['spectral windows', { names: spectralWindows.map(({ name }) => name) }],
    ['polarizations', { 'n correlations': polarizations.map(({ corrTypes }) => corrTypes.length) }],
    [
      'data descriptions',
      dictionary([
        ['polarization ids', intArray(dataDescriptions.map(({ polId }) => polId))],
        ['spectral windows', intArray(dataDescriptions.map(({ spwId }) => spwId))],
      ]),
    ],
  ]);
}

function scanSummary(state: MsmdState, scan: number, groups: readonly RowGroup[]): EngineValue {
  const part = (list: readonly RowGroup[]) => {
    const at = timesOf(list);
    return [
      ['begin time', real(at[0])],
      ['end time', real(at[at.length - 1])],
      ['nrows', list.reduce((sum, { rowCount }) => sum + rowCount, 0)],
      ['state IDs', intSet(list.map((one) => one.state))],
      ['data description IDs', intSet(list.map((one) => one.dataDescription))],
    ] as const;
  };
  const antennas = ['antennas', intSet(rowIndex(state).antennas.get(scan) ?? [])] as const;
  const fields = byKey(groups, (one) => one.field).map(([field, list]) => {
    const integrations = timesOf(list).map((time, index) => {
      const at = list.filter(({ times }) => times.has(time));
      const entry = dictionary([
        ['data description IDs', intSet(at.map((one) => one.dataDescription))],
        ['nrows', at.reduce((sum, { times }) => sum + (times.get(time) ?? 0), 0)],
        ['time', real(time)],
      ]);
      return [index, entry] as const;
    });
    return [`fieldID=${field}`, dictionary([...integrations, antennas, ...part(list)])] as const;
  });
  return dictionary([...fields, antennas, ['nrows', groups.reduce((sum, { rowCount }) => sum + rowCount, 0)]]);
}

/** Scans, intents and times. */
export const scanMethods = { ...scans, ...intents, ...times, summary: ask('', summary) };
