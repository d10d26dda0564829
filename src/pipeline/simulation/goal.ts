import { stringify } from 'yaml';
import { ARCSEC, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { ExecutionRecord } from './execution.ts';
import { PROJECT } from './identity.ts';
import type { ArrayLayout } from './instrument.ts';
import type { SimulationParameters } from './presets.ts';
import { INTEGRATION_EVENTS, TIMING_EVENT_SEC } from './schedule.ts';
import { LINE_NAME, LINE_REST_HZ, REFERENCE_HZ, SKY, SYSTEMIC_VELOCITY } from './sky.ts';

/** Velocity width of the channels that the sensitivity is asked for, m/s. */
const SENSITIVITY_CHANNEL = 10_000;
/** The PI asks for a little less than the array can do. */
const SENSITIVITY_MARGIN = 1.5;
/** Beam (Briggs weights of 0.5) over the wavelength per 80th percentile of the baselines; measured on simulated data. */
const BEAM_FACTOR = 0.66;
const EFFECTIVE_TSYS_K = 85;

/** The science goal of the simulated project as goal.yaml. */
export function formatGoal(
  parameters: SimulationParameters,
  layout: ArrayLayout,
  records: readonly ExecutionRecord[],
): string {
  const frequency = LINE_REST_HZ * (1 - SYSTEMIC_VELOCITY / SPEED_OF_LIGHT);
  const bandwidth = (frequency * SENSITIVITY_CHANNEL) / SPEED_OF_LIGHT;
  const corrections = layout.names.flatMap((name, ant) => {
    const error = Array.from(layout.publishedErrors.subarray(3 * ant, 3 * ant + 3));
    return error.some((value) => value !== 0) ? [[name, error] as const] : [];
  });
  const flux = records[0].sky
    .filter(({ role, components }) => role === 'flux' && !components[0].disk)
    .map(({ name, components }) => {
      return `${name}=${components[0].fluxJy}Jy@${REFERENCE_HZ / 1e9}GHz,${components[0].spectralIndex}`;
    });
  const resolution = expectedBeam(layout, frequency) / ARCSEC;
  const sensitivity = 1e3 * SENSITIVITY_MARGIN * expectedNoise(parameters, records.length, bandwidth);
  return stringify({
    project: PROJECT.code,
    scienceGoal: PROJECT.scienceGoalUid,
    group: PROJECT.groupUid,
    member: PROJECT.memberUid,
    title: PROJECT.title,
    pi: PROJECT.pi,
    target: SKY.find((field) => field.role === 'target')?.name,
    representativeFrequency: `${(frequency / 1e9).toFixed(6)}GHz`,
    angularResolution: `${resolution.toFixed(2)}arcsec`,
    sensitivity: `${sensitivity.toPrecision(2)}mJy`,
    sensitivityBandwidth: `${(bandwidth / 1e6).toFixed(3)}MHz`,
    lines: [
      {
        name: LINE_NAME,
        restFrequency: `${LINE_REST_HZ / 1e9}GHz`,
        velocity: `${SYSTEMIC_VELOCITY / 1e3}km/s`,
        velocityWidth: '400km/s',
      },
    ],
    flux,
    antennaPositionCorrections: Object.fromEntries(corrections),
  });
}

/** Beam that the baselines promise, rad. */
function expectedBeam(layout: ArrayLayout, frequencyHz: number): number {
  const { ground } = layout;
  const lengths: number[] = [];
  for (let b = 2; b < ground.length; b += 2) {
    for (let a = 0; a < b; a += 2) lengths.push(Math.hypot(ground[a] - ground[b], ground[a + 1] - ground[b + 1]));
  }
  lengths.sort((a, b) => a - b);
  return (BEAM_FACTOR * SPEED_OF_LIGHT) / frequencyHz / lengths[Math.floor(0.8 * lengths.length)];
}

/** Noise of an image from the radiometer equation, Jy per beam. */
function expectedNoise(parameters: SimulationParameters, executionCount: number, bandwidthHz: number): number {
  const seconds = parameters.cycleCount * parameters.targetIntegrations * INTEGRATION_EVENTS * TIMING_EVENT_SEC;
  const baselines = (parameters.antennaCount * (parameters.antennaCount - 1)) / 2;
  return (parameters.jyPerK * EFFECTIVE_TSYS_K) / Math.sqrt(2 * 2 * baselines * executionCount * bandwidthHz * seconds);
}
