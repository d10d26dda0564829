import {
  type MeasurementSet,
  type MsMetadata,
  openMs,
  readMetadata,
  type Selection,
  selectRows,
} from '../../astronomy/ms/index.ts';
import {
  type ChunkReader,
  type DataColumn,
  hasDataColumn,
  openChunkReader,
  readScalars,
  rowLimiter,
  type VisibilityChunk,
} from '../../astronomy/visibility/index.ts';
import { createRandomGroups, FitsHeader, type GroupShape, real } from '../../formats/fits/index.ts';
import {
  type Context,
  DEGREE,
  fail,
  SECONDS_PER_DAY,
  SPEED_OF_LIGHT,
  warningsOf,
} from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { cutGroups, orderRows, planWindows, type RowKeys, type WindowsPlan } from './uvfits-plan.ts';
import { antennaNumbers, antennaTable, fitsDate, frequencyTable, sourceTable, weatherTable } from './uvfits-tables.ts';

/** Parameters of CASA's exportuvfits. */
export interface ExportUvfitsOptions extends Selection {
  readonly vis: string;
  readonly fitsfile: string;
  /** Without such a column: DATA, as in CASA. */
  readonly datacolumn?: 'corrected' | 'data' | 'model' | string;
  /** A table of sources also where one field is written; several fields have one always. */
  readonly multisource?: boolean;
  /** The windows of an integration as IFs of one group; else each is a group of its own. */
  readonly combinespw?: boolean;
  /** Antennas are named by their stations. */
  readonly writestation?: boolean;
  /** Windows that an integration lacks are written as flagged; else all must be there. */
  readonly padwithflags?: boolean;
  readonly overwrite?: boolean;
}

/** Julian date of MJD 0. */
const MJD_ZERO = 2_400_000.5;
/** Numbers of antennas that fit into BASELINE (AIPS Memo 117, section 3.1.2). */
const MOST_ANTENNAS = 255;
const SINGLE_FRAMES: Readonly<Record<string, string>> = { TOPO: 'TOPOCENT', BARY: 'BARYCENT', GEO: 'GEOCENTR' };
const OTHER_FRAMES: Readonly<Record<string, string>> = { GALACTO: 'GALACTOC', REST: 'SOURCE' };

function columnOf(context: Context, ms: MeasurementSet, named: string): DataColumn {
  const wanted = named.toLowerCase().replace(/_data$/, '');
  if (!['data', 'observed', 'corrected', 'model'].includes(wanted))
    fail('usage', `datacolumn="${named}" is not exported; use corrected, data or model.`);
  if (wanted === 'model' && !hasDataColumn(ms, 'MODEL_DATA'))
    fail('missing', 'The MeasurementSet has no MODEL_DATA column.', { file: ms.path });
  if (wanted === 'model') return 'MODEL_DATA';
  if (wanted === 'corrected' && hasDataColumn(ms, 'CORRECTED_DATA')) return 'CORRECTED_DATA';
  if (wanted === 'corrected') context.log.post('There is no CORRECTED_DATA: DATA is written.', 'INFO', 'exportuvfits');
  return 'DATA';
}

function readKeys(ms: MeasurementSet, rows: Int32Array): RowKeys {
  const doubles = (name: string) => readScalars(ms.main.column(name), rows, new Float64Array(rows.length));
  const integers = (name: string) => readScalars(ms.main.column(name), rows, new Int32Array(rows.length));
  return {
    rows,
    time: doubles('TIME_CENTROID'),
    timeWidth: doubles('EXPOSURE'),
    antenna1: integers('ANTENNA1'),
    antenna2: integers('ANTENNA2'),
    fieldId: integers('FIELD_ID'),
    dataDescId: integers('DATA_DESC_ID'),
  };
}

/** All that the groups of a file are made from. */
interface Export {
  readonly metadata: MsMetadata;
  readonly column: DataColumn;
  readonly plan: WindowsPlan;
  readonly keys: RowKeys;
  /** Numbers of fields in the file, from 1, by field. */
  readonly sourceNumbers: ReadonlyMap<number, number>;
  readonly isCombined: boolean;
  readonly isMulti: boolean;
  /** TIME of the first row, MJD seconds. */
  readonly startSec: number;
}

function shapeOf({ plan, isCombined, isMulti }: Export, antennas: readonly number[], groupCount: number): GroupShape {
  const ends = isMulti ? ['SOURCE', 'INTTIM'] : [];
  const names = antennas.some((number) => number > MOST_ANTENNAS) ? ['SUBARRAY', 'ANTENNA1', 'ANTENNA2'] : ['BASELINE'];
  return {
    parameters: [
      ...['UU', 'VV', 'WW'].map((name) => ({ name })),
      { name: 'DATE', comment: 'Day number' },
      { name: 'DATE', comment: 'Day fraction' },
      ...[...names, 'FREQSEL', ...ends].map((name) => ({ name })),
    ],
    axes: [3, plan.corrCodes.length, plan.channelCount, isCombined ? plan.windows.length : 1, 1, 1],
    groupCount,
  };
}

