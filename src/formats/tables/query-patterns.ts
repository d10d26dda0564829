import type { Expression } from './query-language.ts';

/** NAME == pattern('x*'), regex('…') or sqlpattern('…'), as comparisons with a pattern were written first. */
export function patternTest(operator: string, value: Expression, call: Expression): Expression | undefined {
  if (call.kind !== 'call' || !['==', '!='].includes(operator)) return undefined;
  const [text] = call.operands;
  if (!['pattern', 'regex', 'sqlpattern'].includes(call.name) || text?.kind !== 'literal') return undefined;
  const body = String(text.value);
  const glob = call.name === 'pattern' ? globSource(body) : body;
  const pattern = call.name === 'sqlpattern' ? likePattern(body, false) : new RegExp(`^(?:${glob})$`);
  return { kind: 'like', value, pattern, isNegated: operator === '!=' };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** SQL pattern: % any text, _ any character. */
export function likePattern(text: string, isLoose: boolean): RegExp {
  const source = [...text].map((char) => (char === '%' ? '.*' : char === '_' ? '.' : escaped(char))).join('');
  return new RegExp(`^${source}$`, isLoose ? 'is' : 's');
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
