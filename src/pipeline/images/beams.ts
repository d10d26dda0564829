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
  return { imageType: textAt(info, 'imagetype'), objectName: textAt(info, 'objectname'), beams };
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

/** What a common beam is larger than the tightest one, so that kernels have a width: as CASA's beams grow. */
const COMMON_MARGIN = 1.001;

/**
 * A beam of the shape of a family's largest member into which every member can be smoothed: the largest itself when it contains
 * the others, else the tightest one a thousandth larger.
 */
export function commonBeam(beams: readonly Beam[]): Beam {
  const largest = beams.reduce((best, beam) => (beam.major * beam.minor > best.major * best.minor ? beam : best));
  const squared = Math.max(...beams.map((beam) => largestRatio(covariance(beam), covariance(largest))));
  if (squared <= 1 + 1e-12) return largest;
  const scale = Math.sqrt(squared) * COMMON_MARGIN;
  return { ...largest, major: largest.major * scale, minor: largest.minor * scale };
}

type Covariance = readonly [xx: number, xy: number, yy: number];

function covariance({ major, minor, positionAngle }: Beam): Covariance {
  const angle = (positionAngle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [long, short] = [major * major, minor * minor];
  return [long * cos * cos + short * sin * sin, (long - short) * cos * sin, long * sin * sin + short * cos * cos];
}

/** The largest ratio of two forms over all directions: the greater eigenvalue of inner times the inverse of outer. */
function largestRatio(inner: Covariance, outer: Covariance): number {
  const determinant = outer[0] * outer[2] - outer[1] ** 2;
  const trace = (inner[0] * outer[2] + inner[2] * outer[0] - 2 * inner[1] * outer[1]) / determinant;
  const product = (inner[0] * inner[2] - inner[1] ** 2) / determinant;
  return trace / 2 + Math.sqrt(Math.max(0, (trace / 2) ** 2 - product));
}
