import { fail } from '../../foundation/base/index.ts';
import { type ByteSink, type ByteSource, disk, swapBytesInPlace } from '../../foundation/bytes/index.ts';
import { type FitsUnit, scanUnits } from './hdu.ts';
import { FitsHeader } from './header.ts';
import { primaryEnd } from './primary-end.ts';
import { type FitsTable, readTable } from './table.ts';

/** An open FITS image: the primary unit's pixels by planes, and binary tables by name. */
export interface FitsImage {
  readonly path: string;
  readonly header: FitsHeader;
  /** Axis lengths, slow to fast: the reverse of NAXIS1…n. */
  readonly shape: readonly number[];
  readonly units: readonly FitsUnit[];
  /**
   * One plane of the two fastest axes.
   * @param index counts planes in file order from 0
   * @returns f32 [NAXIS2, NAXIS1], BSCALE and BZERO applied, blank pixels NaN
   */
  readPlane(index: number): Float32Array;
  /** The binary table of that EXTNAME, or undefined. */
  table(name: string): FitsTable | undefined;
  close(): void;
}

const BYTES_PER_PIECE = 1 << 22;

function decodeInto(
  bytes: Uint8Array,
  bitpix: number,
  scaling: { scale: number; zero: number; blank?: number },
  into: Float32Array,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { scale, zero, blank } = scaling;
  for (let k = 0; k < into.length; k++) {
    let stored: number;
    if (bitpix === -32) stored = view.getFloat32(4 * k);
    else if (bitpix === -64) stored = view.getFloat64(8 * k);
    else if (bitpix === 8) stored = view.getUint8(k);
    else if (bitpix === 16) stored = view.getInt16(2 * k);
    else if (bitpix === 32) stored = view.getInt32(4 * k);
    else stored = Number(view.getBigInt64(8 * k));
    into[k] = bitpix > 0 && stored === blank ? Number.NaN : scale * stored + zero;
  }
}

/** Whether a unit holds an image with pixels. */
function hasImage({ header }: FitsUnit, index: number): boolean {
  return (
    (index === 0 || header.text('XTENSION').trim() === 'IMAGE') &&
    header.number('NAXIS') > 0 &&
    header.number('NAXIS1') > 0
  );
}

/** The unit that is asked for by number, or the first with an image. */
function chooseUnit(units: readonly FitsUnit[], index: number, path: string): FitsUnit {
  const found = index < 0 ? units.find(hasImage) : units[index];
  if (!found) {
    const what = index < 0 ? 'holds no image' : `has ${units.length} units; there is no unit ${index}`;
    fail('missing', `This FITS file ${what}.`, { file: path });
  }
  if (!hasImage(found, units.indexOf(found)))
    fail('unsupported', `The unit ${units.indexOf(found)} (${found.name}) of this FITS file holds no image.`, {
      file: path,
    });
  return found;
}

/**
 * Opens an image of a FITS file (BITPIX 8, 16, 32, 64, -32 or -64; at least two axes).
 *
 * @param index number of the unit, from 0; -1: the first that holds an image
 * @throws bad-format, missing, unsupported
 */
export function openFitsImage(path: string, index = -1): FitsImage {
  const source: ByteSource = disk().open(path);
  const units = scanUnits(source);
  const { header, dataOffset } = chooseUnit(units, index, path);
  const axes = header.axisLengths();
  if (axes.length < 2) fail('unsupported', 'The image of this FITS file has one axis only.', { file: path });
  const bitpix = header.number('BITPIX');
  if (![8, 16, 32, 64, -32, -64].includes(bitpix))
    fail('bad-format', `BITPIX ${bitpix} is not a FITS data type.`, { file: path });
  const width = Math.abs(bitpix) / 8;
  const planeLength = axes[0] * axes[1];
  const planeCount = axes.slice(2).reduce((product, length) => product * length, 1);
  const blank = header.get('BLANK');
  const scaling = {
    scale: header.number('BSCALE', 1),
    zero: header.number('BZERO', 0),
    blank: typeof blank === 'number' ? blank : undefined,
  };
  return {
    path,
    header,
    shape: axes.toReversed(),
    units,
    readPlane(index) {
      if (index < 0 || index >= planeCount)
        fail('internal', `Plane ${index} of ${planeCount} was asked for.`, { file: path });
      const plane = new Float32Array(planeLength);
      const pieceLength = Math.floor(BYTES_PER_PIECE / width);
      for (let start = 0; start < planeLength; start += pieceLength) {
        const count = Math.min(pieceLength, planeLength - start);
        const bytes = new Uint8Array(count * width);
        source.read(dataOffset + (index * planeLength + start) * width, bytes);
        decodeInto(bytes, bitpix, scaling, plane.subarray(start, start + count));
      }
      return plane;
    },
    table(name) {
      const unit = units.find((other) => other.name === name && other.header.text('XTENSION') === 'BINTABLE');
      return unit && readTable(source, unit);
    },
    close: () => source.close(),
  };
}

