import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { BdfReader } from '../../formats/asdm/index.ts';
import { ALL_BITS, markFlags, readFlags } from './bdf-flags.ts';
import type { Integrations } from './bdf-slices.ts';
import type { RowArrays } from './row-arrays.ts';
import { putRowColumns, type RowContext, UvwCache } from './row-columns.ts';
import type { FillMainOptions, WindowSource } from './window-sources.ts';

/** Bytes of FLAG, and rows, written at a time. */
const FLAG_BYTES = 4 * 1024 * 1024;
const ROWS = 16_384;

/** Where the rows of one window in one part begin in the MS. */
export interface PlacedSource {
  readonly source: WindowSource;
  readonly start: number;
}

/** Rows that one integration makes. */
export const rowsOf = ({ pairs, window }: WindowSource) => pairs.first.length * window.binCount;

/** One BDF on its way into an MS. */
export interface BdfFill {
  readonly ms: MeasurementSet;
  readonly bdf: BdfReader;
  readonly context: RowContext;
  readonly options: FillMainOptions;
  readonly arrays: RowArrays;
}

/**
 * Appends the rows of a run of integrations, window by window in the order of `sources`, with all columns of MAIN but the
 * visibilities.
 *
 * @returns where the rows of each window begin
 */
export function appendRows(
  fill: BdfFill,
  integrations: Integrations,
  sources: readonly WindowSource[],
): PlacedSource[] {
  const { main } = fill.ms;
  let start = main.rowCount;
  main.addRows(sources.reduce((sum, source) => sum + integrations.length * rowsOf(source), 0));
  const uvwCache = new UvwCache(fill.context);
  return sources.map((source) => {
    const placed = { source, start };
    const perIntegration = rowsOf(source);
    const cell = source.window.chanCount * source.corrCount;
    const step = Math.max(1, Math.floor(Math.min(FLAG_BYTES / cell, ROWS) / perIntegration));
    for (let first = 0; first < integrations.length; first += step) {
      fill.options.checkAbort();
      putRows(fill, source, uvwCache, integrations.slice(first, first + step), start + first * perIntegration);
    }
    start += integrations.length * perIntegration;
    return placed;
  });
}

function putRows(
  { ms: { main }, bdf, context, options, arrays }: BdfFill,
  source: WindowSource,
  uvwCache: UvwCache,
  integrations: Integrations,
  start: number,
): void {
  const { window, corrCount, dataDescId, effectiveBw, pairs } = source;
  const { binCount } = window;
  const count = integrations.length * rowsOf(source);
  putRowColumns(main, context, uvwCache, arrays, {
    start,
    integrations,
    pairs,
    binCount,
    dataDescId,
    corrCount,
    effectiveBw,
  });
  // Both are left as they were taken: all zeros, of which few become 1.
  const flag = arrays.uint8('flag', count * window.chanCount * corrCount);
  const flagRow = arrays.uint8('flagRow', count);
  let isMarked = false;
  if (options.withBdfFlags) {
    const flags = Array.from(integrations, (integration) => readFlags(bdf, integration));
    isMarked = markFlags(source, bdf, { flags, mask: ALL_BITS }, flag, flagRow);
  }
  main.column('FLAG').putRange(start, count, flag, [window.chanCount, corrCount]);
  main.column('FLAG_ROW').putRange(start, count, flagRow);
  if (isMarked) for (const values of [flag, flagRow]) values.fill(0);
}
