import { fail } from '../base/index.ts';
import { kernels, pointer } from './kernel-memory.ts';

/** Stored numbers that rows of visibilities are made from. */
export type StoredNumbers = Int16Array | Int32Array | Float32Array;

/**
 * Cross-correlations as stored to float32: data[row, k] = stored[offsets[row] + k] / divisor, divided in float32.
 *
 * @param stored kernel array, [n]
 * @param offsets kernel array, [row]: index of each row's first stored number
 * @param data kernel array, [row, width], overwritten
 * @param width numbers of a row: 2 × channels × products
 */
export function scaleRowsInto(
  stored: StoredNumbers,
  offsets: Uint32Array,
  data: Float32Array,
  width: number,
  divisor: number,
): void {
  checkRows(stored.length, offsets, width, data.length, width);
  const name =
    stored instanceof Int16Array
      ? 'scaleInt16Rows'
      : stored instanceof Int32Array
        ? 'scaleInt32Rows'
        : 'scaleFloat32Rows';
  kernels()[name](pointer(stored), pointer(offsets), pointer(data), offsets.length, width, divisor);
}

/**
 * Autocorrelations as stored to complex rows.
 *
 * @param stored kernel array, [n]
 * @param offsets kernel array, [row]: index of each row's first stored number
 * @param data kernel array, [row, chan, corr, re/im], overwritten
 * @param chanCount channels
 * @param valuesPerChannel 1 or 2: parallel hands, as many correlations; 4: XX, Re XY, Im XY, YY become XX, XY, YX, YY
 */
export function complexAutoRowsInto(
  stored: Float32Array,
  offsets: Uint32Array,
  data: Float32Array,
  chanCount: number,
  valuesPerChannel: number,
): void {
  const isFull = valuesPerChannel === 4;
  const width = chanCount * valuesPerChannel;
  checkRows(stored.length, offsets, width, data.length, 2 * width);
  const [from, rows, to] = [pointer(stored), pointer(offsets), pointer(data)];
  if (isFull) kernels().fullAutoRows(from, rows, to, offsets.length, chanCount);
  else kernels().realToComplexRows(from, rows, to, offsets.length, width);
}

function checkRows(
  storedCount: number,
  offsets: Uint32Array,
  width: number,
  dataCount: number,
  dataWidth: number,
): void {
  for (let row = 0; row < offsets.length; row++) {
    if (offsets[row] + width > storedCount) fail('internal', 'A row of stored numbers lies outside what was read.');
  }
  if (dataCount < offsets.length * dataWidth) fail('internal', 'The rows do not fit into their target.');
}
