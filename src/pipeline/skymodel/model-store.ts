import type { MeasurementSet, MsMetadata } from '../../astronomy/ms/index.ts';
import {
  decodeRecord,
  encodeRecord,
  recordKeyword,
  scalarKeyword,
  type Table,
  type TableRecord,
} from '../../formats/tables/index.ts';
import { decodeModel, encodeModel, type WindowModel } from './model-record.ts';

/*
 * CASA keeps the virtual model of field N under the keyword definedmodel_field_N, which names another keyword: in the
 * SOURCE table that one is the row whose SOURCE_MODEL cell has the record; in MAIN, where models go when the field has
 * no row in SOURCE, it is the record itself.
 */

const fieldKeyword = (fieldId: number) => `definedmodel_field_${fieldId}`;

/** Virtual models of an MS by field. */
export function readModels(ms: MeasurementSet): Map<number, WindowModel[]> {
  const models = new Map<number, WindowModel[]>();
  const source = ms.hasSubtable('SOURCE') ? ms.subtable('SOURCE') : undefined;
  for (const table of [ms.main, source]) {
    if (!table) continue;
    for (const name of table.keywords.keys()) {
      const match = /^definedmodel_field_(\d+)$/.exec(name);
      const found = match && findRecord(table, name);
      if (found) models.set(Number(match[1]), decodeModel(found));
    }
  }
  return models;
}

function findRecord(table: Table, name: string): TableRecord | undefined {
  const link = table.keywords.get(name);
  const key = link && 'value' in link ? String(link.value) : '';
  const target = table.keywords.get(key);
  if (!target) return undefined;
  if (target.type === 'Record') return target.record;
  if (!('value' in target) || !table.hasColumn('SOURCE_MODEL')) return undefined;
  const column = table.column('SOURCE_MODEL');
  const row = Number(target.value);
  // Programs that copy SOURCE in part leave keywords that name rows of the old table.
  if (row >= table.rowCount || !column.isDefined(row)) return undefined;
  const cell = column.get(row);
  if (typeof cell !== 'object' || !('values' in cell)) return undefined;
  return decodeRecord(cell.values as Uint8Array);
}

/** Takes away the virtual model of a field. */
export function clearModel(ms: MeasurementSet, fieldId: number): void {
  const source = ms.hasSubtable('SOURCE') ? ms.subtable('SOURCE') : undefined;
  for (const table of [ms.main, source]) {
    const link = table?.keywords.get(fieldKeyword(fieldId));
    if (!table || !link) continue;
    if ('value' in link) table.removeKeyword(String(link.value));
    table.removeKeyword(fieldKeyword(fieldId));
  }
}

/** Writes the virtual model of a field, replacing what was there. */
export function writeModel(
  ms: MeasurementSet,
  metadata: MsMetadata,
  fieldId: number,
  models: readonly WindowModel[],
): void {
  clearModel(ms, fieldId);
  const record = encodeModel(fieldId, models, (spwId) => metadata.spectralWindows[spwId].chanFreqs);
  const key = `model_${fieldId}`;
  const source = ms.hasSubtable('SOURCE') ? ms.subtable('SOURCE') : undefined;
  const row = source ? sourceRow(source, metadata.fields[fieldId].sourceId) : -1;
  const home = source && row >= 0 ? source : ms.main;
  home.setKeyword(fieldKeyword(fieldId), scalarKeyword('String', key));
  if (home === ms.main) {
    home.setKeyword(key, recordKeyword(record));
    return;
  }
  home.setKeyword(key, scalarKeyword('Int', row));
  if (!home.hasColumn('SOURCE_MODEL')) addModelColumn(home);
  const bytes = encodeRecord(record);
  home.column('SOURCE_MODEL').put(row, { shape: [bytes.length], values: bytes });
  home.flush();
}

/** The first row of a source; -1 when it has none. */
function sourceRow(source: Table, sourceId: number): number {
  if (source.rowCount === 0 || sourceId < 0) return -1;
  return (source.column('SOURCE_ID').getRange(0, source.rowCount) as Int32Array).indexOf(sourceId);
}

function addModelColumn(source: Table): void {
  source.addColumns([{ name: 'SOURCE_MODEL', type: 'UChar', kind: 'array', isRecord: true }], {
    type: 'StandardStMan',
    name: 'SourceModel',
    columns: ['SOURCE_MODEL'],
  });
}
