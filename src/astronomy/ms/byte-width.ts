const encoder = new TextEncoder();

/** Length in bytes, by which CASA counts the width of columns. */
export function byteCount(text: string): number {
  return encoder.encode(text).length;
}

/** A text filled up with blanks to so many bytes. */
export function padBytes(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - byteCount(text)));
}

/** The whole characters of a text that so many bytes hold. */
export function firstBytes(text: string, count: number): string {
  let [kept, left] = ['', count];
  for (const char of text) {
    left -= byteCount(char);
    if (left < 0) break;
    kept += char;
  }
  return kept;
}
