import type { KeywordValue, TableRecord } from '../../formats/tables/index.ts';
import { ARCSEC } from '../../foundation/base/index.ts';
import { numberAt, quantity, quantityAt, record, recordAt, text, textAt, uint } from './records.ts';

/** An elliptical Gaussian beam: full widths at half maximum in arcsec, position angle in deg, north through east. */
export interface Beam {
  readonly major: number;
  readonly minor: number;
  readonly positionAngle: number;
}

/** What CASA's ImageInfo holds. */
export interface ImageInfo {
  readonly imageType: string;
  readonly objectName: string;
  /** None, one for all planes, or one per plane [chan, stokes]. */
  readonly beams: readonly Beam[];
}

/** Solid angle of a beam in pixels of `cellX` by `cellY` rad. */
export function beamPixels(beam: Beam, cellX: number, cellY: number): number {
  return ((Math.PI / (4 * Math.LN2)) * beam.major * beam.minor * ARCSEC * ARCSEC) / Math.abs(cellX * cellY);
}

/** The beam of a plane, or undefined for an image without beams. */
export function beamOf(info: ImageInfo, chan: number, stokes: number, stokesCount: number): Beam | undefined {
  if (info.beams.length <= 1) return info.beams[0];
  return info.beams[chan * stokesCount + stokes];
}

function beamRecord(beam: Beam): KeywordValue {
  return record({
    major: quantity(beam.major, 'arcsec'),
    minor: quantity(beam.minor, 'arcsec'),
    positionangle: quantity(beam.positionAngle, 'deg'),
  });
}

/** Of units of angle. */
const ARCSEC_IN: Readonly<Record<string, number>> = {
  arcsec: 1,
  '"': 1,
  arcmin: 60,
  "'": 60,
  deg: 3600,
  rad: 648_000 / Math.PI,
};

function readBeam(from: TableRecord | undefined): Beam | undefined {
  const [major, minor, angle] = ['major', 'minor', 'positionangle'].map((key) => quantityAt(from, key));
  if (!major || !minor) return undefined;
  return {
    major: major.value * (ARCSEC_IN[major.unit] ?? 1),
    minor: minor.value * (ARCSEC_IN[minor.unit] ?? 1),
    positionAngle: angle ? angle.value * (angle.unit === 'rad' ? 180 / Math.PI : 1) : 0,
  };
}

/** Reads casacore's ImageInfo record (the image keyword `imageinfo`). */
export function readImageInfo(info: TableRecord | undefined): ImageInfo {
  const beams: Beam[] = [];
  const planes = recordAt(info, 'perplanebeams');
  const single = readBeam(recordAt(info, 'restoringbeam'));
  if (single) beams.push(single);
  else if (planes) {
    const [channels, stokes] = [numberAt(planes, 'nChannels') ?? 0, numberAt(planes, 'nStokes') ?? 0];
    // casacore numbers planes with the channel fastest.
    for (let chan = 0; chan < channels; chan++) {
      for (let pol = 0; pol < stokes; pol++) {
        const beam = readBeam(recordAt(planes, `*${pol * channels + chan}`));
        if (beam) beams.push(beam);
      }
    }
  }
  return { imageType: textAt(info, 'imagetype', 'Intensity'), objectName: textAt(info, 'objectname'), beams };
}

/** casacore's ImageInfo record. */
export function writeImageInfo(info: ImageInfo, chanCount: number, stokesCount: number): KeywordValue {
  const fields: Record<string, KeywordValue> = { imagetype: text(info.imageType), objectname: text(info.objectName) };
  if (info.beams.length === 1) fields.restoringbeam = beamRecord(info.beams[0]);
  if (info.beams.length > 1) {
    const planes: Record<string, KeywordValue> = { nChannels: uint(chanCount), nStokes: uint(stokesCount) };
    for (let pol = 0; pol < stokesCount; pol++) {
      for (let chan = 0; chan < chanCount; chan++) {
        planes[`*${pol * chanCount + chan}`] = beamRecord(info.beams[chan * stokesCount + pol]);
      }
    }
    fields.perplanebeams = record(planes);
  }
  return record(fields);
}

