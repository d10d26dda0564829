import type { TwinField, TwinScan, TwinSpec, TwinWindow } from '../../pipeline/simulation/index.ts';
import type { FieldFacts, ScriptFacts } from './script-facts.ts';

const LARGE_ANTENNA_COUNT = 6;
const SMALL_ANTENNA_COUNT = 6;
/** Antennas that have enough baselines with each other to be solved for: gaincal wants four for each. */
const SOLVABLE_COUNT = 5;
const SMALL_ANTENNAS = Array.from({ length: 12 }, (_, index) => `CM${String(index + 1).padStart(2, '0')}`);
const LARGE_ANTENNAS = ['DA41', 'DA42', 'DA43', 'DA44', 'DA45', 'DA46', 'DV02', 'DV03'];
/** Fields of a mosaic that are observed: its first, middle and last. */
const TARGET_COUNT = 3;
const DAY = '2014/07/01';
/** Where basebands are when the script does not say, Hz. */
const CENTRES = [229.6e9, 231.45e9, 215.4e9, 213.6e9];
const TDM_WIDTH_HZ = 2e9;
const FDM_WIDTH_HZ = 1.875e9;
/** The ACA correlator leaves out less of the edges. */
const ACA_WIDTH_HZ = 1.992e9;
const DEFAULT_FLUX = { bandpass: 3, flux: 2, phase: 1.2, target: 0.5 } as const;
/** The smallest observation on which a script can run. */
export function planTwin(facts: ScriptFacts): TwinSpec {
  const isSmall = facts.antennas.every((name) => name.startsWith('CM'));
  const solved = facts.solvedAntennas.filter((name) => name !== facts.referenceAntenna).length;
  const usual = isSmall ? SMALL_ANTENNA_COUNT : LARGE_ANTENNA_COUNT;
  // The reference, those that are solved by themselves, and one that is flagged.
  const wanted = Math.max(usual, Math.min(solved, SOLVABLE_COUNT) + 2);
  const known = [...new Set([...facts.antennas, ...(isSmall ? SMALL_ANTENNAS : LARGE_ANTENNAS)])];
  const isSound = (name: string) => name === facts.referenceAntenna || !facts.flaggedAntennas.includes(name);
  const sound = known.filter(isSound);
  const bad = known.filter((name) => !isSound(name));
  // One that is flagged, so that flags are tried; the others must be enough to solve for gains.
  const used = [...sound.slice(0, wanted - 1), ...bad.slice(0, 1), ...sound.slice(wanted - 1)].slice(0, wanted);
  const windows = planWindows(facts, isSmall);
  const named = new Set(facts.antennas);
  return {
    uid: uidOf(facts.asdm),
    day: facts.day ?? DAY,
    antennas: used,
    silentAntennas: [...named].filter((name) => !used.includes(name)),
    positionErrors: facts.positionErrors,
    ...windows,
    fields: facts.fields.map((field) => planField(facts, field, windows.windows)),
    scans: planScans(facts),
    hasBlanks: facts.usesDataFlags,
    hasEvenWindows: facts.combinesWindows,
    seed: 1,
  };
}

/** uid://A002/X…/X… of an ASDM's name; what archives put behind it (`_v1`) is left out. */
function uidOf(asdm: string): string {
  const found = /uid___([A-Z]\d+)_(X[0-9a-f]+)_(X[0-9a-f]+)/i.exec(asdm);
  return found ? `uid://${found[1]}/${found[2]}/${found[3]}` : 'uid://A002/X1/X1';
}

function planWindows(facts: ScriptFacts, isSmall: boolean): Pick<TwinSpec, 'windows' | 'uses'> {
  const tsys = facts.tsysWindows.map(({ id }) => id);
  const science = facts.scienceWindows.map(({ id }) => id);
  const full = new Set([...tsys, ...science]);
  const count = Math.max(...facts.correlatedWindows, ...[...full].map((id) => id + 1)) + 1;
  const taken = (id: number) => full.has(id) || full.has(id - 1);
  const correlated = new Set(facts.correlatedWindows);
  const pairs = Array.from({ length: count }, (_, id) => id).filter((id) => correlated.has(id) && !taken(id));
  const pointing = pairs.filter((_, index) => index % 2 === 0).slice(0, 4);
  const quiet = Array.from({ length: count }, (_, id) => id).filter((id) => !correlated.has(id) && !taken(id));
  const leading = quiet.filter((id, index) => id === index);
  const radiometer = facts.hasRadiometers ? leading.at(-1) : undefined;
  const others = [0, 1, 2, 3].filter((baseband) => !science.includes(tsys[baseband]));
  const basebandOf = (id: number) => {
    if (tsys.includes(id)) return tsys.indexOf(id) % 4;
    if (science.includes(id)) return others[science.filter((one) => !tsys.includes(one)).indexOf(id)] ?? 0;
    return pointing.includes(id) ? pointing.indexOf(id) : 0;
  };
  const centres = [0, 1, 2, 3].map((baseband) => {
    const told = facts.scienceWindows.find(({ id, centreHz }) => centreHz && basebandOf(id) === baseband);
    return told?.centreHz ?? CENTRES[baseband];
  });
  const windows = Array.from({ length: count }, (_, id): TwinWindow => {
    if (id === radiometer) return { kind: 'WVR', baseband: -1, channelCount: 4, centreHz: 183.3e9, widthHz: 7.5e9 };
    if (quiet.includes(id)) {
      const baseband = quiet.filter((one) => one !== radiometer).indexOf(id) % 4;
      return { kind: 'SQLD', baseband, channelCount: 1, centreHz: centres[baseband], widthHz: TDM_WIDTH_HZ };
    }
    const isFull = full.has(id) || pointing.includes(id);
    const own = isFull ? id : id - 1;
    const known = [...facts.scienceWindows, ...facts.tsysWindows].find((window) => window.id === own);
    const channelCount = known?.channelCount ?? 128;
    const widthHz = channelCount <= 256 ? TDM_WIDTH_HZ : isSmall ? ACA_WIDTH_HZ : FDM_WIDTH_HZ;
    const baseband = basebandOf(own);
    const common = { baseband, centreHz: centres[baseband], widthHz };
    return isFull ? { ...common, kind: 'FULL_RES', channelCount } : { ...common, kind: 'CH_AVG', channelCount: 1 };
  });
  // Where nothing tells other windows, pointing uses those of Tsys.
  return { windows, uses: { pointing: pointing.length > 0 ? pointing : tsys, atmosphere: tsys, science } };
}

