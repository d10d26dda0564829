// Reads and writes columns of a MeasurementSet block by block with alma-qa2's tables; the twin of columns.py.
// usage: node columns.mjs MS blocks.json read|write|plan COLUMN…
import { readFileSync, writeFileSync } from 'node:fs';
import { type ColumnValues, openTable } from '../src/formats/tables/index.ts';
import { installDisk } from '../src/foundation/bytes/index.ts';
import { nodeDisk } from '../src/foundation/bytes/node.ts';
import { arena, installKernels } from '../src/foundation/numeric/index.ts';

type Numbers = Exclude<ColumnValues, string[] | BigInt64Array>;

/** Rows of a block: 32 MB of visibilities in the widest windows. */
const ROWS = 4096;

installDisk(nodeDisk());
installKernels(readFileSync(new URL('../kernels.wasm', import.meta.url)));
const [path, blocksFile, action, ...columns] = process.argv.slice(2);
const table = openTable(path, action === 'write' ? 'update' : 'read');

/** The same numbers in kernel memory, in which tasks have all that they read. */
function inKernelMemory(values: Numbers): Numbers {
  const room = arena().lease().uint8(values.byteLength);
  const make = values.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => Numbers;
  const kept = new make(room.buffer, room.byteOffset, values.length);
  kept.set(values);
  return kept;
}

if (action === 'plan') {
  const data = table.column('DATA');
  const blocks: [number, number][] = [];
  for (let start = 0; start < table.rowCount; ) {
    const { count } = data.shapeRun(start, Math.min(ROWS, table.rowCount - start));
    blocks.push([start, count]);
    start += count;
  }
  writeFileSync(blocksFile, JSON.stringify(blocks));
} else {
  const blocks: readonly (readonly [number, number])[] = JSON.parse(readFileSync(blocksFile, 'utf8'));
  for (const name of columns) {
    const column = table.column(name);
    const samples = new Map<string, Numbers>();
    const sampleOf = (start: number, count: number) => {
      const key = `${count} ${column.cellShape(start)}`;
      const known = samples.get(key);
      if (known) return known;
      const values = inKernelMemory(column.getRange(start, count) as Numbers);
      samples.set(key, values);
      return values;
    };
    const targets = blocks.map(([start, count]) => sampleOf(start, count));
    process.stdout.write(`BENCH begin ${action} ${name}\n`);
    blocks.forEach(([start, count], index) => {
      if (action === 'read') column.getRange(start, count, targets[index]);
      else column.putRange(start, count, targets[index]);
    });
    if (action === 'write') table.flush();
    process.stdout.write('BENCH end\n');
  }
}
table.close();
