import { fieldDirection, formatListobs, readTexts, type Selection, selectRows } from '../../../astronomy/ms/index.ts';
import { queryRows } from '../../../formats/tables/index.ts';
import { fail, warningsOf } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { cvelfreqs } from '../../../pipeline/reshape/index.ts';
import { columnStatistics } from '../column-statistics.ts';
import {
  numberArgument,
  type ToolArguments,
  type ToolDeclaration,
  type ToolHost,
  textArgument,
} from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { real } from '../values.ts';
import { getData } from './ms-data.ts';
import { selectedIndices, selectionIndices } from './ms-indices.ts';
import { rangeOf } from './ms-ranges.ts';
import { scanSummary, summaryOf } from './ms-scans.ts';
import {
  ask,
  chosenRows,
  closeState,
  columnsOf,
  type MsState,
  metadataOf,
  msOf,
  narrow,
  openState,
  selectItems,
  windowOf,
} from './ms-state.ts';
import { putData, writeHistory } from './ms-writing.ts';
import { type MsmdState, openMsmd } from './msmd-rows.ts';
import { dictionary, directionReply, element, floatArray, numberList, textList } from './reply-values.ts';

const opening = {
  open: ask("thems='', nomodify=True, lock=False, check=False", (state, args, { context }) => {
    openState(state, joinPath(context.cwd, textArgument(args, 'thems')), args.nomodify === false);
    return true;
  }),
  close: ask('', (state) => {
    closeState(state);
    return true;
  }),
  done: ask('', (state) => {
    closeState(state);
    return true;
  }),
  name: ask('', (state) => msOf(state).path),
  iswritable: ask('', (state) => state.isWritable === true),
  ismultims: ask('', (state) => {
    msOf(state);
    return false;
  }),
  getreferencedtables: ask('', (state) => [msOf(state).path]),
  nrow: ask('selected=False', (state, args) =>
    args.selected === true ? (state.rows?.length ?? msOf(state).main.rowCount) : msOf(state).main.rowCount,
  ),
};

/** Names of msselect's items and ours. */
const SELECTIONS: Readonly<Record<string, keyof Selection | 'taql'>> = {
  spw: 'spw',
  field: 'field',
  baseline: 'antenna',
  antenna: 'antenna',
  time: 'timerange',
  scan: 'scan',
  uvdist: 'uvrange',
  uvrange: 'uvrange',
  polarization: 'correlation',
  scanintent: 'intent',
  intent: 'intent',
  state: 'intent',
  array: 'array',
  observation: 'observation',
  taql: 'taql',
};

/** Selections of a call, by our names; empty ones left out. */
function selectionOf(items: ToolArguments): Selection & { taql?: string } {
  const entries = Object.entries(items).flatMap(([name, value]) => {
    const ours = SELECTIONS[name.toLowerCase()];
    if (!ours) fail('usage', `'${name}' is no selection; there are ${Object.keys(SELECTIONS).join(', ')}.`);
    const text = textList(value).join(',');
    return text === '' ? [] : [[ours, text]];
  });
  return Object.fromEntries(entries) as Selection & { taql?: string };
}

