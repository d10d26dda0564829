import type { Beam } from '../images/index.ts';
import type { ImageGeometry } from './gridder.ts';
import { carefulNoise, robustNoise } from './residual-noise.ts';
import { restorePlane } from './restore.ts';

/**
 * Parameters of auto-multithresh (Kepley et al. 2020, PASP 132, 024505), under tclean's names where they are numbers of it.
 */
export interface AutoMaskChoice {
  /** In largest sidelobes of the peak. */
  readonly sidelobeThreshold: number;
  /** In rms of the residual. */
  readonly noiseThreshold: number;
  /** In rms: down to this a mask grows. */
  readonly lowNoiseThreshold: number;
  /** In rms, of negative features; 0: they are left out. */
  readonly negativeThreshold: number;
  /** Width of the smoothing in beams. */
  readonly smoothFactor: number;
  /** Regions with fewer pixels than this share of the beam's are dropped. */
  readonly leastBeams: number;
  /** Share of the smoothed mask's peak where the mask ends. */
  readonly cutThreshold: number;
  readonly growIterations: number;
  readonly prunesGrown: boolean;
  /** The noise is that outside of the mask so far, and without one that of what is no source; else that of all. */
  readonly isNoiseCareful: boolean;
  /** A plane's mask stays when a cycle would change it by less than this per cent; negative: never. */
  readonly leastChange: number;
}

/** What is known of a plane when its mask is made; planes [y, x]. */
export interface AutoMaskPlane {
  readonly residual: Float32Array;
  /** The mask so far, f32 of 0 and 1; all 0 at first. */
  readonly mask: Float32Array;
  /** 1 where a mask may lie. */
  readonly allowed: Uint8Array;
  readonly beam: Beam;
  readonly sidelobe: number;
}

/** Calls `visit` with the four neighbours of a pixel. */
function eachNeighbour(at: number, { sizeX, sizeY }: ImageGeometry, visit: (other: number) => void): void {
  const [x, y] = [at % sizeX, Math.floor(at / sizeX)];
  if (x > 0) visit(at - 1);
  if (x < sizeX - 1) visit(at + 1);
  if (y > 0) visit(at - sizeX);
  if (y < sizeY - 1) visit(at + sizeX);
}

/** Drops regions of fewer than `least` pixels. */
function prune(mask: Uint8Array, geometry: ImageGeometry, least: number): Uint8Array {
  const seen = new Uint8Array(mask.length);
  const result = new Uint8Array(mask.length);
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue;
    const region = [start];
    seen[start] = 1;
    for (let k = 0; k < region.length; k++) {
      eachNeighbour(region[k], geometry, (other) => {
        if (!mask[other] || seen[other]) return;
        seen[other] = 1;
        region.push(other);
      });
    }
    if (region.length >= least) for (const at of region) result[at] = 1;
  }
  return result;
}

/** Widens a mask by one pixel at a time, only to where `within` is 1. */
function grow(mask: Uint8Array, within: Uint8Array, geometry: ImageGeometry, iterations: number): Uint8Array {
  const result = mask.slice();
  let rim: number[] = [];
  for (let at = 0; at < mask.length; at++) if (mask[at]) rim.push(at);
  for (let iteration = 0; iteration < iterations && rim.length > 0; iteration++) {
    const next: number[] = [];
    for (const at of rim)
      eachNeighbour(at, geometry, (other) => {
        if (result[other] || !within[other]) return;
        result[other] = 1;
        next.push(other);
      });
    rim = next;
  }
  return result;
}

/** The mask smoothed with a beam, and cut at a share of its peak. */
function smooth(mask: Uint8Array, geometry: ImageGeometry, beam: Beam, choice: AutoMaskChoice): Uint8Array {
  if (!mask.includes(1)) return mask;
  const wide = { ...beam, major: beam.major * choice.smoothFactor, minor: beam.minor * choice.smoothFactor };
  const smoothed = restorePlane(new Float32Array(mask), new Float32Array(mask.length), geometry, wide);
  let most = 0;
  for (let k = 0; k < smoothed.length; k++) if (smoothed[k] > most) most = smoothed[k];
  const result = new Uint8Array(mask.length);
  for (let k = 0; k < result.length; k++) result[k] = smoothed[k] > choice.cutThreshold * most ? 1 : 0;
  return result;
}

/** 1 where a mask may lie and the residual, times `sign`, is above a threshold. */
function above({ residual, allowed }: AutoMaskPlane, threshold: number, sign: 1 | -1 = 1): Uint8Array {
  const result = new Uint8Array(residual.length);
  for (let k = 0; k < result.length; k++) result[k] = allowed[k] && sign * residual[k] > threshold ? 1 : 0;
  return result;
}

/** The residual's values where a mask may lie. */
function shownValues({ residual, allowed }: AutoMaskPlane): Float32Array {
  const result = new Float32Array(residual.length);
  let count = 0;
  for (let k = 0; k < residual.length; k++) if (allowed[k]) result[count++] = residual[k];
  return result.subarray(0, count);
}

function beamArea({ major, minor }: Beam, { cell }: ImageGeometry): number {
  const pixels = (cell * 648_000) / Math.PI;
  return (Math.PI * major * minor) / (4 * Math.LN2 * pixels * pixels);
}

/**
 * The mask of a plane before a minor cycle: what stands out of noise and sidelobes, without small regions, smoothed; the
 * mask so far, grown down to the low threshold; and, when wanted, negative features. It never shrinks.
 *
 * @returns a new plane of 0 and 1
 */
export function autoMask(plane: AutoMaskPlane, geometry: ImageGeometry, choice: AutoMaskChoice): Float32Array {
  const { allowed, beam } = plane;
  const shown = shownValues(plane);
  if (shown.length === 0) return plane.mask;
  const noise = choice.isNoiseCareful ? carefulNoise(plane.residual, plane.mask, allowed) : robustNoise(shown);
  if (!noise) return plane.mask;
  const { median, rms } = noise;
  const peak = shown.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const sidelobes = plane.sidelobe * choice.sidelobeThreshold * peak;
  const least = choice.leastBeams * beamArea(beam, geometry);
  const bright = above(plane, Math.max(choice.noiseThreshold * rms, sidelobes) + median);
  const parts = [smooth(prune(bright, geometry, least), geometry, beam, choice)];
  const before = new Uint8Array(plane.mask);
  if (choice.growIterations > 0 && before.includes(1)) {
    const within = above(plane, Math.max(choice.lowNoiseThreshold * rms, sidelobes) + median);
    const grown = grow(before, within, geometry, choice.growIterations);
    for (let k = 0; k < grown.length; k++) grown[k] &= within[k];
    parts.push(smooth(choice.prunesGrown ? prune(grown, geometry, least) : grown, geometry, beam, choice));
  }
  if (choice.negativeThreshold > 0) {
    parts.push(above(plane, Math.max(choice.negativeThreshold * rms, sidelobes) - median, -1));
  }
  const result = new Float32Array(before);
  for (const part of parts) for (let k = 0; k < result.length; k++) if (part[k] && allowed[k]) result[k] = 1;
  return isKept(before, result, choice.leastChange) ? plane.mask : result;
}

function isKept(before: Uint8Array, after: Float32Array, leastChange: number): boolean {
  if (leastChange < 0 || !before.includes(1)) return false;
  let [was, changed] = [0, 0];
  for (let k = 0; k < before.length; k++) {
    was += before[k];
    if (before[k] !== after[k]) changed++;
  }
  return (100 * changed) / was < leastChange;
}
