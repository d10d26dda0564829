import { parseAngle } from '../../astronomy/measures/index.ts';
import { fail, parseQuantity } from '../../foundation/base/index.ts';
import { type CoordinateSystem, requireDirection, skyToPixel } from './coordinates.ts';

/** A region of pixels on the sky axes. */
export type PixelRegion = (x: number, y: number) => boolean;

interface Frame {
  readonly point: (x: string, y: string) => readonly [number, number];
  readonly length: (word: string, axis: 0 | 1) => number;
}

function frameOf(coordinates: CoordinateSystem, file?: string): Frame {
  const axes = requireDirection(coordinates, file);
  return {
    point(x, y) {
      if (/pix$/.test(x.trim())) return [Number.parseFloat(x), Number.parseFloat(y)];
      const pixel = skyToPixel(axes, { lon: parseAngle(x), lat: parseAngle(y) });
      return pixel ?? fail('usage', `The region's point ${x}, ${y} is not in the image's hemisphere.`);
    },
    length(word, axis) {
      if (/pix$/.test(word.trim())) return Number.parseFloat(word);
      return parseQuantity(word.trim(), 'angle') / Math.abs(axes.increment[axis]);
    },
  };
}

function insidePolygon(corners: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let isInside = false;
  corners.forEach(([x1, y1], k) => {
    const [x0, y0] = corners[(k + corners.length - 1) % corners.length];
    if (y1 > y !== y0 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) isInside = !isInside;
  });
  return isInside;
}

/** Splits `[[a,b],[c,d]]` into its innermost words. */
function wordsOf(body: string): string[] {
  return body
    .replace(/[[\]]/g, ' ')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function parseShape(kind: string, body: string, frame: Frame): PixelRegion {
  const words = wordsOf(body);
  if (kind === 'poly') {
    const corners = Array.from({ length: words.length / 2 }, (_, k) => frame.point(words[2 * k], words[2 * k + 1]));
    return (x, y) => insidePolygon(corners, x, y);
  }
  const [cx, cy] = frame.point(words[0], words[1]);
  if (kind === 'circle') {
    const [rx, ry] = [frame.length(words[2], 0), frame.length(words[2], 1)];
    return (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
  }
  if (kind === 'annulus') {
    const [inner, outer] = [frame.length(words[2], 0), frame.length(words[3], 0)];
    return (x, y) => Math.hypot(x - cx, y - cy) >= inner && Math.hypot(x - cx, y - cy) <= outer;
  }
  if (kind === 'centerbox') {
    const [w, h] = [frame.length(words[2], 0), frame.length(words[3], 1)];
    return (x, y) => Math.abs(x - cx) <= w / 2 && Math.abs(y - cy) <= h / 2;
  }
  if (kind === 'box') {
    const [tx, ty] = frame.point(words[2], words[3]);
    return (x, y) => x >= Math.min(cx, tx) && x <= Math.max(cx, tx) && y >= Math.min(cy, ty) && y <= Math.max(cy, ty);
  }
  // ellipse: CASA gives semi-axes (x then y before rotation) and a position angle, north through east.
  const [bx, by] = [frame.length(words[2], 0), frame.length(words[3], 1)];
  const angle = words[4] ? parseQuantity(words[4], 'angle') : 0;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return (x, y) => {
    const along = -(x - cx) * sin + (y - cy) * cos;
    const across = (x - cx) * cos + (y - cy) * sin;
    return (across / bx) ** 2 + (along / by) ** 2 <= 1;
  };
}

/**
 * Parses CASA region text: circle, annulus, box, centerbox, ellipse, poly, several of them joined by newlines or ';'
 * (a leading '-' takes away). Options after the shape (coord=, corr=) are ignored.
 *
 * @throws usage for another text
 */
export function parseRegion(description: string, coordinates: CoordinateSystem, file?: string): PixelRegion {
  const frame = frameOf(coordinates, file);
  const shapes: { isAdded: boolean; contains: PixelRegion }[] = [];
  for (const line of description.split(/[\n;]/)) {
    const clean = line.replace(/#.*$/, '').trim();
    if (clean === '' || clean.startsWith('global')) continue;
    const match = /^([-+]?)\s*(circle|annulus|box|centerbox|ellipse|poly)\s*(\[.*\])/.exec(clean);
    if (!match)
      fail(
        'usage',
        `"${clean}" is not a region; expected circle, annulus, box, centerbox, ellipse or poly with [[…]].`,
        { file },
      );
    const end = closingBracket(match[3]);
    shapes.push({ isAdded: match[1] !== '-', contains: parseShape(match[2], match[3].slice(0, end), frame) });
  }
  if (shapes.length === 0) fail('usage', 'The region text names no region.', { file });
  return (x, y) => shapes.reduce((inside, shape) => (shape.contains(x, y) ? shape.isAdded : inside), false);
}

function closingBracket(body: string): number {
  let depth = 0;
  for (let k = 0; k < body.length; k++) {
    if (body[k] === '[') depth++;
    if (body[k] === ']' && --depth === 0) return k + 1;
  }
  return fail('usage', `The region "${body}" has an open bracket.`);
}

/** The pixels of CASA's `box` parameter: "x1,y1,x2,y2", several joined by further fours. */
export function parseBox(box: string): PixelRegion {
  const numbers = box.split(',').map(Number);
  if (numbers.length % 4 !== 0 || numbers.some(Number.isNaN))
    fail('usage', `"${box}" is not a box; expected "x1,y1,x2,y2" in pixels.`);
  return (x, y) => {
    for (let k = 0; k < numbers.length; k += 4) {
      if (x >= numbers[k] && x <= numbers[k + 2] && y >= numbers[k + 1] && y <= numbers[k + 3]) return true;
    }
    return false;
  };
}

/** A region as a mask plane, 1 inside, [sizeY, sizeX]. */
export function regionMask(region: PixelRegion, sizeX: number, sizeY: number): Uint8Array {
  const mask = new Uint8Array(sizeX * sizeY);
  for (let y = 0; y < sizeY; y++) for (let x = 0; x < sizeX; x++) mask[y * sizeX + x] = region(x, y) ? 1 : 0;
  return mask;
}

/** Channels of CASA's `chans` parameter: "3", "2~7", "0,4~5"; all when empty. */
export function parseChannels(chans: string | number | undefined, count: number): number[] {
  const words = chans === undefined || chans === '' ? [`0~${count - 1}`] : String(chans).split(',');
  return words.flatMap((word) => {
    const match = /^\s*(\d+)\s*(?:~\s*(\d+))?\s*$/.exec(word);
    if (!match) fail('usage', `"${chans}" does not name channels; expected e.g. "3" or "2~7".`);
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (last >= count || first > last) fail('usage', `Channels ${word} are not in the image, which has ${count}.`);
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
}