const selecting = {
  selectinit: ask('datadescid=0, reset=False', (state, args) => {
    if (args.reset === true) {
      resetSelection(state);
      return true;
    }
    const id = numberArgument(args, 'datadescid');
    element(metadataOf(state).dataDescriptions, id, 'data description');
    const [ids] = columnsOf(state, ['DATA_DESC_ID']);
    const isThere = narrow(state, (_row, index) => ids[index] === id);
    state.dataDescription = id;
    return isThere;
  }),
  select: ask('items={}', (state, args) => selectItems(state, args.items as ToolArguments)),
  selecttaql: ask("msselect=''", (state, args) => {
    const found = new Set(queryRows(msOf(state).main, textArgument(args, 'msselect')));
    return narrow(state, (row) => found.has(row));
  }),
  msselect: ask('items={}, onlyparse=False', (state, args, { context }) => {
    const { taql, ...selection } = selectionOf(args.items as ToolArguments);
    const ms = msOf(state);
    const warn = warningsOf(context, 'ms::msselect');
    const manner = { metadata: metadataOf(state), warn, keepsEmptyWindows: true };
    const found = new Set(selectRows(ms, selection, manner).rows);
    const isTrue = taql === undefined ? undefined : new Set(queryRows(ms.main, taql));
    // As in CASA, channels of spw say which windows, and msselectedindices tells them; selectchannel chooses channels.
    state.selection = selection;
    if (args.onlyparse === true) return found.size > 0;
    return narrow(state, (row) => found.has(row) && (isTrue?.has(row) ?? true));
  }),
  selectchannel: ask('nchan=1, start=0, width=1, inc=1', (state, args) => {
    const [count, start, width, step] = ['nchan', 'start', 'width', 'inc'].map((name) => numberArgument(args, name));
    const { chanFreqs } = windowOf(metadataOf(state), state.dataDescription ?? 0);
    const isInside =
      count > 0 && start >= 0 && width > 0 && step > 0 && start + (count - 1) * step + width <= chanFreqs.length;
    if (!isInside) fail('usage', `ms.selectchannel(): the spectral window has ${chanFreqs.length} channels.`);
    state.channels = { count, start, width, step };
    return true;
  }),
  selectpolarization: ask('wantedpol=[]', (state, args) => {
    const names = textList(args.wantedpol).map((name) => name.toUpperCase());
    state.polarizations = names.length > 0 ? names : undefined;
    return true;
  }),
  reset: ask('', (state) => {
    resetSelection(state);
    return true;
  }),
};

function resetSelection(state: MsState): void {
  for (const key of ['rows', 'dataDescription', 'channels', 'polarizations', 'iteration', 'selection'] as const)
    delete state[key];
}

/** Groups of rows with the same values of columns, in ascending order; times within `interval` s belong together. */
function groupRows(state: MsState, names: readonly string[], interval: number): Int32Array[] {
  const rows = chosenRows(state);
  const columns = columnsOf(state, names).map((values, at) => {
    if (names[at] !== 'TIME' || interval <= 0) return values;
    const first = values[0] ?? 0;
    return Array.from(values, (time) => Math.floor((time - first) / interval));
  });
  const keys = Array.from(rows, (_, index) => columns.map((values) => values[index]));
  const order = Array.from(rows, (_, index) => index).sort((a, b) => {
    const at = keys[a].findIndex((value, part) => value !== keys[b][part]);
    return at < 0 ? a - b : keys[a][at] - keys[b][at];
  });
  const parts: number[][] = [];
  order.forEach((index, at) => {
    if (at > 0 && String(keys[index]) === String(keys[order[at - 1]])) parts[parts.length - 1].push(rows[index]);
    else parts.push([rows[index]]);
  });
  return parts.map((part) => Int32Array.from(part));
}

/** Rows in pieces of at most `most`. */
function cut(rows: Int32Array, most: number): Int32Array[] {
  const count = Math.max(1, Math.ceil(rows.length / most));
  return Array.from({ length: count }, (_, piece) => rows.subarray(piece * most, (piece + 1) * most || undefined));
}

const iterating = {
  iterinit: ask('columns=[], interval=0.0, maxrows=0, adddefaultsortcolumns=True', (state, args) => {
    const given = textList(args.columns).map((name) => name.toUpperCase());
    const usual = args.adddefaultsortcolumns === false ? [] : ['ARRAY_ID', 'FIELD_ID', 'DATA_DESC_ID', 'TIME'];
    const names = [...usual.filter((name) => !given.includes(name)), ...given];
    const most = Number(args.maxrows) > 0 ? Number(args.maxrows) : Number.POSITIVE_INFINITY;
    const parts = groupRows(state, names, Number(args.interval)).flatMap((part) => cut(part, most));
    state.iteration = { parts, at: -1 };
    return true;
  }),
  iterorigin: ask('', (state) => {
    const { iteration } = state;
    if (!iteration) return fail('usage', 'No iteration has begun; call iterinit first.');
    iteration.at = 0;
    return iteration.parts.length > 0;
  }),
  iternext: ask('', (state) => {
    const { iteration } = state;
    if (!iteration) return fail('usage', 'No iteration has begun; call iterinit first.');
    if (iteration.at + 1 >= iteration.parts.length) return false;
    iteration.at++;
    return true;
  }),
  iterend: ask('', (state) => {
    state.iteration = undefined;
    return true;
  }),
};

