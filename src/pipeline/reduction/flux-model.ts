import type { Asdm } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { type FluxSpec, powerLawFactor } from '../skymodel/index.ts';
import { type Decision, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';
import type { ScienceGoal } from './science-goal.ts';

/** Bodies whose brightness model the flux standard knows. */
const SOLAR_SYSTEM = /^(mars|jupiter|uranus|neptune|callisto|ganymede|titan|io|europa|ceres|pallas|vesta|juno)$/i;

/** How the flux calibrator's model is set, and why. */
export interface FluxModel {
  readonly decision: Decision;
  /** Model flux density, Jy, at a frequency; undefined when only the task that sets it knows. */
  readonly fluxJy?: (frequencyHz: number) => number;
  calls(vis: string, field: string): PlanCall[];
}

/**
 * Chooses the flux model: what the user states, else a solar-system body, else the flux in the ASDM's Source table.
 *
 * @param name of the flux calibrator
 * @param stated fluxes from the options and the goal, in order of preference
 * @param catalogued fluxes that the ASDM carries
 * @throws usage when none is known, showing what to write
 */
export function chooseFluxModel(
  name: string,
  stated: readonly FluxSpec[],
  catalogued: ReadonlyMap<string, FluxSpec>,
  uid: string,
): FluxModel {
  const given = stated.find((spec) => spec.name === name);
  if (given) return manualModel(given, `stated for ${name} by the reducer`);
  if (SOLAR_SYSTEM.test(name)) return solarSystemModel(name);
  const source = catalogued.get(name);
  if (source) return manualModel(source, `the ASDM's Source table lists it for ${name}`);
  return fail(
    'usage',
    `The flux density of the flux calibrator ${name} is not known; state it, e.g. --flux "${name}=1.85Jy@225GHz,-0.55".`,
    { file: uid },
  );
}

/** All stated fluxes: options first, then the goal. */
export function statedFluxes(options: readonly FluxSpec[], goal: ScienceGoal): FluxSpec[] {
  return [...options, ...goal.flux];
}

function manualModel(spec: FluxSpec, origin: string): FluxModel {
  const reffreq = `${spec.referenceHz / 1e9}GHz`;
  return {
    decision: {
      topic: 'Flux scale',
      choice: `${spec.name} = ${spec.fluxJy} Jy at ${reffreq}, spectral index ${spec.spectralIndex.join(', ')}`,
      reason: `Flux density ${origin}.`,
    },
    fluxJy: (frequencyHz) => spec.fluxJy * powerLawFactor(frequencyHz, spec.referenceHz, spec.spectralIndex),
    calls: (vis, field) => [
      task('setjy', {
        vis,
        field,
        standard: 'manual',
        fluxdensity: [spec.fluxJy, 0, 0, 0],
        spix: spec.spectralIndex.length === 1 ? spec.spectralIndex[0] : spec.spectralIndex,
        reffreq,
        usescratch: false,
      }),
    ],
  };
}

function solarSystemModel(name: string): FluxModel {
  return {
    decision: {
      topic: 'Flux scale',
      choice: `${name}, Butler-JPL-Horizons 2012`,
      reason: `Brightness model of ${name} for the date and frequency.`,
    },
    calls: (vis, field) => [task('setjy', { vis, field, standard: 'Butler-JPL-Horizons 2012', usescratch: false })],
  };
}

/** Name of the first source whose scan has the intent CALIBRATE_FLUX or CALIBRATE_AMPLI; undefined when there is none. */
export function fluxCalibratorOf(asdm: Asdm): string | undefined {
  for (const row of asdm.table('Scan').rows()) {
    const isFlux = row.texts('scanIntent').some((intent) => /^CALIBRATE_(FLUX|AMPLI)$/.test(intent));
    if (isFlux && row.has('sourceName')) return row.text('sourceName');
  }
  return undefined;
}
