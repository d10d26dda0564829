import { fail, parseQuantity } from '../../foundation/base/index.ts';
import type { AntennaInfo } from './metadata.ts';
import {
  isPattern,
  nameTest,
  parseIndexRange,
  reportUnknown,
  type SelectionManner,
  splitFilled,
} from './selection-text.ts';

/** Which baselines an expression chose. */
export interface BaselineSelection {
  readonly antennaCount: number;
  /** 1 = selected, [ANTENNA1, ANTENNA2]. */
  readonly isSelected: Uint8Array;
  /** Antennas named by the expression, ascending. */
  readonly antennaIds: readonly number[];
}

/** How far `<100m` and `>100m` keep from their limit, m. */
const BEYOND_LIMIT_M = 1e-9;

/**
 * Reads an antenna or baseline selection in CASA's syntax.
 *
 * `DV01` all cross baselines with DV01; `DV01&DV02` one baseline; `DV01,DV02&*`; `DV*&` the cross baselines among those antennas;
 * `DV01&&*` cross and auto; `DV01&&&` auto only; `A001`, `@A001` or `DV01@A001` by pad, `(DV01,DV02)@(A001,A002)`; `/DV0[1-3]/`;
 * `/DV01&DV0[2-4]/` and `^/DV01&DV0[2-4]/` the baselines whose two names match, or do not; `<100m`, `100~300m`, `0~50m,200~300m` by
 * the length of the baseline. Statements are joined by `;`; `!` takes away what the statement would add, from everything when it comes
 * first: `!DV01` keeps the autocorrelations of DV01. Numbers beyond the last are left out where others of a list are found.
 *
 * @throws usage when a name, or all numbers of a list, match no antenna; when unknown antennas are forgiven and nothing else is chosen
 */
export function parseAntenna(
  text: string,
  antennas: readonly AntennaInfo[],
  manner: SelectionManner = {},
): BaselineSelection {
  const antennaCount = antennas.length;
  const isSelected = new Uint8Array(antennaCount * antennaCount);
  const named = new Set<number>();
  splitFilled(text, ';').forEach((statement, index) => {
    const isNegated = statement.startsWith('!');
    const body = isNegated ? statement.slice(1).trim() : statement;
    if (isNegated && index === 0) isSelected.fill(1);
    markStatement(body, antennas, isSelected, isNegated ? 0 : 1, named, manner);
  });
  if (manner.forgives && !isSelected.includes(1)) fail('usage', `No baseline matches the selection "${text}".`);
  return { antennaCount, isSelected, antennaIds: [...named].sort((one, other) => one - other) };
}

/** What of an antenna its selection looks at. */
export type NamedAntenna = Pick<AntennaInfo, 'id' | 'name' | 'station'>;

/**
 * Numbers of the antennas in a list such as `DV01,DV02` or `0~5`, ascending.
 *
 * @throws usage when a name, or all numbers together, match no antenna
 */
export function parseAntennaList(
  text: string,
  antennas: readonly NamedAntenna[],
  manner: SelectionManner = {},
): number[] {
  const chosen = new Set<number>();
  const beyond: string[] = [];
  for (const part of splitFilled(text, ',')) {
    const ids = matchPart(part, antennas);
    for (const id of ids) chosen.add(id);
    if (ids.length > 0) continue;
    if (parseIndexRange(part)) beyond.push(part);
    else reportUnknown('antenna', `No antenna matches "${part}" in the selection "${text}".`, manner);
  }
  if (chosen.size === 0 && beyond.length > 0) {
    reportUnknown('antenna', `No antenna matches "${beyond.join()}" in the selection "${text}".`, manner);
  }
  return [...chosen].sort((one, other) => one - other);
}

