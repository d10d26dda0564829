import {
  type AsdmWriter,
  type BdfHeader,
  type BdfPartName,
  type BdfPartSpec,
  type BdfWriter,
  baselineIndex,
} from '../../formats/asdm/index.ts';
import type { IntegrationData } from './correlator.ts';
import type { RandomStream } from './random.ts';
import type { SimulatedWindow } from './spectral-setup.ts';

/** Of the data that are handed over; products are made of them when they are written. */
const POL_COUNT = 2;

/** A pair of BDFs of one subscan: full resolution and channel average. */
export interface SubscanOutput {
  /** Products of cross and autocorrelations. */
  readonly products: Products;
  readonly full: BdfWriter & { readonly dataOid: string };
  readonly average: BdfWriter & { readonly dataOid: string };
}

export interface OutputOptions {
  readonly projectPath: string;
  readonly startNs: bigint;
  readonly antennaCount: number;
  readonly windows: readonly SimulatedWindow[];
  readonly averageWindows: readonly SimulatedWindow[];
  readonly scales: readonly number[];
  readonly products: readonly string[];
}

/** Begins both BDFs of a subscan. */
export function createOutputs(asdm: AsdmWriter, options: OutputOptions): SubscanOutput {
  const counts = options.windows.map((window) => window.frequenciesHz.length);
  const ones = options.windows.map(() => 1);
  return {
    products: productsOf(options.products),
    full: asdm.createBdf({
      ...correlatorHeader(options, options.windows, options.scales, counts),
      spectralResolution: 'FULL_RESOLUTION',
      title: 'ALMA BL Correlator Full Resolution Data',
    }),
    average: asdm.createBdf({
      ...correlatorHeader(options, options.averageWindows, ones, ones),
      spectralResolution: 'CHANNEL_AVERAGE',
      title: 'ALMA BL Correlator Channel Average Data',
    }),
  };
}

/** Polarization products, and how many numbers each has in the autocorrelations: XY is complex. */
interface Products {
  readonly cross: readonly string[];
  readonly auto: readonly string[];
}

const productsOf = (cross: readonly string[]): Products => ({
  cross,
  auto: cross.filter((product) => product !== 'YX'),
});

const autoValues = ({ auto }: Products) => auto.reduce((sum, product) => sum + (product === 'XY' ? 2 : 1), 0);

/**
 * Cross-correlations of XX and YY as products: crossed ones hold what `noise` gives.
 *
 * @param values [.., pol, re/im]
 */
function crossProducts<T extends Int16Array | Int32Array | Float32Array>(
  values: T,
  { cross }: Products,
  noise: (cell: number) => number,
): T {
  if (cross.length === POL_COUNT) return values;
  const cells = values.length / (2 * POL_COUNT);
  const result = new (values.constructor as new (length: number) => T)(cells * cross.length * 2);
  for (let cell = 0; cell < cells; cell++) {
    cross.forEach((product, index) => {
      for (let part = 0; part < 2; part++) {
        const pol = product === 'XX' ? 0 : 1;
        result[2 * (cell * cross.length + index) + part] =
          product[0] === product[1] ? values[2 * (cell * POL_COUNT + pol) + part] : noise(cell);
      }
    });
  }
  return result;
}

/** Autocorrelations of XX and YY as products; XY is zero. @param values [.., pol] */
function autoProducts(values: Float32Array, products: Products): Float32Array {
  if (products.cross.length === POL_COUNT) return values;
  const count = autoValues(products);
  const result = new Float32Array((values.length / POL_COUNT) * count);
  for (let cell = 0; cell < values.length / POL_COUNT; cell++) {
    result[cell * count] = values[cell * POL_COUNT];
    if (count > 1) result[cell * count + count - 1] = values[cell * POL_COUNT + 1];
  }
  return result;
}

/** Middle and length of an integration, ns. */
export interface IntegrationTimes {
  readonly midNs: bigint;
  readonly intervalNs: bigint;
  /** From 1. */
  readonly number: number;
}

/**
 * Writes one integration at full resolution.
 *
 * @param noise of a stored number of the crossed polarizations
 */
export function writeFull(
  output: SubscanOutput,
  data: IntegrationData,
  times: IntegrationTimes,
  flags: Uint32Array,
  noise: () => number,
): void {
  const { midNs: timeNs, intervalNs } = times;
  output.full.subset(
    { timeNs, intervalNs, pathTail: `${times.number}/` },
    {
      flags,
      actualTimes: new BigInt64Array(flags.length).fill(timeNs),
      actualDurations: new BigInt64Array(flags.length).fill(intervalNs),
      crossData: crossProducts(data.cross, output.products, noise),
      autoData: autoProducts(data.auto, output.products),
    },
  );
}

/**
 * Writes the channel averages of an integration as sub-integrations with noise of their own.
 *
 * @param count sub-integrations
 * @param random source of the noise; none when left out
 */
