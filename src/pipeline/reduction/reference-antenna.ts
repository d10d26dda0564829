import { median } from '../../foundation/numeric/index.ts';
import type { Observation } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/** Share of flagged visibilities of each antenna, 0…1, by name. */
export type FlaggedFractions = Readonly<Record<string, number>>;

export interface ReferenceAntennaChoice {
  readonly names: readonly string[];
  readonly decision: Decision;
}

/** Weight of the flagged share, and of phases that scatter that many times more than usual. */
const FLAGGED_WEIGHT = 4;
const SCATTER_WEIGHT = 1;

/**
 * Ranks antennas as reference: near the centre of the array, little flagged, with steady phases.
 *
 * The score is distance from the median position over the median such distance, plus four times the flagged share in
 * excess of the least flagged antenna, plus what the scatter of the phase exceeds the median one by, in units of it;
 * the lowest wins. The next two follow as stand-ins.
 *
 * @param phaseScatter from integration to integration, rad; antennas without are taken as usual
 */
export function chooseReferenceAntenna(
  observation: Observation,
  flagged: FlaggedFractions,
  phaseScatter: Readonly<Record<string, number>>,
): ReferenceAntennaChoice {
  const antennas = observation.antennas.filter((antenna) => (flagged[antenna.name] ?? 0) < 1);
  const centre = [0, 1, 2].map((axis) => median(antennas.map((antenna) => antenna.position[axis])));
  const distances = antennas.map((antenna) =>
    Math.hypot(...centre.map((value, axis) => antenna.position[axis] - value)),
  );
  const scale = median(distances) || 1;
  const least = Math.min(...antennas.map((antenna) => flagged[antenna.name] ?? 0));
  const usual = median(antennas.map(({ name }) => phaseScatter[name]).filter((value) => value > 0));
  const excess = (name: string) => Math.max(0, phaseScatter[name] / usual - 1) || 0;
  const ranked = antennas
    .map(({ name }, index) => ({
      name,
      metres: distances[index],
      share: flagged[name] ?? 0,
      score: distances[index] / scale + FLAGGED_WEIGHT * ((flagged[name] ?? 0) - least) + SCATTER_WEIGHT * excess(name),
    }))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  const best = ranked[0];
  const degrees = (radians: number) => ((radians * 180) / Math.PI).toFixed(1);
  const steadiness = Number.isFinite(phaseScatter[best.name])
    ? ` Its phase scatters by ${degrees(phaseScatter[best.name])} deg from integration to integration (median ${degrees(usual)} deg).`
    : '';
  return {
    names: ranked.slice(0, 3).map((entry) => entry.name),
    decision: {
      topic: 'Reference antenna',
      choice: best.name,
      reason: `It stands ${best.metres.toFixed(0)} m from the centre of the array and ${(100 * best.share).toFixed(1)} % of its data are flagged.${steadiness}`,
    },
  };
}
