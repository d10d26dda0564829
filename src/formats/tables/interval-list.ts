import type { IntervalValue } from './incremental-values.ts';

/** The values of a column as intervals of rows: interval k begins at starts[k] and ends before starts[k + 1]; the last may begin behind the last row, for rows to come. */
export class IntervalList {
  readonly starts: number[];
  readonly values: IntervalValue[];
  private readonly isEqual: (left: IntervalValue, right: IntervalValue) => boolean;
  private recent = 0;

  constructor(
    starts: number[],
    values: IntervalValue[],
    isEqual: (left: IntervalValue, right: IntervalValue) => boolean,
  ) {
    this.starts = starts;
    this.values = values;
    this.isEqual = isEqual;
  }

  /** Index of the interval with a row. */
  at(row: number): number {
    const { starts } = this;
    const guess = this.recent;
    if (guess < starts.length && starts[guess] <= row) {
      if (guess + 1 === starts.length || row < starts[guess + 1]) return guess;
      if (guess + 2 === starts.length || row < starts[guess + 2]) {
        this.recent = guess + 1;
        return guess + 1;
      }
    }
    this.recent = intervalAt(starts, row);
    return this.recent;
  }

  /** Appends a value that holds from `row`, which is not before any start. */
  append(row: number, value: IntervalValue): void {
    const last = this.starts.length - 1;
    if (last >= 0 && this.isEqual(this.values[last], value)) return;
    if (last >= 0 && this.starts[last] === row) {
      this.starts.pop();
      this.values.pop();
      if (last > 0 && this.isEqual(this.values[last - 1], value)) return;
    }
    this.starts.push(row);
    this.values.push(value);
  }

  /** Replaces rows [first, end) by other intervals; rows from `end` keep their values, those behind the last take the new one. */
  replace(
    first: number,
    end: number,
    starts: readonly number[],
    values: readonly IntervalValue[],
    rowCount: number,
  ): void {
    const from = this.at(first);
    const to = this.at(end);
    const after = this.values[to];
    const isFollowed = end < rowCount || this.starts[to] === end;
    const head = this.starts[from] < first ? from + 1 : from;
    const tail = new IntervalList([], [], this.isEqual);
    if (head > 0) tail.append(this.starts[head - 1], this.values[head - 1]);
    for (let k = 0; k < starts.length; k++) tail.append(starts[k], values[k]);
    if (isFollowed) tail.append(end, after);
    const begin = Math.max(0, head - 1);
    this.splice(begin, to + 1 - begin, tail);
  }

  /**
   * Puts a value into a row behind which none was put: it holds to the end. As in casacore, an interval that
   * begins at that row gives way by one row only, unless the value is that of the row before.
   */
  hold(row: number, value: IntervalValue): void {
    const last = this.starts.length - 1;
    const held = this.values[last];
    const isPushed = last > 0 && this.starts[last] === row && !this.isEqual(held, value);
    const isNew = isPushed && !this.isEqual(this.values[last - 1], value);
    this.append(row, value);
    if (isNew) this.append(row + 1, held);
  }

  /** End of the interval with a row. */
  endOf(row: number, rowCount: number): number {
    return Math.min(rowCount, this.starts[this.at(row) + 1] ?? rowCount);
  }

  /** Forgets what lies before a row, which becomes the first start. */
  dropBefore(row: number): void {
    const from = this.at(row);
    // In place: what a splice takes out would be garbage of the size of the list, again and again.
    const count = this.starts.length - from;
    for (let k = 0; k < count; k++) {
      this.starts[k] = this.starts[k + from];
      this.values[k] = this.values[k + from];
    }
    this.starts.length = count;
    this.values.length = count;
    this.starts[0] = row;
    this.recent = 0;
  }

  /** Takes rows out; they ascend. */
  removeRows(rows: ArrayLike<number>, rowCount: number): void {
    const kept = new IntervalList([], [], this.isEqual);
    let removed = 0;
    for (let k = 0; k < this.starts.length; k++) {
      const end = k + 1 < this.starts.length ? this.starts[k + 1] : rowCount;
      while (removed < rows.length && rows[removed] < this.starts[k]) removed++;
      let inside = 0;
      while (removed + inside < rows.length && rows[removed + inside] < end) inside++;
      const isBehind = this.starts[k] === rowCount;
      if (isBehind || inside < end - this.starts[k] || kept.starts.length === 0)
        kept.append(this.starts[k] - removed, this.values[k]);
    }
    kept.starts[0] = 0;
    this.splice(0, this.starts.length, kept);
  }

  private splice(begin: number, count: number, other: IntervalList): void {
    const restStarts = this.starts.slice(begin + count);
    const restValues = this.values.slice(begin + count);
    this.starts.length = begin;
    this.values.length = begin;
    for (const start of other.starts) this.starts.push(start);
    for (const value of other.values) this.values.push(value);
    for (const start of restStarts) this.starts.push(start);
    for (const value of restValues) this.values.push(value);
    this.recent = 0;
  }
}

/** Index of the last start at or before a row. */
export function intervalAt(starts: ArrayLike<number>, row: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
