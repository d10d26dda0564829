import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import { openBdf } from '../../formats/asdm/index.ts';
import {
  arena,
  complexAutoRowsInto,
  type Lease,
  type StoredNumbers,
  scaleRowsInto,
} from '../../foundation/numeric/index.ts';
import { Integrations, loadPart, numbersOf, requirePart, sliceCounts } from './bdf-slices.ts';
import { addToIndex } from './lazy-entries.ts';
import { appendRows, type BdfFill, type PlacedSource, rowsOf } from './main-rows.ts';
import type { RowArrays } from './row-arrays.ts';
import type { RowContext } from './row-columns.ts';
import type { SpectralSetup } from './spectral-tables.ts';
import { type FillMainOptions, type WindowSource, windowSources } from './window-sources.ts';

/** Stored numbers held in memory at a time. */
const STORED_BYTES = 4 * 1024 * 1024;
/** Visibilities converted and written at a time. */
const DATA_BYTES = 2 * 1024 * 1024;

/**
 * Appends all rows of one BDF to MAIN, in importasdm's order: run by run of integrations, window by window, the
 * autocorrelations of all integrations, then the cross-correlations. A lazy MS has one run for each BDF.
 *
 * The numbers of a BDF are read once, a few integrations at a time, and go to the rows of all windows.
 *
 * @throws bad-format, with file and byte, when the BDF contradicts itself or the ASDM's tables
 */
export function fillMain(
  ms: MeasurementSet,
  bdfPath: string,
  dataSize: number,
  context: RowContext,
  setup: SpectralSetup,
  options: FillMainOptions,
  arrays: RowArrays,
): void {
  const bdf = openBdf(bdfPath);
  try {
    const sources = windowSources(bdf, context, setup, options);
    const integrations = Integrations.of(bdf);
    if (integrations.length === 0 || sources.length === 0) return;
    const fill = { ms, bdf, context, options, arrays };
    const { lazyIndex } = options;
    let done = 0;
    for (const count of lazyIndex ? [integrations.length] : sliceCounts(dataSize, integrations.length)) {
      const run = integrations.slice(done, done + count);
      const placed = appendRows(fill, run, sources);
      if (lazyIndex) addToIndex(lazyIndex, bdf, run, placed);
      else copyVisibilities(fill, run, placed);
      done += count;
    }
  } finally {
    bdf.close();
  }
}

/** Converts the stored numbers of a run of integrations into the rows that it has already. */
function copyVisibilities(fill: BdfFill, integrations: Integrations, placed: readonly PlacedSource[]): void {
  const { bdf, options, ms } = fill;
  const column = ms.main.column(options.isComplex ? 'DATA' : 'FLOAT_DATA');
  // Before any data, so that the cells of a hypercube lie in the order of the rows.
  for (const { source, start } of placed) {
    column.setShape(start, integrations.length * rowsOf(source), [source.window.chanCount, source.corrCount]);
  }
  for (const name of new Set(placed.map(({ source }) => source.name))) {
    const part = requirePart(bdf, integrations.at(0), name);
    const stride = numbersOf(part, bdf.header.numTime);
    const step = Math.max(1, Math.floor((STORED_BYTES * part.valueCount) / (part.bytes * stride)));
    for (let first = 0; first < integrations.length; first += step) {
      options.checkAbort();
      const block = integrations.slice(first, first + step);
      arena().scope((lease) => {
        const { numbers } = loadPart(bdf, block, name, lease);
        for (const { source, start } of placed) {
          if (source.name !== name) continue;
          putPieces(fill, source, { integrations: block, numbers, stride }, start + first * rowsOf(source));
        }
      });
    }
  }
}

/** A few integrations of one part in kernel memory. */
interface HeldIntegrations {
  readonly integrations: Integrations;
  readonly numbers: StoredNumbers;
  /** Numbers from one integration to the next. */
  readonly stride: number;
}

/** Writes the visibilities of what is held, in pieces of integrations, or of antenna pairs where a single one is too large. */
function putPieces(fill: BdfFill, source: WindowSource, held: HeldIntegrations, start: number): void {
  const { pairs, window, corrCount } = source;
  const { numbers, stride } = held;
  const pairBytes = 8 * window.chanCount * corrCount * window.binCount;
  const pairStep = Math.max(1, Math.floor(DATA_BYTES / pairBytes));
  const step = Math.max(1, Math.floor(pairStep / pairs.first.length));
  for (let first = 0; first < held.integrations.length; first += step) {
    const piece = {
      integrations: held.integrations.slice(first, first + step),
      numbers: numbers.subarray(first * stride, (first + step) * stride),
      stride,
    };
    for (let pair = 0; pair < pairs.first.length; pair += pairStep) {
      const some = {
        first: pairs.first.subarray(pair, pair + pairStep),
        second: pairs.second.subarray(pair, pair + pairStep),
        isAuto: pairs.isAuto,
      };
      const row = start + first * rowsOf(source) + pair * window.binCount;
      arena().scope((lease) => putBlock(fill, { ...source, pairs: some }, piece, row, lease));
    }
  }
}

/** Converts and writes the visibilities of a few integrations of one window. */
function putBlock(fill: BdfFill, source: WindowSource, held: HeldIntegrations, start: number, lease: Lease): void {
  const { window, corrCount } = source;
  const { integrations, numbers } = held;
  const { isComplex } = fill.options;
  const count = integrations.length * rowsOf(source);
  const cell = window.chanCount * corrCount;
  const room = lease.int32(count);
  const offsets = new Uint32Array(room.buffer, room.byteOffset, count);
  fillOffsets(offsets, source, held, Math.max(1, fill.bdf.header.apc.length));
  const data = lease.float32((isComplex ? 2 : 1) * cell * count);
  if (!isComplex) scaleRowsInto(numbers, offsets, data, cell, 1);
  else if (source.name === 'crossData') {
    scaleRowsInto(numbers, offsets, data, 2 * cell, Math.fround(window.scaleFactor));
  } else complexAutoRowsInto(numbers as Float32Array, offsets, data, window.chanCount, window.valuesPerChannel);
  const column = fill.ms.main.column(isComplex ? 'DATA' : 'FLOAT_DATA');
  column.putRange(start, count, data, [window.chanCount, corrCount]);
}

/** Index of each row's first stored number: time slowest, then antenna pairs, then bins. */
function fillOffsets(offsets: Uint32Array, source: WindowSource, held: HeldIntegrations, apcCount: number): void {
  const { stride } = held;
  const integrationCount = held.integrations.length;
  const { pairs, window, layout } = source;
  const binStride = window.apcStride * (source.name === 'crossData' ? apcCount : 1);
  let row = 0;
  for (let integration = 0; integration < integrationCount; integration++) {
    for (let pair = 0; pair < pairs.first.length; pair++) {
      const a = pairs.first[pair];
      const b = pairs.second[pair];
      const place = pairs.isAuto ? a : (b * (b - 1)) / 2 + a;
      const first = integration * stride + place * layout.stride + window.first + source.apc * window.apcStride;
      for (let bin = 0; bin < window.binCount; bin++) offsets[row++] = first + bin * binStride;
    }
  }
}
