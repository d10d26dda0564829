import { fail } from '../../foundation/base/index.ts';
import { isInRange, parseIndexRange, splitFilled } from './selection-text.ts';

type FeedTest = (feed1: number, feed2: number) => boolean;

/**
 * Reads a selection of feeds in CASA's syntax, which is that of baselines: `0` pairs of feed 0 with another, `0&1`, `0&` pairs of
 * two different feeds, `0&&1` and `0&&` also a feed with itself, `0&&&` only those. Statements are joined by `;`, `!` excludes.
 *
 * @param known the feeds of the MS
 * @returns a test for FEED1 and FEED2
 * @throws usage, also for a list of feeds none of which is known
 */
export function parseFeed(text: string, known: ReadonlySet<number>): FeedTest {
  let chosen: FeedTest | undefined;
  for (const part of splitFilled(text, ';')) {
    const isNegated = part.startsWith('!');
    const statement = parseStatement(isNegated ? part.slice(1).trim() : part, text, known);
    const test: FeedTest = isNegated ? (one, other) => !statement(one, other) : statement;
    const before = chosen;
    if (before === undefined) chosen = test;
    else if (isNegated) chosen = (one, other) => before(one, other) && test(one, other);
    else chosen = (one, other) => before(one, other) || test(one, other);
  }
  return chosen ?? (() => true);
}

function parseStatement(text: string, whole: string, known: ReadonlySet<number>): FeedTest {
  const match = /^([^&]+?)\s*(?:(&{1,3})\s*([^&]*))?$/.exec(text);
  if (!match) fail('usage', `"${whole}" is not a selection of feeds such as 0 or 0&1.`);
  const isLeft = feedList(match[1], whole, known);
  const operator = match[2] ?? '';
  if (operator === '&&&') return (one, other) => one === other && isLeft(one);
  if (operator === '') return (one, other) => one !== other && (isLeft(one) || isLeft(other));
  const isRight = match[3] === '' ? isLeft : feedList(match[3], whole, known);
  return (one, other) => {
    const isPair = (isLeft(one) && isRight(other)) || (isLeft(other) && isRight(one));
    return isPair && (operator === '&&' || one !== other);
  };
}

function feedList(text: string, whole: string, known: ReadonlySet<number>): (feed: number) => boolean {
  const ranges = splitFilled(text, ',').map((part) => parseIndexRange(part));
  if (ranges.some((range) => range === undefined))
    fail('usage', `"${whole}" is not a selection of feeds such as 0 or 0&1.`);
  const chosen = new Set(
    [...known].filter((feed) => ranges.some((range) => range !== undefined && isInRange(range, feed))),
  );
  if (chosen.size === 0) fail('usage', `No feed matches "${text}" in the selection "${whole}".`);
  return (feed) => chosen.has(feed);
}