/** Second moments of a Gaussian: [x², xy, y²] in units of its full widths, x towards the east, y to the north. */
export type Moments = readonly [xx: number, xy: number, yy: number];

export function momentsOf({ major, minor, positionAngle }: Beam): Moments {
  const angle = (positionAngle * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const [a, b] = [major * major, minor * minor];
  return [a * sin * sin + b * cos * cos, (a - b) * sin * cos, a * cos * cos + b * sin * sin];
}

/** The Gaussian of some moments; undefined where they are none of a Gaussian. */
export function beamOfMoments([xx, xy, yy]: Moments): Beam | undefined {
  const [mean, spread] = [(xx + yy) / 2, Math.hypot((yy - xx) / 2, xy)];
  const scale = Math.abs(xx) + Math.abs(yy);
  if (mean - spread < -1e-9 * scale || mean + spread <= 1e-12 * scale) return undefined;
  const angle = (0.5 * Math.atan2(2 * xy, yy - xx) * 180) / Math.PI;
  return { major: Math.sqrt(mean + spread), minor: Math.sqrt(Math.max(0, mean - spread)), positionAngle: angle };
}

/** What a common beam is larger than the tightest one, so that kernels have a width: as CASA's beams grow. */
const COMMON_MARGIN = 1.001;
/** Of the ratio of squared widths. */
const ROUNDING = 1e-12;

/**
 * A beam into which every member of a family can be smoothed, as CASA finds it: the largest one when it contains the others; else it
 * makes way for the smallest beam, a thousandth larger, that contains it and the last one that sticks out, and so on.
 */
export function commonBeam(beams: readonly Beam[]): Beam {
  const family = [...beams];
  for (;;) {
    const largest = family.reduce((best, beam, at) => (areaOf(beam) > areaOf(family[best]) ? at : best), 0);
    const outer = momentsOf(family[largest]);
    const other = family.findLast((beam) => largestRatio(momentsOf(beam), outer) > 1 + ROUNDING);
    if (!other) return family[largest];
    const { major, minor, positionAngle } = enclosing(family[largest], other);
    family[largest] = { major: major * COMMON_MARGIN, minor: minor * COMMON_MARGIN, positionAngle };
  }
}

function areaOf({ major, minor }: Beam): number {
  return major * minor;
}

/** The beam of the least area that contains two, of which the first is not the smaller one. */
function enclosing(larger: Beam, other: Beam): Beam {
  const [outer, inner] = [momentsOf(larger), momentsOf(other)];
  const ratio = largestRatio(inner, outer);
  // Where `larger` is a circle of radius 1, it becomes `ratio` wide along the axis v that sticks out: inner v = ratio outer v.
  const [xx, xy, yy] = inner.map((value, k) => value - ratio * outer[k]);
  const v = Math.abs(xx) > Math.abs(yy) ? [xy, -xx] : [yy, -xy];
  const along = [outer[0] * v[0] + outer[1] * v[1], outer[1] * v[0] + outer[2] * v[1]];
  const share = (ratio - 1) / (along[0] * v[0] + along[1] * v[1]);
  if (!Number.isFinite(share)) return other;
  const moments: Moments = [
    outer[0] + share * along[0] ** 2,
    outer[1] + share * along[0] * along[1],
    outer[2] + share * along[1] ** 2,
  ];
  return beamOfMoments(moments) ?? other;
}

/** The largest ratio of two forms over all directions: the greater eigenvalue of inner times the inverse of outer. */
function largestRatio(inner: Moments, outer: Moments): number {
  const determinant = outer[0] * outer[2] - outer[1] ** 2;
  const trace = (inner[0] * outer[2] + inner[2] * outer[0] - 2 * inner[1] * outer[1]) / determinant;
  const product = (inner[0] * inner[2] - inner[1] ** 2) / determinant;
  return trace / 2 + Math.sqrt(Math.max(0, (trace / 2) ** 2 - product));
}