function roleOf(facts: ScriptFacts, id: number): TwinField['role'] {
  if (id === facts.bandpassField) return 'bandpass';
  if (id === facts.fluxField) return 'flux';
  return facts.phaseFields.includes(id) ? 'phase' : 'target';
}

function planField(facts: ScriptFacts, field: FieldFacts, windows: readonly TwinWindow[]): TwinField {
  const role = roleOf(facts, field.id);
  const fluxes = facts.scienceWindows.map(({ id }, index) => {
    const { centreHz: hz } = windows[id];
    const stated = field.fluxes.find(({ window }) => window === undefined || window === index);
    if (!stated) return { hz, jy: DEFAULT_FLUX[role] };
    return { hz, jy: stated.jy * (hz / (stated.referenceHz ?? hz)) ** stated.spectralIndex };
  });
  return { name: field.name, role, fluxes, isUncatalogued: field.isUncatalogued };
}

function planScans(facts: ScriptFacts): TwinScan[] {
  const scans: TwinScan[] = [];
  const add = (field: number, use: TwinScan['use'], intent: string, integrations: number) =>
    void scans.push({ field, use, intent, integrations });
  const measured = new Set<number>();
  const tsys = (field: number) => {
    if (!facts.tsysFields.includes(field) || measured.has(field)) return;
    measured.add(field);
    add(field, 'atmosphere', 'CALIBRATE_ATMOSPHERE', 1);
  };
  const { bandpassField, fluxField, bandpassScan } = facts;
  const before = bandpassScan - 2;
  for (let scan = 0; scan < before; scan++) {
    add(bandpassField, 'pointing', scan === 0 ? 'CALIBRATE_POINTING' : 'CALIBRATE_SIDEBAND_RATIO', 1);
  }
  add(bandpassField, 'atmosphere', 'CALIBRATE_ATMOSPHERE', 1);
  measured.add(bandpassField);
  const alsoFor = fluxField === bandpassField ? ['CALIBRATE_FLUX'] : [];
  scans.push({ field: bandpassField, use: 'science', intent: 'CALIBRATE_BANDPASS', alsoFor, integrations: 3 });
  if (fluxField !== bandpassField) {
    tsys(fluxField);
    add(fluxField, 'science', 'CALIBRATE_FLUX', 2);
  }
  const targets = chooseTargets(facts);
  const extra = facts.tsysFields.filter((id) => id !== bandpassField && id !== fluxField);
  for (const id of extra) tsys(id);
  for (const phase of facts.phaseFields) add(phase, 'science', 'CALIBRATE_PHASE', 2);
  for (const target of targets) {
    add(target, 'science', facts.checkFields.includes(target) ? 'OBSERVE_CHECK_SOURCE' : 'OBSERVE_TARGET', 2);
  }
  for (const phase of facts.phaseFields) add(phase, 'science', 'CALIBRATE_PHASE', 2);
  return scans;
}

/** First, middle and last of the targets, the one by which the water is judged, one of each group, and one that checks. */
function chooseTargets(facts: ScriptFacts): number[] {
  const { checkFields, targetGroups } = facts;
  const all = facts.targetFields.filter((id) => !checkFields.includes(id));
  const water = all.find((id) => facts.fields[id].name === facts.waterSource);
  const places = Array.from({ length: TARGET_COUNT }, (_, index) =>
    all.at(Math.round((index * (all.length - 1)) / (TARGET_COUNT - 1))),
  );
  const chosen = new Set([...(targetGroups.length > TARGET_COUNT ? [] : places), water, checkFields[0]]);
  for (const group of targetGroups) if (!group.some((id) => chosen.has(id))) chosen.add(group[0]);
  return [...chosen].filter((id) => id !== undefined).sort((a, b) => a - b);
}
