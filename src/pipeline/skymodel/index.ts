export {
  ANGLES,
  angleOf,
  type ComponentShape,
  type ListedComponent,
  type ListedQuantity,
  readComponentList,
  spectrumOf,
  writeComponentList,
} from './component-list.ts';
export { type ComponentModelOptions, writeComponentModel } from './component-model.ts';
export { airy, type Disk, diskPath } from './disk.ts';
export { installFluxModels } from './flux-models.ts';
export { type FluxSpec, parseFluxSpec } from './flux-spec.ts';
export { knownStandards } from './flux-standard.ts';
export { type FluxDictionary, spectrumFromFluxscale } from './fluxscale-model.ts';
export { coherencyOf, type ModelProvider, openModel } from './model-provider.ts';
export type { PointComponent, WindowModel } from './model-record.ts';
export { clearModel, readModels, writeModel } from './model-store.ts';
export { evaluateSpectrum, type PointSpectrum, powerLawFactor } from './point-spectrum.ts';
export { quasarFlux } from './quasar-flux.ts';
export { type SetjyOptions, type SetjyResult, setjy } from './setjy.ts';
export { type BodyState, bodyNamed, bodyState, solarBodies } from './solar-ephemeris.ts';
export { type SolarModel, solarModel } from './solar-flux.ts';
export { calibratorFluxesFromSource } from './source-fluxes.ts';
