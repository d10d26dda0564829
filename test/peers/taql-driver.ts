import { readFileSync, writeFileSync } from 'node:fs';
import { type CellValue, openTable, runTaql, type Table } from '../../src/formats/tables/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';

// Runs each statement of a JSON list and writes what it gives: columns with their cells, or values.
installDisk(nodeDisk());
const [input, output] = process.argv.slice(2);

function plain(value: CellValue): unknown {
  if (typeof value !== 'object') return typeof value === 'bigint' ? Number(value) : value;
  if (Array.isArray(value)) return value;
  const { shape, values } = value as { shape: readonly number[]; values: ArrayLike<unknown> };
  return {
    shape,
    values: Array.from(values, (one) => (typeof one === 'number' && !Number.isFinite(one) ? String(one) : one)),
  };
}

function dump(table: Table): unknown {
  const columns: Record<string, unknown> = {};
  for (const name of table.columnNames) {
    const column = table.column(name);
    columns[name] = {
      type: column.description.type,
      cells: Array.from({ length: table.rowCount }, (_, row) =>
        column.isDefined(row) ? plain(column.get(row)) : null,
      ),
    };
  }
  return { rowCount: table.rowCount, columns };
}

const results = (JSON.parse(readFileSync(input, 'utf8')) as string[]).map((command) => {
  try {
    const result = runTaql(command, { open: (path, mode) => openTable(path, mode), target: (path) => path });
    if (result.kind === 'values') return { values: result.values.map(plain) };
    const told = dump(result.table);
    result.table.close();
    return told;
  } catch (error) {
    return { error: (error as Error).message, isOurs: (error as { tag?: string }).tag !== undefined };
  }
});
writeFileSync(
  output,
  JSON.stringify(results, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
);
