import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { median, solvePositiveInPlace } from '../../foundation/numeric/index.ts';
import { wrap } from './robust.ts';

/** Phases of all antennas towards one direction, averaged over a scan. */
export interface DirectionPhases {
  readonly fieldId: number;
  /** MJD s */
  readonly time: number;
  /** Unit vector towards the source, ITRF. */
  readonly direction: readonly number[];
  /** Mean gain of unit amplitude, [ant][cell, re/im]; NaN without. Cells are windows and polarizations. */
  readonly phasors: readonly Float64Array[];
}

/** Offset of an antenna from where it is believed to be. */
export interface PositionOffset {
  readonly ant: number;
  /** True minus believed, ITRF, m, and the covariance of its errors, m². */
  readonly offset: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** Scatter of the path over scans before and after, m, and what antennas usually have. */
  readonly before: number;
  readonly after: number;
  readonly usual: number;
}

/** What the paths of an array tell. */
export interface PositionFindings {
  /** Antennas that stand out. */
  readonly found: readonly PositionOffset[];
  /** Scatter of an antenna's path over scans that is usual in this array, m; NaN where phases tell nothing. */
  readonly usual: number;
}

/** Offsets that are expected at most: 1 sigma in each axis, and how far and how finely they are looked for, m. */
const PRIOR = 3e-3;
const REACH = 4.8e-3;
const STEP = 3e-4;
/** Drift of the path that electronics may have besides, m/h. */
const DRIFT_PRIOR = 1e-4;
/** An antenna is suspect when its path scatters that many times as much as usual, and more than that, m. */
const SUSPECT = 4;
const LEAST_SCATTER = 8e-5;
/** An offset explains it when no more than that share is left, or what is usual. */
const LARGEST_REST = 1 / 3;
/** Scatter is never believed to be less than that, m. */
const LEAST_USUAL = 2e-5;

/**
 * Finds antennas whose phases follow the direction of the source as those of a misplaced antenna do, more than those of others.
 *
 * An antenna that stands δ from where it is believed to be has the phase +2π ν/c δ·s towards the direction s. Offsets are looked for
 * on a grid, where windows and polarizations add up whatever the turns of their phases, and then fitted to the paths of the scans
 * together with a constant and a drift; priors of a few mm and 0.1 mm/h keep what the directions do not tell near zero.
 *
 * @param scans of calibrators in at least three directions
 * @param frequencies Hz, [cell]
 */
export function findPositionOffsets(
  scans: readonly DirectionPhases[],
  frequencies: readonly number[],
): PositionFindings {
  if (scans.length === 0) return { found: [], usual: Number.NaN };
  const antennas = scans[0].phasors.map((_, ant) => ant);
  const paths = (reference: number) => antennas.map((ant) => pathsOf(scans, frequencies, ant, reference, [0, 0, 0]));
  const scatters = (reference: number) =>
    paths(reference).map((one) => fitPaths(scans, one, false, LEAST_USUAL)?.rest ?? Number.NaN);
  // A misplaced reference makes all others look misplaced.
  const ranked = antennas
    .map((reference) => ({ reference, before: scatters(reference) }))
    .map((entry) => ({
      ...entry,
      usual: median(entry.before.filter((_, ant) => ant !== entry.reference).filter(Number.isFinite)),
    }))
    .filter(({ usual }) => Number.isFinite(usual))
    .sort((a, b) => a.usual - b.usual);
  if (ranked.length === 0) return { found: [], usual: Number.NaN };
  const { reference, before } = ranked[0];
  const usual = Math.max(LEAST_USUAL, ranked[0].usual);
  const found = antennas.flatMap((ant) => {
    if (!(before[ant] > Math.max(SUSPECT * usual, LEAST_SCATTER))) return [];
    const start = searchOffset(scans, frequencies, ant, reference);
    const fit = fitPaths(scans, pathsOf(scans, frequencies, ant, reference, start), true, usual);
    if (!fit) return [];
    const offset = start.map((value, axis) => value + fit.offset[axis]);
    return [{ ant, offset, covariance: fit.covariance, before: before[ant], after: fit.rest, usual }];
  });
  return { found, usual };
}

/** True when an offset accounts for the scatter of its antenna. */
export function isExplained({ before, after, usual }: PositionOffset): boolean {
  return after < Math.max(SUSPECT * usual * LARGEST_REST, LARGEST_REST * before);
}

/**
 * 1-sigma error of the path (m) that an offset leaves on a target after the phases of its calibrator are taken off: mostly of the component
 * that the directions do not tell, of which the prior alone is known.
 *
 * @param apart direction of the target minus that of the calibrator, ITRF
 */
export function pathLeft({ covariance }: PositionOffset, apart: readonly number[]): number {
  const along = covariance.map((row) => dot(row, apart));
  return Math.sqrt(dot(apart, along));
}

