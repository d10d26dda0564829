export type { PresetName, SimulationParameters } from './presets.ts';
export { type SimulateOptions, type SimulateResult, simulate } from './simulate.ts';
