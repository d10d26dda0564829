import type { ArrayValue, KeywordValue, TableRecord } from '../../formats/tables/index.ts';
import { arrayKeyword, recordKeyword, scalarKeyword } from '../../formats/tables/index.ts';
import { ARCSEC, DEGREE } from '../../foundation/base/index.ts';
import type { Disk } from './disk.ts';
import { evaluateSpectrum, type PointSpectrum } from './point-spectrum.ts';

/** A source in the model of one window: a point, a disk, or a Gaussian. */
export interface PointComponent {
  /** J2000, rad */
  readonly ra: number;
  readonly dec: number;
  readonly spectrum: PointSpectrum;
  readonly disk?: Disk;
}

/** The model of one field in one window, as a record of CASA's virtual model holds it. */
export interface WindowModel {
  readonly spwId: number;
  readonly chanCount: number;
  readonly components: readonly PointComponent[];
  /** Scans and states of the data that the model was made for, [combination] */
  readonly scans: readonly number[];
  readonly states: readonly number[];
}

const text = (value: string) => scalarKeyword('String', value);
const double = (value: number) => scalarKeyword('Double', value);
const integer = (value: number) => scalarKeyword('Int', value);
const doubles = (values: readonly number[] | Float64Array) =>
  arrayKeyword('Double', [values.length], Float64Array.from(values));
const record = (entries: [string, KeywordValue][]) => recordKeyword(new Map(entries));
const quantity = (value: number, unit: string) =>
  record([
    ['value', double(value)],
    ['unit', text(unit)],
  ]);

function frequencyRecord(hz: number, frame: string): KeywordValue {
  return record([
    ['type', text('frequency')],
    ['refer', text(frame)],
    ['m0', quantity(hz / 1e9, 'GHz')],
  ]);
}

/** The record of a spectrum, as virtual models and tables of component lists have it. */
export function spectrumRecord(spectrum: PointSpectrum, frame = 'LSRK', isConstant = false): TableRecord {
  if (isConstant && spectrum.kind === 'power-law') {
    return new Map([
      ['type', text('Constant')],
      ['frequency', frequencyRecord(spectrum.referenceHz, frame)],
    ]);
  }
  if (spectrum.kind === 'power-law') {
    const [index = 0] = spectrum.spectralIndex;
    return new Map([
      ['type', text('Spectral Index')],
      ['frequency', frequencyRecord(spectrum.referenceHz, frame)],
      ['index', double(index)],
      ['stokesindex', doubles([index, 0, 0, 0])],
      ['error', double(0)],
    ]);
  }
  const { frequencies, stokes } = spectrum;
  return new Map([
    ['type', text('Tabular Spectrum')],
    ['frequency', frequencyRecord(frequencies[0], 'TOPO')],
    [
      'freqRef',
      record([
        ['type', text('frequency')],
        ['refer', text('TOPO')],
        ['m0', quantity(0, 'Hz')],
      ]),
    ],
    ['tabFreqVal', doubles(frequencies)],
    ['ival', doubles(stokes[0])],
    ['qval', doubles(stokes[1])],
    ['uval', doubles(stokes[2])],
    ['vval', doubles(stokes[3])],
    ['referenceFreq', double(frequencies[0])],
    ['maxFreq', double(Math.max(...frequencies))],
    ['minFreq', double(Math.min(...frequencies))],
  ]);
}

/** CASA can hold a power law only when it is a plain one and unpolarized; else the spectrum is sampled. */
function storable(spectrum: PointSpectrum, chanFreqs: readonly number[]): PointSpectrum {
  if (spectrum.kind === 'sampled') return spectrum;
  const isPlain = spectrum.spectralIndex.length <= 1 && spectrum.stokes.slice(1).every((value) => value === 0);
  if (isPlain) return spectrum;
  const frequencies = Float64Array.from(chanFreqs);
  const stokes = [0, 1, 2, 3].map(() => new Float64Array(frequencies.length));
  const values = new Float64Array(4);
  frequencies.forEach((frequency, chan) => {
    evaluateSpectrum(spectrum, frequency, values);
    for (let index = 0; index < 4; index++) stokes[index][chan] = values[index];
  });
  return { kind: 'sampled', frequencies, stokes };
}

