import { fail } from '../../foundation/base/index.ts';
import { type ByteSource, latin1Text } from '../../foundation/bytes/index.ts';
import { CARD_LENGTH, parseCards } from './cards.ts';
import { BLOCK_LENGTH, dataLength, FitsHeader, padded } from './header.ts';

/** One header-and-data unit of an open file. */
export interface FitsUnit {
  readonly header: FitsHeader;
  /** Byte of the first data value. */
  readonly dataOffset: number;
  /** Without padding. */
  readonly dataLength: number;
  /** EXTNAME, or 'PRIMARY'. */
  readonly name: string;
}

function readHeader(source: ByteSource, offset: number): { header: FitsHeader; length: number } {
  const block = new Uint8Array(BLOCK_LENGTH);
  let text = '';
  for (let at = offset; ; at += BLOCK_LENGTH) {
    if (at + BLOCK_LENGTH > source.length)
      fail('bad-format', 'The FITS header ends before its END card.', { file: source.name, byte: at });
    source.read(at, block);
    text += latin1Text(block);
    for (let card = text.length - BLOCK_LENGTH; card < text.length; card += CARD_LENGTH) {
      if (text.startsWith('END     ', card)) {
        return { header: new FitsHeader(parseCards(text, source.name), source.name), length: text.length };
      }
    }
  }
}

/**
 * Finds all header-and-data units; reads headers only.
 *
 * @throws bad-format when it is no FITS file or is cut short
 */
export function scanUnits(source: ByteSource): FitsUnit[] {
  const units: FitsUnit[] = [];
  let offset = 0;
  while (offset + BLOCK_LENGTH <= source.length) {
    const magic = new Uint8Array(8);
    source.read(offset, magic);
    const word = latin1Text(magic);
    if (units.length === 0 && word !== 'SIMPLE  ')
      fail('bad-format', 'This is not a FITS file: it does not begin with SIMPLE.', { file: source.name });
    if (units.length > 0 && word !== 'XTENSION') break; // special records after the last unit
    const { header, length } = readHeader(source, offset);
    const unit = {
      header,
      dataOffset: offset + length,
      dataLength: dataLength(header),
      name: header.text('EXTNAME', 'PRIMARY'),
    };
    if (unit.dataOffset + unit.dataLength > source.length) {
      fail('bad-format', `The FITS data of unit ${unit.name} are cut short.`, {
        file: source.name,
        byte: source.length,
      });
    }
    units.push(unit);
    offset = unit.dataOffset + padded(unit.dataLength);
  }
  if (units.length === 0) fail('bad-format', 'The file is too short to be FITS.', { file: source.name });
  return units;
}
