import { type MeasurementSet, type MsMetadata, openMs, readMetadata } from '../../../astronomy/ms/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { method, numberArgument, type ToolArguments, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { type ArrayReply, real } from '../values.ts';

interface MsmdState {
  ms?: MeasurementSet;
  /** Reads some of its parts only when they are asked for. */
  metadata?: MsMetadata;
}

function opened(state: MsmdState): MsMetadata {
  return state.metadata ?? fail('usage', 'No MeasurementSet is open; call open first.');
}

function ints(values: Iterable<number>): ArrayReply {
  const list = Int32Array.from([...new Set(values)].sort((a, b) => a - b));
  return { kind: 'array', type: 'int', shape: [list.length], values: list };
}

function floats(values: readonly number[], factor = 1): ArrayReply {
  return {
    kind: 'array',
    type: 'float',
    shape: [values.length],
    values: Float64Array.from(values, (value) => value * factor),
  };
}

/** An intent matches a pattern with * as in CASA, or exactly. */
function intentTest(pattern: string): (intent: string) => boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${escaped.join('.*')}$`);
  return (intent) => expression.test(intent);
}

function item<T>(list: readonly T[], index: number, what: string): T {
  return list[index] ?? fail('usage', `There is no ${what} ${index}; there are ${list.length}.`);
}

/** Ids of the fields that a name or number means. */
function fieldIds(metadata: MsMetadata, field: TaskValue): number[] {
  if (typeof field === 'number') return [field];
  const found = metadata.fields.filter(({ name }) => name === field).map(({ id }) => id);
  return found.length > 0 ? found : fail('usage', `There is no field ${String(field)}.`);
}

const UNIT_FACTORS: Readonly<Record<string, number>> = { hz: 1, khz: 1e-3, mhz: 1e-6, ghz: 1e-9 };

function unitFactor(args: ToolArguments): number {
  return UNIT_FACTORS[textArgument(args, 'unit').toLowerCase()] ?? fail('usage', 'unit is Hz, kHz, MHz or GHz.');
}

const spw = (state: MsmdState, args: ToolArguments) =>
  item(opened(state).spectralWindows, numberArgument(args, 'spw'), 'spectral window');

/** True for a window that CASA calls WVR, FDM, TDM or channel average. */
const isWvr = ({ name }: { name: string }) => /WVR/.test(name);

const windows = {
  nspw: method<MsmdState>(
    'includewvr=True',
    (state, args) => opened(state).spectralWindows.filter((one) => args.includewvr !== false || !isWvr(one)).length,
  ),
  nchan: method<MsmdState>('spw', (state, args) => spw(state, args).chanFreqs.length),
  chanfreqs: method<MsmdState>("spw, unit='Hz'", (state, args) => floats(spw(state, args).chanFreqs, unitFactor(args))),
  chanwidths: method<MsmdState>("spw, unit='Hz'", (state, args) =>
    floats(spw(state, args).chanWidths, unitFactor(args)),
  ),
  chaneffbws: method<MsmdState>("spw, unit='Hz'", (state, args) =>
    floats(spw(state, args).effectiveBandwidths, unitFactor(args)),
  ),
  chanres: method<MsmdState>("spw, unit='Hz'", (state, args) => floats(spw(state, args).resolutions, unitFactor(args))),
  meanfreq: method<MsmdState>("spw, unit='Hz'", (state, args) => {
    const { chanFreqs } = spw(state, args);
    return real((chanFreqs.reduce((sum, value) => sum + value, 0) / chanFreqs.length) * unitFactor(args));
  }),
  bandwidths: method<MsmdState>('spw=-1', (state, args) => {
    const all = opened(state).spectralWindows.map(({ totalBandwidth }) => totalBandwidth);
    const index = numberArgument(args, 'spw');
    return index < 0 ? floats(all) : real(item(all, index, 'spectral window'));
  }),
  reffreq: method<MsmdState>('spw', (state, args) => {
    const { refFrequency, measFreqRef } = spw(state, args);
    return { m0: { unit: 'Hz', value: real(refFrequency) }, refer: measFreqRef, type: 'frequency' };
  }),
  sideband: method<MsmdState>('spw', (state, args) => (spw(state, args).netSideband === 2 ? 1 : -1)),
  baseband: method<MsmdState>('spw', (state, args) => spw(state, args).bbcNo),
  namesforspws: method<MsmdState>('spw=-1', (state, args) => {
    const all = opened(state).spectralWindows.map(({ name }) => name);
    if (Array.isArray(args.spw)) return args.spw.map((index) => item(all, Number(index), 'spectral window'));
    return Number(args.spw) < 0 ? all : [item(all, Number(args.spw), 'spectral window')];
  }),
  wvrspws: method<MsmdState>('complement=False', (state, args) => {
    const chosen = opened(state).spectralWindows.filter((one) => isWvr(one) !== (args.complement === true));
    return ints(chosen.map(({ id }) => id));
  }),
  chanavgspws: method<MsmdState>('', (state) =>
    ints(
      opened(state)
        .spectralWindows.filter((one) => one.chanFreqs.length === 1 && !isWvr(one))
        .map(({ id }) => id),
    ),
  ),
  tdmspws: method<MsmdState>('', (state) =>
    ints(
      opened(state)
        .spectralWindows.filter((one) => [64, 128, 256].includes(one.chanFreqs.length))
        .map(({ id }) => id),
    ),
  ),
  fdmspws: method<MsmdState>('', (state) =>
    ints(
      opened(state)
        .spectralWindows.filter((one) => one.chanFreqs.length > 4 && ![64, 128, 256].includes(one.chanFreqs.length))
        .map(({ id }) => id),
    ),
  ),
  datadescids: method<MsmdState>('spw=-1, pol=-1', (state, args) =>
    ints(
      opened(state)
        .dataDescriptions.filter(
          (one) => (Number(args.spw) < 0 || one.spwId === args.spw) && (Number(args.pol) < 0 || one.polId === args.pol),
        )
        .map(({ id }) => id),
    ),
  ),
  spwsforintent: method<MsmdState>('intent', (state, args) => {
    const matches = intentTest(textArgument(args, 'intent'));
    return ints(
      opened(state)
        .scans.filter(({ intents }) => intents.some(matches))
        .flatMap(({ spwIds }) => spwIds),
    );
  }),
  spwsforfield: method<MsmdState>('field', (state, args) => {
    const ids = fieldIds(opened(state), args.field);
    return ints(
      opened(state)
        .scans.filter((one) => one.fieldIds.some((id) => ids.includes(id)))
        .flatMap((one) => one.spwIds),
    );
  }),
  spwsforscan: method<MsmdState>('scan, obsid=-1, arrayid=-1', (state, args) =>
    ints(
      opened(state)
        .scans.filter(({ number }) => number === args.scan)
        .flatMap(({ spwIds }) => spwIds),
    ),
  ),
};

const fields = {
  nfields: method<MsmdState>('', (state) => opened(state).fields.length),
  fieldnames: method<MsmdState>('', (state) => opened(state).fields.map(({ name }) => name)),
  namesforfields: method<MsmdState>('fieldids=[]', (state, args) => {
    const chosen = Array.isArray(args.fieldids) ? args.fieldids : [args.fieldids];
    const all = opened(state).fields.map(({ name }) => name);
    return chosen.length === 0 ? all : chosen.map((id) => item(all, Number(id), 'field'));
  }),
  fieldsforname: method<MsmdState>("name=''", (state, args) => {
    const { fields: all } = opened(state);
    return ints(all.filter(({ name }) => args.name === '' || name === args.name).map(({ id }) => id));
  }),
  fieldsforintent: method<MsmdState>('intent, asnames=False', (state, args) => {
    const matches = intentTest(textArgument(args, 'intent'));
    const ids = ints(
      opened(state)
        .scans.filter(({ intents }) => intents.some(matches))
        .flatMap((one) => one.fieldIds),
    );
    if (args.asnames !== true) return ids;
    return Array.from(ids.values as Int32Array, (id) => opened(state).fields[id].name);
  }),
  fieldsforscan: method<MsmdState>('scan, asnames=False, obsid=-1, arrayid=-1', (state, args) => {
    const ids = ints(
      opened(state)
        .scans.filter(({ number }) => number === args.scan)
        .flatMap((one) => one.fieldIds),
    );
    if (args.asnames !== true) return ids;
    return Array.from(ids.values as Int32Array, (id) => opened(state).fields[id].name);
  }),
  fieldsforspw: method<MsmdState>('spw, asnames=False', (state, args) => {
    const window = numberArgument(args, 'spw');
    const ids = ints(
      opened(state)
        .scans.filter((one) => one.spwIds.includes(window))
        .flatMap((one) => one.fieldIds),
    );
    if (args.asnames !== true) return ids;
    return Array.from(ids.values as Int32Array, (id) => opened(state).fields[id].name);
  }),
  phasecenter: method<MsmdState>('fieldid=0', (state, args) => {
    const { phaseDir, frame } = item(opened(state).fields, numberArgument(args, 'fieldid'), 'field');
    const angle = (value: number) => ({ unit: 'rad', value: real(value) });
    return { m0: angle(phaseDir[0]), m1: angle(phaseDir[1]), refer: frame, type: 'direction' };
  }),
};

const scans = {
  nscans: method<MsmdState>('', (state) => opened(state).scans.length),
  scannumbers: method<MsmdState>('obsid=-1, arrayid=-1', (state) =>
    ints(opened(state).scans.map(({ number }) => number)),
  ),
  scansforintent: method<MsmdState>('intent, obsid=-1, arrayid=-1', (state, args) => {
    const matches = intentTest(textArgument(args, 'intent'));
    return ints(
      opened(state)
        .scans.filter(({ intents }) => intents.some(matches))
        .map(({ number }) => number),
    );
  }),
  scansforfield: method<MsmdState>('field, obsid=-1, arrayid=-1', (state, args) => {
    const ids = fieldIds(opened(state), args.field);
    return ints(
      opened(state)
        .scans.filter((one) => one.fieldIds.some((id) => ids.includes(id)))
        .map((one) => one.number),
    );
  }),
  scansforspw: method<MsmdState>('spw, obsid=-1, arrayid=-1', (state, args) =>
    ints(
      opened(state)
        .scans.filter((one) => one.spwIds.includes(Number(args.spw)))
        .map(({ number }) => number),
    ),
  ),
  intents: method<MsmdState>('', (state) => [...new Set(opened(state).scans.flatMap((one) => one.intents))].sort()),
  intentsforscan: method<MsmdState>('scan, obsid=-1, arrayid=-1', (state, args) => [
    ...new Set(
      opened(state)
        .scans.filter(({ number }) => number === args.scan)
        .flatMap((one) => one.intents),
    ),
  ]),
  intentsforfield: method<MsmdState>('field', (state, args) => {
    const ids = fieldIds(opened(state), args.field);
    const chosen = opened(state).scans.filter((one) => one.fieldIds.some((id) => ids.includes(id)));
    return [...new Set(chosen.flatMap((one) => one.intents))].sort();
  }),
  timerangeforobs: method<MsmdState>('obsid', (state, args) => {
    const { timeRange } = item(opened(state).observations, numberArgument(args, 'obsid'), 'observation');
    const epoch = (value: number) => ({ m0: { unit: 'd', value: real(value / 86_400) }, refer: 'UTC', type: 'epoch' });
    return { begin: epoch(timeRange[0]), end: epoch(timeRange[1]) };
  }),
};

const others = {
  nantennas: method<MsmdState>('', (state) => opened(state).antennas.length),
  antennanames: method<MsmdState>('antennaids=-1', (state, args) => {
    const all = opened(state).antennas.map(({ name }) => name);
    if (Array.isArray(args.antennaids)) return args.antennaids.map((id) => item(all, Number(id), 'antenna'));
    return Number(args.antennaids) < 0 ? all : [item(all, Number(args.antennaids), 'antenna')];
  }),
  antennaids: method<MsmdState>('names=[]', (state, args) => {
    const names = Array.isArray(args.names) ? args.names : [args.names];
    const { antennas } = opened(state);
    if (names.length === 0) return ints(antennas.map(({ id }) => id));
    return names.map(
      (name) => antennas.find((one) => one.name === name)?.id ?? fail('usage', `There is no antenna ${name}.`),
    );
  }),
  antennastations: method<MsmdState>('which=-1', (state, args) => {
    const all = opened(state).antennas.map(({ station }) => station);
    return Number(args.which) < 0 ? all : [item(all, Number(args.which), 'antenna')];
  }),
  antennadiameter: method<MsmdState>('antenna=-1', (state, args) => ({
    unit: 'm',
    value: real(item(opened(state).antennas, numberArgument(args, 'antenna'), 'antenna').diameter),
  })),
  nbaselines: method<MsmdState>('ignoreautos=False', (state) => {
    const count = opened(state).antennas.length;
    return (count * (count - 1)) / 2;
  }),
  nobservations: method<MsmdState>('', (state) => opened(state).observations.length),
  observatorynames: method<MsmdState>('', (state) => opened(state).observations.map(({ telescope }) => telescope)),
  observers: method<MsmdState>('', (state) => opened(state).observations.map(({ observer }) => observer)),
  projects: method<MsmdState>('', (state) => opened(state).observations.map(({ project }) => project)),
  nrows: method<MsmdState>('auto=True, flagged=True', (state) => opened(state).rowCount),
  nstates: method<MsmdState>('', (state) => opened(state).states.length),
  corrtypesforpol: method<MsmdState>('polid=-1', (state, args) => [
    ...item(opened(state).polarizations, numberArgument(args, 'polid'), 'polarization').corrTypes,
  ]),
  name: method<MsmdState>('', (state) => state.ms?.path ?? ''),
};

function close(state: MsmdState): boolean {
  state.ms?.close();
  state.ms = undefined;
  state.metadata = undefined;
  return true;
}

/** msmd: what an MS says about the observation. */
export const msmdTool: ToolDeclaration<MsmdState> = {
  name: 'msmd',
  summary: 'Metadata of a MeasurementSet',
  create: () => ({}),
  close,
  methods: {
    open: method('msfile, cachesize=50', (state, args, { context }) => {
      close(state);
      state.ms = openMs(joinPath(context.cwd, textArgument(args, 'msfile')), 'read');
      state.metadata = readMetadata(state.ms);
      return true;
    }),
    close: method('', close),
    done: method('', close),
    ...windows,
    ...fields,
    ...scans,
    ...others,
  },
};
