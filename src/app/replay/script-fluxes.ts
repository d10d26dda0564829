import { items, readCalls, type ScriptCall, text, visOf } from './script-calls.ts';
import type { ScriptFacts } from './script-facts.ts';
import { readNumbers } from './selection-numbers.ts';

/** A flux density that a script states: Jy, for all windows or one (its place among those split out). */
export interface FluxFacts {
  readonly window?: number;
  readonly jy: number;
  readonly spectralIndex: number;
  readonly referenceHz?: number;
}

/**
 * Flux densities that a call of setjy states.
 *
 * @param numbers ids of the windows after the split
 */
export function readFlux(call: ScriptCall, numbers: readonly number[]): FluxFacts[] {
  const flux = items(call.named.fluxdensity)[0];
  if (typeof flux !== 'number') return [];
  const index = items(call.named.spix)[0];
  const spectralIndex = typeof index === 'number' ? index : 0;
  const referenceHz = frequencyOf(text(call.named.reffreq));
  const windows = readNumbers(text(call.named.spw));
  if (windows.length === 0) return [{ jy: flux, spectralIndex, referenceHz }];
  return windows.map((id) => ({ window: numbers.indexOf(id), jy: flux, spectralIndex, referenceHz }));
}

function frequencyOf(value: string): number | undefined {
  const found = /([\d.]+)\s*GHz/i.exec(value);
  return found ? Number(found[1]) * 1e9 : undefined;
}

/** Names that loops of a script run over, as `for name in ['J1922+1530']:`: sources whose flux is read back from a log. */
export function loopNames(code: string): string[] {
  return [...code.matchAll(/\bfor \w+ in \[((?:\s*'[^']*'\s*,?)+)\s*\]\s*:/g)].flatMap(([, list]) =>
    [...list.matchAll(/'([^']*)'/g)].map(([, name]) => name),
  );
}

/**
 * Whether the amplitudes that are applied in the end come from `gaincal` itself, not from `fluxscale`: then a calibrator
 * without a model comes out at the 1 Jy that a model has where none was set.
 */
export function appliesUnscaledGains(calls: readonly ScriptCall[], final: readonly ScriptCall[]): boolean {
  const scaled = new Set(calls.filter(({ name }) => name === 'fluxscale').map(({ named }) => text(named.fluxtable)));
  const amplitudes = final.map(({ named }) => text(items(named.gaintable).at(-1))).filter((table) => table !== '');
  return amplitudes.length > 0 && amplitudes.every((table) => !scaled.has(table));
}

/** What a table in the comments of scriptForFluxCalibration.py says: `"J1744-3116" 0 91.28 0.57 0.64 …` */
const FLUX_LINE = /^#\s+"[^"]*"\s+(\d+)\s+([\d.]+)\s/gm;

/**
 * What scriptForFluxCalibration.py says about a block: the flux densities of its phase calibrators, to which it scales the
 * calibrated visibilities, and where the windows are.
 */
export function readScaledFluxes(source: string, facts: ScriptFacts): Pick<ScriptFacts, 'fields' | 'scienceWindows'> {
  const models = readCalls(source).filter(
    (call) => call.name === 'setjy' && visOf(call).startsWith(`${facts.asdm}.ms.split`),
  );
  const gigahertz = new Map(
    [...source.matchAll(FLUX_LINE)].map(([, window, value]) => [Number(window), Number(value)]),
  );
  const numbers = facts.scienceWindows.map((_, index) => index);
  const fields = facts.fields.map((field) => {
    const own = models.filter(({ named }) => [field.name, String(field.id)].includes(text(named.field)));
    return field.fluxes.length > 0 ? field : { ...field, fluxes: own.flatMap((call) => readFlux(call, numbers)) };
  });
  const scienceWindows = facts.scienceWindows.map((window, index) => {
    const told = gigahertz.get(index);
    return { ...window, centreHz: window.centreHz ?? (told === undefined ? undefined : told * 1e9) };
  });
  return { fields, scienceWindows };
}
