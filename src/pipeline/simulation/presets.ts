import { fail } from '../../foundation/base/index.ts';
import { isBody } from './body-field.ts';
import { checkFaults, type FaultName, WEAK_FLUX } from './faults.ts';

/** How big a simulation is. */
export type PresetName = 'demo' | 'tiny' | 'medium';

/** Everything that can be chosen about an observation besides the sky. Integrations last 6.048 s. */
export interface SimulationParameters {
  readonly seed: number;
  readonly executionCount: number;
  readonly antennaCount: number;
  /** Configuration of Cycle 1 whose pads are used; ACA has 7 m antennas, which have no radiometers. */
  readonly configuration: string;
  /** Centres of the four basebands in Band 6, the first two in the upper sideband, Hz. */
  readonly basebandCentresHz: readonly number[];
  /** Channels of each FDM science window. */
  readonly channelCount: number;
  /** Channels of each TDM window. */
  readonly tdmChannelCount: number;
  /** Polarization products: XX alone, XX and YY, or all four, where the crossed ones hold noise only. */
  readonly polarizationCount: 1 | 2 | 4;
  /** Integrations of the scans. */
  readonly pointingIntegrations: number;
  readonly sidebandIntegrations: number;
  readonly atmosphereIntegrations: number;
  readonly bandpassIntegrations: number;
  readonly fluxIntegrations: number;
  readonly phaseIntegrations: number;
  readonly targetIntegrations: number;
  /** Visits to the target; each is between two of the phase calibrator. */
  readonly cycleCount: number;
  /** A Tsys scan on phase calibrator and target comes every so many cycles. */
  readonly cyclesPerTsys: number;
  /** CH_AVG samples in one integration. */
  readonly subIntegrations: number;
  /** UTC of the first execution, and from the start of one to the start of the next. */
  readonly start: string;
  readonly executionSpacingSec: number;
  /** Precipitable water, mm, and rms of the path between two points 300 m apart, m. */
  readonly pwvMm: number;
  readonly pathRms300m: number;
  /** The amplitude of each bandpass has mean 1 over its window: what one gain for all windows can take away. */
  readonly hasEvenWindows?: boolean;
  /** Standard deviation of the errors of the online antenna positions, m. */
  readonly positionError: number;
  /** Pointing samples are so far apart, s. */
  readonly pointingStepSec: number;
  /** Visibilities of the flux calibrator in the last execution are weak by this factor. */
  readonly fluxCalibratorFactor: number;
  /** A body of the Solar System that is the flux calibrator; a quasar when none is named. */
  readonly fluxCalibrator?: string;
  readonly fluxIntent: 'CALIBRATE_FLUX' | 'CALIBRATE_AMPLI';
  /** Jy per K of an antenna in the mean. */
  readonly jyPerK: number;
  /** Noise of the visibilities over what the antennas and windows give. */
  readonly noiseFactor: number;
  /** The correlator blanks and flags some integrations. */
  readonly hasBlanks: boolean;
  /** What is wrong with the array besides. */
  readonly faults: readonly FaultName[];
  /** No noise, no damage, no errors: perfect antennas and air. */
  readonly isPerfect: boolean;
}

const DEMO: SimulationParameters = {
  seed: 1,
  executionCount: 2,
  antennaCount: 10,
  configuration: '3',
  basebandCentresHz: [229.6e9, 231.45e9, 215.4e9, 213.6e9],
  channelCount: 128,
  tdmChannelCount: 128,
  polarizationCount: 2,
  pointingIntegrations: 1,
  sidebandIntegrations: 1,
  atmosphereIntegrations: 1,
  bandpassIntegrations: 12,
  fluxIntegrations: 8,
  phaseIntegrations: 3,
  targetIntegrations: 9,
  cycleCount: 4,
  cyclesPerTsys: 2,
  subIntegrations: 3,
  start: '2013/07/20/01:10:00',
  executionSpacingSec: 6000,
  pwvMm: 1.1,
  pathRms300m: 110e-6,
  positionError: 1.5e-3,
  pointingStepSec: 1,
  fluxCalibratorFactor: 0.88,
  jyPerK: 40,
  noiseFactor: 1,
  hasBlanks: true,
  fluxIntent: 'CALIBRATE_FLUX',
  faults: [],
  isPerfect: false,
};

const PRESETS: Readonly<Record<PresetName, Partial<SimulationParameters>>> = {
  demo: {},
  tiny: {
    antennaCount: 5,
    channelCount: 32,
    tdmChannelCount: 32,
    bandpassIntegrations: 3,
    fluxIntegrations: 2,
    phaseIntegrations: 1,
    targetIntegrations: 2,
    cycleCount: 2,
    subIntegrations: 2,
    pointingStepSec: 6,
  },
  medium: {
    antennaCount: 12,
    subIntegrations: 6,
    channelCount: 480,
    configuration: '4',
    pointingIntegrations: 4,
    sidebandIntegrations: 4,
    atmosphereIntegrations: 3,
    bandpassIntegrations: 50,
    fluxIntegrations: 30,
    phaseIntegrations: 8,
    targetIntegrations: 66,
    cycleCount: 5,
    executionCount: 1,
  },
};

/** Configuration of the 7 m antennas. */
export const SMALL_DISH_CONFIGURATION = 'ACA';

/** The array of 7 m antennas while the sources set. */
const SMALL_DISHES = {
  configuration: SMALL_DISH_CONFIGURATION,
  antennaCount: 8,
  jyPerK: 117,
  start: '2013/07/20/06:00:00',
};

/** What faults change of the observation; any of that may be given another value. */
const FAULT_CHANGES: Readonly<Partial<Record<FaultName, Partial<SimulationParameters>>>> = {
  'weak-flux-calibrator': { fluxCalibratorFactor: WEAK_FLUX },
  shadowing: SMALL_DISHES,
};

/**
 * The parameters of a preset with some of them changed.
 *
 * @throws usage for an unknown preset or a count that is too small
 */
export function chooseParameters(preset: PresetName, changes: Partial<SimulationParameters>): SimulationParameters {
  const chosen = PRESETS[preset];
  if (!chosen) fail('usage', `"${preset}" is not a preset; there are demo, tiny and medium.`);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const faults = checkFaults(changes.faults ?? []);
  const parameters = Object.assign({}, DEMO, chosen, ...faults.map((fault) => FAULT_CHANGES[fault]), given);
  if (parameters.antennaCount < 4) fail('usage', 'At least 4 antennas are needed to calibrate gains.');
  const { fluxCalibrator } = parameters;
  if (fluxCalibrator !== undefined && !isBody(fluxCalibrator))
    fail('usage', `"${fluxCalibrator}" is no body of the Solar System that setjy knows.`);
  if (parameters.executionCount < 1 || parameters.channelCount < 8) {
    fail('usage', 'At least one execution and 8 channels are needed.');
  }
  return parameters;
}
