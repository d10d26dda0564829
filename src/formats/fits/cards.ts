import { fail } from '../../foundation/base/index.ts';

/** A header value; `real` marks a number that is written with a decimal point even when it is whole. */
export type CardValue = string | number | boolean | { readonly real: number };

/** One header entry. COMMENT, HISTORY and blank cards carry their text in `comment` and no value. */
export interface Card {
  readonly keyword: string;
  readonly value?: CardValue;
  readonly comment?: string;
}

export const CARD_LENGTH = 80;
const TEXT_COLUMNS = CARD_LENGTH - 8;

/** A floating-point header value. */
export function real(value: number): CardValue {
  return { real: value };
}

function formatReal(value: number): string {
  if (!Number.isFinite(value)) fail('bad-data', `A FITS header cannot hold ${value}.`);
  const [mantissa, exponent] = value.toExponential(Math.max(12, mantissaDigits(value))).split('e');
  const power = Number(exponent);
  return `${mantissa}E${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Decimals that represent the number exactly in double precision. */
function mantissaDigits(value: number): number {
  return value.toExponential().split('e')[0].replace('-', '').length - 2;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''").padEnd(8)}'`;
}

function formatValue(value: CardValue): string {
  if (typeof value === 'string') return quote(value).padEnd(20);
  if (typeof value === 'boolean') return (value ? 'T' : 'F').padStart(20);
  if (typeof value === 'object') return formatReal(value.real).padStart(20);
  if (!Number.isSafeInteger(value)) return formatReal(value).padStart(20);
  return String(value).padStart(20);
}

/** The letters that a header may hold: those of accented ones without the accents, "?" for others, blanks for control characters. */
function toPrintable(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const letters = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return letters.replace(/\p{Cc}/gu, ' ').replace(/[^\x20-\x7e]/gu, '?');
}

/** A text in bytes above 127, which no header may hold but CASA writes, as the UTF-8 that they are. */
function fromUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  try {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

function splitText(keyword: string, text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const clean = toPrintable(line);
    for (let at = 0; at === 0 || at < clean.length; at += TEXT_COLUMNS) {
      lines.push((keyword.padEnd(8) + clean.slice(at, at + TEXT_COLUMNS)).padEnd(CARD_LENGTH));
    }
  }
  return lines;
}

/** A text too long for one card, by the CONTINUE convention (FITS 4.0, section 4.2.1.2). */
function continuedCards(head: string, text: string): string[] {
  const lines: string[] = [];
  let rest = text.replaceAll("'", "''");
  let prefix = head;
  while (rest.length > 0) {
    let take = Math.min(rest.length, 67);
    if (take < rest.length) {
      // Never part a doubled quote.
      const quotes = /'*$/.exec(rest.slice(0, take))![0].length;
      if (quotes % 2 === 1) take--;
    }
    const isLast = take === rest.length;
    lines.push(`${prefix}'${rest.slice(0, take)}${isLast ? '' : '&'}'`.padEnd(CARD_LENGTH));
    rest = rest.slice(take);
    prefix = 'CONTINUE  ';
  }
  return lines;
}

/**
 * Formats one entry as 80-character cards; long text becomes CONTINUE cards, long HISTORY several cards.
 *
 * @throws bad-data for a keyword or value that FITS cannot hold
 */
export function formatCard(card: Card): string[] {
  if (!/^[A-Z0-9_-]{0,8}$/.test(card.keyword)) fail('bad-data', `"${card.keyword}" is not a FITS keyword.`);
  if (card.value === undefined) return splitText(card.keyword, card.comment ?? '');
  const head = `${card.keyword.padEnd(8)}= `;
  if (typeof card.value === 'string') {
    const clean = toPrintable(card.value);
    if (quote(clean).length > TEXT_COLUMNS - 2) return continuedCards(head, clean);
    const line = head + formatValue(clean);
    return [withComment(line, card.comment)];
  }
  return [withComment(head + formatValue(card.value), card.comment)];
}

function withComment(line: string, comment: string | undefined): string {
  if (!comment) return line.padEnd(CARD_LENGTH);
  return `${line} / ${toPrintable(comment)}`.slice(0, CARD_LENGTH).padEnd(CARD_LENGTH);
}

/** Reads a quoted text that starts at `at`; returns it and where it ends. */
function parseText(line: string, at: number): { text: string; end: number } | undefined {
  let text = '';
  for (let k = at + 1; k < line.length; k++) {
    if (line[k] !== "'") text += line[k];
    else if (line[k + 1] === "'") {
      text += "'";
      k++;
    } else return { text: text.trimEnd(), end: k + 1 };
  }
  return undefined;
}

function parseComment(rest: string): string | undefined {
  const slash = rest.indexOf('/');
  return slash < 0 ? undefined : rest.slice(slash + 1).trim() || undefined;
}

function parseScalar(text: string): CardValue | undefined {
  if (text === 'T' || text === 'F') return text === 'T';
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  if (/^[-+]?(\d+\.?\d*|\.\d+)([EDed][-+]?\d+)?$/.test(text)) return { real: Number(text.replace(/[Dd]/, 'E')) };
  return undefined;
}

/**
 * Parses one 80-character card.
 *
 * @throws bad-format for a value that is none
 */
export function parseCard(line: string, file?: string): Card {
  const keyword = line.slice(0, 8).trimEnd();
  const isCommentary = keyword === 'COMMENT' || keyword === 'HISTORY' || keyword === '';
  if (isCommentary || line.slice(8, 10) !== '= ') {
    const text = line.slice(keyword === 'CONTINUE' ? 10 : 8);
    return { keyword, comment: fromUtf8(text).trimEnd() };
  }
  const body = line.slice(10);
  const start = body.search(/\S/);
  if (start < 0) return { keyword };
  if (body[start] === "'") {
    const text = parseText(body, start);
    if (!text) fail('bad-format', `The text of FITS keyword ${keyword} has no closing quote.`, { file });
    return { keyword, value: fromUtf8(text.text), comment: parseComment(body.slice(text.end)) };
  }
  const slash = body.indexOf('/');
  const word = (slash < 0 ? body : body.slice(0, slash)).trim();
  if (word === '') return { keyword, comment: parseComment(body) };
  const value = parseScalar(word);
  if (value === undefined && !/^\(/.test(word))
    fail('bad-format', `"${word}" is not a FITS value (keyword ${keyword}).`, { file });
  return { keyword, value: value ?? word, comment: parseComment(body) };
}

/** Parses a header block of whole cards up to END; CONTINUE cards are joined to the text they continue. */
export function parseCards(text: string, file?: string): Card[] {
  const cards: Card[] = [];
  for (let at = 0; at + CARD_LENGTH <= text.length; at += CARD_LENGTH) {
    const line = text.slice(at, at + CARD_LENGTH);
    if (line.startsWith('END     ') && line.trim() === 'END') return cards;
    const last = cards[cards.length - 1];
    if (line.startsWith('CONTINUE  ') && typeof last?.value === 'string' && last.value.endsWith('&')) {
      const quoted = line.indexOf("'", 10);
      const more = quoted < 0 ? undefined : parseText(line, quoted);
      if (more) {
        const comment = parseComment(line.slice(more.end)) ?? last.comment;
        cards[cards.length - 1] = { ...last, value: last.value.slice(0, -1) + more.text, comment };
        continue;
      }
    }
    cards.push(parseCard(line, file));
  }
  fail('bad-format', 'The FITS header has no END card.', { file });
}
