import { fail } from '../../foundation/base/index.ts';
import { type ByteSink, disk, swapBytesInPlace } from '../../foundation/bytes/index.ts';
import { scanUnits } from './hdu.ts';
import { FitsHeader } from './header.ts';
import { primaryEnd } from './primary-end.ts';
import { type FitsTable, readTable } from './table.ts';

/** What every group of a file holds: its parameters, then an array. */
export interface GroupShape {
  /** PTYPEn, each with its comment. */
  readonly parameters: readonly { readonly name: string; readonly comment?: string }[];
  /** Axis lengths of the array, fastest first: NAXIS2, NAXIS3, … */
  readonly axes: readonly number[];
  readonly groupCount: number;
}

/** A file of random groups being written: all groups in order, then tables, then `close`. */
export interface RandomGroupsWriter {
  /** Values of one group: parameters and array. */
  readonly groupLength: number;
  /** Appends whole groups; the values are swapped where they are. */
  writeGroups(values: Float32Array): void;
  writeTable(table: FitsTable): void;
  /** @throws internal when groups are missing */
  close(): void;
}

/**
 * Begins a FITS file of random groups of float32 (FITS 4.0, section 6); the caller stages the path.
 *
 * @param header entries after the mandatory ones, before those of the parameters
 * @param last entries after those of the parameters
 */
export function createRandomGroups(
  path: string,
  { parameters, axes, groupCount }: GroupShape,
  header: FitsHeader,
  last: FitsHeader,
): RandomGroupsWriter {
  const full = new FitsHeader([], path)
    .add('SIMPLE', true, 'Standard FITS')
    .add('BITPIX', -32, 'Floating point (32 bit)')
    .add('NAXIS', axes.length + 1)
    .add('NAXIS1', 0, 'Random groups, no image');
  axes.forEach((length, axis) => {
    full.add(`NAXIS${axis + 2}`, length);
  });
  full
    .add('EXTEND', true)
    .add('GROUPS', true, 'Random groups of visibilities')
    .add('PCOUNT', parameters.length, 'Parameters of a group')
    .add('GCOUNT', groupCount, 'Groups');
  full.cards.push(...header.cards);
  parameters.forEach(({ name, comment }, index) => {
    full.add(`PTYPE${index + 1}`, name, comment);
    full.add(`PSCAL${index + 1}`, { real: 1 }).add(`PZERO${index + 1}`, { real: 0 });
  });
  full.cards.push(...last.cards);
  const sink: ByteSink = disk().create(path);
  sink.write(full.encode());
  const groupLength = parameters.length + axes.reduce((product, length) => product * length, 1);
  let written = 0;
  const end = primaryEnd(sink, () => {
    if (written !== groupCount) fail('internal', `${written} of ${groupCount} groups were written.`, { file: path });
    return 4 * groupCount * groupLength;
  });
  return {
    groupLength,
    writeGroups(values) {
      written += values.length / groupLength;
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      swapBytesInPlace(bytes, 4);
      sink.write(bytes);
    },
    ...end,
  };
}

/** An open file of random groups. */
export interface RandomGroups {
  readonly header: FitsHeader;
  readonly groupCount: number;
  /** Names of the parameters, in order; one name may stand for several that add up. */
  readonly parameters: readonly string[];
  /** Axis lengths of the array, fastest first: NAXIS2, NAXIS3, … */
  readonly axes: readonly number[];
  /** Values of the array. */
  readonly arrayLength: number;
  /**
   * Groups from `first` on.
   * @returns parameters [group, parameter], scaled by PSCAL and PZERO; arrays [group, value], scaled by BSCALE and BZERO
   */
  read(first: number, count: number): { readonly parameters: Float64Array; readonly values: Float32Array };
  /** The binary table of that EXTNAME, or undefined. */
  table(name: string): FitsTable | undefined;
  close(): void;
}

const READERS: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  [-64]: (view, at) => view.getFloat64(8 * at),
  [-32]: (view, at) => view.getFloat32(4 * at),
  16: (view, at) => view.getInt16(2 * at),
  32: (view, at) => view.getInt32(4 * at),
};

/**
 * Opens a file of random groups (FITS 4.0, section 6), such as UVFITS.
 *
 * @throws bad-format, missing, unsupported
 */
export function openRandomGroups(path: string): RandomGroups {
  const source = disk().open(path);
  const units = scanUnits(source);
  const [{ header, dataOffset }] = units;
  if (header.get('GROUPS') !== true || header.axisLengths()[0] !== 0)
    fail('bad-format', 'This FITS file holds no random groups, so it is no UVFITS.', { file: path });
  const axes = header.axisLengths().slice(1);
  const bitpix = header.number('BITPIX');
  const readValue =
    READERS[bitpix] ?? fail('unsupported', `Random groups of BITPIX ${bitpix} are not read.`, { file: path });
  const [parameterCount, groupCount] = [header.number('PCOUNT'), header.number('GCOUNT')];
  const numbered = <T>(make: (n: number) => T) => Array.from({ length: parameterCount }, (_, index) => make(index + 1));
  const scales = numbered((n) => header.number(`PSCAL${n}`, 1));
  const zeros = numbered((n) => header.number(`PZERO${n}`, 0));
  const [scale, zero] = [header.number('BSCALE', 1), header.number('BZERO', 0)];
  const arrayLength = axes.reduce((product, length) => product * length, 1);
  const groupBytes = ((parameterCount + arrayLength) * Math.abs(bitpix)) / 8;
  return {
    header,
    groupCount,
    parameters: numbered((n) => header.text(`PTYPE${n}`).trim()),
    axes,
    arrayLength,
    read(first, count) {
      const bytes = new Uint8Array(count * groupBytes);
      source.read(dataOffset + first * groupBytes, bytes);
      const view = new DataView(bytes.buffer);
      const parameters = new Float64Array(count * parameterCount);
      const values = new Float32Array(count * arrayLength);
      for (let group = 0, at = 0; group < count; group++) {
        for (let index = 0; index < parameterCount; index++, at++)
          parameters[group * parameterCount + index] = readValue(view, at) * scales[index] + zeros[index];
        for (let index = 0; index < arrayLength; index++, at++)
          values[group * arrayLength + index] = readValue(view, at) * scale + zero;
      }
      return { parameters, values };
    },
    table(name) {
      const unit = units.find((other) => other.name.trim() === name);
      return unit && readTable(source, unit);
    },
    close: () => source.close(),
  };
}
