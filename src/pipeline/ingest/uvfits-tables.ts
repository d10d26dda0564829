import type { FitsTable, RandomGroups } from '../../formats/fits/index.ts';
import { stokesOfCode } from '../../formats/fits/index.ts';
import { DEGREE, fail, SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import { frequencyFrameCode, stokesCode } from './enumerations.ts';
import { normalLongitude } from './table-rows.ts';

/** One axis of the arrays. */
export interface GroupAxis {
  readonly length: number;
  /** Values of one step of this axis. */
  readonly stride: number;
  readonly reference: number;
  readonly increment: number;
  /** From 1. */
  readonly referencePixel: number;
}

/** A window of the file, in the order of the MeasurementSet. */
export interface UvfitsWindow {
  /** Hz, [chan] */
  readonly freqs: Float64Array;
  /** Hz, negative where frequencies descend */
  readonly channelWidth: number;
  readonly totalBandwidth: number;
  readonly refFrequency: number;
  readonly sideband: number;
}

export interface UvfitsAntenna {
  readonly number: number;
  readonly name: string;
  /** ITRF, m */
  readonly position: readonly number[];
  readonly mount: string;
  /** m */
  readonly diameter: number;
  readonly receptors: readonly string[];
  /** rad */
  readonly angles: readonly number[];
}

export interface UvfitsField {
  readonly name: string;
  readonly code: string;
  /** rad */
  readonly direction: readonly [ra: number, dec: number];
  /** Hz and m/s, [window of one setup] */
  readonly restFrequencies: readonly number[];
  readonly velocities: readonly number[];
  /** rad/s */
  readonly motion: readonly number[];
}

/** All that a UVFITS file tells beside its visibilities. */
export interface UvfitsContent {
  readonly axes: Readonly<Record<'COMPLEX' | 'STOKES' | 'FREQ' | 'IF', GroupAxis>>;
  readonly windows: readonly UvfitsWindow[];
  /** Windows of one frequency setup. */
  readonly windowsPerSetup: number;
  /** casacore's code of the frequency frame. */
  readonly frameCode: number;
  /** casacore's codes in the order of the MeasurementSet, and places of these correlations in the file. */
  readonly corrTypes: readonly number[];
  readonly corrPlaces: readonly number[];
  readonly antennas: readonly UvfitsAntenna[];
  /** Fields by the number of SOURCE; one at 0 where the file has no table of them. */
  readonly fields: ReadonlyMap<number, UvfitsField>;
  readonly isB1950: boolean;
}

const FRAMES: Readonly<Record<string, string>> = {
  TOPOCENT: 'TOPO',
  BARYCENT: 'BARY',
  GEOCENTR: 'GEO',
  GALACTOC: 'GALACTO',
  SOURCE: 'REST',
};
const MOUNTS = ['ALT-AZ', 'EQUATORIAL', 'ORBITING', 'X-Y', 'ALT-AZ+NASMYTH-R', 'ALT-AZ+NASMYTH-L'];
const ALONE: GroupAxis = { length: 1, stride: 0, reference: 1, increment: 1, referencePixel: 1 };

function axesOf({ header, axes }: RandomGroups): Readonly<Record<string, GroupAxis>> {
  const found: Record<string, GroupAxis> = { IF: ALONE };
  let stride = 1;
  axes.forEach((length, index) => {
    const n = index + 2;
    found[header.text(`CTYPE${n}`).trim()] = {
      length,
      stride,
      reference: header.number(`CRVAL${n}`, 0),
      increment: header.number(`CDELT${n}`, 1),
      referencePixel: header.number(`CRPIX${n}`, 1),
    };
    stride *= length;
  });
  const missing = ['COMPLEX', 'STOKES', 'FREQ'].find((name) => !found[name]);
  if (missing) fail('missing', `The UVFITS file has no axis ${missing}.`, { file: header.file });
  if (found.COMPLEX.length !== 3)
    fail('unsupported', 'The complex axis of this UVFITS file has no weights.', { file: header.file });
  return found;
}

const numbersOf = (table: FitsTable | undefined, name: string): number[] =>
  (table?.columns.find((column) => column.name.trim() === name)?.values ?? []) as number[];
const textsOf = (table: FitsTable | undefined, name: string): string[] =>
  (table?.columns.find((column) => column.name.trim() === name)?.values ?? []) as string[];

/** The windows of all frequency setups: those of the table, or the one of the header. */
function windowsOf(table: FitsTable | undefined, axis: GroupAxis, perSetup: number): UvfitsWindow[] {
  const offsets = table ? numbersOf(table, 'IF FREQ') : [0];
  const count = Math.max(offsets.length, perSetup);
  return Array.from({ length: count }, (_, at) => {
    const told = numbersOf(table, 'CH WIDTH')[at] ?? axis.increment;
    // Widths of the table are of single precision; that of the header is the same where they agree.
    const isSame = Math.abs(Math.abs(told) - Math.abs(axis.increment)) <= 1e-6 * Math.abs(axis.increment);
    const channelWidth = isSame ? Math.sign(told) * Math.abs(axis.increment) : told;
    const refFrequency = axis.reference + (offsets[at] ?? 0);
    return {
      freqs: Float64Array.from(
        { length: axis.length },
        (__, chan) => refFrequency + (chan + 1 - axis.referencePixel) * channelWidth,
      ),
      channelWidth,
      totalBandwidth: numbersOf(table, 'TOTAL BANDWIDTH')[at] ?? axis.length * Math.abs(channelWidth),
      refFrequency,
      sideband: numbersOf(table, 'SIDEBAND')[at] ?? 1,
    };
  });
}

function antennasOf(table: FitsTable | undefined, file: string | undefined): UvfitsAntenna[] {
  if (!table) return fail('missing', 'The UVFITS file has no table of antennas (AIPS AN).', { file });
  const center = ['ARRAYX', 'ARRAYY', 'ARRAYZ'].map((name) => {
    const value = table.cards?.find(({ keyword }) => keyword === name)?.value;
    return typeof value === 'object' ? value.real : Number(value ?? 0);
  });
  const [numbers, places] = [numbersOf(table, 'NOSTA'), numbersOf(table, 'STABXYZ')];
  const types = [textsOf(table, 'POLTYA'), textsOf(table, 'POLTYB')];
  const angles = [numbersOf(table, 'POLAA'), numbersOf(table, 'POLAB')];
  const names = textsOf(table, 'ANNAME');
  if (places.length !== 3 * names.length)
    fail('bad-format', 'The table of antennas (AIPS AN) has not one position (STABXYZ) for each antenna.', { file });
  return names.map((name, row) => ({
    number: numbers[row] ?? row + 1,
    name,
    position: center.map((value, axis) => value + places[3 * row + axis]),
    mount: MOUNTS[numbersOf(table, 'MNTSTA')[row] ?? 0] ?? 'UNKNOWN',
    diameter: numbersOf(table, 'DIAMETER')[row] ?? 0,
    receptors: types.map((values) => values[row]?.trim() ?? '').filter((type) => type !== ''),
    angles: angles.map((values) => (values[row] ?? 0) * DEGREE),
  }));
}

function fieldsOf({ header }: RandomGroups, table: FitsTable | undefined, axes: Readonly<Record<string, GroupAxis>>) {
  if (!table) {
    const [ra, dec] = [axes.RA, axes.DEC].map((axis) => (axis?.reference ?? 0) * DEGREE);
    const direction = normalLongitude(ra, dec);
    const rest = header.number('RESTFREQ', 0);
    const field = { name: header.text('OBJECT').trim(), code: '', direction, velocities: [], motion: [0, 0] };
    return new Map<number, UvfitsField>([[0, { ...field, restFrequencies: rest > 0 ? [rest] : [] }]]);
  }
  const ids = numbersOf(table, 'ID. NO.');
  const names = textsOf(table, 'SOURCE');
  const at = (name: string, row: number) => numbersOf(table, name)[row] ?? 0;
  const part = (name: string, row: number) => {
    const values = numbersOf(table, name);
    const width = values.length / Math.max(1, table.rowCount);
    return values.slice(row * width, (row + 1) * width);
  };
  const turn = (degreesPerDay: number) => (degreesPerDay * DEGREE) / SECONDS_PER_DAY;
  return new Map<number, UvfitsField>(
    ids.map((id, row) => [
      id,
      {
        name: names[row] ?? '',
        code: textsOf(table, 'CALCODE')[row]?.trim() ?? '',
        direction: normalLongitude(at('RAEPO', row) * DEGREE, at('DECEPO', row) * DEGREE),
        restFrequencies: part('RESTFREQ', row),
        velocities: part('LSRVEL', row),
        motion: [turn(at('PMRA', row)), turn(at('PMDEC', row))],
      },
    ]),
  );
}

/** Reads the header and the tables of a UVFITS file. @throws missing, unsupported, bad-format */
export function readContent(file: RandomGroups): UvfitsContent {
  const { header } = file;
  const axes = axesOf(file) as UvfitsContent['axes'] & Readonly<Record<string, GroupAxis>>;
  const { STOKES } = axes;
  const corrs = Array.from({ length: STOKES.length }, (_, at) => {
    const name = stokesOfCode(STOKES.reference + (at + 1 - STOKES.referencePixel) * STOKES.increment, header.file);
    return { at, code: stokesCode(name) };
  }).sort((one, other) => one.code - other.code);
  const frame = header.text('SPECSYS').trim();
  const epoch = header.number('EPOCH', header.number('EQUINOX', 2000));
  return {
    axes,
    windows: windowsOf(file.table('AIPS FQ'), axes.FREQ, axes.IF.length),
    windowsPerSetup: axes.IF.length,
    frameCode: frequencyFrameCode(frame === '' ? undefined : (FRAMES[frame] ?? frame)),
    corrTypes: corrs.map(({ code }) => code),
    corrPlaces: corrs.map(({ at }) => at),
    antennas: antennasOf(file.table('AIPS AN'), header.file),
    fields: fieldsOf(file, file.table('AIPS SU'), axes),
    isB1950: epoch === 1950,
  };
}