/** Fields of the record of a disk beyond those of a point. */
function diskEntries(disk: Disk | undefined): [string, KeywordValue][] {
  if (!disk) return [];
  return [
    ['majoraxis', quantity(disk.major / ARCSEC, 'arcsec')],
    ['minoraxis', quantity(disk.minor / ARCSEC, 'arcsec')],
    ['positionangle', quantity(disk.positionAngle / DEGREE, 'deg')],
    ...['majoraxiserror', 'minoraxiserror', 'positionangleerror'].map((name): [string, KeywordValue] => [
      name,
      quantity(0, 'rad'),
    ]),
  ];
}

function componentRecord(component: PointComponent, chanFreqs: readonly number[]): KeywordValue {
  const spectrum = storable(component.spectrum, chanFreqs);
  const flux =
    spectrum.kind === 'power-law'
      ? [0, 1, 2, 3].map((index) => spectrum.stokes[index] ?? 0)
      : spectrum.stokes.map((values) => values[0]);
  const zeroAngle = quantity(0, 'rad');
  return record([
    [
      'flux',
      record([
        ['value', doubles(flux)],
        ['unit', text('Jy')],
        ['polarisation', text('Stokes')],
        ['error', doubles([0, 0, 0, 0])],
      ]),
    ],
    [
      'shape',
      record([
        ['type', text(component.disk ? (component.disk.isGaussian ? 'Gaussian' : 'Disk') : 'Point')],
        [
          'direction',
          record([
            ['type', text('direction')],
            ['refer', text('J2000')],
            ['m1', quantity(component.dec, 'rad')],
            ['m0', quantity(component.ra, 'rad')],
            [
              'error',
              record([
                ['longitude', zeroAngle],
                ['latitude', zeroAngle],
              ]),
            ],
          ]),
        ],
        ...diskEntries(component.disk),
      ]),
    ],
    ['spectrum', recordKeyword(spectrumRecord(spectrum))],
    ['label', text('')],
  ]);
}

/**
 * The record of CASA's virtual model for one field.
 *
 * @param models one entry per window
 * @param chanFreqs channels of a window, Hz
 */
export function encodeModel(
  fieldId: number,
  models: readonly WindowModel[],
  chanFreqs: (spwId: number) => readonly number[],
): TableRecord {
  const result: TableRecord = new Map([
    ['version', integer(2)],
    ['numcl', integer(models.length)],
  ]);
  models.forEach((model, index) => {
    const container: [string, KeywordValue][] = model.components.map((component, at) => [
      `component${at}`,
      componentRecord(component, chanFreqs(model.spwId)),
    ]);
    const count = Math.max(1, model.scans.length);
    const combination = new Int32Array(4 * count);
    for (let at = 0; at < count; at++) {
      combination[at] = fieldId;
      combination[count + at] = model.spwId;
      combination[2 * count + at] = model.scans[at] ?? -1;
      combination[3 * count + at] = model.states[at] ?? -1;
    }
    result.set(
      `cl_${index}`,
      record([
        ['version', integer(2)],
        ['type', text('componentlist')],
        ['container', record([['nelements', integer(model.components.length)], ...container])],
        ['indexcombination', arrayKeyword('Int', [4, count], combination)],
        ['channelselection', arrayKeyword('Int', [4, 1], Int32Array.of(model.spwId, 0, model.chanCount, 1))],
      ]),
    );
  });
  return result;
}

/** Fields of a record by name; undefined when absent or of another kind. */
const innerOf = (from: TableRecord | undefined, name: string): TableRecord | undefined => {
  const value = from?.get(name);
  return value?.type === 'Record' ? value.record : undefined;
};
const arrayOf = (from: TableRecord | undefined, name: string): ArrayValue | undefined => {
  const value = from?.get(name);
  return value && 'array' in value ? value.array : undefined;
};
const numberOf = (from: TableRecord | undefined, name: string, otherwise: number): number => {
  const value = from?.get(name);
  return value && 'value' in value && value.type !== 'String' ? Number(value.value) : otherwise;
};
const textOf = (from: TableRecord | undefined, name: string): string => {
  const value = from?.get(name);
  return value && 'value' in value ? String(value.value) : '';
};
const numbersOf = (from: TableRecord | undefined, name: string): Float64Array =>
  Float64Array.from((arrayOf(from, name)?.values as ArrayLike<number> | undefined) ?? []);