/** Antennas of `name`, `@pad` or `name@pad`, each side also a list in parentheses. */
function matchPart(part: string, antennas: readonly NamedAntenna[]): number[] {
  const pair = /^([^@"'/]*)@(.*)$/.exec(part);
  if (!pair) return matchAntennas(part, antennas);
  const [names, pads] = [pair[1].trim(), pair[2].trim()].map((side) =>
    side === '' ? [] : splitFilled(/^\(.*\)$/.test(side) ? side.slice(1, -1) : side, ','),
  );
  const isOnPad = pads.map((pad) => nameTest(pad));
  const ids =
    names.length === 0 ? antennas.map(({ id }) => id) : names.flatMap((name) => matchAntennas(name, antennas));
  return ids.filter((id) => isOnPad.some((test) => test(antennas[id].station)));
}

/** Antennas by name, else by pad; a number is a name first, as the VLA's antennas are called. */
function matchAntennas(text: string, antennas: readonly NamedAntenna[]): number[] {
  const range = parseIndexRange(text);
  if (range && !/^[<>]/.test(text)) {
    const byNumber = new Map(antennas.map(({ id }) => [id, id]));
    for (const { name, id } of antennas) if (/^\d+$/.test(name)) byNumber.set(Number(name), id);
    const isMeant = (number: number) =>
      number >= range.first && number <= range.last && (number - range.first) % Math.max(1, range.step) === 0;
    return [...byNumber].filter(([number]) => isMeant(number)).map(([, id]) => id);
  }
  const isExcluding = text.startsWith('^');
  const bare = isExcluding ? text.slice(1) : text;
  const test = nameTest(bare);
  const isExact = !isExcluding && !isPattern(bare) && !/^["'/]/.test(bare);
  const found = antennas.filter(({ name }) => test(name));
  if (isExact) return (found.length > 0 ? found : antennas.filter(({ station }) => test(station))).map(({ id }) => id);
  return antennas.filter(({ name, station }) => (test(name) || test(station)) !== isExcluding).map(({ id }) => id);
}

function markStatement(
  body: string,
  antennas: readonly AntennaInfo[],
  isSelected: Uint8Array,
  mark: 0 | 1,
  named: Set<number>,
  manner: SelectionManner,
): void {
  const isMatching = pairTest(body, antennas);
  if (isMatching) {
    markPairs(isMatching, antennas, isSelected, mark);
    return;
  }
  const match = /^([^&]+?)\s*(?:(&{1,3})\s*([^&]*))?$/.exec(body);
  if (!match) fail('usage', `"${body}" is not an antenna or baseline selection such as DV01 or DV01&DV02.`);
  const [, first, operator = '', second = ''] = match;
  const left = parseAntennaList(first, antennas, manner);
  const all = () => antennas.map((antenna) => antenna.id);
  const right = second !== '' ? parseAntennaList(second, antennas, manner) : operator === '' ? all() : left;
  for (const id of left) named.add(id);
  if (second !== '' && second !== '*') for (const id of right) named.add(id);
  const isAutoWanted = operator.length >= 2;
  const count = antennas.length;
  for (const one of left) {
    for (const other of right) {
      if (one === other ? !isAutoWanted : operator === '&&&') continue;
      isSelected[one * count + other] = mark;
      isSelected[other * count + one] = mark;
    }
  }
}

type PairTest = (one: AntennaInfo, other: AntennaInfo) => boolean;

/** A test of baselines by their length or by the names of both antennas; undefined for other statements. */
function pairTest(body: string, antennas: readonly AntennaInfo[]): PairTest | undefined {
  if (/^\^?\/[^/]*&[^/]*\//.test(body)) {
    const tests = splitFilled(body, ',').map((part): PairTest => {
      const isExcluding = part.startsWith('^');
      const test = nameTest(isExcluding ? part.slice(1) : part);
      return (one, other) => test(`${one.name}&${other.name}`) !== isExcluding;
    });
    return (one, other) => tests.some((test) => test(one, other));
  }
  const lengths = splitFilled(body, ',').map(parseLength);
  if (lengths.some((length) => length === undefined)) return undefined;
  if (antennas.some(({ name }) => name === body)) return undefined;
  return (one, other) => {
    const length = Math.hypot(...one.position.map((value, axis) => value - other.position[axis]));
    return lengths.some((range) => range !== undefined && length >= range[0] && length <= range[1]);
  };
}

/** Reads a range of baseline lengths, m: `<100m`, `>=1km`, `100~300m`; a range needs its unit, as `0~3` is of antennas. */
function parseLength(text: string): readonly [low: number, high: number] | undefined {
  const bound = /^([<>])(=?)\s*([\d.]+)\s*([kc]?m)?$/.exec(text);
  if (bound) {
    const limit = parseQuantity(`${bound[3]}${bound[4] ?? 'm'}`, 'length');
    const distance = bound[2] === '=' ? 0 : BEYOND_LIMIT_M;
    return bound[1] === '<' ? [0, limit - distance] : [limit + distance, Number.POSITIVE_INFINITY];
  }
  const range = /^([\d.]+)\s*([kc]?m)?\s*~\s*([\d.]+)\s*([kc]?m)$/.exec(text);
  if (!range) return undefined;
  return [
    parseQuantity(`${range[1]}${range[2] ?? range[4]}`, 'length'),
    parseQuantity(`${range[3]}${range[4]}`, 'length'),
  ];
}

function markPairs(test: PairTest, antennas: readonly AntennaInfo[], isSelected: Uint8Array, mark: 0 | 1): void {
  for (const one of antennas) {
    for (const other of antennas) if (test(one, other)) isSelected[one.id * antennas.length + other.id] = mark;
  }
}
