export {
  type CalibratedField,
  type CalibratedLine,
  type CalibratedSource,
  type CalibratedSpec,
  type CalibratedWindow,
  spectrumOf,
  writeCalibratedMs,
} from './calibrated-observation.ts';
export { checkFaults, FAULT_NAMES, type FaultName } from './faults.ts';
export type { PresetName, SimulationParameters } from './presets.ts';
export { type SimulateOptions, type SimulateResult, simulate } from './simulate.ts';
export { type SimulateTwinOptions, type SimulateTwinResult, simulateTwin } from './twin.ts';
export type { TwinField, TwinScan, TwinSpec, TwinWindow } from './twin-spec.ts';
