import { fail } from '../../foundation/base/index.ts';
import { CARD_LENGTH, type Card, type CardValue, formatCard } from './cards.ts';

export const BLOCK_LENGTH = 2880;
/** FITS 4.0, section 4.4.1.1 */
const MOST_AXES = 999;

/** The entries of one header in order, found by keyword. */
export class FitsHeader {
  readonly cards: Card[];
  readonly file: string | undefined;

  constructor(cards: Card[] = [], file?: string) {
    this.cards = cards;
    this.file = file;
  }

  /** Value of the first entry of that keyword, or undefined. */
  get(keyword: string): string | number | boolean | undefined {
    const value = this.cards.find((card) => card.keyword === keyword)?.value;
    return typeof value === 'object' ? value.real : value;
  }

  has(keyword: string): boolean {
    return this.cards.some((card) => card.keyword === keyword);
  }

  /** A number, or `otherwise`; missing when there is none and no `otherwise`. */
  number(keyword: string, otherwise?: number): number {
    const value = this.get(keyword);
    if (typeof value === 'number') return value;
    if (otherwise !== undefined) return otherwise;
    fail('missing', `The FITS header has no number ${keyword}.`, { file: this.file });
  }

  text(keyword: string, otherwise = ''): string {
    const value = this.get(keyword);
    return typeof value === 'string' ? value : otherwise;
  }

  /** Appends an entry. */
  add(keyword: string, value: CardValue, comment?: string): this {
    this.cards.push({ keyword, value, comment });
    return this;
  }

  /** Appends HISTORY or COMMENT text. */
  addText(keyword: 'HISTORY' | 'COMMENT', text: string): this {
    this.cards.push({ keyword, comment: text });
    return this;
  }

  /** All HISTORY lines. */
  history(): string[] {
    return this.cards.filter((card) => card.keyword === 'HISTORY').map((card) => card.comment ?? '');
  }

  /** NAXISn, fastest axis first (n = 1, 2, …). @throws missing, bad-format */
  axisLengths(): number[] {
    const count = this.count('NAXIS', MOST_AXES);
    return Array.from({ length: count }, (_, axis) => this.count(`NAXIS${axis + 1}`));
  }

  private count(keyword: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.number(keyword);
    if (Number.isInteger(value) && value >= 0 && value <= most) return value;
    fail('bad-format', `The FITS header has ${keyword} = ${value}, which is no count.`, { file: this.file });
  }

  /** The header as bytes: whole 2880-byte blocks ending in END. */
  encode(): Uint8Array {
    const lines = this.cards.flatMap(formatCard);
    // Readers that do not know FITS 4.0 look for this card before they join texts.
    const isLong = lines.some((line) => line.startsWith('CONTINUE')) && !this.has('LONGSTRN');
    if (isLong) lines.push(...formatCard({ keyword: 'LONGSTRN', value: 'OGIP 1.0', comment: 'Long texts' }));
    lines.push('END'.padEnd(CARD_LENGTH));
    const text = lines.join('');
    return new TextEncoder().encode(text.padEnd(Math.ceil(text.length / BLOCK_LENGTH) * BLOCK_LENGTH));
  }
}

/** Bytes of data that follow a header, without padding (FITS 4.0, equation 2). */
export function dataLength(header: FitsHeader): number {
  const axes = header.axisLengths();
  if (axes.length === 0) return 0;
  // Of random groups the first axis has no length (FITS 4.0, section 6.1.1).
  const counted = axes[0] === 0 && header.get('GROUPS') === true ? axes.slice(1) : axes;
  const elements = counted.reduce((product, length) => product * length, 1);
  const width = Math.abs(header.number('BITPIX')) / 8;
  return width * header.number('GCOUNT', 1) * (header.number('PCOUNT', 0) + elements);
}

/** Length padded to whole blocks. */
export function padded(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}
