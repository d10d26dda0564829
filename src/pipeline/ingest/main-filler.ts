import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import {
  autoLayout,
  type BdfLayout,
  type BdfReader,
  type BdfWindowPlace,
  crossLayout,
  openBdf,
} from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import {
  arena,
  complexAutoRowsInto,
  type Lease,
  type StoredNumbers,
  scaleRowsInto,
} from '../../foundation/numeric/index.ts';
import {
  type BdfFlags,
  type Integration,
  loadPart,
  numbersOf,
  readFlags,
  readIntegrations,
  requirePart,
  sliceCounts,
} from './bdf-slices.ts';
import { type AntennaPairs, antennaPairs, putRowColumns, type RowContext, UvwCache } from './row-columns.ts';
import type { SpectralSetup } from './spectral-tables.ts';

/** Stored numbers held in memory at a time. */
const STORED_BYTES = 96 * 1024 * 1024;
/** Visibilities converted and written at a time. */
const DATA_BYTES = 16 * 1024 * 1024;
/** Every bit of a flag word flags. */
const ALL_BITS = 0xffffffff;

export interface FillMainOptions {
  /** Which of the phase corrections goes to DATA. */
  readonly phaseCorrection: 'AP_UNCORRECTED' | 'AP_CORRECTED';
  readonly withAuto: boolean;
  readonly withCross: boolean;
  readonly withBdfFlags: boolean;
  /** False: autocorrelations go to FLOAT_DATA as real numbers. */
  readonly isComplex: boolean;
  readonly checkAbort: () => void;
}

/** Where the rows of one window in one part are. */
interface Source {
  readonly name: 'crossData' | 'autoData';
  readonly layout: BdfLayout;
  readonly window: BdfWindowPlace;
  readonly windowIndex: number;
  readonly pairs: AntennaPairs;
  /** Index of the phase correction within the window. */
  readonly apc: number;
  readonly dataDescId: number;
  readonly corrCount: number;
  readonly effectiveBw: number;
}

/**
 * Appends all rows of one BDF to MAIN, in importasdm's order: run by run of integrations, window by window, the
 * autocorrelations of all integrations, then the cross-correlations.
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

/** Where the rows of a BDF begin in an MS, and which of its flags are set. */
export interface FlagPlace {
  readonly configuration: RowContext['configuration'];
  readonly start: number;
  /** Bits of the flag words that flag. */
  readonly mask: number;
}

/**
 * Sets the flags of one BDF in the rows that {@link fillMain} made from it; flags that are set stay.
 *
 * @returns the number of its rows, and of those that it flags
 */
export function flagMain(
  ms: MeasurementSet,
  bdfPath: string,
  dataSize: number,
  place: FlagPlace,
  setup: SpectralSetup,
  options: FillMainOptions,
): { rows: number; flaggedRows: number } {
  const bdf = openBdf(bdfPath);
  try {
    const sources = windowSources(bdf, place, setup, options);
    const integrations = readIntegrations(bdf);
    let rows = 0;
    let flaggedRows = 0;
    let done = 0;
    for (const count of sliceCounts(dataSize, integrations.length)) {
      const flags = integrations.slice(done, done + count).map((integration) => readFlags(bdf, integration));
      done += count;
      for (const source of sources) {
        options.checkAbort();
        const start = place.start + rows;
        const made = flags.length * source.pairs.first.length * source.window.binCount;
        rows += made;
        if (start + made > ms.main.rowCount) continue;
        flaggedRows += addFlags(ms, source, bdf, { flags, mask: place.mask }, start, made);
      }
    }
    return { rows, flaggedRows };
  } finally {
    bdf.close();
  }
}

/** Adds the flags of some integrations of one window to the rows from `start` on; a part at a time. */
function addFlags(
  ms: MeasurementSet,
  source: Source,
  bdf: BdfReader,
  { flags, mask }: { readonly flags: readonly (BdfFlags | undefined)[]; readonly mask: number },
  start: number,
  count: number,
): number {
  const perIntegration = count / Math.max(1, flags.length);
  const cell = source.window.chanCount * source.corrCount;
  const step = Math.max(1, Math.floor(DATA_BYTES / (cell * perIntegration)));
  let flaggedRows = 0;
  for (let first = 0; first < flags.length; first += step) {
    const block = flags.slice(first, first + step);
    const rows = block.length * perIntegration;
    const flag = new Uint8Array(rows * cell);
    const flagRow = new Uint8Array(rows);
    markFlags(source, bdf, { flags: block, mask }, flag, flagRow);
    flaggedRows += mergeFlags(ms, start + first * perIntegration, { flag, flagRow, cell }, source);
  }
  return flaggedRows;
}

function mergeFlags(
  ms: MeasurementSet,
  start: number,
  { flag, flagRow, cell }: { flag: Uint8Array; flagRow: Uint8Array; cell: number },
  source: Source,
): number {
  let flaggedRows = 0;
  for (let row = 0; row < flagRow.length; row++) {
    if (flag.subarray(row * cell, (row + 1) * cell).includes(1)) flaggedRows++;
  }
  if (flaggedRows === 0) return 0;
  const { main } = ms;
  const described = main.column('DATA_DESC_ID').getRange(start, 1)[0];
  if (described !== source.dataDescId)
    fail('bad-data', 'The rows of the MeasurementSet are not in the order of this ASDM.', {
      file: ms.path,
      row: start,
    });
  const shape = [source.window.chanCount, source.corrCount];
  const oldFlag = main.column('FLAG').getRange(start, flagRow.length) as Uint8Array;
  const oldRow = main.column('FLAG_ROW').getRange(start, flagRow.length) as Uint8Array;
  main.column('FLAG').putRange(
    start,
    flagRow.length,
    flag.map((value, index) => value | oldFlag[index]),
    shape,
  );
  main.column('FLAG_ROW').putRange(
    start,
    flagRow.length,
    flagRow.map((value, index) => value | oldRow[index]),
  );
  return flaggedRows;
}

