import { fail } from '../../foundation/base/index.ts';
import { type ByteSource, latin1Text } from '../../foundation/bytes/index.ts';
import type { Card } from './cards.ts';
import type { FitsUnit } from './hdu.ts';
import { FitsHeader, padded } from './header.ts';

/** One column of a binary table: numbers flat [row, element], or one text per row. */
export interface FitsColumn {
  readonly name: string;
  /** TFORM, e.g. '1E', '1J', '8A'. */
  readonly format: string;
  readonly unit?: string;
  readonly values: number[] | string[];
}

/** A binary table in memory. */
export interface FitsTable {
  readonly name: string;
  readonly rowCount: number;
  readonly columns: readonly FitsColumn[];
  /** Further header entries. */
  readonly cards?: readonly Card[];
}

const WIDTHS: Readonly<Record<string, number>> = { L: 1, B: 1, I: 2, J: 4, K: 8, A: 1, E: 4, D: 8 };

function parseFormat(format: string, file?: string): { repeat: number; code: string; width: number } {
  const match = /^\s*(\d*)([LXBIJKAEDCMPQ])/.exec(format);
  const code = match?.[2] ?? '';
  if (!match || WIDTHS[code] === undefined)
    fail('unsupported', `Binary tables with the column format "${format}" are not read.`, { file });
  const repeat = match[1] === '' ? 1 : Number(match[1]);
  return { repeat, code, width: repeat * WIDTHS[code] };
}

function readElement(view: DataView, offset: number, code: string): number {
  switch (code) {
    case 'L':
      return view.getUint8(offset) === 84 ? 1 : 0;
    case 'B':
      return view.getUint8(offset);
    case 'I':
      return view.getInt16(offset);
    case 'J':
      return view.getInt32(offset);
    case 'K':
      return Number(view.getBigInt64(offset));
    case 'E':
      return view.getFloat32(offset);
    default:
      return view.getFloat64(offset);
  }
}

function writeElement(view: DataView, offset: number, code: string, value: number): void {
  switch (code) {
    case 'L':
      view.setUint8(offset, value ? 84 : 70);
      break;
    case 'B':
      view.setUint8(offset, value);
      break;
    case 'I':
      view.setInt16(offset, value);
      break;
    case 'J':
      view.setInt32(offset, value);
      break;
    case 'K':
      view.setBigInt64(offset, BigInt(value));
      break;
    case 'E':
      view.setFloat32(offset, value);
      break;
    default:
      view.setFloat64(offset, value);
  }
}

/** Reads a BINTABLE unit whole (small tables such as BEAMS). */
export function readTable(source: ByteSource, unit: FitsUnit): FitsTable {
  const { header } = unit;
  const [rowLength, rowCount] = header.axisLengths();
  const bytes = new Uint8Array(rowLength * rowCount);
  source.read(unit.dataOffset, bytes);
  const view = new DataView(bytes.buffer);
  const columns: FitsColumn[] = [];
  let offset = 0;
  for (let index = 1; index <= header.number('TFIELDS'); index++) {
    const format = header.text(`TFORM${index}`);
    const { repeat, code, width } = parseFormat(format, source.name);
    const start = offset;
    const scale = header.number(`TSCAL${index}`, 1);
    const zero = header.number(`TZERO${index}`, 0);
    let values: number[] | string[];
    if (code === 'A') {
      values = Array.from({ length: rowCount }, (_, row) =>
        latin1Text(bytes.subarray(row * rowLength + start, row * rowLength + start + repeat)).replace(/[\0 ]+$/, ''),
      );
    } else {
      values = Array.from({ length: rowCount * repeat }, (_, k) => {
        const at = Math.floor(k / repeat) * rowLength + start + (k % repeat) * WIDTHS[code];
        return scale * readElement(view, at, code) + zero;
      });
    }
    columns.push({
      name: header.text(`TTYPE${index}`),
      format,
      unit: header.text(`TUNIT${index}`) || undefined,
      values,
    });
    offset += width;
  }
  return { name: unit.name, rowCount, columns, cards: header.cards };
}

function tableHeader(table: FitsTable, rowLength: number): FitsHeader {
  const header = new FitsHeader()
    .add('XTENSION', 'BINTABLE', 'Binary table extension')
    .add('BITPIX', 8)
    .add('NAXIS', 2)
    .add('NAXIS1', rowLength, 'Bytes per row')
    .add('NAXIS2', table.rowCount, 'Rows')
    .add('PCOUNT', 0)
    .add('GCOUNT', 1)
    .add('TFIELDS', table.columns.length, 'Columns');
  table.columns.forEach((column, index) => {
    header.add(`TTYPE${index + 1}`, column.name).add(`TFORM${index + 1}`, column.format);
    if (column.unit) header.add(`TUNIT${index + 1}`, column.unit);
  });
  header.add('EXTNAME', table.name);
  header.cards.push(...(table.cards ?? []));
  return header;
}

/** A binary table as a whole unit: header, rows, padding. */
export function encodeTable(table: FitsTable): Uint8Array {
  const formats = table.columns.map((column) => parseFormat(column.format));
  const rowLength = formats.reduce((sum, format) => sum + format.width, 0);
  const header = tableHeader(table, rowLength).encode();
  const bytes = new Uint8Array(header.length + padded(rowLength * table.rowCount));
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let offset = header.length;
  table.columns.forEach((column, index) => {
    const { repeat, code, width } = formats[index];
    for (let row = 0; row < table.rowCount; row++) {
      const at = offset + row * rowLength;
      if (code === 'A')
        bytes.set(new TextEncoder().encode(String(column.values[row]).padEnd(repeat).slice(0, repeat)), at);
      else
        for (let k = 0; k < repeat; k++)
          writeElement(view, at + k * WIDTHS[code], code, Number(column.values[row * repeat + k]));
    }
    offset += width;
  });
  return bytes;
}
