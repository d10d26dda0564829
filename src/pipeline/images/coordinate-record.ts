import type { KeywordValue, TableRecord } from '../../formats/tables/index.ts';
import { SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  type DirectionAxes,
  type LinearAxis,
  SPECTRAL_QUANTITIES,
  type SpectralAxis,
} from './coordinates.ts';
import { LONGITUDE_LETTERS } from './fits-header.ts';
import { parseProjection, projectionForm } from './projection.ts';
import {
  bool,
  double,
  doubles,
  int,
  ints,
  numberAt,
  numbersAt,
  quantity,
  quantityAt,
  record,
  recordAt,
  text,
  textAt,
  texts,
  textsAt,
} from './records.ts';

const toRad = (unit: string) =>
  unit === 'deg' ? Math.PI / 180 : unit === 'arcsec' ? Math.PI / 648_000 : unit === "'" ? Math.PI / 10_800 : 1;

function readDirection(from: TableRecord, pixelAxes: readonly number[]): DirectionAxes {
  const units = textsAt(from, 'units');
  const [unitX, unitY] = [toRad(units[0] ?? 'rad'), toRad(units[1] ?? 'rad')];
  const [lon, lat] = numbersAt(from, 'crval');
  const [dx, dy] = numbersAt(from, 'cdelt');
  const [x, y] = numbersAt(from, 'crpix');
  // The record holds the transposed matrix, fastest axis first: in the order of the bytes it is PC1_1, PC1_2, PC2_1, PC2_2.
  const [p, q, r, s] = numbersAt(from, 'pc');
  return {
    projection: parseProjection(textAt(from, 'projection', 'SIN')),
    parameters: numbersAt(from, 'projection_parameters'),
    system: textAt(from, 'system', 'J2000'),
    reference: { lon: lon * unitX, lat: lat * unitY },
    increment: [dx * unitX, dy * unitY],
    referencePixel: [x, y],
    pc: [p ?? 1, q ?? 0, r ?? 0, s ?? 1],
    longPole: numberAt(from, 'longpole') ?? 180,
    latPole: numberAt(from, 'latpole') ?? (lat * unitY * 180) / Math.PI,
    pixelAxes: [pixelAxes[0], pixelAxes[1]],
  };
}

/** Hz of pixels 0, 1, … of a spectral axis that is a table; casacore's tables have a line for each pixel. */
function tableFrequencies(tabular: TableRecord | undefined): readonly number[] | undefined {
  const [pixels, values] = [numbersAt(tabular, 'pixelvalues'), numbersAt(tabular, 'worldvalues')];
  if (values.length < 2 || pixels.length !== values.length) return undefined;
  const last = Math.floor(pixels[pixels.length - 1]);
  return Array.from({ length: last + 1 }, (_, pixel) => {
    let next = pixels.findIndex((value) => value >= pixel);
    if (next < 1) next = 1;
    const part = (pixel - pixels[next - 1]) / (pixels[next] - pixels[next - 1]);
    return values[next - 1] + part * (values[next] - values[next - 1]);
  });
}

function readSpectral(from: TableRecord, pixelAxis: number): SpectralAxis {
  const wcs = recordAt(from, 'wcs');
  const tabular = recordAt(from, 'tabular');
  const source = wcs ?? tabular;
  const first = (key: string) => numbersAt(source, key)[0] ?? 0;
  const nativeType = SPECTRAL_QUANTITIES[numberAt(from, 'nativeType') ?? 0];
  const frequencies = wcs ? undefined : tableFrequencies(tabular);
  const linear = frequencies
    ? { frequencies, reference: frequencies[0], increment: frequencies[1] - frequencies[0], referencePixel: 0 }
    : { reference: first('crval'), increment: first('cdelt'), referencePixel: first('crpix') };
  return {
    ...linear,
    ...(nativeType && nativeType !== 'frequency' ? { nativeType } : undefined),
    system: textAt(from, 'system', 'TOPO'),
    restFrequency: numberAt(from, 'restfreq') ?? 0,
    pixelAxis,
  };
}

function readLinear(from: TableRecord, pixelAxes: readonly number[]): LinearAxis[] {
  const [names, units] = [textsAt(from, 'axes'), textsAt(from, 'units')];
  const [crval, cdelt, crpix] = ['crval', 'cdelt', 'crpix'].map((key) => numbersAt(from, key));
  return pixelAxes.map((pixelAxis, k) => ({
    name: names[k] ?? `axis${pixelAxis}`,
    unit: units[k] ?? '',
    reference: crval[k] ?? 0,
    increment: cdelt[k] ?? 1,
    referencePixel: crpix[k] ?? 0,
    pixelAxis,
  }));
}

