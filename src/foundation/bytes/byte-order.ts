/** True on every machine that Node runs on today; big-endian hosts are refused at start. */
export const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Reverses the bytes of each `width`-byte value, in place.
 *
 * @param bytes changed; its length must be a multiple of `width`
 * @param width 2, 4 or 8
 */
export function swapBytesInPlace(bytes: Uint8Array, width: number): void {
  for (let start = 0; start + width <= bytes.length; start += width) {
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}
