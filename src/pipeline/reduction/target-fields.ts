import type { MsMetadata } from '../../astronomy/ms/index.ts';
import { median } from '../../foundation/numeric/index.ts';
import { fileName } from './imaging-arguments.ts';
import type { ImagingFacts } from './imaging-facts.ts';
import { separation } from './observation.ts';

type FieldInfo = MsMetadata['fields'][number];

/** A target as it is imaged: one field, or the pointings of one name. */
export type TargetFields = Pick<
  ImagingFacts,
  'target' | 'label' | 'field' | 'ra' | 'dec' | 'frame' | 'mosaic' | 'isMoving'
> & { readonly fields: readonly FieldInfo[] };

/** Directions nearer to each other than this (rad) are one pointing. */
const SAME_POINTING = 0.05 / 206_265;

/**
 * The targets of calibrated data, each of which has images of its own: the wanted one first, the others as they were observed.
 *
 * @param wanted name of the target that is judged, if one was named
 */
export function findTargets(metadata: MsMetadata, wanted?: string): TargetFields[] {
  const scans = metadata.scans.filter((scan) => scan.intents.some((intent) => intent.startsWith('OBSERVE_TARGET')));
  const byName = new Map<string, FieldInfo[]>();
  for (const id of scans.flatMap(({ fieldIds }) => [...fieldIds])) {
    const field = metadata.fields[id];
    const known = byName.get(field.name) ?? [];
    byName.set(field.name, known.includes(field) ? known : [...known, field]);
  }
  const ofOneBlock = (ids: ReadonlySet<number>) =>
    Math.max(
      ...[...new Set(scans.map(({ observationId }) => observationId))].map(
        (block) =>
          new Set(
            scans
              .filter(({ observationId }) => observationId === block)
              .flatMap(({ fieldIds }) => [...fieldIds].filter((id) => ids.has(id))),
          ).size,
      ),
    );
  const labels = new Set<string>();
  return [...byName]
    .sort(([one], [other]) => Number(other === wanted) - Number(one === wanted))
    .map(([name, fields]) => {
      const ids = new Set(fields.map(({ id }) => id));
      // What moves is at another place in each Execution Block; a mosaic has several places in one.
      const isMosaic = ofOneBlock(ids) > 1 && fields.every(({ motion }) => !motion);
      return describe(name, fields, isMosaic, metadata, labels);
    });
}

function describe(
  name: string,
  fields: readonly FieldInfo[],
  isMosaic: boolean,
  metadata: MsMetadata,
  labels: Set<string>,
): TargetFields {
  const first = fields[0];
  const pointings = isMosaic ? eachPointing(fields) : [];
  const [ra, dec] = pointings.length > 1 ? middleOf(pointings) : first.phaseDir;
  const label = unlike(fileName(name) || 'target', first.id, labels);
  return {
    ...{ fields, target: name, label, field: selectionOf(fields, metadata), ra, dec, frame: first.frame },
    isMoving: first.motion !== undefined,
    mosaic:
      pointings.length > 1
        ? { pointings, radiusRad: Math.max(...pointings.map((pointing) => separation({ ra, dec }, pointing))) }
        : undefined,
  };
}

/**
 * Noise of a mosaic over that of all its data on one pointing: each place sees the pointings around it through their beams.
 *
 * @param beamRad FWHM of the primary beam
 */
export function mosaicNoise({ pointings }: NonNullable<ImagingFacts['mosaic']>, beamRad: number): number {
  const seen = pointings.map((place) =>
    pointings.reduce((sum, other) => sum + Math.exp(-8 * Math.LN2 * (separation(place, other) / beamRad) ** 2), 0),
  );
  return Math.sqrt(pointings.length / median(Float64Array.from(seen)));
}

function unlike(name: string, id: number, others: Set<string>): string {
  const label = others.has(name) ? `${name}.field${id}` : name;
  others.add(label);
  return label;
}

/** The name, where it selects these fields and no other; else their numbers. */
function selectionOf(fields: readonly FieldInfo[], metadata: MsMetadata): string {
  const [{ name }] = fields;
  const isPlain = /^[A-Za-z][A-Za-z0-9_.+-]*$/.test(name);
  const isAlone =
    metadata.fields.filter((field) => field.name === name || field.code === name).length === fields.length;
  return isPlain && isAlone ? name : fields.map(({ id }) => id).join(',');
}

function eachPointing(fields: readonly FieldInfo[]): { ra: number; dec: number }[] {
  const found: { ra: number; dec: number }[] = [];
  for (const { phaseDir } of fields) {
    const direction = { ra: phaseDir[0], dec: phaseDir[1] };
    if (found.every((other) => separation(direction, other) > SAME_POINTING)) found.push(direction);
  }
  return found;
}

/** Middle of the box around directions that are near to each other. */
function middleOf(pointings: readonly { ra: number; dec: number }[]): [ra: number, dec: number] {
  const [{ ra: origin }] = pointings;
  const east = pointings.map(({ ra }) => Math.atan2(Math.sin(ra - origin), Math.cos(ra - origin)));
  const north = pointings.map(({ dec }) => dec);
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return [origin + middle(east), middle(north)];
}
