import type { BdfPartName, BdfPartSpec, BdfValues, createAsdm } from '../../../src/formats/asdm/index.ts';

/** Start of the observation, ns since MJD 0: 2013-06-15T03:00. */
export const START = 4_877_982_000_000_000_000n;
export const SECOND = 1_000_000_000n;
export const ANTENNAS = 3;
export const SCALE = 3.7;
/** Number stored for baseline, window, correction, channel, product, part and integration: all different. */
export const stored = (integration: number, baseline: number, window: number, apc: number, k: number) =>
  ((integration * 7 + baseline * 31 + window * 301 + apc * 1201 + k * 13) % 4001) - 2000;
export const storedAuto = (integration: number, antenna: number, window: number, k: number) =>
  1 + integration + antenna * 10 + window * 100 + k * 0.25;

/** Channels of the two windows. */
export const CHANNELS = [4, 2];

/** What the correlator's BDF can have otherwise. */
export interface SmallVariant {
  readonly isLittleEndian?: boolean;
  /** Bins of each window. */
  readonly binCount?: number;
  /** The field follows an ephemeris of four entries, 20 minutes apart. */
  readonly hasEphemeris?: boolean;
  readonly crossType?: 'int16' | 'int32' | 'float32';
  /** Cross products XX, XY, YX, YY and autocorrelations XX, XY, YY. */
  readonly isFullPolarization?: boolean;
  /** Both windows belong to BB_1. */
  readonly isOneBaseband?: boolean;
  /** Zero lags behind the autocorrelations. */
  readonly hasZeroLags?: boolean;
  /** Weights, which stand before the visibilities and do not change what is imported (WEIGHT comes from time and width). */
  readonly hasWeights?: boolean;
  /** The times and lengths that were really observed: 1 s later and 1 s shorter, one each for baseline, window and product. */
  readonly hasActualTimes?: boolean;
  /** Parts are those of sub-integrations. */
  readonly isSubIntegration?: boolean;
  /** The uncorrected numbers of the first baseline hold the text of a boundary. */
  readonly hasBoundaryBytes?: boolean;
}

type Writer = ReturnType<typeof createAsdm>;
type Parts = Partial<Record<BdfPartName, BdfValues>>;

const CROSS_ARRAYS = { int16: Int16Array, int32: Int32Array, float32: Float32Array };
const BOUNDARY = '\n--MIME_boundary-2--\n--MIME_boundary-1--\n';
const BASELINES = (ANTENNAS * (ANTENNAS - 1)) / 2;

/** Sizes of the parts of the correlator's BDF. */
function sizesOf({ binCount = 1, isFullPolarization = false }: SmallVariant) {
  const channels = CHANNELS.reduce((sum, count) => sum + count, 0);
  const [products, autoProducts] = isFullPolarization ? [4, 3] : [2, 2];
  const autoNumbers = isFullPolarization ? 4 : 2;
  const windows = CHANNELS.length * binCount;
  return {
    products,
    autoNumbers,
    words: windows * (BASELINES * products + ANTENNAS * autoProducts),
    cross: binCount * BASELINES * channels * 2 * 2 * products,
    auto: binCount * ANTENNAS * channels * autoNumbers,
    zeroLags: windows * ANTENNAS * 2,
  };
}

/** Two integrations of two windows, with two phase corrections. */
export function writeCorrelatorBdf(asdm: Writer, variant: SmallVariant): { oid: string; bytes: number } {
  const { isLittleEndian = true, binCount = 1, isOneBaseband = false, isFullPolarization = false } = variant;
  const sizes = sizesOf(variant);
  const windows = CHANNELS.map((numSpectralPoint, index) => ({
    sw: isOneBaseband ? String(index + 1) : '1',
    crossPolProducts: isFullPolarization ? ['XX', 'XY', 'YX', 'YY'] : ['XX', 'YY'],
    sdPolProducts: isFullPolarization ? ['XX', 'XY', 'YY'] : ['XX', 'YY'],
    scaleFactor: SCALE,
    numSpectralPoint,
    numBin: binCount,
    sideband: 'USB',
  }));
  const flagAxes = ['BAL', 'ANT', 'BAB', 'POL'];
  const parts: Partial<Record<BdfPartName, BdfPartSpec>> = {
    flags: { size: sizes.words, axes: flagAxes },
    ...(variant.hasActualTimes && {
      actualTimes: { size: sizes.words, axes: flagAxes },
      actualDurations: { size: sizes.words, axes: flagAxes },
    }),
    ...(variant.hasWeights && { weights: { size: sizes.words, axes: flagAxes } }),
    crossData: { size: sizes.cross, axes: ['BAL', 'BAB', 'APC', 'SPP', 'POL'] },
    autoData: { size: sizes.auto, axes: ['ANT', 'BAB', 'SPP', 'POL'] },
    ...(variant.hasZeroLags && { zeroLags: { size: sizes.zeroLags, axes: ['ANT', 'BAB', 'POL'] } }),
  };
  const bdf = asdm.createBdf({
    isLittleEndian,
    schemaVersion: '2',
    projectPath: '1/1/1/',
    startTimeNs: START,
    title: 'test',
    numTime: 0,
    numAntenna: ANTENNAS,
    correlationMode: 'CROSS_AND_AUTO',
    spectralResolution: 'FULL_RESOLUTION',
    processorType: 'CORRELATOR',
    apc: ['AP_CORRECTED', 'AP_UNCORRECTED'],
    basebands: isOneBaseband
      ? [{ name: 'BB_1', spectralWindows: windows }]
      : windows.map((window, index) => ({ name: `BB_${index + 1}`, spectralWindows: [window] })),
    parts,
  });
  for (const integration of [0, 1]) {
    const timeNs = START + BigInt(3 + 6 * integration) * SECOND;
    bdf.subset(
      {
        timeNs,
        intervalNs: 6n * SECOND,
        pathTail: variant.isSubIntegration ? `1/${integration + 1}/` : `${integration + 1}/`,
      },
      {
        flags: flagsOf(integration, variant),
        ...(variant.hasActualTimes && actualTimes(timeNs, sizes.words)),
        ...(variant.hasZeroLags && { zeroLags: new Float32Array(sizes.zeroLags).fill(0.5) }),
        ...(variant.hasWeights && {
          weights: Float32Array.from({ length: sizes.words }, (_, word) => word / 4 + integration),
        }),
        crossData: crossOf(integration, variant),
        autoData: autoOf(integration, variant),
      },
    );
  }
  return { oid: bdf.dataOid, bytes: bdf.close() };
}

