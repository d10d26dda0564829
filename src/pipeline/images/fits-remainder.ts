import type { FitsHeader } from '../../formats/fits/index.ts';
import type { KeywordValue, TableRecord } from '../../formats/tables/index.ts';
import { bool, double, int, text } from './records.ts';

/** Cards that say something of the file, of the coordinates or of the observation: the image keeps it elsewhere. */
const CONSUMED = [
  /^(SIMPLE|BITPIX|NAXIS\d*|EXTEND|BLOCKED|XTENSION|PCOUNT|GCOUNT|BSCALE|BZERO|BLANK|DATAMAX|DATAMIN|ORIGIN|BUNIT)$/,
  /^(HISTORY|COMMENT|END|CONTINUE|LONGSTRN|INHERIT|CHECKSUM|DATASUM|EXTVER|EXTLEVEL)$/,
  /^(CTYPE|CRVAL|CRPIX|CDELT|CUNIT|CROTA|CNAME|CRDER|CSYER)\d+[A-Z]?$/,
  /^(PC|CD|PV|PS)\d+_\d+[A-Z]?$/,
  /^PC\d{6}$/,
  /^(WCSAXES|WCSNAME|LONPOLE|LATPOLE|EQUINOX|RADESYS|RESTFRQ|RESTWAV|SPECSYS|SSYSOBS|SSYSSRC|VELANGL|VELOSYS|ZSOURCE|MJD-OBS|MJD-AVG)[A-Z]?$/,
  /^(EPOCH|RADECSYS|RESTFREQ|VELREF|TELESCOP|OBSERVER|TIMESYS|OBSRA|OBSDEC|OBSGEO-[XYZ])$/,
  /DATE/,
];

function keywordValue(value: string | number | boolean, isReal: boolean): KeywordValue {
  // A text of blanks alone is one blank (FITS 4.0, section 4.2.1.1).
  if (typeof value === 'string') return text(value === '' ? ' ' : value);
  if (typeof value === 'boolean') return bool(value);
  return isReal || !Number.isInteger(value) || Math.abs(value) > 0x7fffffff ? double(value) : int(value);
}

/** What a header says beyond that, under lower-case names: casacore keeps it as the image's `miscinfo`. */
export function remainingCards(header: FitsHeader): TableRecord {
  const fields = new Map<string, KeywordValue>();
  for (const { keyword, value } of header.cards) {
    if (keyword === '' || value === undefined || CONSUMED.some((pattern) => pattern.test(keyword))) continue;
    const [plain, isReal] = typeof value === 'object' ? [value.real, true] : [value, false];
    fields.set(keyword.toLowerCase(), keywordValue(plain, isReal));
  }
  return fields;
}

/** Units as old FITS files spell them, and what they are to casacore. */
const FITS_UNITS: Readonly<Record<string, string>> = {
  BEAM: 'beam',
  DAYS: 'd',
  DEG: 'deg',
  DEGREES: 'deg',
  HZ: 'Hz',
  JY: 'Jy',
  KELVIN: 'K',
  KELVINS: 'K',
  KM: 'km',
  M: 'm',
  METERS: 'm',
  PASCAL: 'Pa',
  PIXEL: 'pixel',
  S: 's',
  SEC: 's',
  SECONDS: 's',
  VOLTS: 'V',
  YEAR: 'a',
  YEARS: 'a',
};

const PREFIXES = '(?:da|[yzafpnumcdhkMGTPEZY])?';
const UNIT_WORDS =
  'm|s|g|A|K|mol|cd|rad|sr|Hz|N|J|W|C|V|Pa|Ohm|S|F|Wb|T|H|lm|lx|Jy|eV|erg|G|pc|AU|ly|a|yr|d|h|min|deg|arcmin|arcsec|as|mas|beam|pixel|pix|adu|count|counts|ct|photon|L|l|bar|dyn|lambda|M0|S0|sol|fu|cal|Bq|Gy|Ah|kn|u|%|Angstrom|mag|electron|chan|solRad|solMass|solLum|Rayleigh|Crab';
const UNIT_WORD = new RegExp(`^${PREFIXES}(?:${UNIT_WORDS})(?:-?\\d+|\\*\\*-?\\d+|\\^-?\\d+)?$`);

/** The brightness unit of a header as casacore spells it; one that is no unit stands in quotes and has no dimension. */
export function casaUnit(bunit: string): string {
  const trimmed = bunit.trim();
  if (trimmed === '') return '';
  const translated = trimmed.replace(/[A-Za-z]+/g, (word) => FITS_UNITS[word] ?? word);
  const isUnit = (unit: string) => unit.split(/[./* ()]+/).every((word) => word === '' || UNIT_WORD.test(word));
  if (isUnit(translated)) return translated;
  const bare = translated.replace(/[([].*$/, '').trim();
  if (bare !== '' && isUnit(bare)) return bare;
  const lower = bare.replaceAll('Beam', 'beam').replaceAll('Pixel', 'pixel');
  return isUnit(lower) && lower !== '' ? bare : `"${trimmed}"`;
}

const IMAGE_TYPES = [
  'Undefined',
  'Intensity',
  'Beam',
  'Column Density',
  'Depolarization Ratio',
  'Kinetic Temperature',
  'Magnetic Field',
  'Optical Depth',
  'Rotation Measure',
  'Rotational Temperature',
  'Spectral Index',
  'Velocity',
  'Velocity Dispersion',
];

/** The image type of BTYPE, where Miriad writes underscores; Intensity for any other text. */
export function imageTypeOf(btype: string): string {
  const word = btype.trim().replaceAll('_', ' ').toLowerCase();
  return IMAGE_TYPES.find((type) => type.toLowerCase() === word) ?? 'Intensity';
}
