import { fail } from '../../foundation/base/index.ts';
import { items, readCalls, type ScriptCall, text, visOf } from './script-calls.ts';
import { checkNames, fieldNames } from './script-fields.ts';
import { appliesUnscaledGains, type FluxFacts, loopNames, readFlux } from './script-fluxes.ts';
import { CHANNEL_COUNTS, nearestCount, readChannelRanges, readNumbers } from './selection-numbers.ts';

/** A window that a script names. */
export interface WindowFacts {
  readonly id: number;
  readonly channelCount: number;
  /** Where the script says where it is, Hz. */
  readonly centreHz?: number;
}

export interface FieldFacts {
  readonly id: number;
  readonly name: string;
  readonly isUncatalogued: boolean;
  readonly fluxes: readonly FluxFacts[];
}

/** What a calibration script says about the observation that it was made for. */
export interface ScriptFacts {
  /** Name of the ASDM directory. */
  readonly asdm: string;
  /** YYYY/MM/DD, when it is told. */
  readonly day?: string;
  readonly hasRadiometers: boolean;
  /** Ids of all windows whose autocorrelations are flagged: all that have visibilities. */
  readonly correlatedWindows: readonly number[];
  readonly tsysWindows: readonly WindowFacts[];
  readonly scienceWindows: readonly WindowFacts[];
  readonly fields: readonly FieldFacts[];
  readonly bandpassField: number;
  readonly bandpassScan: number;
  readonly fluxField: number;
  readonly phaseFields: readonly number[];
  /** Calibrators that the script leaves at 1 Jy: it solves for their amplitudes without a model and does not scale them. */
  readonly defaultFluxFields: readonly number[];
  readonly targetFields: readonly number[];
  /** Those of the targets that only check the calibration. */
  readonly checkFields: readonly number[];
  /** Targets that a calibration is applied to together: each group needs data. */
  readonly targetGroups: readonly (readonly number[])[];
  /** Fields whose Tsys is applied to something. */
  readonly tsysFields: readonly number[];
  readonly referenceAntenna: string;
  /** The reference first, then those that are solved for by themselves, then others. */
  readonly antennas: readonly string[];
  /** Antennas whose baselines alone some gains are solved on. */
  readonly solvedAntennas: readonly string[];
  /** Antennas that commands flag. */
  readonly flaggedAntennas: readonly string[];
  /** Corrections of the antennas' positions that the script knows, ITRF, m, by name. */
  readonly positionErrors: ReadonlyMap<string, readonly number[]>;
  /** One amplitude is solved for all windows together: factors between windows stay. */
  readonly combinesWindows: boolean;
  /** Flags beside the data are taken over. */
  readonly usesDataFlags: boolean;
  /** How many steps it announces. */
  readonly stepCount: number;
  /** Source in whose direction the water is judged. */
  readonly waterSource?: string;
}

const ANTENNA = /\b(?:DA|DV|PM|CM)\d\d\b/g;

/**
 * Reads what a calibration script needs from its text.
 *
 * @throws unsupported for a script without importasdm, bandpass, or split or mstransform
 */
