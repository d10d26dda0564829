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

const POL_COUNT = 2;
const PRODUCTS = ['XX', 'YY'];

/** A pair of BDFs of one subscan: full resolution and channel average. */
export interface SubscanOutput {
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
}

/** Begins both BDFs of a subscan. */
export function createOutputs(asdm: AsdmWriter, options: OutputOptions): SubscanOutput {
  const counts = options.windows.map((window) => window.frequenciesHz.length);
  const ones = options.windows.map(() => 1);
  return {
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

/** Middle and length of an integration, ns. */
export interface IntegrationTimes {
  readonly midNs: bigint;
  readonly intervalNs: bigint;
  /** From 1. */
  readonly number: number;
}

/** Writes one integration at full resolution. */
export function writeFull(
  output: SubscanOutput,
  data: IntegrationData,
  times: IntegrationTimes,
  flags: Uint32Array,
): void {
  const { midNs: timeNs, intervalNs } = times;
  output.full.subset(
    { timeNs, intervalNs, pathTail: `${times.number}/` },
    {
      flags,
      actualTimes: new BigInt64Array(flags.length).fill(timeNs),
      actualDurations: new BigInt64Array(flags.length).fill(intervalNs),
      crossData: data.cross,
      autoData: data.auto,
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
        crossData: cross,
        autoData: data.autoAverage,
      },
    );
  }
}

/** Flag words of an integration, all clear: [baseline, window, pol] then [ant, window, pol]. */
export function clearFlags(antennaCount: number, windowCount: number): Uint32Array {
  return new Uint32Array(((antennaCount * (antennaCount - 1)) / 2 + antennaCount) * windowCount * POL_COUNT);
}

/** Sets the words of all baselines and of the autocorrelation of an antenna for one window and polarization. */
export function flagAntenna(
  flags: Uint32Array,
  antennaCount: number,
  windowCount: number,
  hit: { readonly ant: number; readonly window: number; readonly pol: number; readonly word: number },
): void {
  const stride = windowCount * POL_COUNT;
  const inner = hit.window * POL_COUNT + hit.pol;
  for (let other = 0; other < antennaCount; other++) {
    if (other === hit.ant) continue;
    const baseline = baselineIndex(Math.min(other, hit.ant), Math.max(other, hit.ant));
    flags[baseline * stride + inner] = hit.word;
  }
  const baselineCount = (antennaCount * (antennaCount - 1)) / 2;
  flags[(baselineCount + hit.ant) * stride + inner] = hit.word;
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
  const flagSize = (baselineCount + antennaCount) * windows.length * POL_COUNT;
  const flagAxes = ['BAL', 'ANT', 'BAB', 'POL'];
  const parts: Partial<Record<BdfPartName, BdfPartSpec>> = {
    flags: { size: flagSize, axes: flagAxes },
    actualTimes: { size: flagSize, axes: flagAxes },
    actualDurations: { size: flagSize, axes: flagAxes },
    crossData: { size: baselineCount * chanTotal * POL_COUNT * 2, axes: ['BAL', 'BAB', 'SPP', 'POL'] },
    autoData: { size: antennaCount * chanTotal * POL_COUNT, axes: ['ANT', 'BAB', 'SPP', 'POL'] },
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
          crossPolProducts: PRODUCTS,
          sdPolProducts: PRODUCTS,
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