/** A FITS image being written plane by plane, then its tables, then `close`. */
export interface FitsImageWriter {
  /** Appends the next plane, f32 [NAXIS2, NAXIS1]; NaN stands for blank pixels. */
  writePlane(values: Float32Array): void;
  /** Appends a binary table after the last plane. */
  writeTable(table: FitsTable): void;
  /** @throws internal when planes are missing */
  close(): void;
}

/** How 16-bit integers stand for pixel values: value = scale * integer + zero, cut off at low and high. */
export interface PixelScaling {
  readonly scale: number;
  readonly zero: number;
  readonly low: number;
  readonly high: number;
  /** Integer of blank pixels; undefined where there are none. */
  readonly blank?: number;
}

/** A plane as float32, or as 16-bit integers where it is scaled; big-endian. */
function encodePlane(values: Float32Array, scaling: PixelScaling | undefined): Uint8Array {
  if (!scaling) {
    const bytes = new Uint8Array(values.length * 4);
    new Float32Array(bytes.buffer).set(values);
    swapBytesInPlace(bytes, 4);
    return bytes;
  }
  const { scale, zero, low, high, blank } = scaling;
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  const lowest = blank === undefined ? -32_768 : -32_767;
  values.forEach((value, k) => {
    let stored = Number.isNaN(value) ? (blank ?? 0) : Math.trunc((value - zero) / scale);
    if (value > high) stored = 32_767;
    else if (value < low) stored = lowest;
    view.setInt16(2 * k, stored);
  });
  return bytes;
}

/**
 * Begins a FITS image of float32, or of scaled 16-bit integers; the caller stages the path.
 *
 * @param shape axis lengths, slow to fast
 * @param header entries after the mandatory ones (SIMPLE, BITPIX, NAXISn, EXTEND are written here)
 * @param scaling makes the pixels integers; the header must tell BSCALE, BZERO and BLANK
 */
export function createFitsImage(
  path: string,
  shape: readonly number[],
  header: FitsHeader,
  scaling?: PixelScaling,
): FitsImageWriter {
  const axes = shape.toReversed();
  const full = new FitsHeader([], path)
    .add('SIMPLE', true, 'Standard FITS')
    .add('BITPIX', scaling ? 16 : -32, scaling ? 'Short integer (16 bit)' : 'Floating point (32 bit)')
    .add('NAXIS', axes.length);
  axes.forEach((length, axis) => {
    full.add(`NAXIS${axis + 1}`, length);
  });
  full.add('EXTEND', true);
  full.cards.push(...header.cards);
  const sink: ByteSink = disk().create(path);
  sink.write(full.encode());
  const planeLength = axes[0] * axes[1];
  const planeCount = axes.slice(2).reduce((product, length) => product * length, 1);
  let written = 0;
  const end = primaryEnd(sink, () => {
    if (written !== planeCount) fail('internal', `${written} of ${planeCount} planes were written.`, { file: path });
    return planeCount * planeLength * (scaling ? 2 : 4);
  });
  return {
    writePlane(values) {
      if (values.length !== planeLength || written === planeCount)
        fail('internal', 'A plane does not fit the FITS image.', { file: path });
      sink.write(encodePlane(values, scaling));
      written++;
    },
    ...end,
  };
}
