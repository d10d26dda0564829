import { type CardValue, checkFits, type FitsUnit } from '../../../formats/fits/index.ts';
import { baseName } from '../../../foundation/bytes/index.ts';
import type { Listing } from './inspect.ts';
import { sizeText, textTable } from './text-table.ts';

/** A FITS file: its units, the header of the first, and what is wrong with it. */
export function fitsListing(path: string, units: readonly FitsUnit[]): Listing {
  const rows = units.map(({ name, header, dataLength }, index) => [
    index,
    name,
    header.axisLengths().join(' x ') || '-',
    String(header.number('BITPIX')),
    sizeText(dataLength),
  ]);
  const issues = checkFits(path);
  const cards = units[0].header.cards.map(({ keyword, value, comment }) => cardText(keyword, value, comment));
  const text = [
    `FITS file ${baseName(path)}`,
    ...textTable(['unit', 'name', 'axes', 'bitpix', 'data'], rows),
    '',
    'Header of unit 0',
    ...cards.map((line) => `  ${line}`),
    '',
    issues.length === 0 ? 'The file keeps to the standard.' : 'Found wrong:',
    ...issues.map(({ severity, message }) => `  ${severity}: ${message}`),
  ].join('\n');
  const header = Object.fromEntries(
    units[0].header.cards.flatMap(({ keyword, value }) => (value === undefined ? [] : [[keyword, plain(value)]])),
  );
  return {
    kind: 'fits',
    path,
    text,
    facts: { units: units.length, axes: units[0].header.axisLengths(), header, issues },
  };
}

function cardText(keyword: string, value: CardValue | undefined, comment: string | undefined): string {
  const shown = value === undefined ? '' : `= ${valueText(value)}`;
  return `${keyword.padEnd(8)} ${shown}${comment ? `${shown ? ' / ' : ''}${comment}` : ''}`.trimEnd();
}

/** The value without the mark of a real number. */
function plain(value: CardValue): string | number | boolean {
  return typeof value === 'object' ? value.real : value;
}

function valueText(value: CardValue): string {
  const shown = plain(value);
  return typeof shown === 'boolean' ? (shown ? 'T' : 'F') : String(shown);
}
