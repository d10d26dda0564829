import { type Asdm, nsToMjdSeconds } from '../../formats/asdm/index.ts';
import { ARCSEC, fail } from '../../foundation/base/index.ts';
import { bodyNamed, type Disk, type FluxSpec, powerLawFactor, solarModel } from '../skymodel/index.ts';
import { type Decision, task } from './plan-builder.ts';
import type { PlanCall } from './plan-types.ts';
import type { ScienceGoal } from './science-goal.ts';

/** What is known of fluxes before the data are looked at. */
export interface KnownFluxes {
  /** From the options and the goal, in order of preference. */
  readonly stated: readonly FluxSpec[];
  /** Those that the ASDM carries. */
  readonly catalogued: ReadonlyMap<string, FluxSpec>;
}

/** A calibrator and when it was observed first, MJD s UTC. */
export interface FluxCalibrator {
  readonly name: string;
  readonly mjdSec: number;
}

const CALIBRATOR_INTENT = /^CALIBRATE_(FLUX|AMPLI|BANDPASS|PHASE)$/;
/** Half of the width over which the flux density of a body is stated, Hz. */
const STATED_HALF_WIDTH_HZ = 1e6;

/** How the flux calibrator's model is set, and why. */
export interface FluxModel {
  readonly decision: Decision;
  /** True for a body of the Solar System: a disk whose flux density is known by itself. */
  readonly isBody: boolean;
  readonly disk?: Disk;
  /** Model flux density, Jy, at a frequency. */
  fluxJy(frequencyHz: number): number;
  /** For a body: flux density over a channel given by its edges, Hz. */
  channelJy?(from: number, to: number): number;
  calls(vis: string, field: string): PlanCall[];
}

/**
 * Chooses the flux model: what the user states, else a solar-system body, else the flux in the ASDM's Source table.
 *
 * @throws usage when none is known, showing what to write; unsupported when the model of a body has not that date
 */
export function chooseFluxModel(
  { name, mjdSec }: FluxCalibrator,
  { stated, catalogued }: KnownFluxes,
  uid: string,
): FluxModel {
  const given = stated.find((spec) => spec.name === name);
  if (given) return manualModel(given, `stated for ${name} by the reducer`);
  const body = bodyNamed(name);
  if (body !== undefined) return solarSystemModel(body, mjdSec);
  const source = catalogued.get(name);
  if (source) return manualModel(source, `that the ASDM's Source table lists for ${name}`);
  return fail(
    'usage',
    `The flux density of the flux calibrator ${name} is not known; state it, e.g. --flux "${name}=1.85Jy@225GHz,-0.55".`,
    { file: uid },
  );
}

/** True for a name whose flux density is stated or catalogued, or that a body of the Solar System has. */
export function isFluxKnown(name: string, { stated, catalogued }: KnownFluxes): boolean {
  return stated.some((spec) => spec.name === name) || bodyNamed(name) !== undefined || catalogued.has(name);
}

/** True for a body of the Solar System whose own model is used: no flux density was stated for it. */
export function isBodyModel(name: string, { stated }: KnownFluxes): boolean {
  return bodyNamed(name) !== undefined && !stated.some((spec) => spec.name === name);
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
      choice: `${spec.name} = ${rounded(spec.fluxJy)} Jy at ${rounded(spec.referenceHz / 1e9)}GHz, spectral index ${spec.spectralIndex.map(rounded).join(', ')}`,
      reason: `Flux density ${origin}.`,
    },
    isBody: false,
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

/** The model goes into MODEL_DATA: CASA does not keep a disk as a virtual model. */
function solarSystemModel(body: string, mjdSec: number): FluxModel {
  const { disk, flux } = solarModel(body, mjdSec, 'ALMA');
  const size = (Math.sqrt(disk.major * disk.minor) / ARCSEC).toFixed(2);
  return {
    decision: {
      topic: 'Flux scale',
      choice: `${body} by Butler-JPL-Horizons 2012`,
      reason: `No flux density was stated; the brightness model of ${body}, a disk of ${size} arcsec on that day, is used.`,
    },
    isBody: true,
    disk,
    fluxJy: (hz) => flux([hz - STATED_HALF_WIDTH_HZ, hz + STATED_HALF_WIDTH_HZ]),
    channelJy: (from, to) => flux([from, to]),
    calls: (vis, field) => [task('setjy', { vis, field, standard: 'Butler-JPL-Horizons 2012', usescratch: true })],
  };
}

/**
 * Which of the sources whose scans have the intent CALIBRATE_FLUX or CALIBRATE_AMPLI gives the flux scale, as {@link preferredFlux};
 * undefined when there is none.
 *
 * @param stated names
 */
export function fluxCalibratorOf(asdm: Asdm, stated: readonly string[]): FluxCalibrator | undefined {
  const found: FluxCalibrator[] = [];
  for (const row of asdm.table('Scan').rows()) {
    const isFlux = row.texts('scanIntent').some((intent) => /^CALIBRATE_(FLUX|AMPLI)$/.test(intent));
    if (isFlux && row.has('sourceName'))
      found.push({ name: row.text('sourceName'), mjdSec: nsToMjdSeconds(row.ns('startTime')) });
  }
  return preferredFlux(found, stated);
}

/**
 * Looks before anything is imported whether the flux density of a calibrator is known.
 *
 * @throws usage as {@link chooseFluxModel} does when none is
 */
export function assertFluxKnown(asdm: Asdm, known: KnownFluxes, uid: string): void {
  const announced = fluxCalibratorOf(
    asdm,
    known.stated.map(({ name }) => name),
  );
  const names = [...asdm.table('Scan').rows()]
    .filter((row) => row.has('sourceName') && row.texts('scanIntent').some((one) => CALIBRATOR_INTENT.test(one)))
    .map((row) => row.text('sourceName'));
  if (names.some((name) => isFluxKnown(name, known))) return;
  if (announced !== undefined) chooseFluxModel(announced, known, uid);
}

/**
 * Which of several calibrators gives the flux scale: one whose flux density is stated, else a body of the Solar System, else the first.
 *
 * @param stated names
 */
export function preferredFlux<T extends { readonly name: string }>(
  calibrators: readonly T[],
  stated: readonly string[] = [],
): T | undefined {
  const find = (isIt: (name: string) => boolean) => calibrators.find(({ name }) => isIt(name));
  return find((name) => stated.includes(name)) ?? find((name) => bodyNamed(name) !== undefined) ?? calibrators[0];
}

/** A number as people read it. */
const rounded = (value: number) => Number(value.toPrecision(5));
