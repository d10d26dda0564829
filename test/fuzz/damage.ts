/** Random integers below a bound; the same from the same seed. */
export type Dice = (below: number) => number;

/** Dice for one case of one run: neighbouring seeds give unlike sequences. */
export function diceOf(seed: number, number: number): Dice {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(number + 1, 0xc2b2ae35)) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const TEXT_PIECES = [
  '<',
  '>',
  '/>',
  '&',
  '-',
  '0',
  '999999999999',
  '1e400',
  'nan',
  '\0',
  '"',
  ' 3 1 2 ',
  '--MIME_boundary-1',
];

/** Numbers that sizes and counts break at. */
const EDGES = [0, 1, -1, 0x7f, 0x80, 0x7fff, 0xffff, 0x7fffffff, -0x80000000, 0x10000];

/** A damaged copy of a file's bytes; undefined means that the file is gone. */
export function damaged(bytes: Uint8Array, dice: Dice): Uint8Array | undefined {
  const kind = dice(20);
  const at = dice(bytes.length + 1);
  if (kind === 0) return undefined;
  if (kind <= 2) return bytes.slice(0, at);
  if (kind === 3) return joined(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 1 - dice(64))));
  if (kind === 4) return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + dice(64))));
  if (kind === 5) {
    const from = dice(bytes.length + 1);
    return joined(bytes.subarray(0, at), bytes.subarray(from, from + dice(512)), bytes.subarray(at));
  }
  if (kind <= 8) {
    const piece = new TextEncoder().encode(TEXT_PIECES[dice(TEXT_PIECES.length)]);
    return joined(bytes.subarray(0, at), piece, bytes.subarray(Math.min(bytes.length, at + dice(2) * piece.length)));
  }
  const copy = bytes.slice();
  if (kind <= 12 && copy.length >= 4) {
    const isLittle = dice(2) === 0;
    new DataView(copy.buffer).setInt32(place(copy.length - 3, dice), EDGES[dice(EDGES.length)], isLittle);
    return copy;
  }
  for (let change = 1 + dice(4); change > 0 && copy.length > 0; change--) {
    const byte = place(copy.length, dice);
    copy[byte] = dice(3) === 0 ? copy[byte] ^ (1 << dice(8)) : dice(256);
  }
  return copy;
}

/** Heads of files hold their sizes: two of three changes go there. */
function place(length: number, dice: Dice): number {
  return dice(dice(3) === 0 ? length : Math.min(length, 2048));
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