/** Offset at which the phasors of all scans agree best in each window and polarization, with the prior's weight. */
function searchOffset(
  scans: readonly DirectionPhases[],
  frequencies: readonly number[],
  ant: number,
  reference: number,
): number[] {
  const phasors = scans.map((scan) => frequencies.map((_, cell) => ratioOf(scan, ant, reference, cell)));
  let best = { value: Number.NEGATIVE_INFINITY, offset: [0, 0, 0] };
  const steps = Math.round(REACH / STEP);
  for (let x = -steps; x <= steps; x++) {
    for (let y = -steps; y <= steps; y++) {
      for (let z = -steps; z <= steps; z++) {
        const offset = [x * STEP, y * STEP, z * STEP];
        const lengths = scans.map(({ direction }) => dot(direction, offset));
        let value = 0;
        frequencies.forEach((hz, cell) => {
          let [re, im, count] = [0, 0, 0];
          phasors.forEach((cells, scan) => {
            const phasor = cells[cell];
            if (!phasor) return;
            const angle = (2 * Math.PI * hz * lengths[scan]) / SPEED_OF_LIGHT;
            const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
            re += phasor[0] * cos + phasor[1] * sin;
            im += phasor[1] * cos - phasor[0] * sin;
            count++;
          });
          if (count > 0) value += Math.hypot(re, im) / count / frequencies.length;
        });
        value -= (1e-2 * dot(offset, offset)) / (PRIOR * PRIOR);
        if (value > best.value) best = { value, offset };
      }
    }
  }
  return best.offset;
}

/** Paths of an antenna against the reference by scan, m, after an offset is taken out; NaN without phases. */
function pathsOf(
  scans: readonly DirectionPhases[],
  frequencies: readonly number[],
  ant: number,
  reference: number,
  offset: readonly number[],
): number[] {
  const sums = scans.map(() => ({ path: 0, count: 0 }));
  frequencies.forEach((hz, cell) => {
    const perMetre = (2 * Math.PI * hz) / SPEED_OF_LIGHT;
    const angles = scans.map((scan) => {
      const phasor = ratioOf(scan, ant, reference, cell);
      return phasor ? Math.atan2(phasor[1], phasor[0]) - perMetre * dot(scan.direction, offset) : Number.NaN;
    });
    const known = angles.filter(Number.isFinite);
    const [sin, cos] = [Math.sin, Math.cos].map((part) => known.reduce((sum, angle) => sum + part(angle), 0));
    const middle = Math.atan2(sin, cos);
    angles.forEach((angle, scan) => {
      if (!Number.isFinite(angle)) return;
      sums[scan].path += wrap(angle - middle) / perMetre;
      sums[scan].count++;
    });
  });
  return sums.map(({ path, count }) => (count > 0 ? path / count : Number.NaN));
}

function ratioOf(scan: DirectionPhases, ant: number, reference: number, cell: number): [number, number] | undefined {
  const [a, b] = [scan.phasors[ant], scan.phasors[reference]];
  const [re, im] = [
    a[2 * cell] * b[2 * cell] + a[2 * cell + 1] * b[2 * cell + 1],
    a[2 * cell + 1] * b[2 * cell] - a[2 * cell] * b[2 * cell + 1],
  ];
  return Number.isFinite(re) && Number.isFinite(im) && (re !== 0 || im !== 0) ? [re, im] : undefined;
}

/**
 * Fits a constant, a drift and, if asked, an offset to paths.
 *
 * @param noise of one path, m
 * @returns rms of what is left (m); undefined with too few paths
 */
function fitPaths(
  scans: readonly DirectionPhases[],
  paths: readonly number[],
  hasOffset: boolean,
  noise: number,
): { offset: number[]; covariance: number[][]; rest: number } | undefined {
  const used = paths.flatMap((path, index) => (Number.isFinite(path) ? [index] : []));
  const size = hasOffset ? 5 : 2;
  if (used.length < 3) return undefined;
  const middle = used.reduce((sum, index) => sum + scans[index].time / used.length, 0);
  const terms = (index: number) => [1, (scans[index].time - middle) / 3600, ...scans[index].direction].slice(0, size);
  const matrix = new Float64Array(size * size);
  const vector = new Float64Array(size);
  for (const index of used) {
    const row = terms(index);
    row.forEach((a, i) => {
      vector[i] += a * paths[index];
      row.forEach((b, j) => {
        matrix[i * size + j] += a * b;
      });
    });
  }
  [0, DRIFT_PRIOR, PRIOR, PRIOR, PRIOR].slice(0, size).forEach((prior, i) => {
    if (prior > 0) matrix[i * size + i] += (noise / prior) ** 2;
  });
  const solution = vector.slice();
  if (!solvePositiveInPlace(matrix.slice(), solution)) return undefined;
  const residuals = used.map((index) => paths[index] - dot(terms(index), Array.from(solution)));
  const covariance = Array.from({ length: size }, (_, i) => {
    const column = new Float64Array(size);
    column[i] = 1;
    const isSolved = solvePositiveInPlace(matrix.slice(), column);
    return Array.from(column, (value) => (isSolved ? noise * noise * value : Number.NaN));
  });
  const rest = Math.sqrt(residuals.reduce((sum, value) => sum + value * value, 0) / residuals.length);
  return { offset: Array.from(solution.slice(2)), covariance: covariance.slice(2).map((row) => row.slice(2)), rest };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, index) => sum + value * b[index], 0);
