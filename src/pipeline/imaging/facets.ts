import { type FieldInfo, fieldDirection, followedDirection } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { type CelestialFrame, type SkyPosition, skyToPlane } from '../images/index.ts';
import type { ChosenMs } from './chosen-ms.ts';
import type { ImageGeometry } from './gridder.ts';
import { type BeamKind, beamReach } from './primary-beam.ts';

/**
 * The part of a mosaic that one pointing sees with one kind of baseline (and, in a continuum image, in one range of
 * frequencies): its data have one primary beam, and nothing is received from pixels outside.
 */
export interface Facet {
  readonly id: number;
  /** Number of the pointing; facets of one pointing follow each other. */
  readonly pointing: number;
  readonly kind: BeamKind;
  /** Hz of the beam; undefined in cubes, where it is that of the plane. */
  readonly frequency?: number;
  /** Pixel of the pointing centre. */
  readonly beamX: number;
  readonly beamY: number;
  /** The facet's pixels: from (startX, startY), even sizes; may reach over the image's rim by one pixel. */
  readonly startX: number;
  readonly startY: number;
  readonly sizeX: number;
  readonly sizeY: number;
  /** Direction cosines (l, m) and n - 1 of the facet's centre pixel from the image's phase centre. */
  readonly centre: readonly [l: number, m: number, n1: number];
}

/** The facets of a mosaic and which one a row belongs to. */
export interface FacetPlan {
  readonly facets: readonly Facet[];
  readonly pointingCount: number;
  /** The facet of a row; undefined when its pointing is off the image. */
  facetOf(chosen: ChosenMs, field: number, ant1: number, ant2: number, frequencyHz: number): Facet | undefined;
  /** Fields of an MS that belong to a pointing. */
  fieldsOf(chosen: ChosenMs, pointing: number): ReadonlySet<number>;
}

/** Two directions closer than this are one pointing, rad. */
const SAME_POINTING = 1e-7;
/** Frequencies of one facet differ by no more than 1 % from its beam's. */
const BIN = 0.02;

const binOf = (frequencyHz: number) => Math.round(Math.log(frequencyHz) / BIN);

function kindOf(diameter1: number, diameter2: number): BeamKind {
  const smallCount = (diameter1 < 8 ? 1 : 0) + (diameter2 < 8 ? 1 : 0);
  return smallCount === 0 ? '12m' : smallCount === 2 ? '7m' : 'mixed';
}

/** Pixels of a stretch of an axis that the beam reaches: first and even count; undefined when there are none. */
function stretch(place: number, reach: number, size: number): { start: number; count: number } | undefined {
  const start = Math.max(0, Math.floor(place - reach));
  const end = Math.min(size, Math.ceil(place + reach) + 1);
  if (end - start < 1) return undefined;
  return { start, count: Math.max(4, end - start + ((end - start) % 2)) };
}

function makeFacet(
  id: number,
  seed: { pointing: number; offset: readonly [number, number]; kind: BeamKind; frequency?: number; lowest: number },
  geometry: ImageGeometry,
): Facet | undefined {
  const { cell, sizeX, sizeY } = geometry;
  const beamX = (sizeX >> 1) - seed.offset[0] / cell;
  const beamY = (sizeY >> 1) + seed.offset[1] / cell;
  const reach = beamReach(seed.frequency ?? seed.lowest, seed.kind) / cell;
  const [x, y] = [stretch(beamX, reach, sizeX), stretch(beamY, reach, sizeY)];
  if (!x || !y) return undefined;
  const l = -(x.start + x.count / 2 - (sizeX >> 1)) * cell;
  const m = (y.start + y.count / 2 - (sizeY >> 1)) * cell;
  // n - 1 without the cancellation of 1 - sqrt(1 - small)
  const n1 = -(l * l + m * m) / (1 + Math.sqrt(1 - l * l - m * m));
  const { pointing, kind, frequency } = seed;
  return {
    ...{ id, pointing, kind, frequency, beamX, beamY },
    ...{ startX: x.start, startY: y.start, sizeX: x.count, sizeY: y.count },
    centre: [l, m, n1],
  };
}

/** Where a mosaic's image is: a direction, or an object that its pointings move with. */
export interface MosaicCentre {
  readonly centre: SkyPosition;
  readonly followed?: FieldInfo;
}

const positionOf = ([lon, lat]: readonly [number, number]): SkyPosition => ({ lon, lat });

