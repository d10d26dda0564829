/** Advance widths of DejaVu Sans in units of the font size, for characters that differ from the mean. */
// biome-ignore format: a table
const WIDTHS: Readonly<Record<string, number>> = {
  ' ': 0.32, '.': 0.32, ',': 0.32, ':': 0.34, "'": 0.28, '(': 0.39, ')': 0.39, '-': 0.36, '\u2212': 0.84, _: 0.5, '/': 0.34,
  i: 0.28, j: 0.28, l: 0.28, f: 0.35, t: 0.39, r: 0.41, s: 0.52, k: 0.58, c: 0.55, z: 0.53, m: 0.97, w: 0.82,
  I: 0.3, J: 0.3, M: 0.86, W: 0.99, O: 0.79, Q: 0.79, D: 0.77, G: 0.77, H: 0.75, N: 0.75, '+': 0.84, '=': 0.84,
};

/** Bold letters are so much wider. */
const BOLD = 1.12;

/** A bold text and its font size, px: the first of the sizes at which it fits a width, cut at the last one. */
export function fittedBold(text: string, sizes: readonly number[], width: number): { text: string; size: number } {
  const size = sizes.find((candidate) => BOLD * textWidth(text, candidate) <= width) ?? sizes[sizes.length - 1];
  return { text: cutTo(text, width / BOLD, size), size };
}

/** A text that ends in … where it would be wider than a width, px. */
export function cutTo(text: string, width: number, fontSize: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  let end = text.length;
  while (end > 0 && textWidth(`${text.slice(0, end)}…`, fontSize) > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
}

/** About the width of a text in the font of the figures, px: enough to leave room for it without a canvas. */
export function textWidth(text: string, fontSize: number): number {
  let sum = 0;
  for (const character of text) sum += WIDTHS[character] ?? (/[A-Z]/.test(character) ? 0.68 : 0.63);
  return sum * fontSize;
}
