import { openMs, parseAntennaList, parseTimerange, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { Figure, LegendEntry, Series } from '../../foundation/plotting/index.ts';
import type { StoredCommand } from './flagcmd.ts';

/** Most reasons with a colour of their own. */
const REASON_COUNT = 11;
const OTHER = 'other reasons';
/** Share of the height of an antenna that its lanes take; lines part antennas. */
const LANES = 0.5;

/**
 * Flag commands against time and antenna, a colour for each reason: what CASA's flagcmd(action='plot') draws. Commands without a
 * time range cover the observation, those without an antenna have a row of their own, as those have that name no antenna of the MS.
 *
 * @throws bad-data when there are no commands
 */
export function flagFigure(context: Context, vis: string, commands: readonly StoredCommand[]): Figure {
  const ms = openMs(joinPath(context.cwd, vis));
  try {
    const { antennas, scans } = readMetadata(ms);
    if (commands.length === 0) fail('bad-data', 'There are no flag commands to plot.', { file: ms.path });
    const start = Math.min(...scans.map(({ startSec }) => startSec));
    const end = Math.max(...scans.map(({ endSec }) => endSec));
    const counts = new Map<string, number>();
    for (const { reason } of commands) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const common = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([reason]) => reason);
    const named = common.length > REASON_COUNT ? [...common.slice(0, REASON_COUNT - 1), OTHER] : common;
    let hasWhole = false;
    const bars = named.map(() => ({ x: [] as number[], y: [] as number[] }));
    for (const { reason, command } of commands) {
      const colour = named.includes(reason) ? named.indexOf(reason) : named.length - 1;
      const ranges = command.timerange ? parseTimerange(command.timerange, start) : [[start, end] as const];
      for (const antenna of rowsOf(command.antenna ?? '')) {
        // Bars of one antenna lie side by side, one lane for each reason.
        const lane = antenna + (named.length > 1 ? LANES * (colour / (named.length - 1) - 0.5) : 0);
        for (const [from, to] of ranges) {
          bars[colour].x.push(Math.max(start, from), Math.min(end, to), Number.NaN);
          bars[colour].y.push(lane, lane, Number.NaN);
        }
      }
    }
    const legend = named.map((reason, colour): LegendEntry => ({ label: reason || 'no reason', colour, mark: 'line' }));
    const names = [...antennas.map(({ name }) => name), ...(hasWhole ? ['all antennas'] : [])];
    const series = [
      ...bars.map((bar, colour): Series => ({ kind: 'line', ...bar, colour, size: 3 })),
      ...names.slice(1).map((_, below): Series => {
        return { kind: 'line', x: [start, end], y: [below + 0.5, below + 0.5], colour: '#b0b0b0', size: 0.6 };
      }),
    ];
    return {
      title: `${vis}: flag commands`,
      subtitle: `${commands.length} commands, ${counts.size} reasons`,
      width: 1400,
      sections: [
        {
          legend,
          columns: 1,
          rowHeight: 160 + 28 * names.length,
          panels: [
            {
              title: 'Flagged times of each antenna',
              x: { label: 'UTC', kind: 'time', range: [start, end] },
              y: { label: '', categories: names, range: [-0.5, names.length - 0.5] },
              series,
            },
          ],
        },
      ],
    };

    /** Antennas that a command speaks of; their number for all of them. */
    function rowsOf(text: string): number[] {
      const parts = text.split(/[;&]+/).map((part) => part.trim());
      const chosen = parts.filter((part) => part !== '' && part !== '*' && !part.startsWith('!'));
      try {
        if (chosen.length > 0) return parseAntennaList(chosen.join(','), antennas);
      } catch {
        // drawn as a command for all
      }
      hasWhole = true;
      return [antennas.length];
    }
  } finally {
    ms.close();
  }
}