/** Offset of a field from the image's centre, rad; of one that moves with the object when it was observed. */
function offsetOf(field: FieldInfo, { centre, followed }: MosaicCentre): readonly [number, number] | undefined {
  if (followed?.motion && !field.motion) {
    fail(
      'usage',
      `Field ${field.id} stands still; phasecenter="TRACKFIELD" needs pointings that move with the object.`,
    );
  }
  const isFollowing = followed?.motion !== undefined;
  const reference = isFollowing ? positionOf(followedDirection(followed, field, field.timeSec)) : centre;
  const tangent: CelestialFrame = { projection: 'SIN', parameters: [], reference, longPole: 180, latPole: 0 };
  return skyToPlane(tangent, positionOf(isFollowing ? fieldDirection(field, field.timeSec) : field.phaseDir));
}

/**
 * Lays out the facets of a mosaic.
 *
 * @param planes Hz of the image channels of a cube; undefined for a continuum image, whose beams follow the data's frequencies
 */
export function planFacets(
  data: readonly ChosenMs[],
  place: MosaicCentre,
  geometry: ImageGeometry,
  planes?: ArrayLike<number>,
): FacetPlan {
  const offsets: (readonly [number, number])[] = [];
  const pointingOf = new Map<ChosenMs, Map<number, number>>();
  for (const chosen of data) {
    const byField = new Map<number, number>();
    pointingOf.set(chosen, byField);
    for (const field of chosen.fieldIds) {
      const offset = offsetOf(chosen.metadata.fields[field], place);
      if (!offset) continue;
      const known = offsets.findIndex(
        (other) => Math.hypot(other[0] - offset[0], other[1] - offset[1]) < SAME_POINTING,
      );
      byField.set(field, known < 0 ? offsets.push(offset) - 1 : known);
    }
  }
  const lowest = planes ? Math.min(...Array.from(planes)) : 0;
  const byKey = new Map<string, Facet | undefined>();
  const facets: Facet[] = [];
  const bins = planes ? [{ bin: undefined, frequency: undefined }] : frequencyBins(data);
  const kinds = kindsOf(data);
  offsets.forEach((offset, pointing) => {
    for (const kind of kinds) {
      for (const { bin, frequency } of bins) {
        const facet = makeFacet(facets.length, { pointing, offset, kind, frequency, lowest }, geometry);
        if (facet) facets.push(facet);
        byKey.set(`${pointing} ${kind} ${bin}`, facet);
      }
    }
  });
  return {
    facets,
    pointingCount: offsets.length,
    facetOf(chosen, field, ant1, ant2, frequencyHz) {
      const pointing = pointingOf.get(chosen)?.get(field);
      const { antennas } = chosen.metadata;
      const kind = kindOf(antennas[ant1].diameter, antennas[ant2].diameter);
      return byKey.get(`${pointing} ${kind} ${planes ? undefined : binOf(frequencyHz)}`);
    },
    fieldsOf(chosen, pointing) {
      const fields = pointingOf.get(chosen) ?? new Map<number, number>();
      return new Set([...fields].filter(([, other]) => other === pointing).map(([field]) => field));
    },
  };
}

/** Mean of frequencies in Hz: that of the beam. */
export function meanOf(frequencies: ArrayLike<number>): number {
  let sum = 0;
  for (let chan = 0; chan < frequencies.length; chan++) sum += frequencies[chan];
  return sum / frequencies.length;
}

/** Ranges of frequency that have windows, each with the mean of its windows' frequencies. */
function frequencyBins(data: readonly ChosenMs[]): { bin: number; frequency: number }[] {
  const bins = new Map<number, number[]>();
  for (const { channels, metadata } of data) {
    for (const [spwId, ranges] of channels) {
      const chanFreqs = Array.from(metadata.spectralWindows[spwId].chanFreqs);
      const chosen =
        ranges.length === 0 ? chanFreqs : ranges.flatMap(([first, last]) => chanFreqs.slice(first, last + 1));
      const frequency = meanOf(chosen);
      bins.set(binOf(frequency), [...(bins.get(binOf(frequency)) ?? []), frequency]);
    }
  }
  return [...bins].sort(([a], [b]) => a - b).map(([bin, members]) => ({ bin, frequency: meanOf(members) }));
}

function kindsOf(data: readonly ChosenMs[]): BeamKind[] {
  const kinds = new Set<BeamKind>();
  for (const { metadata } of data) {
    const diameters = [...new Set(metadata.antennas.map((antenna) => antenna.diameter))];
    for (const one of diameters) for (const other of diameters) kinds.add(kindOf(one, other));
  }
  return [...kinds].sort();
}
