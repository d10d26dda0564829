import { fail } from '../../foundation/base/index.ts';
import type { Expression } from './query-language.ts';
import { isWithinDistance } from './query-texts.ts';

/** NAME == pattern('x*'), regex('…') or sqlpattern('…'), as comparisons with a pattern were written first. */
export function patternTest(operator: string, value: Expression, call: Expression): Expression | undefined {
  if (call.kind !== 'call' || !['==', '!='].includes(operator)) return undefined;
  const source = patternSource(call);
  if (source === undefined) return undefined;
  const pattern = regularExpression(`^(?:${source})$`, 's', source);
  return { kind: 'like', value, pattern, isNegated: operator === '!=' };
}

/** @throws usage with `text`, the pattern as it was written, when it is not a regular expression */
export function regularExpression(source: string, flags: string, text: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    return fail('usage', `"${text}" is not a regular expression.`);
  }
}

/** The regular expression of pattern('x*'), regex('…') or sqlpattern('…'). */
export function patternSource(expression: Expression): string | undefined {
  if (expression.kind !== 'call') return undefined;
  const [text] = expression.operands;
  const make = Object.hasOwn(SOURCES, expression.name) ? SOURCES[expression.name] : undefined;
  return make && text?.kind === 'literal' ? make(String(text.value)) : undefined;
}

const SOURCES: Readonly<Record<string, (text: string) => string>> = {
  pattern: (text) => globSource(text),
  regex: (text) => text,
  sqlpattern: (text) => likeSource(text),
};

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** SQL pattern: % any text, _ any character. */
export function likePattern(text: string, isLoose: boolean): RegExp {
  return new RegExp(`^${likeSource(text)}$`, isLoose ? 'is' : 's');
}

function likeSource(text: string): string {
  return [...text].map((char) => (char === '%' ? '.*' : char === '_' ? '.' : escaped(char))).join('');
}

/** File name pattern: * any text, ? any character, {a,b} either, [..] a set. */
export function globSource(text: string): string {
  let depth = 0;
  return [...text]
    .map((char) => {
      if (char === '*') return '.*';
      if (char === '?') return '.';
      if (char === '{') {
        depth++;
        return '(?:';
      }
      if (char === '}') {
        depth--;
        return ')';
      }
      if (char === ',' && depth > 0) return '|';
      return char === '[' || char === ']' || char === '-' ? char : escaped(char);
    })
    .join('');
}

/**
 * d/text/, d/text/2: texts that are so many changes of a character away, or one more than a third of the length. The letter i
 * after it leaves the case out of account, b blanks.
 */
export function distancePattern(written: string): Pick<RegExp, 'test'> {
  const end = written.lastIndexOf(written[1]);
  const [options, given] = [written.slice(end + 1), /\d+/.exec(written.slice(end + 1))];
  const plain = (text: string) => {
    const dense = options.includes('b') ? text.replaceAll(' ', '') : text;
    return options.includes('i') ? dense.toLowerCase() : dense;
  };
  const target = plain(written.slice(2, end));
  const most = given ? Number(given[0]) : 1 + Math.floor(target.length / 3);
  return { test: (text) => isWithinDistance(plain(text), target, most) };
}