function headersOf({ metadata, plan, keys, isMulti, startSec }: Export): FitsHeader[] {
  const field = metadata.fields[keys.fieldId[0]];
  const [ra, dec] = isMulti ? [0, 0] : field.phaseDir.map((angle) => angle / DEGREE);
  const { corrCodes, refFrequency, channelWidth, refChannel, windows } = plan;
  const frame = windows[0].measFreqRef;
  const rest = metadata.sources[0]?.restFrequencies[0] ?? 0;
  const header = new FitsHeader()
    .add('EPOCH', real(field.frame === 'B1950' ? 1950 : 2000))
    .add('BSCALE', real(1))
    .add('BZERO', real(0))
    .add('BUNIT', 'UNCALIB');
  const axes: [type: string, reference: number, increment: number, pixel: number][] = [
    ['COMPLEX', 1, 1, 1],
    ['STOKES', corrCodes[0], corrCodes.length > 1 ? corrCodes[1] - corrCodes[0] : 1, 1],
    ['FREQ', refFrequency, channelWidth, refChannel],
    ['IF', 1, 1, 1],
    ['RA', ra < 0 ? ra + 360 : ra, 1, 1],
    ['DEC', dec, 1, 1],
  ];
  axes.forEach(([type, reference, increment, pixel], index) => {
    const n = index + 2;
    header.add(`CTYPE${n}`, type).add(`CRVAL${n}`, real(reference)).add(`CDELT${n}`, real(increment));
    header.add(`CRPIX${n}`, real(pixel)).add(`CROTA${n}`, real(0));
  });
  const { telescope, observer } = metadata.observation;
  const last = new FitsHeader()
    .add('OBJECT', isMulti ? 'MULTI' : field.name)
    .add('DATE-OBS', fitsDate(startSec))
    .add('TELESCOP', telescope)
    .add('INSTRUME', telescope)
    .add('OBSERVER', observer)
    .add('SORTORD', 'TB')
    .add('SPECSYS', SINGLE_FRAMES[frame] ?? OTHER_FRAMES[frame] ?? frame);
  if (rest > 0) last.add('RESTFREQ', real(rest));
  // Miriad takes all weights for 0 without it.
  last.addText('HISTORY', 'AIPS WTSCAL = 1.0').add('ORIGIN', 'alma-qa2');
  return [header, last];
}

/** Weights tell flags: that of a flagged value is negative. */
function fillWindow(
  chunk: VisibilityChunk,
  at: number,
  column: DataColumn,
  plan: WindowsPlan,
  into: Float32Array,
): void {
  const { chanCount, corrCount, weight, weightSpectrum, flag, flagRow } = chunk;
  const data = chunk.data[column] as Float32Array;
  let out = 0;
  for (let chan = plan.firstChannel; chan < plan.firstChannel + plan.channelCount; chan++) {
    for (const corr of plan.corrOrder) {
      const value = (at * chanCount + chan) * corrCount + corr;
      const size = weightSpectrum ? weightSpectrum[value] : weight[at * corrCount + corr] / chanCount;
      into[out++] = data[2 * value];
      into[out++] = data[2 * value + 1];
      into[out++] = flag[value] === 1 || flagRow[at] === 1 ? -Math.abs(size) : size;
    }
  }
}

/** Parameters of a group, from its first row. */
function fillParameters(
  chunk: VisibilityChunk,
  at: number,
  { plan, sourceNumbers, isCombined, isMulti }: Export,
  numbers: readonly number[],
  into: Float32Array,
): void {
  const julian = chunk.timeCentroid[at] / SECONDS_PER_DAY + MJD_ZERO;
  const [one, other] = [numbers[chunk.antenna1[at]], numbers[chunk.antenna2[at]]];
  const array = chunk.arrayId[at];
  const isWide = numbers.some((number) => number > MOST_ANTENNAS);
  into.set([
    ...[0, 1, 2].map((axis) => chunk.uvw[3 * at + axis] / SPEED_OF_LIGHT),
    Math.floor(julian),
    julian - Math.floor(julian),
    ...(isWide ? [array + 1, one, other] : [256 * one + other + 0.01 * array]),
    isCombined ? 1 : 1 + plan.dataDescIds.indexOf(chunk.dataDescId),
    ...(isMulti ? [sourceNumbers.get(chunk.fieldId[at]) ?? 0, chunk.exposure[at]] : []),
  ]);
}

