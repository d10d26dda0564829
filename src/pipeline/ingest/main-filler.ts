import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import { type BdfReader, openBdf } from '../../formats/asdm/index.ts';
import {
  arena,
  complexAutoRowsInto,
  type Lease,
  type StoredNumbers,
  scaleRowsInto,
} from '../../foundation/numeric/index.ts';
import { ALL_BITS, type BdfFlags, markFlags, readFlags } from './bdf-flags.ts';
import { type Integration, loadPart, numbersOf, readIntegrations, requirePart, sliceCounts } from './bdf-slices.ts';
import { LazyFiller } from './lazy-filler.ts';
import { putRowColumns, type RowContext, UvwCache } from './row-columns.ts';
import type { SpectralSetup } from './spectral-tables.ts';
import { type FillMainOptions, type WindowSource, windowSources } from './window-sources.ts';

/** Stored numbers held in memory at a time. */
const STORED_BYTES = 96 * 1024 * 1024;
/** Visibilities converted and written at a time. */
const DATA_BYTES = 16 * 1024 * 1024;

/**
 * Appends all rows of one BDF to MAIN, in importasdm's order: run by run of integrations, window by window, the
 * autocorrelations of all integrations, then the cross-correlations. A lazy MS has one run for each BDF.
 *
 * @returns the number of rows made
 * @throws bad-format, with file and byte, when the BDF contradicts itself or the ASDM's tables
 */
export function fillMain(
  ms: MeasurementSet,
  bdfPath: string,
  dataSize: number,
  context: RowContext,
  setup: SpectralSetup,
  options: FillMainOptions,
): number {
  const bdf = openBdf(bdfPath);
  try {
    const sources = windowSources(bdf, context, setup, options);
    const integrations = readIntegrations(bdf);
    if (options.lazyIndex) return new LazyFiller(ms, bdf, context, options).fill(integrations, sources);
    const filler = new BdfFiller(ms, bdf, context, options);
    let rows = 0;
    let done = 0;
    for (const count of sliceCounts(dataSize, integrations.length)) {
      rows += filler.fillSlice(integrations.slice(done, done + count), sources);
      done += count;
    }
    return rows;
  } finally {
    bdf.close();
  }
}

class BdfFiller {
  private readonly ms: MeasurementSet;
  private readonly bdf: BdfReader;
  private readonly context: RowContext;
  private readonly options: FillMainOptions;
  private readonly uvwCache: UvwCache;

  constructor(ms: MeasurementSet, bdf: BdfReader, context: RowContext, options: FillMainOptions) {
    this.ms = ms;
    this.bdf = bdf;
    this.context = context;
    this.options = options;
    this.uvwCache = new UvwCache(context);
  }

  /** Appends the rows of a run of integrations. */
  fillSlice(integrations: readonly Integration[], sources: readonly WindowSource[]): number {
    if (integrations.length === 0 || sources.length === 0) return 0;
    const start = this.ms.main.rowCount;
    let rows = 0;
    for (const { pairs, window } of sources) rows += pairs.first.length * window.binCount * integrations.length;
    this.ms.main.addRows(rows);
    const flags = this.options.withBdfFlags
      ? integrations.map((integration) => readFlags(this.bdf, integration))
      : undefined;
    arena().scope((lease) => {
      const loaded = this.loadWhole(integrations, sources, lease);
      let at = start;
      for (const source of sources) {
        this.options.checkAbort();
        at += this.fillSource(source, integrations, at, loaded.get(source.name), flags);
      }
    });
    return rows;
  }

  /** Both parts of all integrations, as far as they fit; a part that does not is read again for each window, in pieces. */
  private loadWhole(
    integrations: readonly Integration[],
    sources: readonly WindowSource[],
    lease: Lease,
  ): Map<WindowSource['name'], StoredNumbers> {
    const loaded = new Map<WindowSource['name'], StoredNumbers>();
    for (const name of new Set(sources.map((source) => source.name))) {
      const part = requirePart(this.bdf, integrations[0], name);
      const bytes = (part.bytes / Math.max(1, this.bdf.header.numTime)) * integrations.length;
      if (bytes <= STORED_BYTES) loaded.set(name, loadPart(this.bdf, integrations, name, lease).numbers);
    }
    return loaded;
  }

