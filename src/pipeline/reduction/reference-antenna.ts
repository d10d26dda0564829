import type { Observation } from './observation.ts';
import type { Decision } from './plan-builder.ts';
import { median } from './robust.ts';

/** Share of flagged visibilities of each antenna, 0…1, by name. */
export type FlaggedFractions = Readonly<Record<string, number>>;

export interface ReferenceAntennaChoice {
  readonly names: readonly string[];
  readonly decision: Decision;
}

/**
 * Ranks antennas as reference: near the centre of the array and little flagged.
 *
 * The score is distance from the median position over the median such distance, plus four times the flagged share in
 * excess of the least flagged antenna; the lowest wins. The next two follow as stand-ins.
 */
export function chooseReferenceAntenna(observation: Observation, flagged: FlaggedFractions): ReferenceAntennaChoice {
  const antennas = observation.antennas.filter((antenna) => (flagged[antenna.name] ?? 0) < 1);
  const centre = [0, 1, 2].map((axis) => median(antennas.map((antenna) => antenna.position[axis])));
  const distances = antennas.map((antenna) =>
    Math.hypot(...centre.map((value, axis) => antenna.position[axis] - value)),
  );
  const scale = median(distances) || 1;
  const least = Math.min(...antennas.map((antenna) => flagged[antenna.name] ?? 0));
  const ranked = antennas
    .map((antenna, index) => ({
      name: antenna.name,
      metres: distances[index],
      share: flagged[antenna.name] ?? 0,
      score: distances[index] / scale + 4 * ((flagged[antenna.name] ?? 0) - least),
    }))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  const best = ranked[0];
  return {
    names: ranked.slice(0, 3).map((entry) => entry.name),
    decision: {
      topic: 'Reference antenna',
      choice: best.name,
      reason: `It stands ${best.metres.toFixed(0)} m from the centre of the array and ${(100 * best.share).toFixed(1)} % of its data are flagged.`,
    },
  };
}