const HISTORY = "MESSAGE, parms='', origin='MSHistoryHandler::addMessage()', msname='', app='ms'";

/** What goes with the messages of writehistory; msname stands in CASA for the MS whose HISTORY is written, always the open one. */
function historyForm(args: ToolArguments) {
  if (args.msname !== '')
    fail('unsupported', "ms.writehistory(): only msname='' is available: the open MeasurementSet.");
  const [origin, application, parameters] = ['origin', 'app', 'parms'].map((name) => textArgument(args, name));
  return { origin, application, parameters };
}

const data = {
  getdata: ask('items=[], ifraxis=False, ifraxisgap=0, increment=1, average=False', (state, args, { log }) => {
    if (args.average === true)
      fail('unsupported', 'ms.getdata(): only average=False is available; take the mean of what it gives.');
    return getData(state, args, (message) => log.post(message, 'WARN', 'ms'));
  }),
  putdata: ask('items={}', (state, args) => {
    putData(state, args.items as ToolArguments);
    return true;
  }),
  writehistory: ask(HISTORY.replace('MESSAGE', "message=''"), (state, args) => {
    return writeHistory(state, [textArgument(args, 'message')], historyForm(args));
  }),
  writehistory_batch: ask(HISTORY.replace('MESSAGE', 'messages=[]'), (state, args) => {
    return writeHistory(state, textList(args.messages), historyForm(args));
  }),
  range: ask('items=[], useflags=True, blocksize=10', (state, args, { log }) => {
    const items = textList(args.items).map((item) => item.toLowerCase());
    const found = items.map((item) => [item, rangeOf(state, item, args.useflags !== false)] as const);
    for (const [item, value] of found)
      if (value === undefined) log.post(`ms.range() does not know the item '${item}'.`, 'WARN', 'ms');
    return dictionary(found.filter(([, value]) => value !== undefined));
  }),
};

