import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { shadowTimes } from '../flagging/index.ts';
import type { Observation } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/** An antenna that stands in the shadow of others for some of the time. */
export interface ShadowedAntenna {
  readonly antenna: string;
  /** Share of the integrations on the sky. */
  readonly share: number;
  /** Scans with some shadow. */
  readonly scans: readonly number[];
  /** m, of its dish */
  readonly diameter: number;
}

/** Finds antennas that others shadow in the scans of the sky. */
export function findShadowed(vis: string, { skyScans, antennas }: Observation): ShadowedAntenna[] {
  const ms = openMs(vis, 'read');
  try {
    const { times, shadowed } = shadowTimes(ms, readMetadata(ms));
    let total = 0;
    const found = new Map<number, { count: number; scans: Set<number> }>();
    times.forEach((time, index) => {
      const scan = skyScans.find(({ startSec, endSec }) => time >= startSec && time <= endSec);
      if (!scan) return;
      total++;
      for (const ant of shadowed[index]) {
        const entry = found.get(ant) ?? { count: 0, scans: new Set<number>() };
        found.set(ant, { count: entry.count + 1, scans: entry.scans.add(scan.number) });
      }
    });
    return [...found]
      .sort(([a], [b]) => a - b)
      .map(([ant, { count, scans }]) => {
        const { name, diameter } = antennas[ant];
        return { antenna: name, share: count / total, scans: [...scans].sort((a, b) => a - b), diameter };
      });
  } finally {
    ms.close();
  }
}

/** What is said of them; nothing where none is shadowed. */
export function shadowDecisions(shadowed: readonly ShadowedAntenna[]): Decision[] {
  return shadowed.map(({ antenna, share, scans, diameter }) => ({
    topic: 'Shadowing',
    choice: `${antenna} flagged where another antenna stands before its dish of ${diameter} m`,
    reason: `That is ${(100 * share).toFixed(1)} % of its integrations, in scans ${scans.join(', ')}.`,
  }));
}
