import { fail } from '../../foundation/base/index.ts';
import type { BdfHeader, BdfPartName } from './bdf-header.ts';

/** One spectral window's place within the numbers of a baseline (cross) or an antenna (auto). */
export interface BdfWindowPlace {
  readonly baseband: string;
  readonly sw: string;
  readonly chanCount: number;
  readonly binCount: number;
  readonly products: readonly string[];
  /** 1 when the header gives none. */
  readonly scaleFactor: number;
  /** Index of the window's first number within its baseline or antenna. */
  readonly first: number;
  /** Numbers between one phase correction and the next (cross data of several APC). */
  readonly apcStride: number;
  /** Numbers of one channel: 2 per cross product; XX, Re XY, Im XY, YY count 4 in auto data. */
  readonly valuesPerChannel: number;
}

/** Order of the numbers of crossData or autoData. */
export interface BdfLayout {
  /** Baselines (cross) or antennas (auto). */
  readonly count: number;
  /** Numbers from one baseline or antenna to the next. */
  readonly stride: number;
  readonly windows: readonly BdfWindowPlace[];
  /** Numbers of one time sample; times the header's numTime for packed data. */
  readonly total: number;
}

/** Baselines of n antennas in BDF order: (0,1) (0,2) (1,2) (0,3) …, i.e. ant1 < ant2 and ant2 slowest. */
export function baselineIndex(ant1: number, ant2: number): number {
  return (ant2 * (ant2 - 1)) / 2 + ant1;
}

/** Numbers that an autocorrelation needs per channel: XY is complex and counts two, YX as its conjugate is not stored. */
export function autoValuesPerChannel(products: readonly string[]): number {
  const parallel = products.filter((product) => product[0] === product[1]).length;
  return parallel + (parallel < products.length ? 2 : 0);
}

/**
 * Layout of crossData: [baseline][baseband, window][bin][apc][channel][product][re, im].
 *
 * @param file named in messages
 * @throws bad-format when the size that the header announces is another
 */
export function crossLayout(header: BdfHeader, file?: string): BdfLayout {
  const apcCount = Math.max(1, header.apc.length);
  const count = (header.numAntenna * (header.numAntenna - 1)) / 2;
  return layout(header, file, 'crossData', count, (window) => {
    const valuesPerChannel = 2 * window.crossPolProducts.length;
    return { products: window.crossPolProducts, valuesPerChannel, apcCount };
  });
}

/**
 * Layout of autoData: [antenna][baseband, window][bin][channel][product].
 *
 * @param file named in messages
 * @throws bad-format when the size that the header announces is another
 */
export function autoLayout(header: BdfHeader, file?: string): BdfLayout {
  return layout(header, file, 'autoData', header.numAntenna, (window) => ({
    products: window.sdPolProducts,
    valuesPerChannel: autoValuesPerChannel(window.sdPolProducts),
    apcCount: 1,
  }));
}

type WindowShape = { products: readonly string[]; valuesPerChannel: number; apcCount: number };

function layout(
  header: BdfHeader,
  file: string | undefined,
  part: BdfPartName,
  count: number,
  shapeOf: (window: BdfHeader['basebands'][number]['spectralWindows'][number]) => WindowShape,
): BdfLayout {
  const windows: BdfWindowPlace[] = [];
  let first = 0;
  for (const baseband of header.basebands) {
    for (const window of baseband.spectralWindows) {
      const { products, valuesPerChannel, apcCount } = shapeOf(window);
      const apcStride = window.numSpectralPoint * valuesPerChannel;
      windows.push({
        baseband: baseband.name,
        sw: window.sw,
        chanCount: window.numSpectralPoint,
        binCount: window.numBin,
        products,
        scaleFactor: window.scaleFactor ?? 1,
        first,
        apcStride,
        valuesPerChannel,
      });
      first += apcStride * apcCount * window.numBin;
    }
  }
  const total = first * count;
  const announced = header.parts[part]?.size;
  if (announced !== undefined && announced !== total * Math.max(1, header.numTime)) {
    fail(
      'bad-format',
      `The BDF ${header.dataOid} announces ${announced} numbers of ${part}, but its windows need ${total}.`,
      { file },
    );
  }
  return { count, stride: first, windows, total };
}

/**
 * Layout of flags, actualTimes and actualDurations: one number for each baseline, window and cross product, then for
 * each antenna, window and autocorrelation product; no channels.
 */
export function flagLayout(header: BdfHeader): {
  crossStride: number;
  autoStart: number;
  autoStride: number;
  total: number;
} {
  const windows = header.basebands.flatMap((baseband) => baseband.spectralWindows);
  const hasCross = header.correlationMode !== 'AUTO_ONLY';
  const hasAuto = header.correlationMode !== 'CROSS_ONLY';
  const crossStride = hasCross
    ? windows.reduce((sum, window) => sum + window.numBin * window.crossPolProducts.length, 0)
    : 0;
  const autoStride = hasAuto
    ? windows.reduce((sum, window) => sum + window.numBin * window.sdPolProducts.length, 0)
    : 0;
  const baselines = (header.numAntenna * (header.numAntenna - 1)) / 2;
  const autoStart = baselines * crossStride;
  return { crossStride, autoStart, autoStride, total: autoStart + header.numAntenna * autoStride };
}
