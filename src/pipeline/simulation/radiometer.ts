import type { AsdmWriter, BdfHeader } from '../../formats/asdm/index.ts';
import { PATH_PER_MM, radiometerTemperatures, WVR_CHANNELS } from './atmosphere.ts';
import { UNSTEADY } from './faults.ts';
import type { ArrayLayout, Instrument } from './instrument.ts';
import type { RandomStream } from './random.ts';
import { INTEGRATION_EVENTS, RADIOMETER_EVENTS, TIMING_EVENT_NS, TIMING_EVENT_SEC } from './schedule.ts';

const CHANNEL_COUNT = WVR_CHANNELS.length;
/** Noise of one sample of a radiometer channel, K. */
const RADIOMETER_NOISE_K = 0.08;

export interface RadiometerOptions {
  readonly instrument: Instrument;
  readonly layout: ArrayLayout;
  /** No noise when left out. */
  readonly random: RandomStream | undefined;
  readonly projectPath: string;
  readonly startNs: bigint;
  /** Start of the execution to start of the subscan, s. */
  readonly startSec: number;
  readonly integrationCount: number;
  /** Antenna whose radiometer gives nothing. */
  readonly silent?: number;
  /** Antenna whose readings swing. */
  readonly unsteady?: number;
  /** Elevation of the field `seconds` after the start of the execution, rad. */
  readonly elevationAt: (seconds: number) => number;
}

/** What was written, for the Main row. */
export interface RadiometerOutput {
  readonly dataOid: string;
  readonly byteCount: number;
  readonly sampleCount: number;
  readonly durationNs: bigint;
}

/** Writes the radiometers' brightness during a subscan as one packed data subset. */
export function writeRadiometers(asdm: AsdmWriter, options: RadiometerOptions): RadiometerOutput {
  const { instrument, layout, startNs } = options;
  const antennaCount = instrument.antennaCount;
  const sampleCount = Math.max(1, Math.floor((options.integrationCount * INTEGRATION_EVENTS) / RADIOMETER_EVENTS));
  const stepNs = TIMING_EVENT_NS * BigInt(RADIOMETER_EVENTS);
  const durationNs = stepNs * BigInt(sampleCount);
  const size = sampleCount * antennaCount;
  const bdf = asdm.createBdf(radiometerHeader(options, sampleCount, size));
  const times = new BigInt64Array(size);
  const temperatures = new Float32Array(size * CHANNEL_COUNT);
  for (let sample = 0; sample < sampleCount; sample++) {
    const seconds = options.startSec + (sample + 0.5) * RADIOMETER_EVENTS * TIMING_EVENT_SEC;
    const elevation = options.elevationAt(seconds);
    times.fill(startNs + stepNs * BigInt(sample) + stepNs / 2n, sample * antennaCount, (sample + 1) * antennaCount);
    for (let ant = 0; ant < antennaCount; ant++) {
      if (ant === options.silent) continue;
      const path = instrument.path(layout.ground, ant, seconds, elevation);
      const column = instrument.pwvMm / Math.sin(elevation) + path / PATH_PER_MM;
      const at = (sample * antennaCount + ant) * CHANNEL_COUNT;
      radiometerTemperatures(column, temperatures, at);
      const swing =
        ant === options.unsteady ? UNSTEADY.swingK * Math.sin((2 * Math.PI * seconds) / UNSTEADY.periodSec) : 0;
      for (let channel = 0; channel < CHANNEL_COUNT; channel++) {
        const noise = options.random ? RADIOMETER_NOISE_K * options.random.normal() : 0;
        temperatures[at + channel] += instrument.radiometerOffset[ant * CHANNEL_COUNT + channel] + noise + swing;
      }
    }
  }
  bdf.subset(
    { timeNs: startNs + durationNs / 2n, intervalNs: durationNs, pathTail: '' },
    {
      flags: new Uint32Array(size),
      actualTimes: times,
      actualDurations: new BigInt64Array(size).fill(stepNs),
      autoData: temperatures,
    },
  );
  return { dataOid: bdf.dataOid, byteCount: bdf.close(), sampleCount, durationNs };
}

/** Head of a BDF that packs all samples of a subscan. */
function radiometerHeader(
  options: RadiometerOptions,
  sampleCount: number,
  size: number,
): Omit<BdfHeader, 'dataOid' | 'execBlockUid'> {
  return {
    isLittleEndian: true,
    schemaVersion: '2',
    projectPath: options.projectPath,
    startTimeNs: options.startNs,
    title: 'ALMA WVR Data',
    numTime: sampleCount,
    numAntenna: options.instrument.antennaCount,
    correlationMode: 'AUTO_ONLY',
    spectralResolution: 'FULL_RESOLUTION',
    processorType: 'RADIOMETER',
    apc: [],
    basebands: [
      {
        name: 'NOBB',
        spectralWindows: [
          {
            sw: '1',
            crossPolProducts: [],
            sdPolProducts: ['XX'],
            numSpectralPoint: CHANNEL_COUNT,
            numBin: 1,
            sideband: 'DSB',
          },
        ],
      },
    ],
    parts: {
      flags: { size, axes: ['TIM', 'ANT'] },
      actualTimes: { size, axes: ['TIM', 'ANT'] },
      actualDurations: { size, axes: ['TIM', 'ANT'] },
      autoData: { size: size * CHANNEL_COUNT, axes: ['TIM', 'ANT', 'SPP'] },
    },
  };
}
