/** Points of a plot by panel and colour; when there are many, those that would fall on the same spot are kept once. */
export class PointStore {
  private readonly groups = new Map<string, Points>();
  private readonly limit: number;

  /** @param limit points of one group that are kept before they are thinned */
  constructor(limit = 200_000) {
    this.limit = limit;
  }

  add(panel: string, colour: string, x: number, y: number): void {
    const key = `${panel}\n${colour}`;
    let points = this.groups.get(key);
    if (!points) {
      points = { panel, colour, x: new Float64Array(1024), y: new Float64Array(1024), count: 0 };
      this.groups.set(key, points);
    }
    if (points.count === points.x.length) {
      if (points.count >= this.limit) thin(points);
      if (points.count > points.x.length / 2) grow(points);
    }
    points.x[points.count] = x;
    points.y[points.count] = y;
    points.count++;
  }

  /** The groups in the order of their first points. */
  *[Symbol.iterator](): Generator<{ panel: string; colour: string; x: Float64Array; y: Float64Array }> {
    for (const { panel, colour, x, y, count } of this.groups.values()) {
      yield { panel, colour, x: x.subarray(0, count), y: y.subarray(0, count) };
    }
  }
}

interface Points {
  readonly panel: string;
  readonly colour: string;
  x: Float64Array;
  y: Float64Array;
  count: number;
}

/** Cells along each axis that thinning tells apart: more than a panel has pixels. */
const CELLS = 2000;

function grow(points: Points): void {
  const [x, y] = [new Float64Array(2 * points.x.length), new Float64Array(2 * points.y.length)];
  x.set(points.x);
  y.set(points.y);
  points.x = x;
  points.y = y;
}

/** Keeps the first point of each cell of a fine grid over the range of the points, in place. */
function thin(points: Points): void {
  const { x, y, count } = points;
  const [xLow, xStep] = cellsOf(x, count);
  const [yLow, yStep] = cellsOf(y, count);
  const seen = new Uint8Array((CELLS + 1) * (CELLS + 1));
  let kept = 0;
  for (let index = 0; index < count; index++) {
    const cell = Math.floor((x[index] - xLow) / xStep) * (CELLS + 1) + Math.floor((y[index] - yLow) / yStep);
    if (seen[cell]) continue;
    seen[cell] = 1;
    x[kept] = x[index];
    y[kept] = y[index];
    kept++;
  }
  points.count = kept;
}

function cellsOf(values: Float64Array, count: number): [low: number, step: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < count; index++) {
    if (values[index] < low) low = values[index];
    if (values[index] > high) high = values[index];
  }
  return [low, (high - low) / CELLS || 1];
}