export function writeAverages(
  output: SubscanOutput,
  data: IntegrationData,
  times: IntegrationTimes,
  flags: Uint32Array,
  count: number,
  random: RandomStream | undefined,
): void {
  const step = times.intervalNs / BigInt(count);
  const start = times.midNs - times.intervalNs / 2n;
  const windowCount = data.averageNoise.length;
  const cross = new Float32Array(data.average.length);
  for (let index = 0; index < count; index++) {
    for (let at = 0; at < cross.length; at++) {
      const window = Math.floor(at / (2 * POL_COUNT)) % windowCount;
      const noise = random ? data.averageNoise[window] * Math.sqrt(count) * random.normal() : 0;
      cross[at] = data.average[at] + noise;
    }
    const timeNs = start + step * BigInt(index) + step / 2n;
    output.average.subset(
      { timeNs, intervalNs: step, pathTail: `${times.number}/${index + 1}/` },
      {
        flags,
        actualTimes: new BigInt64Array(flags.length).fill(timeNs),
        actualDurations: new BigInt64Array(flags.length).fill(step),
        crossData: crossProducts(cross, output.products, (cell) =>
          random ? data.averageNoise[cell % windowCount] * Math.sqrt(count) * random.normal() : 0,
        ),
        autoData: autoProducts(data.autoAverage, output.products),
      },
    );
  }
}

/** Flag words of an integration, all clear: [baseline, window, product] then [ant, window, product]. */
export function clearFlags(antennaCount: number, windowCount: number, { products }: SubscanOutput): Uint32Array {
  return new Uint32Array(flagCount(antennaCount, windowCount, products));
}

const flagCount = (antennaCount: number, windowCount: number, { cross, auto }: Products) =>
  (((antennaCount * (antennaCount - 1)) / 2) * cross.length + antennaCount * auto.length) * windowCount;

/** Sets the words of all baselines and of the autocorrelation of an antenna for one window and polarization. */
export function flagAntenna(
  flags: Uint32Array,
  antennaCount: number,
  windowCount: number,
  { cross, auto }: Products,
  hit: { readonly ant: number; readonly window: number; readonly pol: number; readonly word: number },
): void {
  const product = hit.pol === 0 ? 'XX' : 'YY';
  if (!cross.includes(product)) return;
  const stride = windowCount * cross.length;
  const inner = hit.window * cross.length + cross.indexOf(product);
  for (let other = 0; other < antennaCount; other++) {
    if (other === hit.ant) continue;
    const baseline = baselineIndex(Math.min(other, hit.ant), Math.max(other, hit.ant));
    flags[baseline * stride + inner] = hit.word;
  }
  const baselineCount = (antennaCount * (antennaCount - 1)) / 2;
  flags[baselineCount * stride + (hit.ant * windowCount + hit.window) * auto.length + auto.indexOf(product)] = hit.word;
}

function correlatorHeader(
  options: OutputOptions,
  windows: readonly SimulatedWindow[],
  scales: readonly number[],
  counts: readonly number[],
): Omit<BdfHeader, 'dataOid' | 'execBlockUid' | 'spectralResolution' | 'title'> {
  const { antennaCount } = options;
  const baselineCount = (antennaCount * (antennaCount - 1)) / 2;
  const chanTotal = counts.reduce((sum, count) => sum + count, 0);
  const products = productsOf(options.products);
  const flagSize = flagCount(antennaCount, windows.length, products);
  const flagAxes = ['BAL', 'ANT', 'BAB', 'POL'];
  const parts: Partial<Record<BdfPartName, BdfPartSpec>> = {
    flags: { size: flagSize, axes: flagAxes },
    actualTimes: { size: flagSize, axes: flagAxes },
    actualDurations: { size: flagSize, axes: flagAxes },
    crossData: { size: baselineCount * chanTotal * products.cross.length * 2, axes: ['BAL', 'BAB', 'SPP', 'POL'] },
    autoData: { size: antennaCount * chanTotal * autoValues(products), axes: ['ANT', 'BAB', 'SPP', 'POL'] },
  };
  return {
    isLittleEndian: true,
    schemaVersion: '2',
    projectPath: options.projectPath,
    startTimeNs: options.startNs,
    numTime: 0,
    numAntenna: antennaCount,
    correlationMode: 'CROSS_AND_AUTO',
    processorType: 'CORRELATOR',
    apc: ['AP_UNCORRECTED'],
    basebands: windows.map((window, index) => ({
      name: `BB_${window.baseband + 1}`,
      spectralWindows: [
        {
          sw: '1',
          crossPolProducts: products.cross,
          sdPolProducts: products.auto,
          scaleFactor: scales[index],
          numSpectralPoint: counts[index],
          numBin: 1,
          sideband: window.sideband,
        },
      ],
    })),
    parts,
  };
}
