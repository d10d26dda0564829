import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { BdfReader } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { AsdmIndex, AsdmIndexEntry, BlockKind } from './asdm-index.ts';
import { ALL_BITS, markFlags, readFlags } from './bdf-flags.ts';
import { type Integration, numbersOf, requirePart } from './bdf-slices.ts';
import { putRowColumns, type RowContext, UvwCache } from './row-columns.ts';
import type { FillMainOptions, WindowSource } from './window-sources.ts';

/** Bytes of FLAG written at a time. */
const FLAG_BYTES = 16 * 1024 * 1024;

/** Appends the rows of one BDF without their visibilities, and tells an index where these are. */
export class LazyFiller {
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

  /** Window by window, in the order of `sources`; @returns the rows made */
  fill(integrations: readonly Integration[], sources: readonly WindowSource[]): number {
    const index = this.options.lazyIndex;
    if (!index) return fail('internal', 'A lazy MeasurementSet needs an index.');
    if (integrations.length === 0 || sources.length === 0) return 0;
    const { main } = this.ms;
    index.setByteOrder(!this.bdf.header.isLittleEndian, this.bdf.name);
    let at = main.rowCount;
    const start = at;
    main.addRows(sources.reduce((sum, source) => sum + integrations.length * rowsOf(source), 0));
    for (const source of sources) {
      const step = Math.max(1, Math.floor(FLAG_BYTES / (rowsOf(source) * source.window.chanCount * source.corrCount)));
      for (let first = 0; first < integrations.length; first += step) {
        this.options.checkAbort();
        const block = integrations.slice(first, first + step);
        this.putRows(source, block, at);
        for (const integration of block) {
          addEntries(index, this.bdf, source, integration, at);
          at += rowsOf(source);
        }
      }
    }
    return at - start;
  }

  private putRows(source: WindowSource, integrations: readonly Integration[], start: number): void {
    const { main } = this.ms;
    const { window, corrCount, dataDescId, effectiveBw, pairs } = source;
    const count = integrations.length * rowsOf(source);
    putRowColumns(main, this.context, this.uvwCache, {
      start,
      integrations,
      pairs,
      binCount: window.binCount,
      dataDescId,
      corrCount,
      effectiveBw,
    });
    const flag = new Uint8Array(count * window.chanCount * corrCount);
    const flagRow = new Uint8Array(count);
    if (this.options.withBdfFlags) {
      const flags = integrations.map((integration) => readFlags(this.bdf, integration));
      markFlags(source, this.bdf, { flags, mask: ALL_BITS }, flag, flagRow);
    }
    main.column('FLAG').putRange(start, count, flag, [window.chanCount, corrCount]);
    main.column('FLAG_ROW').putRange(start, count, flagRow);
  }
}

const rowsOf = ({ pairs, window }: WindowSource) => pairs.first.length * window.binCount;

/** One entry for the rows of an integration; where bins stand between its baselines, one for each row. */
function addEntries(
  index: AsdmIndex,
  bdf: BdfReader,
  source: WindowSource,
  integration: Integration,
  start: number,
): void {
  const { window, layout, pairs, windowIndex } = source;
  const isAuto = pairs.isAuto;
  const part = requirePart(bdf, integration, source.name);
  const width = part.bytes / Math.max(1, part.valueCount);
  const kind: BlockKind = isAuto
    ? 'auto'
    : part.type === 'int16'
      ? 'int16'
      : part.type === 'int32'
        ? 'int32'
        : 'float32';
  // Lengths within a block count complex values for cross-correlations.
  const unit = isAuto ? 1 : 2;
  const byte = part.offset + integration.sample * numbersOf(part, bdf.header.numTime) * width;
  const windows = bdf.header.basebands.flatMap(({ spectralWindows }) => spectralWindows);
  const common = {
    kind,
    file: index.fileNumber(bdf.name),
    chanCount: window.chanCount,
    productCount: storedProducts(source),
    windowCount: windows.length,
    window: windowIndex,
    scaleFactors: windows.map(({ scaleFactor }) => (isAuto ? 1 : Math.fround(scaleFactor ?? 1))),
  } satisfies Partial<AsdmIndexEntry>;
  const first = window.first + source.apc * window.apcStride;
  if (window.binCount === 1) {
    const [pairCount, stride] = [pairs.first.length, layout.stride / unit];
    index.add({ ...common, row: start, pairCount, byte, first: first / unit, stride });
    return;
  }
  const binStride = window.apcStride * (isAuto ? 1 : Math.max(1, bdf.header.apc.length));
  let row = start;
  for (let pair = 0; pair < pairs.first.length; pair++) {
    const [a, b] = [pairs.first[pair], pairs.second[pair]];
    const place = isAuto ? a : (b * (b - 1)) / 2 + a;
    for (let bin = 0; bin < window.binCount; bin++) {
      const at = byte + (place * layout.stride + first + bin * binStride) * width;
      const stride = (window.chanCount * window.valuesPerChannel) / unit;
      index.add({ ...common, row: row++, pairCount: 1, byte: at, first: 0, stride });
    }
  }
}

/** Products as the index counts them: what autocorrelations store for XX, XY, YX, YY is the same as for XX, XY, YY. */
function storedProducts({ pairs, window }: WindowSource): number {
  return pairs.isAuto && window.valuesPerChannel === 4 ? 3 : window.products.length;
}
