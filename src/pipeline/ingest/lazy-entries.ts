import type { BdfReader } from '../../formats/asdm/index.ts';
import type { AsdmIndex, AsdmIndexEntry, BlockKind } from './asdm-index.ts';
import { type Integration, type Integrations, numbersOf, requirePart } from './bdf-slices.ts';
import { type PlacedSource, rowsOf } from './main-rows.ts';
import type { WindowSource } from './window-sources.ts';

/** Tells the index of a lazy MS where the visibilities of the rows of one BDF are. */
export function addToIndex(
  index: AsdmIndex,
  bdf: BdfReader,
  integrations: Integrations,
  placed: readonly PlacedSource[],
): void {
  index.setByteOrder(!bdf.header.isLittleEndian, bdf.name);
  for (const { source, start } of placed) {
    let row = start;
    for (const integration of integrations) {
      addEntries(index, bdf, source, integration, row);
      row += rowsOf(source);
    }
  }
}

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