/** Where the telescope stood: casacore stores ITRF as longitude, geocentric latitude and radius. */
function readPosition(from: TableRecord | undefined): readonly [number, number, number] | undefined {
  const [lon, lat, radius] = ['m0', 'm1', 'm2'].map((key) => quantityAt(from, key)?.value);
  if (lon === undefined || lat === undefined || radius === undefined) return undefined;
  return [radius * Math.cos(lat) * Math.cos(lon), radius * Math.cos(lat) * Math.sin(lon), radius * Math.sin(lat)];
}

/** Reads casacore's CoordinateSystem record (the image keyword `coords`). */
export function readCoordinates(coords: TableRecord): CoordinateSystem {
  let direction: DirectionAxes | undefined;
  let spectral: SpectralAxis | undefined;
  let stokes: CoordinateSystem['stokes'];
  const linear: LinearAxis[] = [];
  for (const key of coords.keys()) {
    const match = /^(direction|spectral|stokes|linear|tabular|quality)(\d+)$/.exec(key);
    const from = recordAt(coords, key);
    if (!match || !from) continue;
    const pixelAxes = numbersAt(coords, `pixelmap${match[2]}`);
    if (pixelAxes.every((axis) => axis < 0)) continue;
    if (match[1] === 'direction') direction = readDirection(from, pixelAxes);
    else if (match[1] === 'spectral') spectral = readSpectral(from, pixelAxes[0]);
    else if (match[1] === 'stokes') stokes = { stokes: textsAt(from, 'stokes'), pixelAxis: pixelAxes[0] };
    else linear.push(...readLinear(from, pixelAxes));
  }
  const date = quantityAt(recordAt(coords, 'obsdate'), 'm0');
  const pointing = recordAt(coords, 'pointingcenter');
  const isUnknown = pointing?.get('initial');
  const centre = isUnknown && 'value' in isUnknown && isUnknown.value === true ? [] : numbersAt(pointing, 'value');
  return {
    direction,
    spectral,
    stokes,
    linear,
    telescope: textAt(coords, 'telescope'),
    observer: textAt(coords, 'observer'),
    observedMjdSec: date ? date.value * (date.unit === 's' ? 1 : SECONDS_PER_DAY) : 0,
    telescopePosition: readPosition(recordAt(coords, 'telescopeposition')),
    pointingCentre: centre.length === 2 ? { lon: centre[0], lat: centre[1] } : undefined,
  };
}

/** CASA's names of the axes of the sky. @param system e.g. J2000 or GALACTIC */
export const directionNames = (system: string): [string, string] =>
  system in LONGITUDE_LETTERS ? ['Longitude', 'Latitude'] : ['Right Ascension', 'Declination'];

function directionRecord(axes: DirectionAxes): KeywordValue {
  const [p, q, r, s] = axes.pc;
  return record({
    system: text(axes.system),
    projection: text(axes.projection),
    projection_parameters: doubles(
      projectionForm(axes.projection).parameters.map((value, k) => axes.parameters[k] ?? value),
    ),
    crval: doubles([axes.reference.lon, axes.reference.lat]),
    crpix: doubles(axes.referencePixel),
    cdelt: doubles(axes.increment),
    pc: doubles([p, q, r, s], [2, 2]),
    axes: texts(directionNames(axes.system)),
    units: texts(['rad', 'rad']),
    conversionSystem: text(axes.system),
    longpole: double(axes.longPole),
    latpole: double(axes.latPole),
  });
}

const NO_DIRECTION = record({
  type: text('direction'),
  refer: text('J2000'),
  m1: quantity(Math.PI / 2, 'rad'),
  m0: quantity(0, 'rad'),
});
const NO_EPOCH = record({ type: text('epoch'), refer: text('LAST'), m0: quantity(0, 'd') });
const NO_POSITION = record({
  type: text('position'),
  refer: text('ITRF'),
  m2: quantity(0, 'm'),
  m1: quantity(0, 'rad'),
  m0: quantity(0, 'rad'),
});

function spectralRecord(axis: SpectralAxis): KeywordValue {
  const { frequencies } = axis;
  const described: Record<string, KeywordValue> = frequencies
    ? { tabular: frequencyTable(axis, frequencies) }
    : {
        wcs: record({
          crval: double(axis.reference),
          crpix: double(axis.referencePixel),
          cdelt: double(axis.increment),
          pc: double(1),
          ctype: text('FREQ'),
        }),
      };
  return record({
    version: int(2),
    system: text(axis.system),
    restfreq: double(axis.restFrequency),
    restfreqs: doubles([axis.restFrequency]),
    velType: int(0),
    nativeType: int(SPECTRAL_QUANTITIES.indexOf(axis.nativeType ?? 'frequency')),
    velUnit: text('km/s'),
    waveUnit: text('mm'),
    formatUnit: text(''),
    ...described,
    unit: text('Hz'),
    name: text('Frequency'),
    conversion: record({ direction: NO_DIRECTION, position: NO_POSITION, epoch: NO_EPOCH, system: text(axis.system) }),
  });
}

