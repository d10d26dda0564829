/** Complex numbers: real and imaginary parts in two arrays of the same length. */
export interface ComplexArrays {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Transform of a length that is a power of two, in place (Cooley and Tukey 1965, Math. Comp. 19, 297). */
function radixTwoInPlace({ re, im }: ComplexArrays, sign: 1 | -1): void {
  const count = re.length;
  for (let at = 1, to = 0; at < count; at++) {
    let bit = count >> 1;
    for (; to & bit; bit >>= 1) to ^= bit;
    to ^= bit;
    if (at < to) {
      [re[at], re[to]] = [re[to], re[at]];
      [im[at], im[to]] = [im[to], im[at]];
    }
  }
  for (let size = 2; size <= count; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (sign * 2 * Math.PI * k) / size;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let at = k; at < count; at += size) {
        const [a, b] = [re[at + half], im[at + half]];
        const [x, y] = [a * cos - b * sin, a * sin + b * cos];
        re[at + half] = re[at] - x;
        im[at + half] = im[at] - y;
        re[at] += x;
        im[at] += y;
      }
    }
  }
}

/** Transforms of one length; any length is a convolution of a power of two (Bluestein 1970, IEEE Trans. AU-18, 451). */
function transformer(length: number, sign: 1 | -1): (line: ComplexArrays) => void {
  if ((length & (length - 1)) === 0) return (line) => radixTwoInPlace(line, sign);
  let size = 1;
  while (size < 2 * length - 1) size *= 2;
  const [cos, sin] = [new Float64Array(length), new Float64Array(length)];
  const chirp = { re: new Float64Array(size), im: new Float64Array(size) };
  for (let k = 0; k < length; k++) {
    // k² modulo 2 n keeps the angle exact for long lines.
    const angle = (sign * Math.PI * ((k * k) % (2 * length))) / length;
    [cos[k], sin[k]] = [Math.cos(angle), Math.sin(angle)];
    for (const at of k === 0 ? [0] : [k, size - k]) [chirp.re[at], chirp.im[at]] = [cos[k], -sin[k]];
  }
  radixTwoInPlace(chirp, -1);
  const work = { re: new Float64Array(size), im: new Float64Array(size) };
  return ({ re, im }) => {
    work.re.fill(0);
    work.im.fill(0);
    for (let k = 0; k < length; k++) {
      work.re[k] = re[k] * cos[k] - im[k] * sin[k];
      work.im[k] = re[k] * sin[k] + im[k] * cos[k];
    }
    radixTwoInPlace(work, -1);
    for (let k = 0; k < size; k++) {
      const [a, b] = [work.re[k], work.im[k]];
      work.re[k] = a * chirp.re[k] - b * chirp.im[k];
      work.im[k] = a * chirp.im[k] + b * chirp.re[k];
    }
    radixTwoInPlace(work, 1);
    for (let k = 0; k < length; k++) {
      const [a, b] = [work.re[k] / size, work.im[k] / size];
      re[k] = a * cos[k] - b * sin[k];
      im[k] = a * sin[k] + b * cos[k];
    }
  };
}

/**
 * Fourier sums of a plane in place, in double precision and for any lengths: sum over x, y of f exp(sign 2 pi i (x u / sizeX + y v / sizeY)),
 * not normalized. The quick transforms of imaging are those of `fft-kernels`.
 *
 * @param plane [y, x]; both frequencies count from 0
 */
export function fourierInPlace(plane: ComplexArrays, sizeX: number, sign: 1 | -1): void {
  const sizeY = plane.re.length / sizeX;
  const alongX = transformer(sizeX, sign);
  for (let y = 0; y < sizeY; y++) {
    const [from, to] = [y * sizeX, (y + 1) * sizeX];
    alongX({ re: plane.re.subarray(from, to), im: plane.im.subarray(from, to) });
  }
  const alongY = transformer(sizeY, sign);
  const column = { re: new Float64Array(sizeY), im: new Float64Array(sizeY) };
  for (let x = 0; x < sizeX; x++) {
    for (let y = 0; y < sizeY; y++) {
      column.re[y] = plane.re[y * sizeX + x];
      column.im[y] = plane.im[y * sizeX + x];
    }
    alongY(column);
    for (let y = 0; y < sizeY; y++) {
      plane.re[y * sizeX + x] = column.re[y];
      plane.im[y * sizeX + x] = column.im[y];
    }
  }
}
