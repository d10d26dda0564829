import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { assertSequence } from './array-tables.ts';
import { directionFrameCode } from './enumerations.ts';
import { type Ephemeris, ephemerisDirection, ephemerisStart } from './ephemerides.ts';
import type { Scan } from './scan-selection.ts';
import { appendRows, doubles, msTime, normalLongitude, numberOr, type RowCells, textOr, texts } from './table-rows.ts';
import { timedRows } from './time-intervals.ts';

type Overlap = (startNs: bigint, durationNs: bigint) => boolean;

/** OBSERVATION: one row for each execution block that has a chosen scan. */
export function fillObservation(ms: MeasurementSet, asdm: Asdm, scans: readonly Scan[]): void {
  const blocks = new Set(scans.map(({ execBlockId }) => execBlockId));
  const schedulingBlocks = new Map(
    [...asdm.table('SBSummary').rows()].map((row) => [row.id('sBSummaryId'), row.text('sbSummaryUID')]),
  );
  const rows = [...asdm.table('ExecBlock').rows()].filter((row) => blocks.has(row.id('execBlockId')));
  appendRows(
    ms.subtable('OBSERVATION'),
    rows.map((row): RowCells => {
      const log = row.has('observingLog') ? row.texts('observingLog') : [];
      const telescope = row.text('telescopeName').trim();
      return {
        TIME_RANGE: doubles([msTime(row.ns('startTime')), msTime(row.ns('endTime'))]),
        LOG: texts(log.length > 0 ? log : ['']),
        SCHEDULE: texts([
          `SchedulingBlock ${schedulingBlocks.get(row.id('sBSummaryId')) ?? ''}`,
          `ExecBlock ${row.text('execBlockUID')}`,
        ]),
        OBSERVER: row.text('observerName').trim(),
        PROJECT: row.text('projectUID'),
        RELEASE_DATE: row.has('releaseDate') ? msTime(row.ns('releaseDate')) : 0,
        SCHEDULE_TYPE: telescope,
        TELESCOPE_NAME: telescope,
      };
    }),
  );
}

/** Kind of a processor and the words that the MS keeps of it. */
export interface IngestProcessor {
  readonly type: string;
  readonly subType: string;
  readonly modeId: number;
}

export function readProcessors(asdm: Asdm): IngestProcessor[] {
  const rows = [...asdm.table('Processor').rows()].sort((a, b) => a.id('processorId') - b.id('processorId'));
  assertSequence(
    rows.map((row) => row.id('processorId')),
    asdm,
    'Processor',
  );
  const correlators = new Map(
    [...asdm.table('CorrelatorMode').rows()].map((row) => [
      row.id('correlatorModeId'),
      textOr(row, 'correlatorName').trim(),
    ]),
  );
  return rows.map((row) => {
    const type = row.text('processorType').trim();
    const modeId = row.id('modeId');
    const name = type === 'CORRELATOR' ? correlators.get(modeId) : undefined;
    return { type, modeId, subType: name || row.text('processorSubType').trim() };
  });
}

export function fillProcessor(ms: MeasurementSet, processors: readonly IngestProcessor[]): void {
  appendRows(
    ms.subtable('PROCESSOR'),
    processors.map(({ type, subType, modeId }) => ({ MODE_ID: modeId, TYPE: type, TYPE_ID: -1, SUB_TYPE: subType })),
  );
}

/** One field with the direction that (u, v, w) is made for. */
export interface IngestField {
  readonly id: number;
  /** rad, J2000 */
  readonly ra: number;
  readonly dec: number;
  /** Its direction is an offset from this then. */
  readonly ephemeris?: Ephemeris;
  readonly sourceId: number;
  readonly cells: RowCells;
}

export function readFields(asdm: Asdm, ephemerides: ReadonlyMap<number, Ephemeris>): IngestField[] {
  const rows = [...asdm.table('Field').rows()].sort((a, b) => a.id('fieldId') - b.id('fieldId'));
  assertSequence(
    rows.map((row) => row.id('fieldId')),
    asdm,
    'Field',
  );
  return rows.map((row) => readField(row, asdm, ephemerides));
}

