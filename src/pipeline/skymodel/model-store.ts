import type { MeasurementSet, MsMetadata } from '../../astronomy/ms/index.ts';
import {
  decodeRecord,
  recordKeyword,
  scalarKeyword,
  type Table,
  type TableRecord,
} from '../../formats/tables/index.ts';
import { decodeModel, encodeModel, type WindowModel } from './model-record.ts';

/*
 * CASA keeps the virtual model of field N under the keyword definedmodel_field_N, which names another keyword: in the
 * SOURCE table that one is the row whose SOURCE_MODEL cell has the record; in MAIN it is the record itself. CASA looks
 * into SOURCE first, and into MAIN when SOURCE says nothing.
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
  if (!column.isDefined(row)) return undefined;
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
  ms.main.setKeyword(fieldKeyword(fieldId), scalarKeyword('String', key));
  ms.main.setKeyword(key, recordKeyword(record));
}