/** casacore's TabularCoordinate of one frequency a pixel. */
function frequencyTable(axis: SpectralAxis, frequencies: readonly number[]): KeywordValue {
  return record({
    crval: doubles([axis.reference]),
    crpix: doubles([axis.referencePixel]),
    cdelt: doubles([axis.increment]),
    pc: doubles([1], [1, 1]),
    axes: texts(['Frequency']),
    units: texts(['Hz']),
    pixelvalues: doubles(frequencies.map((_, pixel) => pixel)),
    worldvalues: doubles(frequencies),
  });
}

const STOKES_CODES: Readonly<Record<string, number>> = {
  I: 1,
  Q: 2,
  U: 3,
  V: 4,
  RR: 5,
  RL: 6,
  LR: 7,
  LL: 8,
  XX: 9,
  XY: 10,
  YX: 11,
  YY: 12,
  Ptotal: 28,
  Plinear: 29,
  PFtotal: 30,
  PFlinear: 31,
  Pangle: 32,
};

/** CASA's number of a Stokes parameter or correlation; 1, that of I, for names that it does not know. */
export const stokesCode = (name: string): number => STOKES_CODES[name] ?? 1;

function stokesRecord(stokes: readonly string[]): KeywordValue {
  return record({
    axes: texts(['Stokes']),
    stokes: texts(stokes),
    crval: doubles([stokesCode(stokes[0])]),
    crpix: doubles([0]),
    cdelt: doubles([1]),
    pc: doubles([1], [1, 1]),
  });
}

function linearRecord(axis: LinearAxis): KeywordValue {
  return record({
    crval: doubles([axis.reference]),
    crpix: doubles([axis.referencePixel]),
    cdelt: doubles([axis.increment]),
    pc: doubles([1], [1, 1]),
    axes: texts([axis.name]),
    units: texts([axis.unit]),
  });
}

interface Part {
  readonly kind: string;
  readonly value: KeywordValue;
  readonly pixelAxes: readonly number[];
  /** What an axis without pixels would be replaced by. */
  readonly world: readonly number[];
}

function partsOf(coordinates: CoordinateSystem): Part[] {
  const { direction, stokes, spectral, linear } = coordinates;
  const parts: Part[] = [];
  if (direction) {
    const world = [direction.reference.lon, direction.reference.lat];
    parts.push({ kind: 'direction', value: directionRecord(direction), pixelAxes: direction.pixelAxes, world });
  }
  if (stokes)
    parts.push({ kind: 'stokes', value: stokesRecord(stokes.stokes), pixelAxes: [stokes.pixelAxis], world: [1] });
  if (spectral) {
    parts.push({
      kind: 'spectral',
      value: spectralRecord(spectral),
      pixelAxes: [spectral.pixelAxis],
      world: [spectral.reference],
    });
  }
  for (const axis of linear) {
    parts.push({ kind: 'linear', value: linearRecord(axis), pixelAxes: [axis.pixelAxis], world: [axis.reference] });
  }
  return parts;
}

function positionRecord([x, y, z]: readonly [number, number, number]): KeywordValue {
  const radius = Math.hypot(x, y, z);
  return record({
    type: text('position'),
    refer: text('ITRF'),
    m2: quantity(radius, 'm'),
    m1: quantity(Math.asin(z / radius), 'rad'),
    m0: quantity(Math.atan2(y, x), 'rad'),
  });
}

/** casacore's CoordinateSystem record, as CASA 6.7 writes it. */
export function writeCoordinates(coordinates: CoordinateSystem): KeywordValue {
  const fields: Record<string, KeywordValue> = {
    telescope: text(coordinates.telescope),
    observer: text(coordinates.observer),
    obsdate: record({
      type: text('epoch'),
      refer: text('UTC'),
      m0: quantity(coordinates.observedMjdSec / SECONDS_PER_DAY, 'd'),
    }),
  };
  const centre = coordinates.pointingCentre;
  fields.pointingcenter = record({
    value: doubles([centre?.lon ?? 0, centre?.lat ?? 0]),
    initial: bool(centre === undefined),
  });
  if (coordinates.telescopePosition) fields.telescopeposition = positionRecord(coordinates.telescopePosition);
  partsOf(coordinates).forEach((part, index) => {
    fields[`${part.kind}${index}`] = part.value;
    fields[`worldmap${index}`] = ints(part.pixelAxes);
    fields[`worldreplace${index}`] = doubles(part.world);
    fields[`pixelmap${index}`] = ints(part.pixelAxes);
    fields[`pixelreplace${index}`] = doubles(part.pixelAxes.map(() => 0));
  });
  return record(fields);
}
