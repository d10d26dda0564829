/** Points of one panel and colour that grow one by one. */
export interface Points {
  readonly panel: string;
  readonly colour: string;
  x: Float64Array;
  y: Float64Array;
  count: number;
}

/** Points of a plot by panel and colour; of very many those that nobody would see are left out: they lie under others. */
export class PointStore {
  private readonly groups = new Map<string, Points>();
  private readonly limit: number;
  private count = 0;
  /** Thinning starts beyond so many. */
  private most: number;

  /** @param limit about how many points are kept in all */
  constructor(limit = 4_000_000) {
    this.limit = limit;
    this.most = limit;
  }

  /** The points of a panel and colour; colours that come later are drawn over those that came before. */
  group(panel: string, colour: string): Points {
    const key = `${panel}\n${colour}`;
    let points = this.groups.get(key);
    if (!points) {
      points = { panel, colour, x: new Float64Array(64), y: new Float64Array(64), count: 0 };
      this.groups.set(key, points);
    }
    return points;
  }

  /** Values that are not finite have no place. */
  add(points: Points, x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    if (this.count >= this.most) this.thinAll();
    if (points.count === points.x.length) resize(points, 2 * points.count);
    points.x[points.count] = x;
    points.y[points.count] = y;
    points.count++;
    this.count++;
  }

  /** The groups in the order of their first points. */
  *[Symbol.iterator](): Generator<{ panel: string; colour: string; x: Float64Array; y: Float64Array }> {
    for (const { panel, colour, x, y, count } of this.groups.values()) {
      if (count > 0) yield { panel, colour, x: x.subarray(0, count), y: y.subarray(0, count) };
    }
  }

  private thinAll(): void {
    const panels = new Map<string, Points[]>();
    for (const points of this.groups.values()) {
      const list = panels.get(points.panel);
      if (list) list.push(points);
      else panels.set(points.panel, [points]);
    }
    // Half the limit for all panels together, so that there is room for as many points again.
    const cells = Math.min(MOST_CELLS, Math.max(LEAST_CELLS, Math.floor(Math.sqrt(this.limit / 2 / panels.size))));
    this.count = 0;
    for (const groups of panels.values()) this.count += thin(groups, cells);
    this.most = Math.max(this.limit, 2 * this.count);
  }
}

/** Cells along each axis of a panel that thinning tells apart: about its pixels, fewer where there are very many panels. */
const MOST_CELLS = 1400;
const LEAST_CELLS = 100;

function resize(points: Points, length: number): void {
  const [x, y] = [new Float64Array(length), new Float64Array(length)];
  x.set(points.x.subarray(0, points.count));
  y.set(points.y.subarray(0, points.count));
  points.x = x;
  points.y = y;
}

/** Keeps one point of each cell of a fine grid over a panel, that of the group drawn last; returns how many there are. */
function thin(groups: readonly Points[], cells: number): number {
  const [xLow, xStep] = cellsOf(groups, 'x', cells);
  const [yLow, yStep] = cellsOf(groups, 'y', cells);
  const width = cells + 1;
  const taken = new Uint8Array(width * width);
  let sum = 0;
  for (let group = groups.length - 1; group >= 0; group--) {
    const points = groups[group];
    const { x, y, count } = points;
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const cell = Math.floor((x[index] - xLow) / xStep) * width + Math.floor((y[index] - yLow) / yStep);
      if (taken[cell]) continue;
      taken[cell] = 1;
      x[kept] = x[index];
      y[kept] = y[index];
      kept++;
    }
    points.count = kept;
    if (4 * kept < x.length) resize(points, Math.max(64, 2 * kept));
    sum += kept;
  }
  return sum;
}

function cellsOf(groups: readonly Points[], axis: 'x' | 'y', cells: number): [low: number, step: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { [axis]: values, count } of groups) {
    for (let index = 0; index < count; index++) {
      if (values[index] < low) low = values[index];
      if (values[index] > high) high = values[index];
    }
  }
  return [low, (high - low) / cells || 1];
}
