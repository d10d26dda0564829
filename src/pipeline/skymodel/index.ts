export { type FluxSpec, parseFluxSpec } from './flux-spec.ts';
export { type FluxDictionary, spectrumFromFluxscale } from './fluxscale-model.ts';
export { type ModelProvider, openModel } from './model-provider.ts';
export type { PointComponent, WindowModel } from './model-record.ts';
export { clearModel, readModels, writeModel } from './model-store.ts';
export { evaluateSpectrum, type PointSpectrum, powerLawFactor } from './point-spectrum.ts';
export { type SetjyOptions, type SetjyResult, setjy } from './setjy.ts';
export { calibratorFluxesFromSource } from './source-fluxes.ts';