/** Of the integration's middle, later and shorter by a few milliseconds more for each word. */
function actualTimes(timeNs: bigint, words: number): Parts {
  const step = SECOND / 128n;
  return {
    actualTimes: BigInt64Array.from({ length: words }, (_, word) => timeNs + SECOND + BigInt(word) * step),
    actualDurations: BigInt64Array.from({ length: words }, (_, word) => 5n * SECOND - BigInt(word) * step),
  };
}

/** Integration 1, baseline (0,2), window 1, YY; and antenna 2, window 0, all its products (of one bin, two products). */
function flagsOf(integration: number, variant: SmallVariant): Uint32Array {
  const flags = new Uint32Array(sizesOf(variant).words);
  if (integration === 1) {
    flags.set([1], 4 + 2 + 1);
    flags.set([1, 1], 12 + 8);
  }
  return flags;
}

function crossOf(integration: number, variant: SmallVariant): BdfValues {
  const { crossType = 'int16', binCount = 1 } = variant;
  const { cross: size, products } = sizesOf(variant);
  const cross = new CROSS_ARRAYS[crossType](size);
  let at = 0;
  for (let baseline = 0; baseline < BASELINES; baseline++) {
    CHANNELS.forEach((count, window) => {
      for (let place = 0; place < 2 * binCount; place++)
        for (let k = 0; k < count * 2 * products; k++) cross[at++] = stored(integration, baseline, window, place, k);
    });
  }
  if (variant.hasBoundaryBytes) {
    const text = new TextEncoder().encode(BOUNDARY);
    new Uint8Array(cross.buffer).set(text, cross.BYTES_PER_ELEMENT * 2 * products * CHANNELS[0]);
  }
  return cross;
}

function autoOf(integration: number, variant: SmallVariant): Float32Array {
  const { auto: size, autoNumbers } = sizesOf(variant);
  const auto = new Float32Array(size);
  let at = 0;
  for (let ant = 0; ant < ANTENNAS; ant++) {
    CHANNELS.forEach((count, window) => {
      for (let k = 0; k < (variant.binCount ?? 1) * count * autoNumbers; k++)
        auto[at++] = storedAuto(integration, ant, window, k);
    });
  }
  return auto;
}

/** Three packed samples. */
export function writeRadiometerBdf(
  asdm: Writer,
  { isLittleEndian = true }: SmallVariant,
): { oid: string; bytes: number } {
  const bdf = asdm.createBdf({
    isLittleEndian,
    schemaVersion: '2',
    projectPath: '1/2/1/',
    startTimeNs: START,
    title: 'test',
    numTime: 3,
    numAntenna: ANTENNAS,
    correlationMode: 'AUTO_ONLY',
    spectralResolution: 'FULL_RESOLUTION',
    processorType: 'RADIOMETER',
    apc: [],
    basebands: [
      {
        name: 'NOBB',
        spectralWindows: [
          { sw: '1', crossPolProducts: [], sdPolProducts: ['XX'], numSpectralPoint: 4, numBin: 1, sideband: 'DSB' },
        ],
      },
    ],
    parts: { autoData: { size: 36, axes: ['TIM', 'ANT', 'SPP'] } },
  });
  bdf.subset(
    { timeNs: START + 20n * SECOND, intervalNs: 3n * SECOND, pathTail: '' },
    { autoData: Float32Array.from({ length: 36 }, (_, k) => 100 + k) },
  );
  return { oid: bdf.dataOid, bytes: bdf.close() };
}