export function readFacts(script: string): ScriptFacts {
  const source = script
    .replace(/\r\n?/g, '\n')
    .replace(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, "''")
    .replace(/"([^"'\n\\]*)"/g, "'$1'");
  const calls = readCalls(source);
  const named = (name: string) => calls.filter((call) => call.name === name);
  const need = (name: string) => named(name)[0] ?? fail('unsupported', `The script has no call of ${name}.`);
  const importing = need('importasdm');
  const asdm = text(importing.named.asdm ?? importing.positional[0]);
  const bandpass = need('bandpass');
  const final = named('applycal').filter((call) => visOf(call) === `${asdm}.ms.split`);
  const first = named('applycal').filter((call) => visOf(call) === `${asdm}.ms`);
  const names = fieldNames(
    source,
    first.map((call) => readNumbers(text(call.named.field))),
  );
  const byName = (name: string) => names.indexOf(name.replace(/[;*]/g, ''));
  const idsOf = (selection: string) => {
    const numbers = readNumbers(selection);
    return numbers.length > 0 ? numbers : selection ? [byName(selection)].filter((id) => id >= 0) : [];
  };
  const models = named('setjy').filter((call) => idsOf(text(call.named.field)).length > 0);
  const reference = named('fluxscale').map((call) => text(call.named.reference))[0] ?? '';
  const modelled = new Set(models.flatMap((call) => idsOf(text(call.named.field))));
  const fluxField = [...models.flatMap((call) => idsOf(text(call.named.field))), ...idsOf(reference)][0];
  const bandpassField = bandpassOf([bandpass, ...named('gaincal')], idsOf) ?? 0;
  const transfers = final
    .map((call) => ({
      fields: readNumbers(text(call.named.field)),
      source: items(call.named.gainfield)
        .flatMap((one) => readNumbers(text(one)))
        .at(-1),
    }))
    .filter((one): one is { fields: number[]; source: number } => one.source !== undefined);
  const phaseFields = unique(transfers.map(({ source: id }) => id));
  const calibrators = [bandpassField, fluxField ?? bandpassField, ...phaseFields];
  const targets = unique(transfers.flatMap(({ fields }) => fields)).filter((id) => !calibrators.includes(id));
  const splitting = splittingOf(calls, asdm);
  const uncatalogued = named('fixplanets').flatMap((call) => idsOf(text(call.named.field)));
  return {
    asdm,
    day: dayOf(source),
    hasRadiometers: named('wvrgcal').length > 0,
    ...windowsOf(calls, asdm, splitting, source),
    fields: names.map((name, id) => ({
      id,
      name,
      isUncatalogued: uncatalogued.includes(id),
      fluxes: models
        .filter((call) => idsOf(text(call.named.field)).includes(id))
        .flatMap((call) => readFlux(call, splitting.numbers)),
    })),
    bandpassField,
    bandpassScan: [bandpass, ...named('gaincal')].flatMap((call) => lastScan(call))[0] ?? 4,
    fluxField: fluxField ?? bandpassField,
    phaseFields,
    defaultFluxFields: appliesUnscaledGains(calls, final)
      ? unique(calibrators).filter((id) => !modelled.has(id) && !loopNames(source).includes(names[id]))
      : [],
    targetFields: targets,
    checkFields: targets.filter((id) => checkNames(source).includes(names[id])),
    targetGroups: [...first, ...final]
      .map((call) => readNumbers(text(call.named.field)).filter((id) => targets.includes(id)))
      .filter((group) => group.length > 0),
    tsysFields: unique(first.flatMap((call) => readNumbers(text(items(call.named.gainfield)[0])))),
    ...antennasOf(calls, source),
    positionErrors: positionErrorsOf(named('gencal')),
    combinesWindows: named('gaincal').some(
      ({ named: own }) => text(own.calmode).includes('a') && text(own.combine).split(/\W+/).includes('spw'),
    ),
    usesDataFlags: source.includes('/bdflags2MS') || /\bbdfflags\s*=\s*(?:True|T)\b/.test(source),
    stepCount: stepCountOf(source),
    waterSource: named('wvrgcal').map((call) => text(call.named.statsource))[0],
  };
}

/** The field that a bandpass is solved on: by its selection, the comment behind that, or the solution made for it. */
function bandpassOf(calls: readonly ScriptCall[], idsOf: (selection: string) => number[]): number | undefined {
  for (const { named, comments } of calls) {
    const [id] = [...idsOf(text(named.field)), ...idsOf(comments.field ?? '')];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Scripts run as many steps as they have titles; one that is added behind has none. */
function stepCountOf(source: string): number {
  const steps = [...source.matchAll(/^mystep\s*=\s*\d+/gm)].length;
  const titles = /^step_title\s*=\s*\{([^}]*)\}/m.exec(source)?.[1].match(/\d+\s*:\s*['"]/g)?.length;
  return Math.min(steps, titles ?? steps);
}

const lastScan = ({ named }: ScriptCall) => readNumbers(text(named.scan)).slice(-1);
const unique = <T>(values: readonly T[]) => [...new Set(values)];

function dayOf(source: string): string | undefined {
  const told = /timerange\s*=\s*'(\d{4}\/\d\d\/\d\d)/.exec(source)?.[1];
  return told ?? /made on (\d{4}-\d\d-\d\d)/.exec(source)?.[1].replaceAll('-', '/');
}

/** Which windows are split out, and the numbers that they have from then on, in the same order. */
interface Splitting {
  readonly science: readonly number[];
  readonly numbers: readonly number[];
}

/** `mstransform(reindex=False)`, which scripts of CASA 5.6 and later have in place of `split`, leaves windows their numbers. */
function splittingOf(calls: readonly ScriptCall[], asdm: string): Splitting {
  const splitting = calls.find(
    (call) =>
      ['split', 'mstransform'].includes(call.name) && visOf(call) === `${asdm}.ms` && text(call.named.spw) !== '',
  );
  const science = readNumbers(text(splitting?.named.spw));
  if (science.length === 0) fail('unsupported', 'The script does not say which windows it splits out.');
  return { science, numbers: splitting?.named.reindex === 0 ? science : science.map((_, index) => index) };
}

function windowsOf(
  calls: readonly ScriptCall[],
  asdm: string,
  { science, numbers }: Splitting,
  source: string,
): Pick<ScriptFacts, 'correlatedWindows' | 'tsysWindows' | 'scienceWindows'> {
  const spw = (call: ScriptCall) => text(call.named.spw);
  const flags = calls.filter((call) => call.name === 'flagdata');
  const autos = flags.find((call) => visOf(call) === `${asdm}.ms` && 'autocorr' in call.named);
  const edges = new Map<number, number>();
  for (const call of flags.filter((one) => visOf(one) === `${asdm}.ms.tsys`)) {
    for (const [window, ranges] of readChannelRanges(spw(call))) {
      edges.set(window, Math.max(edges.get(window) ?? 0, ...ranges.map(([, last]) => last + 1)));
    }
  }
  // Where nothing names them, they are before those of the science; where there is no room, they are the same.
  const before = science.map((id) => id - 2 * science.length);
  const supposed = before.every((id) => id >= 0) ? before : science;
  const tsysIds = edges.size > 0 ? [...edges.keys()].sort((a, b) => a - b) : supposed;
  const ofSplit = calls.filter(
    (call) => ['flagdata', 'gaincal'].includes(call.name) && visOf(call) === `${asdm}.ms.split`,
  );
  return {
    correlatedWindows: readNumbers(autos ? spw(autos) : ''),
    tsysWindows: tsysIds.map((id) => ({ id, channelCount: nearestCount(edges.get(id) ?? 128) })),
    scienceWindows: science.map((id, index) => ({
      id,
      channelCount: countChannels(ofSplit, numbers[index]),
      centreHz: centreOf(source, numbers[index]),
    })),
  };
}

/**
 * Channels of a window after the split. Scripts flag the edges up to the last channel; or solve on all channels; or on the
 * middle fifth, from 0.4 to 0.6 of the channels.
 */
function countChannels(calls: readonly ScriptCall[], window: number): number {
  const known: number[] = [];
  const guessed: number[] = [];
  for (const call of calls) {
    for (const [first, last] of readChannelRanges(text(call.named.spw)).get(window) ?? []) {
      known.push(last + 1);
      if (call.name !== 'gaincal' || first === 0) continue;
      const exact = CHANNEL_COUNTS.filter((count) => Math.floor(0.6 * count) === last);
      guessed.push(exact.find((count) => Math.floor(0.4 * count) === first) ?? exact[0] ?? last + 1);
    }
  }
  return nearestCount(Math.max(128, ...known, ...guessed));
}

function centreOf(source: string, window: number): number | undefined {
  const pattern = new RegExp(`spw\\s*=\\s*'${window}'\\s*,\\s*#\\s*center frequency of spw = ([\\d.]+)GHz`);
  const found = pattern.exec(source);
  return found ? Number(found[1]) * 1e9 : undefined;
}

function antennasOf(
  calls: readonly ScriptCall[],
  source: string,
): Pick<ScriptFacts, 'referenceAntenna' | 'antennas' | 'solvedAntennas' | 'flaggedAntennas'> {
  const inCalls = (names: readonly string[]) =>
    calls.filter(({ name }) => names.includes(name)).flatMap(({ named }) => text(named.antenna).match(ANTENNA) ?? []);
  const referenceAntenna = calls.map(({ named }) => text(named.refant)).find((name) => name !== '') ?? '';
  const everywhere = source.replace(/^\s*#.*$/gm, '').match(ANTENNA) ?? [];
  const first = referenceAntenna.split(',')[0];
  const solvedAntennas = unique(inCalls(['gaincal']));
  const antennas = unique([first, ...solvedAntennas, ...inCalls(['gencal']), ...everywhere]);
  const flaggedAntennas = unique(inCalls(['flagdata']));
  return {
    referenceAntenna: first,
    antennas: antennas.filter((name) => name !== ''),
    solvedAntennas,
    flaggedAntennas,
  };
}

/** Of the tables that correct positions (`caltype='antpos'`): three numbers for each antenna. */
function positionErrorsOf(calls: readonly ScriptCall[]): ReadonlyMap<string, readonly number[]> {
  const errors = new Map<string, readonly number[]>();
  for (const { named } of calls.filter((call) => text(call.named.caltype) === 'antpos')) {
    const names = text(named.antenna).match(ANTENNA) ?? [];
    const offsets = items(named.parameter).map(Number);
    if (offsets.length !== 3 * names.length || offsets.some(Number.isNaN)) continue;
    names.forEach((name, index) => void errors.set(name, offsets.slice(3 * index, 3 * index + 3)));
  }
  return errors;
}
