import type { Asdm } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** One scan of the ASDM. */
export interface Scan {
  readonly execBlockId: number;
  readonly number: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly intents: readonly string[];
}

/** All scans, in table order. */
export function readScans(asdm: Asdm): Scan[] {
  return [...asdm.table('Scan').rows()].map((row) => ({
    execBlockId: row.id('execBlockId'),
    number: row.number('scanNumber'),
    startNs: row.ns('startTime'),
    endNs: row.ns('endTime'),
    intents: row.has('scanIntent') ? row.texts('scanIntent') : [],
  }));
}

/** Scan numbers by execution block; an empty set means all scans; key -1 means every block. */
type Wanted = Map<number, Set<number>>;

function addScans(wanted: Wanted, execBlock: number, list: string, whole: string): void {
  const numbers = wanted.get(execBlock) ?? new Set<number>();
  wanted.set(execBlock, numbers);
  for (const part of list.trim() === '' ? [] : list.split(',')) {
    const range = /^\s*(\d+)(?:\s*~\s*(\d+))?\s*$/.exec(part);
    if (!range) fail('usage', `scans="${whole}" is not a selection of scans; write it as "0:1,2~6;1:3" or "1,2".`);
    const last = Number(range[2] ?? range[1]);
    for (let number = Number(range[1]); number <= last; number++) numbers.add(number);
  }
}

function parseScans(text: string): Wanted {
  const wanted: Wanted = new Map();
  for (const group of text.split(';').filter((word) => word.trim() !== '')) {
    const at = group.indexOf(':');
    const block = group.slice(0, Math.max(0, at)).trim();
    if (at >= 0 && !/^\d+$/.test(block))
      fail('usage', `scans="${text}" names the execution block "${block}"; expected a number.`);
    addScans(wanted, at < 0 ? -1 : Number(block), group.slice(at + 1), text);
  }
  return wanted;
}

/**
 * Scans chosen by importasdm's `scans`: `"0:1,2~6;1:"` (block, colon, scans), or scans without a block for every block.
 *
 * @throws usage when the text cannot be read or chooses nothing
 */
export function selectScans(scans: readonly Scan[], text: string): Scan[] {
  if (text.trim() === '') return [...scans];
  const wanted = parseScans(text);
  const chosen = scans.filter(({ execBlockId, number }) =>
    [wanted.get(execBlockId), wanted.get(-1)].some((numbers) => numbers && (numbers.size === 0 || numbers.has(number))),
  );
  if (chosen.length === 0) fail('usage', `scans="${text}" chooses none of the ${scans.length} scans of the ASDM.`);
  return chosen;
}

/** Tells whether a time interval overlaps one of the chosen scans; always true when times are ignored. */
export function scanOverlap(
  scans: readonly Scan[],
  isTimeIgnored: boolean,
): (startNs: bigint, durationNs: bigint) => boolean {
  if (isTimeIgnored) return () => true;
  return (startNs, durationNs) => {
    const endNs = startNs + durationNs;
    // An empty interval overlaps nothing, as in importasdm.
    return (
      durationNs > 0n && scans.some((scan) => scan.endNs > scan.startNs && startNs < scan.endNs && scan.startNs < endNs)
    );
  };
}