  private fillSource(
    source: WindowSource,
    integrations: readonly Integration[],
    start: number,
    whole: StoredNumbers | undefined,
    flags: readonly (BdfFlags | undefined)[] | undefined,
  ): number {
    const perIntegration = source.pairs.first.length * source.window.binCount;
    const cellBytes = 8 * source.window.chanCount * source.corrCount;
    const part = requirePart(this.bdf, integrations[0], source.name);
    const stride = numbersOf(part, this.bdf.header.numTime);
    const storedBytes = (stride * part.bytes) / part.valueCount;
    const byData = Math.floor(DATA_BYTES / (perIntegration * cellBytes));
    const byStore = whole ? integrations.length : Math.floor(STORED_BYTES / storedBytes);
    const step = Math.max(1, Math.min(byData, byStore));
    for (let first = 0; first < integrations.length; first += step) {
      const block = integrations.slice(first, first + step);
      arena().scope((lease) => {
        const numbers = whole ?? loadPart(this.bdf, block, source.name, lease).numbers;
        const base = whole ? first * stride : 0;
        const held = { integrations: block, numbers, base, stride, flags: flags?.slice(first, first + step) };
        this.putPieces(source, held, start + first * perIntegration);
      });
    }
    return perIntegration * integrations.length;
  }

  /** Writes the rows of what is held; a single integration that is too large goes in pieces of antenna pairs. */
  private putPieces(source: WindowSource, held: HeldIntegrations, start: number): void {
    const { pairs, window, corrCount } = source;
    const pairBytes = 8 * window.chanCount * corrCount * window.binCount;
    const fitting = Math.max(1, Math.floor(DATA_BYTES / pairBytes));
    const step = held.integrations.length > 1 ? pairs.first.length : fitting;
    for (let first = 0; first < pairs.first.length; first += step) {
      const piece = {
        first: pairs.first.subarray(first, first + step),
        second: pairs.second.subarray(first, first + step),
        isAuto: pairs.isAuto,
      };
      arena().scope((lease) =>
        this.putBlock({ ...source, pairs: piece }, held, start + first * window.binCount, lease),
      );
    }
  }

  /** Converts and writes the rows of a few integrations of one window. */
  private putBlock(source: WindowSource, held: HeldIntegrations, start: number, lease: Lease): void {
    const { window, corrCount, pairs } = source;
    const { integrations, numbers, flags } = held;
    const count = integrations.length * pairs.first.length * window.binCount;
    const shape = [window.chanCount, corrCount];
    const cell = window.chanCount * corrCount;
    const room = lease.int32(count);
    const offsets = new Uint32Array(room.buffer, room.byteOffset, count);
    fillOffsets(offsets, source, held, Math.max(1, this.bdf.header.apc.length));
    const { isComplex } = this.options;
    const data = lease.float32((isComplex ? 2 : 1) * cell * count);
    if (!isComplex) scaleRowsInto(numbers, offsets, data, cell, 1);
    else if (source.name === 'crossData') {
      scaleRowsInto(numbers, offsets, data, 2 * cell, Math.fround(window.scaleFactor));
    } else complexAutoRowsInto(numbers as Float32Array, offsets, data, window.chanCount, window.valuesPerChannel);
    const { main } = this.ms;
    putRowColumns(main, this.context, this.uvwCache, {
      start,
      integrations,
      pairs,
      binCount: window.binCount,
      dataDescId: source.dataDescId,
      corrCount,
      effectiveBw: source.effectiveBw,
    });
    main.column(isComplex ? 'DATA' : 'FLOAT_DATA').putRange(start, count, data, shape);
    const flag = lease.uint8(cell * count);
    flag.fill(0);
    const flagRow = new Uint8Array(count);
    if (flags) markFlags(source, this.bdf, { flags, mask: ALL_BITS }, flag, flagRow);
    main.column('FLAG').putRange(start, count, flag, shape);
    main.column('FLAG_ROW').putRange(start, count, flagRow);
  }
}

/** A few integrations of one part in kernel memory. */
interface HeldIntegrations {
  readonly integrations: readonly Integration[];
  readonly numbers: StoredNumbers;
  /** Index of the first integration's first number. */
  readonly base: number;
  /** Numbers from one integration to the next. */
  readonly stride: number;
  readonly flags: readonly (BdfFlags | undefined)[] | undefined;
}

/** Index of each row's first stored number: time slowest, then antenna pairs, then bins. */
function fillOffsets(offsets: Uint32Array, source: WindowSource, held: HeldIntegrations, apcCount: number): void {
  const { base, stride } = held;
  const integrationCount = held.integrations.length;
  const { pairs, window, layout } = source;
  const binStride = window.apcStride * (source.name === 'crossData' ? apcCount : 1);
  let row = 0;
  for (let integration = 0; integration < integrationCount; integration++) {
    for (let pair = 0; pair < pairs.first.length; pair++) {
      const a = pairs.first[pair];
      const b = pairs.second[pair];
      const place = pairs.isAuto ? a : (b * (b - 1)) / 2 + a;
      const first = base + integration * stride + place * layout.stride + window.first + source.apc * window.apcStride;
      for (let bin = 0; bin < window.binCount; bin++) offsets[row++] = first + bin * binStride;
    }
  }
}
