import { parseAngle } from '../../astronomy/measures/index.ts';
import { fail, parseQuantity } from '../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  frequencyChannel,
  requireDirection,
  skyToPixel,
  velocityToFrequency,
} from './coordinates.ts';

/** A region of pixels on the sky axes, and in planes when it is limited to channels or Stokes parameters. */
export type PixelRegion = (x: number, y: number, chan?: number, stokes?: number) => boolean;

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

/** Pixels whose centres lie on the edge of a box are inside, rounding errors aside; pixels. */
const EDGE = 1e-9;

/** Splits `[[a,b],[c,d]]` into its innermost words; they may stand in quotes. */
function wordsOf(body: string): string[] {
  return body
    .replace(/[[\]'"]/g, ' ')
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
    return (x, y) => Math.hypot(x - cx, y - cy) > inner && Math.hypot(x - cx, y - cy) <= outer;
  }
  if (kind === 'centerbox' || kind === 'rotbox') {
    const [w, h] = [frame.length(words[2], 0), frame.length(words[3], 1)];
    const angle = kind === 'rotbox' && words[4] ? parseQuantity(words[4], 'angle') : 0;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    return (x, y) => {
      const [across, along] = [(x - cx) * cos + (y - cy) * sin, (y - cy) * cos - (x - cx) * sin];
      return Math.abs(across) <= w / 2 + EDGE && Math.abs(along) <= h / 2 + EDGE;
    };
  }
  if (kind === 'box') {
    const [tx, ty] = frame.point(words[2], words[3]);
    return (x, y) => x >= Math.min(cx, tx) && x <= Math.max(cx, tx) && y >= Math.min(cy, ty) && y <= Math.max(cy, ty);
  }
  // ellipse: the first semi-axis lies at the position angle, north through east; so measured in CASA 6.7.
  const [first, second] = [frame.length(words[2], 1), frame.length(words[3], 0)];
  const angle = words[4] ? parseQuantity(words[4], 'angle') : 0;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return (x, y) => {
    const along = -(x - cx) * sin + (y - cy) * cos;
    const across = (x - cx) * cos + (y - cy) * sin;
    return (along / first) ** 2 + (across / second) ** 2 <= 1 + EDGE;
  };
}

type PlaneTest = (chan: number, stokes: number) => boolean;

/** Channels of `range=[a,b]`: pixels (`pix`, `chan`), frequencies or radio velocities. */
function channelTest(from: string, to: string, { spectral }: CoordinateSystem): PlaneTest {
  const place = (word: string): number => {
    const clean = word.trim();
    if (/(pix|chan)$/.test(clean)) return Number.parseFloat(clean);
    if (!spectral) return fail('usage', 'The region has a range of channels, but the image has no spectral axis.');
    const frequency = /m\/s$/.test(clean)
      ? velocityToFrequency(parseQuantity(clean, 'velocity'), spectral.restFrequency)
      : parseQuantity(clean, 'frequency');
    return frequencyChannel(spectral, frequency);
  };
  const ends = [place(from), place(to)].sort((a, b) => a - b);
  // Half a channel wide: the channels that the range touches with their centres, a rounding error allowed.
  return (chan) => chan >= ends[0] - 1e-6 && chan <= ends[1] + 1e-6;
}

/** The planes that options after a shape allow: `range=[…]`, `corr=[I,Q]`; others (coord, veltype, colours) say nothing of pixels. */
function planesOf(options: string, coordinates: CoordinateSystem): PlaneTest {
  const tests: PlaneTest[] = [];
  const range = /range\s*=\s*\[([^,\]]+),([^\]]+)\]/.exec(options);
  if (range) tests.push(channelTest(range[1], range[2], coordinates));
  const corr = /corr\s*=\s*\[([^\]]*)\]/.exec(options);
  if (corr) {
    const wanted = corr[1].split(',').map((word) => word.trim().replace(/['"]/g, ''));
    const names = coordinates.stokes?.stokes ?? ['I'];
    tests.push((_chan, stokes) => wanted.includes(names[stokes] ?? ''));
  }
  return (chan, stokes) => tests.every((test) => test(chan, stokes));
}

/**
 * Parses CASA region text: circle, annulus, box, centerbox, rotbox, ellipse, poly, several of them joined by newlines or ';'
 * (a leading '-' takes away), each with `range=[…]` and `corr=[…]`, which `global` lines set for all that follow.
 *
 * @throws usage for another text
 */
export function parseRegion(description: string, coordinates: CoordinateSystem, file?: string): PixelRegion {
  const frame = frameOf(coordinates, file);
  const shapes: { isAdded: boolean; contains: PixelRegion; covers: PlaneTest }[] = [];
  let common = '';
  for (const line of description.split(/[\n;]/)) {
    const clean = line.replace(/#.*$/, '').trim();
    if (clean.startsWith('global')) common = clean;
    if (clean === '' || clean.startsWith('global')) continue;
    const match = /^([-+]?)\s*(circle|annulus|box|centerbox|rotbox|ellipse|poly)\s*(\[.*\])/.exec(clean);
    if (!match)
      fail(
        'usage',
        `"${clean}" is not a region; expected circle, annulus, box, centerbox, rotbox, ellipse or poly with [[…]].`,
        { file },
      );
    const end = closingBracket(match[3]);
    // The whole rest of the line: the greedy bracket of the shape may have swallowed options.
    const own = clean.slice(clean.indexOf(match[3]) + end);
    const contains = parseShape(match[2], match[3].slice(0, end), frame);
    shapes.push({ isAdded: match[1] !== '-', contains, covers: planesOf(`${own} ${common}`, coordinates) });
  }
  if (shapes.length === 0) fail('usage', 'The region text names no region.', { file });
  return (x, y, chan, stokes = 0) =>
    shapes.reduce((inside, { isAdded, contains, covers }) => {
      const isCovered = chan === undefined || covers(chan, stokes);
      return isCovered && contains(x, y) ? isAdded : inside;
    }, false);
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

/** A region as a mask plane, 1 inside, [sizeY, sizeX]; of one channel and Stokes index when they are given. */
export function regionMask(
  region: PixelRegion,
  sizeX: number,
  sizeY: number,
  chan?: number,
  stokes?: number,
): Uint8Array {
  const mask = new Uint8Array(sizeX * sizeY);
  for (let y = 0; y < sizeY; y++)
    for (let x = 0; x < sizeX; x++) mask[y * sizeX + x] = region(x, y, chan, stokes) ? 1 : 0;
  return mask;
}

/** Channels of CASA's `chans` parameter: "3", "2~7", "0,4~5"; all when empty. */
export function parseChannels(chans: string | number | undefined, count: number): number[] {
  const words = chans === undefined || chans === '' ? [`0~${count - 1}`] : String(chans).split(/[,;]/);
  return words.flatMap((word) => {
    const match = /^\s*(\d+)\s*(?:~\s*(\d+))?\s*$/.exec(word);
    if (!match) fail('usage', `"${chans}" does not name channels; expected e.g. "3" or "2~7".`);
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (last >= count || first > last) fail('usage', `Channels ${word} are not in the image, which has ${count}.`);
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
}
