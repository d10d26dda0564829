import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { airy, type Disk } from '../skymodel/index.ts';
import type { Observation } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/** Baselines on which a disk calibrates amplitudes. */
export interface DiskBaselines {
  /** For gaincal, e.g. "0~106m"; undefined when all baselines serve. */
  readonly uvrange?: string;
  /** Fewest of them that an antenna needs for a solution. */
  readonly minblperant?: number;
  readonly decisions: readonly Decision[];
}

/** Share of the flux density that a baseline must see: well before the first null, where the model's limb matters. */
const LEAST_SHARE = 0.25;
/** Baselines per antenna that will do where there are not so many as usual. */
const FEWER_BASELINES = 3;
const FEWEST_BASELINES = 2;
/** Where 2 J1(x)/x has its first null. */
const FIRST_NULL = 3.8317;

/**
 * Chooses the baselines that see enough of a disk, and says which antennas have them.
 *
 * Antennas without get their amplitude scale from calibrators that all antennas see: fluxscale compares the others.
 *
 * @param usual baselines that an antenna needs for a solution; fewer will do where there are not so many
 */
export function chooseDiskBaselines(
  { antennas, science, flux }: Observation,
  disk: Disk,
  usual: number,
): DiskBaselines {
  const highestHz = Math.max(...science.map(({ centreHz }) => centreHz));
  const metres = (x: number) => (x * SPEED_OF_LIGHT) / (Math.PI * Math.max(disk.major, disk.minor) * highestHz);
  const limit = Math.floor(metres(argumentAt(LEAST_SHARE)));
  const length = (a: number, b: number) =>
    Math.hypot(...antennas[a].position.map((value, axis) => value - antennas[b].position[axis]));
  const longest = Math.max(...antennas.flatMap((_, a) => antennas.map((_, b) => length(a, b))));
  if (longest <= limit) return { decisions: [] };
  const innerBy = (least: number) => {
    let inner = antennas.map((_, ant) => ant);
    for (let before = -1; before !== inner.length; ) {
      before = inner.length;
      inner = inner.filter((a) => inner.filter((b) => b !== a && length(a, b) <= limit).length >= least);
    }
    return inner;
  };
  const least = [usual, FEWER_BASELINES, FEWEST_BASELINES].find((count) => innerBy(count).length > 0) ?? usual;
  const inner = innerBy(least);
  const null1 = metres(FIRST_NULL).toFixed(0);
  const topic = 'Resolved flux calibrator';
  if (inner.length === 0) {
    const reason = `${flux.name} has its first null at ${null1} m, and no antennas stand close enough together to do without longer baselines; its disk model is relied on.`;
    return { decisions: [{ topic, choice: 'all baselines', reason }] };
  }
  const isPart = inner.length < antennas.length;
  const names = inner.map((ant) => antennas[ant].name).join(', ');
  const reason = `${flux.name} has its first null at ${null1} m; longer baselines see less than ${100 * LEAST_SHARE} % of it.${isPart ? ' The other antennas take the flux scale from calibrators that all see.' : ''}`;
  const choice = `baselines to ${limit} m, ${isPart ? `antennas ${names}` : 'all antennas'}`;
  const decisions = [{ topic, choice, reason }];
  return { uvrange: `0~${limit}m`, minblperant: least, decisions };
}

/** Where 2 J1(x)/x has fallen to a share, before the first null. */
function argumentAt(share: number): number {
  let [low, high] = [0, FIRST_NULL];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (airy(middle) > share) low = middle;
    else high = middle;
  }
  return low;
}
