/** Line pieces with a NaN after each: x and y in pixels, 0 at the centre of the first pixel. */
export interface ContourPieces {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Lines of one level through a grid by marching squares with linear interpolation.
 *
 * @param values [y, x]; cells with a NaN corner are left out
 */
export function contourPieces(values: Float32Array, width: number, height: number, level: number): ContourPieces {
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row + 1 < height; row++) {
    for (let column = 0; column + 1 < width; column++) {
      const crossings = cellCrossings(values, width, column, row, level);
      for (let at = 0; at + 3 < crossings.length; at += 4) {
        x.push(crossings[at], crossings[at + 2], Number.NaN);
        y.push(crossings[at + 1], crossings[at + 3], Number.NaN);
      }
    }
  }
  return { x, y };
}

/** End points of the pieces in one cell, [x1, y1, x2, y2, …]: none, one, or two in a saddle. */
function cellCrossings(values: Float32Array, width: number, column: number, row: number, level: number): number[] {
  const at = row * width + column;
  const corners = [values[at], values[at + 1], values[at + width + 1], values[at + width]];
  let above = 0;
  for (const corner of corners) {
    if (Number.isNaN(corner)) return [];
    if (corner >= level) above++;
  }
  if (above === 0 || above === 4) return [];
  const points: number[] = [];
  for (let edge = 0; edge < 4; edge++) {
    const [from, to] = [corners[edge], corners[(edge + 1) % 4]];
    if (from >= level === to >= level) continue;
    const share = (level - from) / (to - from);
    const [x, y] = [
      [share, 0],
      [1, share],
      [1 - share, 1],
      [0, 1 - share],
    ][edge];
    points.push(column + x, row + y);
  }
  if (points.length < 8) return points;
  const centre = (corners[0] + corners[1] + corners[2] + corners[3]) / 4;
  const isFirstCut = centre >= level === corners[0] >= level;
  return isFirstCut ? points : [...points.slice(6), ...points.slice(0, 6)];
}
