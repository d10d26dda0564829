import {
  type ColumnDescription,
  createTable,
  encodeRecord,
  isTable,
  openTable,
  recordKeyword,
  scalarKeyword,
  type Table,
  type TableRecord,
} from '../../formats/tables/index.ts';
import { ARCSEC, DEGREE, fail } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import { spectrumRecord } from './model-record.ts';
import type { PointSpectrum } from './point-spectrum.ts';

/** A number as the user or CASA wrote it. */
export interface ListedQuantity {
  readonly value: number;
  readonly unit: string;
}

export type ComponentShape = 'Point' | 'Gaussian' | 'Disk';

/** A component of a list, as CASA's tool cl has it. */
export interface ListedComponent {
  /** I, Q, U, V in `fluxUnit` */
  readonly flux: readonly number[];
  readonly fluxError: readonly number[];
  readonly fluxUnit: string;
  /** rad */
  readonly longitude: number;
  readonly latitude: number;
  /** J2000, ICRS … */
  readonly frame: string;
  /** rad */
  readonly directionError: readonly [longitude: number, latitude: number];
  readonly shape: ComponentShape;
  /** Full axes (Gaussian: at half maximum) and position angle with their errors; of a point nothing. */
  readonly axes: readonly ListedQuantity[];
  readonly axisErrors: readonly ListedQuantity[];
  /** Of the spectrum: GHz */
  readonly frequencyGHz: number;
  readonly frequencyFrame: string;
  /** S is proportional to f to this power; undefined: constant. */
  readonly spectralIndex?: number;
  readonly label: string;
}

/** Units of angles, rad. */
export const ANGLES: Readonly<Record<string, number>> = {
  ...{ rad: 1, deg: DEGREE, arcmin: 60 * ARCSEC, arcsec: ARCSEC, mas: ARCSEC / 1e3, marcsec: ARCSEC / 1e3 },
};

/** An angle in rad; @throws usage for another unit */
export function angleOf({ value, unit }: ListedQuantity): number {
  return value * (ANGLES[unit] ?? fail('usage', `"${unit}" is no unit of an angle.`));
}

const column = (
  name: string,
  type: ColumnDescription['type'],
  comment: string,
  more: Partial<ColumnDescription> = {},
) => ({
  ...{ name, type, comment, kind: 'scalar' as const },
  ...more,
});
const four = { kind: 'array', shape: [4], axisCount: 1 } as const;
const two = { kind: 'array', shape: [2], axisCount: 1 } as const;
const list = { kind: 'array', axisCount: 1 } as const;
const texts = (values: readonly string[]) => ({
  type: 'String' as const,
  array: { shape: [values.length], values: [...values] },
});
const measure = (type: string, frameColumn: string, units: readonly string[]): TableRecord =>
  new Map([
    [
      'MEASINFO',
      recordKeyword(
        new Map([
          ['type', scalarKeyword('String', type)],
          ['VarRefCol', scalarKeyword('String', frameColumn)],
        ]),
      ),
    ],
    ['QuantumUnits', texts(units)],
  ]);
const unitsIn = (name: string): TableRecord => new Map([['VariableUnits', scalarKeyword('String', name)]]);

/** The columns of casacore's ComponentList (casacore components/ComponentModels/ComponentList.cc). */
const COLUMNS: readonly ColumnDescription[] = [
  column('Flux', 'DComplex', 'Flux values', four),
  column('Flux_Unit', 'String', 'Flux units'),
  column('Flux_Polarisation', 'String', 'Flux polarisation representation'),
  column('Flux_Error', 'DComplex', 'Flux errors', four),
  column('Shape', 'String', 'Shape of the Component'),
  column('Reference_Direction', 'Double', 'Reference direction values', {
    ...two,
    keywords: measure('direction', 'Direction_Frame', ['rad', 'rad']),
  }),
  column('Direction_Frame', 'String', 'The reference direction frame'),
  column('Direction_Error', 'Double', 'Error in the reference direction values', {
    ...two,
    keywords: unitsIn('Direction_Error_Units'),
  }),
  column('Direction_Error_Units', 'String', 'Units of the direction error', two),
  column('Shape_Parameters', 'Double', 'Parameters specific to the component shape', list),
  column('Shape_Error', 'Double', 'Error in the shape parameters', list),
  column('Spectrum_Shape', 'String', 'Shape of the spectrum'),
  column('Reference_Frequency', 'Double', 'The reference frequency values', {
    keywords: measure('frequency', 'Frequency_Frame', ['Hz']),
  }),
  column('Frequency_Frame', 'String', 'The reference frequency frame'),
  column('Frequency_Error', 'Double', 'Error in the reference frequency', {
    keywords: unitsIn('Frequency_Error_Units'),
  }),
  column('Frequency_Error_Units', 'String', 'Units of the frequency error'),
  column('Spectral_Parameters', 'Double', 'Parameters specific to the components spectrum', list),
  column('Spectral_Error', 'Double', 'Errors in the spectral parameters', list),
  column('Label', 'String', 'An arbitrary label for the user'),
  column('Spectral_Record', 'UChar', '', { kind: 'array', isRecord: true }),
];

const README = 'This is a ComponentList Table containing parameterised representations\nof the sky brightness.\n';

/** Writes a list as CASA's table, in the place of what is there. */
export function writeComponentList(path: string, components: readonly ListedComponent[]): void {
  const beside = `${path}.writing`;
  disk().remove(beside);
  const table = createTable(beside, {
    columns: COLUMNS,
    storageManagers: [{ type: 'StandardStMan', name: 'StandardStMan', columns: COLUMNS.map(({ name }) => name) }],
    info: { type: 'Component List', subType: '', readme: README },
  });
  table.addRows(components.length);
  components.forEach((component, row) => {
    writeRow(table, row, component);
  });
  table.close();
  disk().remove(path);
  disk().rename(beside, path);
}