const describing = {
  msselectedindices: ask('', (state) => selectedIndices(msOf(state), state.selection ?? {})),
  statistics: ask(
    "column='', complex_value='', useflags=True, useweights=False, spw='', field='', baseline='', uvrange='', time='', correlation='', scan='', intent='', array='', obs='', reportingaxes='', doquantiles=True, timeaverage=False, timebin='0s', timespan='', maxuvwdistance=0.0",
    (state, args) => {
      const { spw, field, baseline, uvrange, time, correlation, scan, intent, array, obs } = args;
      const polarization = correlation;
      const items = { spw, field, baseline, uvrange, time, polarization, scan, intent, array, observation: obs };
      if (args.useweights === true) fail('unsupported', 'ms.statistics(): only useweights=False is available.');
      const asked = { column: String(args.column), part: String(args.complex_value).toLowerCase() };
      return columnStatistics(msOf(state), args, { ...asked, selection: selectionOf(items) });
    },
  ),
  msseltoindex: ask(
    "vis='', spw=[], field=[], baseline=[], time=[], scan=[], uvrange=[], observation=[], polarization=[], taql=''",
    (_state, { vis, ...items }, { context }) =>
      selectionIndices(selectionOf(items), joinPath(context.cwd, String(vis)), warningsOf(context, 'ms::msseltoindex')),
  ),
  cvelfreqs: ask(
    "spwids=[0], fieldids=[0], obstime='', mode='channel', nchan=-1, start=[], width=[], phasec=[], restfreq=[], outframe='', veltype='radio', verbose=True",
    (state, { spwids, fieldids, start, width, phasec, restfreq, nchan, ...args }) => {
      const plain = (value: TaskValue) => (Array.isArray(value) ? (value[0] ?? '') : value) as string | number;
      const texts = Object.fromEntries(
        ['obstime', 'mode', 'outframe', 'veltype'].map((key) => [key, String(args[key])]),
      );
      const numbers = { spwids: numberList(spwids, 'spwids'), fieldids: numberList(fieldids, 'fieldids') };
      const values = { start: plain(start), width: plain(width), phasec: plain(phasec), restfreq: plain(restfreq) };
      return floatArray(
        cvelfreqs(msOf(state), metadataOf(state), { ...texts, ...numbers, ...values, nchan: Number(nchan) }),
      );
    },
  ),
  metadata: ask('cachesize=50.0', (state, _args, host) => adoptMetadata(state, host)),
  getspectralwindowinfo: ask('', (state) => {
    const { dataDescriptions, spectralWindows, polarizations } = metadataOf(state);
    return dictionary(
      dataDescriptions.flatMap(({ spwId, polId }) => {
        if (spwId < 0) return [];
        const window = spectralWindows[spwId];
        const info: Record<string, TaskValue> = {
          Chan1Freq: real(window.chanFreqs[0]),
          ChanWidth: real(window.chanWidths[0]),
          Frame: window.measFreqRef,
          NumChan: window.chanFreqs.length,
          NumCorr: polarizations[polId].corrTypes.length,
          PolId: polId,
          RefFreq: real(window.refFrequency),
          SpectralWindowId: spwId,
          TotalWidth: real(window.totalBandwidth),
        };
        return [[spwId, info] as const];
      }),
    );
  }),
  getscansummary: ask('', (state) => scanSummary(state)),
  getfielddirmeas: ask("dircolname='PHASE_DIR', fieldid=0, time=0.0, format='measure'", (state, args) => {
    const field = element(metadataOf(state).fields, numberArgument(args, 'fieldid'), 'field');
    const name = textArgument(args, 'dircolname').toUpperCase();
    const columns = { PHASE_DIR: 'phaseDir', DELAY_DIR: 'delayDir', REFERENCE_DIR: 'refDir' } as const;
    const which = columns[name as keyof typeof columns] ?? fail('usage', `'${name}' is no column of directions.`);
    const direction = fieldDirection(field, numberArgument(args, 'time') || field.timeSec, which);
    return directionReply(direction[0], direction[1], field.frame);
  }),
  summary: ask(
    "verbose=False, listfile='', listunfl=False, cachesize=50.0, overwrite=False, wantreturn=True",
    (state, args, { log }) => {
      if (args.listfile !== '')
        fail('unsupported', "ms.summary(): only listfile='' is available; listobs writes files.");
      const listing = { verbose: args.verbose === true, listunfl: args.listunfl === true, rows: state.rows };
      log.post(formatListobs(msOf(state), listing), 'INFO', 'ms::summary');
      return args.wantreturn === false ? true : summaryOf(state);
    },
  ),
  listhistory: ask('', (state, _args, { log }) => {
    const ms = msOf(state);
    if (ms.hasSubtable('HISTORY')) {
      const table = ms.subtable('HISTORY');
      const origins = readTexts(table, 'ORIGIN');
      readTexts(table, 'MESSAGE').forEach((message, row) => {
        log.post(`${origins[row]}: ${message}`, 'INFO', 'ms::listhistory');
      });
    }
    return true;
  }),
};

/** A msmd tool on the same MS. */
function adoptMetadata(state: MsState, host: ToolHost) {
  const own: MsmdState = {};
  openMsmd(own, msOf(state).path);
  return host.adopt('msmd', own);
}

/** ms: rows and visibilities of a MeasurementSet. */
export const msTool: ToolDeclaration<MsState> = {
  name: 'ms',
  summary: 'Rows and visibilities of a MeasurementSet',
  create: () => ({}),
  close: closeState,
  methods: { ...opening, ...selecting, ...iterating, ...data, ...describing },
};