const UNITS: Readonly<Record<string, number>> = {
  GHz: 1e9,
  MHz: 1e6,
  kHz: 1e3,
  deg: DEGREE,
  arcmin: 60 * ARCSEC,
  arcsec: ARCSEC,
  mas: ARCSEC / 1e3,
};

/** Value of a quantity in Hz or rad. */
const inBaseUnit = (quantityRecord: TableRecord | undefined) =>
  numberOf(quantityRecord, 'value', 0) * (UNITS[textOf(quantityRecord, 'unit')] ?? 1);

/** Value of a frequency or angle record in Hz or rad. */
function measureValue(from: TableRecord | undefined, name: string): number {
  return inBaseUnit(innerOf(from, name));
}

function decodeDisk(shape: TableRecord | undefined): Disk | undefined {
  const type = textOf(shape, 'type');
  if (type !== 'Disk' && type !== 'Gaussian') return undefined;
  const [major, minor, positionAngle] = ['majoraxis', 'minoraxis', 'positionangle'].map((name) =>
    inBaseUnit(innerOf(shape, name)),
  );
  return { major, minor, positionAngle, ...(type === 'Gaussian' && { isGaussian: true }) };
}

function decodeSpectrum(flux: Float64Array, spectrum: TableRecord | undefined): PointSpectrum {
  if (textOf(spectrum, 'type') === 'Tabular Spectrum') {
    const stokes = ['ival', 'qval', 'uval', 'vval'].map((name) => numbersOf(spectrum, name));
    return { kind: 'sampled', frequencies: numbersOf(spectrum, 'tabFreqVal'), stokes };
  }
  const referenceHz = measureValue(innerOf(spectrum, 'frequency'), 'm0') || 1e9;
  const stokes = Array.from({ length: 4 }, (_, index) => flux[index] ?? 0);
  return { kind: 'power-law', stokes, referenceHz, spectralIndex: [numberOf(spectrum, 'index', 0)] };
}

/** Reads the record of a virtual model; extended components other than disks and Gaussians come back as points at their centres. */
export function decodeModel(model: TableRecord): WindowModel[] {
  const result: WindowModel[] = [];
  for (let index = 0; index < numberOf(model, 'numcl', 0); index++) {
    const list = innerOf(model, `cl_${index}`);
    const container = innerOf(list, 'container');
    const components: PointComponent[] = [];
    for (let at = 0; at < numberOf(container, 'nelements', 0); at++) {
      const component = innerOf(container, `component${at}`);
      const shape = innerOf(component, 'shape');
      const direction = innerOf(shape, 'direction');
      const disk = decodeDisk(shape);
      components.push({
        ra: measureValue(direction, 'm0'),
        dec: measureValue(direction, 'm1'),
        spectrum: decodeSpectrum(numbersOf(innerOf(component, 'flux'), 'value'), innerOf(component, 'spectrum')),
        ...(disk ? { disk } : {}),
      });
    }
    const combination = arrayOf(list, 'indexcombination');
    const selection = arrayOf(list, 'channelselection');
    const count = combination ? combination.values.length / 4 : 0;
    const values = (combination?.values ?? []) as Int32Array;
    const chosen = (selection?.values ?? []) as Int32Array;
    const chans = chosen.length / 4;
    const windows = new Set(Array.from({ length: count }, (_, at) => values[count + at]));
    for (const spwId of windows) {
      const own = Array.from({ length: count }, (_, at) => at).filter((at) => values[count + at] === spwId);
      result.push({
        spwId,
        chanCount: chosen[2 * chans] ?? 0,
        components,
        scans: own.map((at) => values[2 * count + at]),
        states: own.map((at) => values[3 * count + at]),
      });
    }
  }
  return result;
}