function writeRow(table: Table, row: number, component: ListedComponent): void {
  const put = (name: string, value: string | number) => table.column(name).put(row, value);
  const array = (name: string, values: readonly number[]) =>
    table.column(name).put(row, { shape: [values.length], values: Float64Array.from(values) });
  const complex = (name: string, values: readonly number[]) =>
    table.column(name).put(row, { shape: [4], values: Float64Array.from(values.flatMap((value) => [value, 0])) });
  complex('Flux', component.flux);
  put('Flux_Unit', component.fluxUnit);
  put('Flux_Polarisation', 'Stokes');
  complex('Flux_Error', component.fluxError);
  put('Shape', component.shape);
  array('Reference_Direction', [component.longitude, component.latitude]);
  put('Direction_Frame', component.frame);
  array('Direction_Error', component.directionError);
  table.column('Direction_Error_Units').put(row, { shape: [2], values: ['rad', 'rad'] });
  array('Shape_Parameters', component.axes.map(angleOf));
  array('Shape_Error', component.axisErrors.map(angleOf));
  put('Spectrum_Shape', component.spectralIndex === undefined ? 'Constant' : 'Spectral Index');
  put('Reference_Frequency', component.frequencyGHz * 1e9);
  put('Frequency_Frame', component.frequencyFrame);
  put('Frequency_Error', 0);
  put('Frequency_Error_Units', 'GHz');
  array('Spectral_Parameters', component.spectralIndex === undefined ? [] : [component.spectralIndex]);
  array('Spectral_Error', [0]);
  put('Label', component.label);
  const spectrum = spectrumRecord(
    spectrumOf(component),
    component.frequencyFrame,
    component.spectralIndex === undefined,
  );
  const bytes = encodeRecord(spectrum);
  table.column('Spectral_Record').put(row, { shape: [bytes.length], values: bytes });
}

/** The components of a list on disk; @throws missing, bad-format, unsupported for other shapes and spectra */
export function readComponentList(path: string): ListedComponent[] {
  if (!isTable(path)) fail('missing', 'There is no component list of this name.', { file: path });
  const table = openTable(path);
  try {
    if (!table.hasColumn('Flux') || !table.hasColumn('Shape_Parameters'))
      fail('bad-format', 'This table is no component list.', { file: path });
    return Array.from({ length: table.rowCount }, (_, row) => readRow(table, row, path));
  } finally {
    table.close();
  }
}

const SHAPES: readonly ComponentShape[] = ['Point', 'Gaussian', 'Disk'];

function readRow(table: Table, row: number, file: string): ListedComponent {
  const text = (name: string) => String(table.column(name).get(row));
  const numbers = (name: string) => {
    const source = table.column(name);
    const cell = source.isDefined(row) ? source.get(row) : undefined;
    return typeof cell === 'object' && 'values' in cell ? Array.from(cell.values as ArrayLike<number>, Number) : [];
  };
  const real = (name: string) => numbers(name).filter((_, at) => at % 2 === 0);
  const kind = text('Shape');
  const shape =
    SHAPES.find((name) => name === kind) ?? fail('unsupported', `Components of shape ${kind} are not read.`, { file });
  const spectrum = text('Spectrum_Shape');
  if (spectrum !== 'Constant' && spectrum !== 'Spectral Index')
    fail('unsupported', `Components with a spectrum of kind ${spectrum} are not read.`, { file });
  const [longitude = 0, latitude = 0] = numbers('Reference_Direction');
  const units = ['arcmin', 'arcmin', 'deg'];
  const inUnits = (values: readonly number[]) =>
    values.map((value, at) => ({ value: value / ANGLES[units[at]], unit: units[at] }));
  const errors = numbers('Direction_Error');
  return {
    ...{ flux: real('Flux'), fluxError: real('Flux_Error'), fluxUnit: text('Flux_Unit'), longitude, latitude },
    frame: text('Direction_Frame'),
    directionError: [errors[0] ?? 0, errors[1] ?? 0],
    shape,
    axes: inUnits(numbers('Shape_Parameters').slice(0, 3)),
    axisErrors: numbers('Shape_Error')
      .slice(0, 3)
      .map((value) => ({ value, unit: 'rad' })),
    frequencyGHz: Number(table.column('Reference_Frequency').get(row)) / 1e9,
    frequencyFrame: text('Frequency_Frame'),
    ...(spectrum === 'Spectral Index' && { spectralIndex: numbers('Spectral_Parameters')[0] ?? 0 }),
    label: text('Label'),
  };
}

const JANSKYS: Readonly<Record<string, number>> = { Jy: 1, mJy: 1e-3, uJy: 1e-6 };

/** Flux densities in Jy against frequency; @throws unsupported for other units than Jy, mJy and uJy */
export function spectrumOf({ flux, fluxUnit, frequencyGHz, spectralIndex = 0 }: ListedComponent): PointSpectrum {
  const scale =
    JANSKYS[fluxUnit] ?? fail('unsupported', `A flux density in ${fluxUnit} is not understood; give it in Jy or mJy.`);
  return {
    kind: 'power-law',
    stokes: flux.map((value) => value * scale),
    referenceHz: frequencyGHz * 1e9,
    spectralIndex: [spectralIndex],
  };
}
