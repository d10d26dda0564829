import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { Figure } from '../../foundation/plotting/index.ts';

export interface AntennaPlot {
  readonly vis: string;
  /** Distance from the centre on a logarithmic scale. */
  readonly logpos?: boolean;
  /** Numbers beside the names. */
  readonly antindex?: boolean;
  readonly exclude?: readonly string[];
  readonly title?: string;
}

/** Shortest distance that the logarithmic scale shows, m. */
const SHORTEST = 1;

/**
 * Where the antennas stand, metres east and north of the middle of the array: CASA's plotants.
 *
 * @throws bad-data when no antenna is left
 */
export function antennaFigure(context: Context, plot: AntennaPlot): Figure {
  const ms = openMs(joinPath(context.cwd, plot.vis));
  try {
    const { antennas } = readMetadata(ms);
    const shown = antennas.filter(({ name }) => !(plot.exclude ?? []).includes(name));
    if (shown.length === 0) fail('bad-data', 'No antenna is left to plot.', { file: ms.path });
    const places = localPositions(shown.map(({ position }) => position));
    const scale = (metres: number, distance: number) =>
      plot.logpos && distance > 0 ? (metres / distance) * Math.log10(Math.max(SHORTEST, distance)) : metres;
    const x = places.map(([east, north]) => scale(east, Math.hypot(east, north)));
    const y = places.map(([east, north]) => scale(north, Math.hypot(east, north)));
    const texts = shown.map(({ id, name }) => (plot.antindex ? `${name} (${id})` : name));
    const unit = plot.logpos ? 'log10 of metres' : 'm';
    return {
      title: plot.title || `${plot.vis}: antennas`,
      width: 1000,
      sections: [
        {
          columns: 1,
          rowHeight: 900,
          panels: [
            {
              title: `${shown.length} antennas`,
              x: { label: `east (${unit})` },
              y: { label: `north (${unit})` },
              series: [{ kind: 'points', x, y, texts, colour: 0, size: 8 }],
              isEqualScale: true,
            },
          ],
        },
      ],
    };
  } finally {
    ms.close();
  }
}

/** East and north (m) of ITRF positions from their median, in the plane tangent there. */
function localPositions(positions: readonly (readonly number[])[]): [east: number, north: number][] {
  const centre = [0, 1, 2].map((axis) => middle(positions.map((position) => position[axis])));
  const longitude = Math.atan2(centre[1], centre[0]);
  const latitude = Math.atan2(centre[2], Math.hypot(centre[0], centre[1]));
  const [sinLon, cosLon, sinLat, cosLat] = [longitude, latitude].flatMap((angle) => [Math.sin(angle), Math.cos(angle)]);
  return positions.map((position) => {
    const [dx, dy, dz] = position.map((value, axis) => value - centre[axis]);
    const outwards = cosLon * dx + sinLon * dy;
    return [cosLon * dy - sinLon * dx, cosLat * dz - sinLat * outwards];
  });
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
