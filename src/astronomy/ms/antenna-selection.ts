import { fail, parseQuantity } from '../../foundation/base/index.ts';
import type { AntennaInfo } from './metadata.ts';
import { matchNamed, nameTest, splitList } from './selection-text.ts';

/** Which baselines an expression chose. */
export interface BaselineSelection {
  readonly antennaCount: number;
  /** 1 = selected, [ANTENNA1, ANTENNA2]. */
  readonly isSelected: Uint8Array;
  /** Antennas named by the expression, ascending. */
  readonly antennaIds: readonly number[];
}

/**
 * Reads an antenna or baseline selection in CASA's syntax.
 *
 * `DV01` all cross baselines with DV01; `DV01&DV02` one baseline; `DV01,DV02&*`; `DV*&` the cross baselines among those antennas;
 * `DV01&&*` cross and auto; `DV01&&&` auto only; `@A001` or `DV01@A001` by pad; `<100m`, `100~300m` by the length of the baseline. Statements are joined by `;`; `!` takes away what
 * the statement would add, from everything when it comes first: `!DV01` keeps the autocorrelations of DV01.
 *
 * @param withAutos when true a statement without `&` includes autocorrelations, as flagdata does
 * @throws usage when a name matches no antenna
 */
export function parseAntenna(text: string, antennas: readonly AntennaInfo[], withAutos = false): BaselineSelection {
  const antennaCount = antennas.length;
  const isSelected = new Uint8Array(antennaCount * antennaCount);
  const named = new Set<number>();
  const statements = splitList(text, ';').filter((statement) => statement !== '');
  statements.forEach((statement, index) => {
    const isNegated = statement.startsWith('!');
    const body = isNegated ? statement.slice(1).trim() : statement;
    if (isNegated && index === 0) isSelected.fill(1);
    markStatement(body, antennas, isSelected, isNegated ? 0 : 1, named, withAutos);
  });
  return { antennaCount, isSelected, antennaIds: [...named].sort((one, other) => one - other) };
}

/** Numbers of the antennas in a list such as `DV01,DV02` or `0~5`, ascending. */
export function parseAntennaList(text: string, antennas: readonly AntennaInfo[]): number[] {
  const chosen = new Set<number>();
  for (const part of splitList(text, ',')) {
    if (part === '') continue;
    const [name, station] = part.split('@').map((piece) => piece.trim());
    let ids = name === '' ? antennas.map((antenna) => antenna.id) : matchAntennas(name, antennas);
    if (station !== undefined) ids = ids.filter((id) => nameTest(station)(antennas[id].station));
    if (ids.length === 0) fail('usage', `No antenna matches "${part}" in the selection "${text}".`);
    for (const id of ids) chosen.add(id);
  }
  return [...chosen].sort((one, other) => one - other);
}

function matchAntennas(name: string, antennas: readonly AntennaInfo[]): number[] {
  const exact = antennas.filter((antenna) => antenna.name === name);
  if (exact.length > 0) return exact.map((antenna) => antenna.id);
  return matchNamed(
    name,
    antennas.map((antenna) => [antenna.name]),
  );
}

function markStatement(
  body: string,
  antennas: readonly AntennaInfo[],
  isSelected: Uint8Array,
  mark: 0 | 1,
  named: Set<number>,
  withAutos: boolean,
): void {
  const length = parseLength(body);
  if (length) {
    markLengths(length, antennas, isSelected, mark);
    return;
  }
  const match = /^([^&]*?)\s*(&{0,3})\s*([^&]*)$/.exec(body);
  if (!match) fail('usage', `"${body}" is not an antenna or baseline selection such as DV01 or DV01&DV02.`);
  const operator = match[2];
  const left = parseAntennaList(match[1] === '' ? '*' : match[1], antennas);
  const right =
    match[3] !== ''
      ? parseAntennaList(match[3], antennas)
      : operator === ''
        ? antennas.map((antenna) => antenna.id)
        : left;
  for (const id of left) named.add(id);
  if (match[3] !== '' && match[3] !== '*') for (const id of right) named.add(id);
  const isAutoWanted = operator.length >= 2 || (operator === '' && withAutos);
  const count = antennas.length;
  for (const one of left) {
    for (const other of right) {
      if (one === other ? !isAutoWanted : operator === '&&&') continue;
      isSelected[one * count + other] = mark;
      isSelected[other * count + one] = mark;
    }
  }
}

/** Reads a range of baseline lengths, m: `<100m`, `>1km`, `100~300m`; a range needs its unit, as `0~3` is of antennas. */
function parseLength(text: string): readonly [low: number, high: number] | undefined {
  const bound = /^([<>])\s*([\d.]+)\s*([km]?m)?$/.exec(text);
  if (bound) {
    const limit = parseQuantity(`${bound[2]}${bound[3] ?? 'm'}`, 'length');
    return bound[1] === '<' ? [0, limit] : [limit, Number.POSITIVE_INFINITY];
  }
  const range = /^([\d.]+)\s*(?:[km]?m)?\s*~\s*([\d.]+)\s*([km]?m)$/.exec(text);
  return range
    ? [parseQuantity(`${range[1]}${range[3]}`, 'length'), parseQuantity(`${range[2]}${range[3]}`, 'length')]
    : undefined;
}

/** Marks the baselines of some lengths; the length of an antenna with itself is 0. */
function markLengths(
  [low, high]: readonly [number, number],
  antennas: readonly AntennaInfo[],
  isSelected: Uint8Array,
  mark: 0 | 1,
): void {
  for (const one of antennas) {
    for (const other of antennas) {
      const length = Math.hypot(...one.position.map((value, axis) => value - other.position[axis]));
      if (length >= low && length <= high) isSelected[one.id * antennas.length + other.id] = mark;
    }
  }
}
