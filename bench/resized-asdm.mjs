// An ASDM of another size made of a given one: its binary data are linked, the rows of its Main table are fewer or repeated.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROW = /<row>[\s\S]*?<\/row>/g;
const numberIn = (row, name) => Number(new RegExp(`<${name}>\\s*(\\d+)`).exec(row)?.[1] ?? 0);

/**
 * Makes the ASDM in `target`; the other tables stay as they are.
 *
 * @param factor bytes of binary data wanted, of those that there are
 * @returns the bytes of binary data that the rows name
 */
export function resizeAsdm(asdm, target, factor) {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(asdm)) {
    if (statSync(join(asdm, name)).isFile()) copyFileSync(join(asdm, name), join(target, name));
  }
  symlinkSync(join(asdm, 'ASDMBinary'), join(target, 'ASDMBinary'));
  const text = readFileSync(join(asdm, 'Main.xml'), 'latin1');
  const rows = text.match(ROW);
  const wanted = rows.reduce((sum, row) => sum + numberIn(row, 'dataSize'), 0) * factor;
  const chosen = [];
  let bytes = 0;
  for (let k = 0; bytes < wanted; k++) {
    chosen.push(rows[k % rows.length]);
    bytes += numberIn(rows[k % rows.length], 'dataSize');
  }
  const [first, last] = [text.indexOf('<row>'), text.lastIndexOf('</row>') + '</row>'.length];
  writeFileSync(join(target, 'Main.xml'), `${text.slice(0, first)}${chosen.join('\n')}${text.slice(last)}`, 'latin1');
  const container = readFileSync(join(asdm, 'ASDM.xml'), 'latin1').replace(
    /(<Name>\s*Main\s*<\/Name>\s*<NumberRows>)[^<]*/,
    `$1 ${chosen.length} `,
  );
  writeFileSync(join(target, 'ASDM.xml'), container, 'latin1');
  return bytes;
}