function readField(row: AsdmRow, asdm: Asdm, ephemerides: ReadonlyMap<number, Ephemeris>): IngestField {
  const count = row.number('numPoly');
  const directions = (name: string) => {
    const values = row.numbers(name);
    if (values.length < 2 * count || count < 1)
      fail('bad-format', `${name} has ${values.length} values for ${count} terms.`, {
        file: asdm.path,
        table: 'Field',
        row: row.index,
      });
    const turned = new Float64Array(2 * count);
    for (let term = 0; term < count; term++)
      turned.set(normalLongitude(values[2 * term], values[2 * term + 1]), 2 * term);
    return { shape: [count, 2], values: turned };
  };
  const frame = directionFrameCode(row.has('directionCode') ? row.text('directionCode') : undefined);
  const phase = row.numbers('phaseDir');
  const ephemeris = row.has('ephemerisId') ? ephemerides.get(row.number('ephemerisId')) : undefined;
  const time = row.has('time') ? Number(row.ns('time')) * 1e-9 : 0;
  const sourceId = numberOr(row, 'sourceId', 0);
  return {
    id: row.id('fieldId'),
    ra: phase[0],
    dec: phase[1],
    ...(ephemeris && { ephemeris }),
    sourceId,
    cells: {
      CODE: textOr(row, 'code').trim(),
      NAME: row.text('fieldName').trim(),
      NUM_POLY: count - 1,
      SOURCE_ID: sourceId,
      TIME: time === 0 && ephemeris ? ephemerisStart(ephemeris) : time,
      EPHEMERIS_ID: ephemeris?.id ?? -1,
      PHASE_DIR: directions('phaseDir'),
      PhaseDir_Ref: frame,
      DELAY_DIR: directions('delayDir'),
      DelayDir_Ref: frame,
      REFERENCE_DIR: directions('referenceDir'),
      RefDir_Ref: frame,
    },
  };
}

export function fillField(ms: MeasurementSet, fields: readonly IngestField[]): void {
  appendRows(
    ms.subtable('FIELD'),
    fields.map(({ cells }) => cells),
  );
}

/** SOURCE: one row for each source and window; a moving one stands where its first field was. */
export function fillSource(
  ms: MeasurementSet,
  asdm: Asdm,
  spwIndex: ReadonlyMap<number, number>,
  isWanted: Overlap,
  fields: readonly IngestField[],
): void {
  const moving = new Map<number, Float64Array>();
  for (const { ephemeris, sourceId, cells } of fields) {
    if (!ephemeris || moving.has(sourceId)) continue;
    const { ra, dec } = ephemerisDirection(ephemeris, cells.TIME as number);
    moving.set(sourceId, Float64Array.of(ra, dec));
  }
  const keyOf = (row: AsdmRow) => `${row.number('sourceId')} ${row.id('spectralWindowId')}`;
  appendRows(
    ms.subtable('SOURCE'),
    timedRows(asdm.table('Source'), keyOf, isWanted).map(({ row, time, interval }): RowCells => {
      const [longitude, latitude] = row.numbers('direction');
      const optional = (name: string) =>
        row.has(name) && row.numbers(name).length > 0 ? doubles(row.numbers(name)) : undefined;
      return {
        DIRECTION: doubles(moving.get(row.number('sourceId')) ?? normalLongitude(longitude, latitude)),
        PROPER_MOTION: doubles(row.numbers('properMotion')),
        CALIBRATION_GROUP: numberOr(row, 'calibrationGroup', 0),
        CODE: row.text('code').trim(),
        INTERVAL: interval,
        NAME: row.text('sourceName').trim(),
        NUM_LINES: numberOr(row, 'numLines', 0),
        SOURCE_ID: row.number('sourceId'),
        SPECTRAL_WINDOW_ID: spwIndex.get(row.id('spectralWindowId')) ?? -1,
        TIME: time,
        POSITION: optional('position'),
        TRANSITION:
          row.has('transition') && row.texts('transition').length > 0 ? texts(row.texts('transition')) : undefined,
        REST_FREQUENCY: optional('restFrequency'),
        SYSVEL: optional('sysVel'),
      };
    }),
  );
}
