import { WVR_CHANNELS } from './atmosphere.ts';
import { type SimulationParameters, SMALL_DISH_CONFIGURATION } from './presets.ts';

/** What a set of windows is for. */
export type SetupUse = 'pointing' | 'atmosphere' | 'science';

/** One spectral window of the observation. */
export interface SimulatedWindow {
  readonly id: number;
  readonly kind: 'WVR' | 'FULL_RES' | 'CH_AVG';
  readonly use: SetupUse | 'wvr';
  /** 0…3; -1 for the radiometers. */
  readonly baseband: number;
  readonly basebandCentreHz: number;
  readonly name: string;
  /** Channel centres at the observatory, Hz, [chan]. */
  readonly frequenciesHz: Float64Array;
  /** Signed channel separation, Hz. */
  readonly stepHz: number;
  readonly sideband: 'USB' | 'LSB' | 'DSB';
  /** The CH_AVG window of a FULL_RES one, and the other way round. */
  readonly partnerId: number;
}

/** One configuration of the processors. */
export interface SimulatedConfiguration {
  readonly id: number;
  readonly use: SetupUse | 'wvr';
  readonly resolution: 'FULL_RESOLUTION' | 'CHANNEL_AVERAGE';
  readonly mode: 'AUTO_ONLY' | 'CROSS_AND_AUTO';
  readonly windowIds: readonly number[];
  readonly processorId: number;
}

/** All windows and configurations of an execution. */
export interface SpectralSetup {
  readonly windows: readonly SimulatedWindow[];
  /** Polarization products of the correlator. */
  readonly products: readonly string[];
  readonly configurations: readonly SimulatedConfiguration[];
  /** Ids of the FULL_RES windows, by use. */
  readonly fullResolution: Readonly<Record<SetupUse, readonly number[]>>;
  /** Id of the FULL_RESOLUTION configuration of a use; the channel average is the next one. */
  readonly configurationOf: Readonly<Record<SetupUse, number>>;
}

/** Polarization products by their number. */
export const PRODUCTS = { 1: ['XX'], 2: ['XX', 'YY'], 4: ['XX', 'XY', 'YX', 'YY'] } as const;
/** First local oscillator, Hz. */
export const LOCAL_OSCILLATOR_HZ = 222.5e9;
const TDM_WIDTH_HZ = 2e9;
/** Share of a TDM or FDM window that its channel average covers. */
export const AVERAGED_SHARE = 0.9;

/** Band 6: sidebands of the basebands, widths of their science windows (Hz). */
const BASEBANDS = [
  { sideband: 'USB', scienceWidthHz: 937.5e6 },
  { sideband: 'USB', scienceWidthHz: 1.875e9 },
  { sideband: 'LSB', scienceWidthHz: 1.875e9 },
  { sideband: 'LSB', scienceWidthHz: 1.875e9 },
] as const;

/**
 * Windows as a Cycle 1 observation has them: radiometer, then FULL_RES and CH_AVG pairs for pointing (TDM), system
 * temperature (TDM) and science (FDM).
 */
export function planSpectralSetup(parameters: SimulationParameters): SpectralSetup {
  const hasRadiometers = parameters.configuration !== SMALL_DISH_CONFIGURATION;
  const windows: SimulatedWindow[] = hasRadiometers ? [radiometerWindow(0)] : [];
  const fullResolution: Record<SetupUse, number[]> = { pointing: [], atmosphere: [], science: [] };
  for (const use of ['pointing', 'atmosphere', 'science'] as const) {
    for (let baseband = 0; baseband < BASEBANDS.length; baseband++) {
      const pair = windowPair(windows.length, use, baseband, parameters);
      fullResolution[use].push(pair[0].id);
      windows.push(...pair);
    }
  }
  const products = PRODUCTS[parameters.polarizationCount];
  return { windows, products, fullResolution, ...configureProcessors(fullResolution, hasRadiometers ? [0] : []) };
}

/** Configurations of the processors: the radiometers if there are any, then full resolution and average of each use. */
export function configureProcessors(
  fullResolution: SpectralSetup['fullResolution'],
  radiometers: readonly number[],
): Pick<SpectralSetup, 'configurations' | 'configurationOf'> {
  const configurations: SimulatedConfiguration[] = [];
  if (radiometers.length > 0) {
    const windowIds = radiometers;
    configurations.push({
      id: 0,
      use: 'wvr',
      resolution: 'FULL_RESOLUTION',
      mode: 'AUTO_ONLY',
      windowIds,
      processorId: 0,
    });
  }
  const firstProcessor = configurations.length;
  const configurationOf: Record<SetupUse, number> = { pointing: 0, atmosphere: 0, science: 0 };
  (['pointing', 'atmosphere', 'science'] as const).forEach((use, index) => {
    configurationOf[use] = configurations.length;
    for (const offset of [0, 1]) {
      configurations.push({
        id: configurations.length,
        use,
        resolution: offset === 0 ? 'FULL_RESOLUTION' : 'CHANNEL_AVERAGE',
        mode: 'CROSS_AND_AUTO',
        windowIds: fullResolution[use].map((id) => id + offset),
        processorId: firstProcessor + index,
      });
    }
  });
  return { configurations, configurationOf };
}

/** The window of the radiometers. */
export function radiometerWindow(id: number): SimulatedWindow {
  return {
    id,
    kind: 'WVR',
    use: 'wvr',
    baseband: -1,
    basebandCentreHz: 183.3e9,
    name: 'WVR#NOMINAL',
    frequenciesHz: Float64Array.from(WVR_CHANNELS, (channel) => 183.3e9 + channel.offsetHz),
    stepHz: 1.5e9,
    sideband: 'DSB',
    partnerId: id,
  };
}

function windowPair(
  id: number,
  use: SetupUse,
  baseband: number,
  parameters: SimulationParameters,
): [SimulatedWindow, SimulatedWindow] {
  const { sideband, scienceWidthHz } = BASEBANDS[baseband];
  const centreHz = parameters.basebandCentresHz[baseband];
  const widthHz = use === 'science' ? scienceWidthHz : TDM_WIDTH_HZ;
  const count = use === 'science' ? parameters.channelCount : parameters.tdmChannelCount;
  const stepHz = ((sideband === 'LSB' ? -1 : 1) * widthHz) / count;
  const name = `ALMA_RB_06#BB_${baseband + 1}#SW-01#`;
  const common = { use, baseband, basebandCentreHz: centreHz, sideband };
  return [
    {
      ...common,
      id,
      kind: 'FULL_RES',
      name: `${name}FULL_RES`,
      frequenciesHz: Float64Array.from({ length: count }, (_, chan) => centreHz + stepHz * (chan - (count - 1) / 2)),
      stepHz,
      partnerId: id + 1,
    },
    {
      ...common,
      id: id + 1,
      kind: 'CH_AVG',
      name: `${name}CH_AVG`,
      frequenciesHz: Float64Array.of(centreHz),
      stepHz: AVERAGED_SHARE * widthHz,
      partnerId: id,
    },
  ];
}
