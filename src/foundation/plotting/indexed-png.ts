/** A colour as one number, 0xRRGGBB. */
type Packed = number;

const MOST_COLOURS = 256;
/** How many places go to the most frequent colours, and how different they must be (squared distance). */
const FREQUENT_COLOURS = 176;
const LEAST_DISTANCE = 40;

/**
 * Encodes a picture as PNG with a palette of at most 256 colours: a quarter of the size of true colour for figures.
 *
 * Pictures with more colours keep the most frequent and the most unlike ones; the others go to the nearest.
 * The same pixels give the same bytes.
 *
 * @param rgba [y, x, rgba], opaque; alpha is not kept
 * @param deflate zlib stream of some bytes
 */
export function encodeIndexedPng(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  deflate: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const { palette, indexOf } = choosePalette(rgba);
  const lines = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      lines[y * (width + 1) + 1 + x] = indexOf.get(packedAt(rgba, y * width + x)) as number;
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Uint8Array.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', header),
    pngChunk('PLTE', colours),
    pngChunk('IDAT', deflate(lines)),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

function packedAt(rgba: Uint8Array | Uint8ClampedArray, pixel: number): Packed {
  const at = 4 * pixel;
  return (rgba[at] << 16) | (rgba[at + 1] << 8) | rgba[at + 2];
}

/** The palette, and the place in it of every colour of the picture. */
function choosePalette(rgba: Uint8Array | Uint8ClampedArray): { palette: Packed[]; indexOf: Map<Packed, number> } {
  const counts = new Map<Packed, number>();
  for (let pixel = 0; 4 * pixel < rgba.length; pixel++) {
    const colour = packedAt(rgba, pixel);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const colours = [...counts].sort(([a, many], [b, few]) => few - many || a - b).map(([colour]) => colour);
  if (colours.length <= MOST_COLOURS)
    return { palette: colours, indexOf: new Map(colours.map((colour, index) => [colour, index])) };
  return fewerColours(colours);
}

/** Takes the most frequent colours first, then again and again the one that is farthest from all taken. */
function fewerColours(colours: readonly Packed[]): { palette: Packed[]; indexOf: Map<Packed, number> } {
  const palette: Packed[] = [];
  const distance = new Float64Array(colours.length).fill(Number.POSITIVE_INFINITY);
  const nearest = new Uint8Array(colours.length);
  const take = (colour: Packed) => {
    for (let index = 0; index < colours.length; index++) {
      const own = colourDistance(colours[index], colour);
      if (own >= distance[index]) continue;
      distance[index] = own;
      nearest[index] = palette.length;
    }
    palette.push(colour);
  };
  for (let index = 0; palette.length < FREQUENT_COLOURS && index < colours.length; index++) {
    if (distance[index] > LEAST_DISTANCE) take(colours[index]);
  }
  while (palette.length < MOST_COLOURS) {
    let farthest = 0;
    for (let index = 1; index < colours.length; index++) if (distance[index] > distance[farthest]) farthest = index;
    if (distance[farthest] === 0) break;
    take(colours[farthest]);
  }
  return { palette, indexOf: new Map(colours.map((colour, index) => [colour, nearest[index]])) };
}

/** Squared, with weights near the eye's for red, green and blue. */
function colourDistance(one: Packed, other: Packed): number {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

/** Length, type, content and CRC (PNG specification, section 5.3). */
function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + content.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length);
  for (let index = 0; index < 4; index++) chunk[4 + index] = type.charCodeAt(index);
  chunk.set(content, 8);
  view.setUint32(8 + content.length, crc32(chunk.subarray(4, 8 + content.length)));
  return chunk;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
