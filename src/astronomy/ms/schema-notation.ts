import type { ColumnDescription, DataType, KeywordValue, TableRecord } from '../../formats/tables/index.ts';
import { arrayKeyword, recordKeyword, scalarKeyword } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** Names and codes of casacore's direction frames, as a column with a variable frame lists them. */
const DIRECTION_FRAMES = {
  types: (
    'J2000 JMEAN JTRUE APP B1950 B1950_VLA BMEAN BTRUE GALACTIC HADEC AZEL AZELSW AZELNE AZELGEO AZELSWGEO AZELNEGEO ' +
    'JNAT ECLIPTIC MECLIPTIC TECLIPTIC SUPERGAL ITRF TOPO ICRS MERCURY VENUS MARS JUPITER SATURN URANUS NEPTUNE PLUTO ' +
    'SUN MOON COMET'
  ).split(' '),
  codes: [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 10, 12, 13, 12, 14, 15, 16, 17, 18, 19, 20, 21, 32, 33, 34, 35, 36, 37, 38,
    39, 40, 41, 42,
  ],
};

/** Names and codes of casacore's frequency frames. */
const FREQUENCY_FRAMES = {
  types: 'REST LSRK LSRD BARY GEO TOPO GALACTO LGROUP CMB Undefined'.split(' '),
  codes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 64],
};

const LINE = /^(\S+) ([A-Z][A-Za-z0-9]*)(?:\[([^\]]*)\])?(?: ([^\s:]+))?(?: ([a-z]+):(\$?)(\S+))?$/;

/**
 * Reads column descriptions written one per line: `NAME Type[shape] unit,unit measure:REFERENCE`.
 *
 * The shape is left out for scalars; `[3]` is fixed, `[*,*]` has two free axes, `[?]` has any number of axes.
 * A reference that begins with `$` names the column holding the frame of each row.
 */
export function parseColumns(text: string): ColumnDescription[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(parseColumn);
}

function parseColumn(line: string): ColumnDescription {
  const match = LINE.exec(line);
  if (!match) fail('internal', `The schema line "${line}" cannot be read.`);
  const [, name, type, shape, units, measure, variable, reference] = match;
  const keywords: TableRecord = new Map();
  if (units) keywords.set('QuantumUnits', stringArray(units.split(',')));
  if (measure) keywords.set('MEASINFO', measureInfo(measure, reference, variable === '$'));
  if (name === 'FLAG_CATEGORY') keywords.set('CATEGORY', stringArray([]));
  const base = { name, type: type as DataType, keywords };
  if (shape === undefined) return { ...base, kind: 'scalar' };
  if (shape === '?') return { ...base, kind: 'array' };
  const axes = shape.split(',');
  if (axes.includes('*')) return { ...base, kind: 'array', axisCount: axes.length };
  return { ...base, kind: 'array', axisCount: axes.length, shape: axes.map(Number) };
}

function stringArray(values: string[]): KeywordValue {
  return arrayKeyword('String', [values.length], values);
}

function measureInfo(type: string, reference: string, isVariable: boolean): KeywordValue {
  const record: TableRecord = new Map([['type', scalarKeyword('String', type)]]);
  if (!isVariable) {
    record.set('Ref', scalarKeyword('String', reference));
    return recordKeyword(record);
  }
  const frames = type === 'direction' ? DIRECTION_FRAMES : FREQUENCY_FRAMES;
  record.set('VarRefCol', scalarKeyword('String', reference));
  record.set('TabRefTypes', stringArray(frames.types));
  record.set('TabRefCodes', arrayKeyword('UInt', [frames.codes.length], Uint32Array.from(frames.codes)));
  return recordKeyword(record);
}
