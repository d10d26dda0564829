// Runs tasks of this program for ms_tasks.py: node ms-driver.js KERNELS CALLS.json, a list of [name, options].
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import { listobs, openMs, readMetadata, selectRows } from '../../src/astronomy/ms/index.ts';
import { uniteWindows } from '../../src/astronomy/visibility/index.ts';
import type { Context } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import { flagcmd, flagdata, flagmanager } from '../../src/pipeline/flagging/index.ts';
import { ft } from '../../src/pipeline/imaging/index.ts';
import { importuvfits } from '../../src/pipeline/ingest/index.ts';
import * as reshape from '../../src/pipeline/reshape/index.ts';
import { clearModel, openModel } from '../../src/pipeline/skymodel/index.ts';

installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(process.argv[2])));
installErfa(new Uint8Array(readFileSync(`${dirname(process.argv[2])}/../data/erfa.wasm`)));

/** Number, first, last and sum of the rows that a selection chooses. */
function select(_context: unknown, { vis, ...selection }: { vis: string }): number[] {
  const ms = openMs(vis);
  const { rows } = selectRows(ms, selection);
  ms.close();
  return [rows.length, rows[0] ?? -1, rows[rows.length - 1] ?? -1, rows.reduce((sum, row) => sum + row, 0)];
}

/** The same with the channels, as CASA lists them: window, first, last, step; or the sentence that refuses. */
function trySelect(context: unknown, options: { vis: string }): unknown {
  try {
    const { vis, ...selection } = options;
    const ms = openMs(vis);
    const { channels, rows } = selectRows(ms, selection);
    ms.close();
    const ranges = [...channels].flatMap(([id, parts]) => parts.map(([first, last]) => [id, first, last, 1]));
    if ('feed' in selection) return { feeds: [...rows] };
    return { rows: select(context, options), channels: ranges };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Channels of some windows together, each taken whole. */
function unitedChannels(_context: unknown, { vis, spws }: { vis: string; spws: readonly number[] }): number {
  const ms = openMs(vis);
  const { spectralWindows } = readMetadata(ms);
  ms.close();
  const windows = spws.map((id) => ({
    id,
    freqs: spectralWindows[id].chanFreqs,
    widths: spectralWindows[id].chanWidths,
  }));
  return uniteWindows(windows).freqs.length;
}

/** Makes a call of [name, options]; the sentence that refuses it, or nothing. */
function attempt(context: unknown, [name, options]: [string, unknown]): string | undefined {
  try {
    tasks[name](context, options);
  } catch (error) {
    return (error as Error).message;
  }
}

const tasks = {
  ...reshape,
  ft,
  importuvfits,
  delmod: (context: Context, options: reshape.DelmodOptions) => reshape.delmod(context, options, { clearModel }),
  uvsub: (context: Context, options: reshape.UvsubOptions) => reshape.uvsub(context, options, { openModel }),
  flagdata,
  flagcmd,
  flagmanager,
  listobs,
  select,
  trySelect,
  attempt,
  unitedChannels,
} as unknown as Record<string, (context: unknown, options: unknown) => unknown>;
const context = { log: { post() {} }, progress: { update() {} }, checkAbort() {}, cwd: process.cwd() };
const calls = JSON.parse(readFileSync(process.argv[3], 'utf8')) as [string, unknown][];
const results = calls.map(([name, options]) => {
  const started = performance.now();
  const result = tasks[name](context, options);
  return { result, seconds: (performance.now() - started) / 1000 };
});
process.stdout.write(JSON.stringify(results));
