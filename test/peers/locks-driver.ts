import { openTable } from '../../src/formats/tables/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';

// Changes every cell of a table over and over: generation g writes g everywhere, and every third adds rows. Each generation is one
// change: the table is opened anew or flushed, in turn. Prints the number of generations. With `copies` as on a system without
// locks; the number of rows stays then, as casacore may die of a table that grows while it opens it.
const [path, seconds, way] = process.argv.slice(2);
installDisk(way === 'copies' ? { ...nodeDisk(), openLock: () => undefined } : nodeDisk());
const end = Date.now() + Number(seconds) * 1000;
let table = openTable(path, 'update');
let generation = 0;
while (Date.now() < end) {
  generation++;
  if (generation % 3 === 0 && way !== 'copies') table.addRows(1 + (generation % 5));
  const rows = table.rowCount;
  for (const name of ['NUMBER', 'SLOW']) table.column(name).putRange(0, rows, new Int32Array(rows).fill(generation));
  table.column('NAME').putRange(
    0,
    rows,
    Array.from({ length: rows }, () => `g${generation}${'x'.repeat(generation % 60)}`),
  );
  for (let first = 0; first < rows; first += 100) {
    const count = Math.min(100, rows - first);
    table.column('DATA').putRange(first, count, new Float32Array(count * 64 * 2 * 2).fill(generation), [64, 2]);
    table.column('FLAG').putRange(first, count, new Uint8Array(count * 64 * 2).fill(generation % 2), [64, 2]);
  }
  table.setKeyword('GENERATION', { type: 'Int', value: generation });
  if (generation % 2) table.flush();
  else {
    table.close();
    table = openTable(path, 'update');
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 + (generation % 4) * 60); // others get their turn
}
table.close();
console.log(generation);
