import type { AntennaInfo } from '../../astronomy/ms/index.ts';
import type { WvrData } from './wvr-data.ts';

/** Farthest neighbour that lends its radiometer, m, and how few make do, where wvrgcal is not told otherwise. */
export const FARTHEST_RADIOMETER_M = 500;
export const FEWEST_RADIOMETERS = 2;

/** A neighbour that lends its radiometer, with its weight. */
export interface Neighbour {
  readonly antenna: number;
  readonly weight: number;
}

/**
 * Up to three nearest antennas with a good radiometer within a distance. Weights are the distance over the sum of the
 * distances, as CASA's wvrgcal has them.
 *
 * @param excluded antennas without a good radiometer
 * @param maxDistance m
 */
export function nearestRadiometers(
  antennas: readonly AntennaInfo[],
  antenna: number,
  excluded: ReadonlySet<number>,
  maxDistance: number,
): Neighbour[] {
  const own = antennas[antenna].position;
  const near = antennas
    .filter(({ id }) => id !== antenna && !excluded.has(id))
    .map(({ id, position }) => ({
      id,
      distance: Math.hypot(position[0] - own[0], position[1] - own[1], position[2] - own[2]),
    }))
    .sort((a, b) => a.distance - b.distance || a.id - b.id)
    .filter(({ distance }) => distance <= maxDistance)
    .slice(0, 3);
  const total = near.reduce((sum, { distance }) => sum + distance, 0);
  return near.map(({ id, distance }) => ({ antenna: id, weight: distance / total }));
}

/** Replaces the samples of an antenna by a weighted mean of its neighbours'; no neighbours: by nothing valid. */
export function borrowSamples(data: WvrData, antenna: number, neighbours: readonly Neighbour[]): void {
  const { brightness, antennaCount } = data;
  for (let at = 0; at < data.time.length; at++) {
    for (let channel = 0; channel < 4; channel++) {
      let mean = 0;
      for (const { antenna: from, weight } of neighbours) {
        const kelvin = brightness[(at * antennaCount + from) * 4 + channel];
        if (!(kelvin > 0)) {
          mean = 0;
          break;
        }
        mean += kelvin * weight;
      }
      brightness[(at * antennaCount + antenna) * 4 + channel] = mean;
    }
  }
}
