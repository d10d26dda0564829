import { type MsMetadata, openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { readCalTable } from './caltable-read.ts';

export interface TsysspwmapOptions {
  readonly vis: string;
  readonly tsystable: string;
  /** Leave out the end of the map where windows map to themselves; default true. */
  readonly trim?: boolean;
  /** Accepted, as in the recipe, and without effect. */
  readonly relax?: boolean;
  /** By how many Tsys channels a window may reach beyond the Tsys window at either end. */
  readonly tsysChanTol?: number;
}

/**
 * For each window of an MS the window whose system temperatures it takes: one of the same baseband that covers its frequencies; for
 * windows without one, itself. The result fits applycal's `spwmap`. (recipes.almahelpers of CASA 6)
 */
export function tsysspwmap(context: Context, options: TsysspwmapOptions): number[] {
  const ms = openMs(joinPath(context.cwd, options.vis));
  let windows: MsMetadata['spectralWindows'];
  try {
    windows = readMetadata(ms).spectralWindows;
  } finally {
    ms.close();
  }
  const { rows, spectralWindows } = readCalTable(joinPath(context.cwd, options.tsystable));
  const measured = [...new Set(rows.spwId)].sort((a, b) => a - b);
  const strange = measured.find((id) => !windows[id] || !spectralWindows[id]);
  if (strange !== undefined) {
    const text = `${options.tsystable} has solutions in window ${strange}, which ${options.vis} lacks; give the table that gencal made of this MeasurementSet.`;
    fail('usage', text, { file: joinPath(context.cwd, options.tsystable) });
  }
  const tolerance = options.tsysChanTol ?? 0;
  const unmatched: number[] = [];
  const map = windows.map(({ id, bbcNo, chanFreqs, chanWidths }) => {
    const low = Math.min(...chanFreqs) - chanWidths[0] / 2;
    const high = Math.max(...chanFreqs) + chanWidths[0] / 2;
    const match = measured.filter((tsysId) => {
      const tsys = spectralWindows[tsysId].chanFreqs;
      const width = Math.abs(tsys[1] - tsys[0]);
      const reach = (0.5 + tolerance) * width;
      return windows[tsysId].bbcNo === bbcNo && low >= Math.min(...tsys) - reach && high <= Math.max(...tsys) + reach;
    });
    if (match.length === 0) unmatched.push(id);
    // Of several the recipe keeps the first. Meaning to look at this window's baseband it looks at window 0's: there the last.
    return match.at(windows[0].bbcNo === bbcNo ? -1 : 0) ?? id;
  });
  if (unmatched.length > 0) {
    const list = unmatched.join(', ');
    context.log.post(`Found no match for following spw ids: [${list}]`, 'INFO', 'tsysspwmap');
  }
  if (options.trim === false) return map;
  let end = map.length;
  while (end > 0 && map[end - 1] === end - 1) end--;
  return map.slice(0, end);
}