/** Groups `from` to `to` as they stand in the file. */
function makeGroups(
  reader: ChunkReader,
  given: Export,
  numbers: readonly number[],
  run: { readonly order: Int32Array; readonly starts: Int32Array; readonly from: number; readonly to: number },
  groupLength: number,
): Float32Array {
  const { plan, keys, column, isCombined } = given;
  const windowLength = 3 * plan.corrCodes.length * plan.channelCount;
  const parameterCount = groupLength - windowLength * (isCombined ? plan.windows.length : 1);
  const values = new Float32Array((run.to - run.from) * groupLength);
  const members = new Map<number, { rows: number[]; groups: number[]; isFirst: boolean[] }>();
  for (let group = run.from; group < run.to; group++) {
    for (let at = run.starts[group]; at < run.starts[group + 1]; at++) {
      const index = run.order[at];
      const id = keys.dataDescId[index];
      const list = members.get(id) ?? { rows: [], groups: [], isFirst: [] };
      members.set(id, list);
      list.rows.push(keys.rows[index]);
      list.groups.push(group - run.from);
      list.isFirst.push(at === run.starts[group]);
    }
  }
  for (const [dataDescId, { rows, groups, isFirst }] of members) {
    const chunk = reader.read({ dataDescId, rows: Int32Array.from(rows) });
    const window = isCombined ? plan.dataDescIds.indexOf(dataDescId) : 0;
    groups.forEach((group, at) => {
      const start = group * groupLength;
      if (isFirst[at]) fillParameters(chunk, at, given, numbers, values.subarray(start, start + parameterCount));
      const first = start + parameterCount + window * windowLength;
      fillWindow(chunk, at, column, plan, values.subarray(first, first + windowLength));
    });
    chunk.release();
  }
  return values;
}

function checkWhole(starts: Int32Array, windowCount: number): void {
  for (let group = 0; group + 1 < starts.length; group++)
    if (starts[group + 1] - starts[group] !== windowCount)
      fail(
        'usage',
        'An integration lacks some of the windows; combine them with padwithflags=True, or export each by itself.',
      );
}

/**
 * Writes visibilities as UVFITS: CASA 6.7's exportuvfits.
 *
 * Groups are ordered by time, antennas and field; u, v, w in seconds, times as Julian days, weights of flagged values negative.
 *
 * @throws usage when nothing is selected or windows differ in shape; exists
 */
export function exportuvfits(context: Context, options: ExportUvfitsOptions): void {
  const { vis, fitsfile, datacolumn, multisource, combinespw, writestation, padwithflags, overwrite, ...selection } =
    options;
  const ms = openMs(joinPath(context.cwd, vis));
  try {
    const metadata = readMetadata(ms);
    const chosen = selectRows(ms, selection, { metadata, warn: warningsOf(context, 'exportuvfits') });
    if (chosen.rows.length === 0) fail('usage', 'The selection has no rows.', { file: vis });
    const keys = readKeys(ms, chosen.rows);
    const fieldIds = [...new Set(keys.fieldId)].sort((one, other) => one - other);
    const plan = planWindows(
      metadata,
      [...new Set(keys.dataDescId)].sort((one, other) => one - other),
      chosen.channels,
    );
    const isCombined = combinespw ?? true;
    const given: Export = {
      metadata,
      column: columnOf(context, ms, datacolumn ?? 'corrected'),
      plan,
      keys,
      sourceNumbers: new Map(fieldIds.map((id, index) => [id, index + 1])),
      isCombined,
      isMulti: (multisource ?? true) || fieldIds.length > 1,
      startSec: Number(ms.main.column('TIME').get(chosen.rows[0])),
    };
    const order = orderRows(keys);
    const starts = cutGroups(keys, order, isCombined ? plan.windows.length : 1);
    if (isCombined && padwithflags === false) checkWhole(starts, plan.windows.length);
    writeWhole(joinPath(context.cwd, fitsfile), overwrite ?? false, (path) => {
      writeFile(context, ms, given, { path, order, starts, writestation: writestation ?? true }, fieldIds);
    });
  } finally {
    ms.close();
  }
}

function writeFile(
  context: Context,
  ms: MeasurementSet,
  given: Export,
  run: { readonly path: string; readonly order: Int32Array; readonly starts: Int32Array; writestation: boolean },
  fieldIds: readonly number[],
): void {
  const { metadata, plan, column, isCombined, isMulti, startSec } = given;
  const numbers = antennaNumbers(metadata);
  const groupCount = run.starts.length - 1;
  const [header, last] = headersOf(given);
  const file = createRandomGroups(run.path, shapeOf(given, numbers, groupCount), header, last);
  const reading = { columns: [column], withWeightSpectrum: true };
  const reader = openChunkReader(ms, metadata, reading);
  const perBatch = Math.max(1, Math.floor(rowLimiter(metadata, reading)(plan.dataDescIds[0]) / plan.windows.length));
  try {
    for (let from = 0; from < groupCount; from += perBatch) {
      context.checkAbort();
      const to = Math.min(groupCount, from + perBatch);
      file.writeGroups(makeGroups(reader, given, numbers, { ...run, from, to }, file.groupLength));
    }
  } finally {
    reader.close();
  }
  file.writeTable(frequencyTable(plan, metadata.observation.telescope, isCombined));
  metadata.observations.forEach((_, index) => {
    const table = { startSec, refFrequency: plan.refFrequency, version: index + 1, writestation: run.writestation };
    file.writeTable(antennaTable(ms, metadata, table));
  });
  if (isMulti) file.writeTable(sourceTable(ms, metadata, fieldIds, plan.windows.length));
  const weather = weatherTable(ms, metadata, startSec);
  if (weather) file.writeTable(weather);
  file.close();
}
