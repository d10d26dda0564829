import { fail } from '../../foundation/base/index.ts';

/** Faults of an array that a simulation can have; nothing in the data declares them. */
export const FAULT_NAMES = [
  'dead-polarization',
  'off-source',
  'phase-jump',
  'low-gain',
  'spike',
  'no-radiometer',
  'unsteady-radiometer',
  'no-tsys',
  'wrong-tsys',
  'antenna-position',
  'weak-flux-calibrator',
  'shadowing',
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** Number of the antenna, in the order of the array, that a fault hits; those without concern all antennas. */
const FAULTY_ANTENNA: Readonly<Partial<Record<FaultName, number>>> = {
  'no-radiometer': 1,
  'dead-polarization': 2,
  'off-source': 3,
  'phase-jump': 4,
  'low-gain': 5,
  'wrong-tsys': 6,
  'antenna-position': 7,
  'unsteady-radiometer': 8,
};

/** Polarization that is dead. */
export const DEAD_POL = 1;
/** Voltage of an antenna with low gain. */
export const LOW_GAIN = 0.3;
/** rad; angle of the phase jump. */
export const PHASE_JUMP = 1.9;
/** Factor of a wrong system temperature. */
export const TSYS_FACTOR = 4;
/** Position of an antenna that nobody knows of: true minus online, ITRF, m; 2 mm long. */
export const POSITION_FAULT = [1.2e-3, -1.3e-3, 0.9e-3] as const;
/** Readings of an unsteady radiometer swing by that much, K, with that period, s. */
export const UNSTEADY = { swingK: 2, periodSec: 40 };
/** What is left of the visibilities of the flux calibrator in the last execution. */
export const WEAK_FLUX = 0.7;
/** Baseband and first of the two channels of the spike, and its strength over the noise of a channel and baseline. */
export const SPIKE = { baseband: 1, firstChannel: 11, channelCount: 2, strength: 25 };

/** @throws usage for a fault that is not there */
export function checkFaults(names: readonly string[]): readonly FaultName[] {
  return names.map(
    (name) =>
      FAULT_NAMES.find((known) => known === name) ??
      fail('usage', `"${name}" is not a fault; there are ${FAULT_NAMES.join(', ')}.`),
  );
}

/** Antenna that a fault hits; undefined when the simulation does not have the fault. */
export function faultyAntenna(faults: readonly FaultName[], name: FaultName, antennaCount: number): number | undefined {
  const ant = FAULTY_ANTENNA[name];
  return faults.includes(name) && ant !== undefined ? ant % antennaCount : undefined;
}
