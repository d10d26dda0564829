import {
  type Column,
  type KeywordValue,
  openTable,
  type Table,
  type TableRecord,
} from '../../../formats/tables/index.ts';
import { baseName } from '../../../foundation/bytes/index.ts';
import type { Listing } from './inspect.ts';
import { textTable } from './text-table.ts';

/** Columns of a table with types, shapes, units, storage managers. */
export function columnLines(table: Table): string[] {
  const rows = table.columnNames.map((name) => {
    const column = table.column(name);
    const { type, kind } = column.description;
    const storage = table.storageOf(name);
    return [
      name,
      type,
      kind === 'scalar' ? '' : shapeText(table, column),
      unitText(column),
      `${storage.type} (${storage.group})`,
    ];
  });
  return textTable(['column', 'type', 'cell', 'unit', 'storage manager'], rows);
}

/** Cell shape in CASA's order: the fixed one, or that of the first defined cells. */
function shapeText(table: Table, column: Column): string {
  const fixed = column.description.shape;
  if (fixed) return `[${[...fixed].reverse().join(', ')}]`;
  for (let row = 0; row < Math.min(table.rowCount, 1000); row++) {
    if (!column.isDefined(row)) continue;
    return `[${[...(column.cellShape(row) ?? [])].reverse().join(', ')}] in row ${row}`;
  }
  return 'undefined';
}

function unitText(column: Column): string {
  const units = column.keywords.get('QuantumUnits');
  if (units && 'array' in units) return [...new Set(units.array.values as string[])].join(' ');
  const unit = column.keywords.get('UNIT');
  return unit && 'value' in unit ? String(unit.value) : '';
}

/** Subtables that the keywords link to, with their row counts. */
export function subtableLines(table: Table): { lines: string[]; counts: Record<string, number | null> } {
  const counts: Record<string, number | null> = {};
  for (const [name, value] of table.keywords) if (value.type === 'Table') counts[name] = rowCountOf(table, name);
  const lines = textTable(
    ['subtable', 'rows'],
    Object.entries(counts).map(([name, count]) => [name, count === null ? 'missing on disk' : String(count)]),
  );
  return { lines, counts };
}

function rowCountOf(table: Table, keyword: string): number | null {
  try {
    const subtable = table.subtable(keyword);
    const { rowCount } = subtable;
    subtable.close();
    return rowCount;
  } catch {
    return null;
  }
}

/** Keywords that are not tables, one line each. */
export function keywordLines(record: TableRecord, indent = '  '): string[] {
  return [...record].flatMap(([name, value]) => {
    if (value.type === 'Table') return [];
    if (value.type === 'Record') return [`${indent}${name}:`, ...keywordLines(value.record, `${indent}  `)];
    return [`${indent}${name} = ${keywordText(value)}`];
  });
}

function keywordText(value: KeywordValue): string {
  if ('array' in value) {
    const shown = Array.from(value.array.values as ArrayLike<unknown>)
      .slice(0, 8)
      .map(String);
    return `${value.type}[${[...value.array.shape].reverse().join(', ')}] ${shown.join(' ')}${value.array.values.length > 8 ? ' …' : ''}`;
  }
  return 'value' in value ? String(value.value) : '';
}

/** Subtables with all their columns. */
export function subtableColumnLines(table: Table): string[] {
  return [...table.keywords].flatMap(([name, value]) => {
    if (value.type !== 'Table') return [];
    try {
      const subtable = openTable(value.path);
      const lines = ['', `${name} (${subtable.rowCount} rows)`, ...columnLines(subtable)];
      subtable.close();
      return lines;
    } catch {
      return ['', `${name}: missing on disk`];
    }
  });
}

/** Any casacore table. */
export function tableListing(table: Table, isVerbose: boolean): Listing {
  const { lines, counts } = subtableLines(table);
  const text = [
    `Table ${baseName(table.path)}: ${table.rowCount} rows, ${table.isLittleEndian ? 'little' : 'big'}-endian${table.info.type ? `, type ${table.info.type}` : ''}`,
    '',
    ...columnLines(table),
    ...(Object.keys(counts).length > 0 ? ['', ...lines] : []),
    ...(table.keywords.size > 0 ? ['', 'Keywords', ...keywordLines(table.keywords)] : []),
    ...(isVerbose ? subtableColumnLines(table) : []),
  ].join('\n');
  return {
    kind: 'table',
    path: table.path,
    text,
    facts: { rows: table.rowCount, columns: [...table.columnNames], subtables: counts, type: table.info.type },
  };
}