/** Windows with their data descriptions, in the order of data description numbers; autocorrelations before cross-correlations. */
function windowSources(
  bdf: BdfReader,
  context: Pick<RowContext, 'configuration'>,
  setup: SpectralSetup,
  options: FillMainOptions,
): Source[] {
  const { header } = bdf;
  const { antennaIds, dataDescriptionIds } = context.configuration;
  if (header.numAntenna !== antennaIds.length) {
    fail('bad-format', `The BDF has ${header.numAntenna} antennas but its configuration ${antennaIds.length}.`, {
      file: bdf.name,
    });
  }
  const hasAuto = header.correlationMode !== 'CROSS_ONLY' && header.parts.autoData !== undefined && options.withAuto;
  const hasCross = header.correlationMode !== 'AUTO_ONLY' && header.parts.crossData !== undefined && options.withCross;
  const named = header.apc.indexOf(options.phaseCorrection);
  const sources: Source[] = [];
  const add = (name: Source['name'], layout: BdfLayout) => {
    if (layout.windows.length !== dataDescriptionIds.length) {
      fail(
        'bad-format',
        `The BDF has ${layout.windows.length} windows but its configuration ${dataDescriptionIds.length} data descriptions.`,
        { file: bdf.name },
      );
    }
    const pairs = antennaPairs(antennaIds.length, name === 'autoData');
    layout.windows.forEach((window, windowIndex) => {
      const id = dataDescriptionIds[windowIndex];
      const description =
        setup.dataDescriptions[id] ??
        fail('bad-format', `The configuration names data description ${id}, which the ASDM does not have.`);
      const corrCount = name === 'crossData' ? window.products.length : window.valuesPerChannel;
      if (window.chanCount !== description.chanCount || corrCount !== description.corrCount) {
        fail(
          'bad-format',
          `Window ${windowIndex} of the BDF has ${window.chanCount} channels and ${corrCount} correlations, its data description ${description.chanCount} and ${description.corrCount}.`,
          { file: bdf.name },
        );
      }
      sources.push({
        name,
        layout,
        window,
        windowIndex,
        pairs,
        apc: name === 'crossData' ? Math.max(0, named) : 0,
        dataDescId: setup.dataDescIndex[id],
        corrCount,
        effectiveBw: description.effectiveBw,
      });
    });
  };
  if (hasAuto) add('autoData', autoLayout(header));
  if (hasCross) add('crossData', crossLayout(header));
  return sources.sort(
    (a, b) => a.dataDescId - b.dataDescId || (a.name === b.name ? 0 : a.name === 'autoData' ? -1 : 1),
  );
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
  fillSlice(integrations: readonly Integration[], sources: readonly Source[]): number {
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
    sources: readonly Source[],
    lease: Lease,
  ): Map<Source['name'], StoredNumbers> {
    const loaded = new Map<Source['name'], StoredNumbers>();
    for (const name of new Set(sources.map((source) => source.name))) {
      const part = requirePart(this.bdf, integrations[0], name);
      const bytes = (part.bytes / Math.max(1, this.bdf.header.numTime)) * integrations.length;
      if (bytes <= STORED_BYTES) loaded.set(name, loadPart(this.bdf, integrations, name, lease).numbers);
    }
    return loaded;
  }

  private fillSource(
    source: Source,
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
  private putPieces(source: Source, held: HeldIntegrations, start: number): void {
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
  private putBlock(source: Source, held: HeldIntegrations, start: number, lease: Lease): void {
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
function fillOffsets(offsets: Uint32Array, source: Source, held: HeldIntegrations, apcCount: number): void {
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

/** Marks FLAG and FLAG_ROW where the correlator set flag words: one word for each product, for all channels. */
function markFlags(
  source: Source,
  bdf: BdfReader,
  { flags, mask }: { readonly flags: readonly (BdfFlags | undefined)[]; readonly mask: number },
  flag: Uint8Array,
  flagRow: Uint8Array,
): void {
  const { pairs, window, corrCount } = source;
  const windows = bdf.header.basebands.flatMap((baseband) => baseband.spectralWindows);
  const productsOf = (index: number) =>
    pairs.isAuto ? windows[index].sdPolProducts.length : windows[index].crossPolProducts.length;
  let windowFirst = 0;
  for (let index = 0; index < source.windowIndex; index++) windowFirst += windows[index].numBin * productsOf(index);
  const products = productsOf(source.windowIndex);
  const cell = window.chanCount * corrCount;
  let row = 0;
  for (const integration of flags) {
    for (let pair = 0; pair < pairs.first.length; pair++) {
      const a = pairs.first[pair];
      const b = pairs.second[pair];
      for (let bin = 0; bin < window.binCount; bin++, row++) {
        if (!integration) continue;
        const { words, layout } = integration;
        const place = pairs.isAuto
          ? layout.autoStart + a * layout.autoStride
          : ((b * (b - 1)) / 2 + a) * layout.crossStride;
        let flagged = 0;
        for (let corr = 0; corr < corrCount; corr++) {
          // Three stored products are XX, XY, YY; the fourth correlation YX shares the word of XY.
          const product = products === corrCount ? corr : products === 3 ? [0, 1, 1, 2][corr] : 0;
          if ((words[place + windowFirst + bin * products + product] & mask) === 0) continue;
          flagged++;
          for (let chan = 0; chan < window.chanCount; chan++) flag[row * cell + chan * corrCount + corr] = 1;
        }
        if (flagged === corrCount) flagRow[row] = 1;
      }
    }
  }
}
