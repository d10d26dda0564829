import { formatMjd } from '../../astronomy/measures/index.ts';
import type { Asdm } from '../../formats/asdm/index.ts';
import { type AprioriTables, applyApriori, aprioriTables } from './apriori-tables.ts';
import type { BodyLines } from './body-lines.ts';
import { flagLostWindows, flagUnused } from './calibrator-choice.ts';
import type { Inspection } from './inspection.ts';
import type { Observation } from './observation.ts';
import { phaseSourcesOf } from './phase-cover.ts';
import { type Decision, remove, task } from './plan-builder.ts';
import type { PlanCall, PlanStep } from './plan-types.ts';
import { type PositionOffsets, positionCalls, positionDecision, positionsOf } from './position-plan.ts';
import type { RadiometerBenefit } from './radiometer-benefit.ts';
import {
  type BadRadiometer,
  hasRadiometer,
  keptDecisions,
  noneUsable,
  tooManyLost,
  waterDecisions,
} from './radiometer-check.ts';
import type { ScienceGoal } from './science-goal.ts';
import { type ShadowedAntenna, shadowDecisions } from './shadow-check.ts';
import { type BadTsys, MARGIN_SEC, NO_TSYS, type TsysCheck } from './tsys-check.ts';

/** Names of everything that the calibration of one Execution Block reads and writes. */
export interface CalibrationNames {
  /** The ASDM as the script sees it, e.g. uid___A002_X1_X2.asdm.sdm */
  readonly asdm: string;
  readonly vis: string;
  readonly split: string;
  readonly calibrated: string;
}

/** Names for an Execution Block UID in file form (uid___A002_X1_X2). */
export function calibrationNames(uid: string): CalibrationNames {
  return { asdm: uid, vis: `${uid}.ms`, split: `${uid}.ms.split`, calibrated: `${uid}.ms.split.cal` };
}

/** ASDM tables that are kept in the MeasurementSet for later questions. */
const KEPT_TABLES = 'Antenna Station Receiver Source CalAtmosphere CalWVR CorrelatorMode SBSummary';

/**
 * Step 0: the import, before anything is known of the data.
 *
 * @param undirected fields that the ASDM gives no direction
 */
export function planImport(names: CalibrationNames, undirected: readonly UndirectedField[]): PlanStep {
  return {
    number: 0,
    title: 'Import of the ASDM',
    calls: [
      remove(names.vis, `${names.vis}.flagversions`),
      task('importasdm', {
        asdm: names.asdm,
        vis: names.vis,
        asis: KEPT_TABLES,
        bdfflags: true,
        process_caldevice: true,
        lazy: false,
      }),
      ...(undirected.length === 0
        ? []
        : [
            task(
              'fixplanets',
              { vis: names.vis, field: undirected.map(({ id }) => id).join(','), fixuvw: true },
              `${undirected.map(({ name }) => name).join(', ')}: without direction in the ASDM; taken from where the antennas pointed`,
            ),
          ]),
    ],
  };
}

/** A field that the ASDM gives the direction (0, 0), as it was with moving sources. */
export interface UndirectedField {
  readonly id: number;
  readonly name: string;
}

/** Observed fields without direction. */
export function undirectedFields(asdm: Asdm): UndirectedField[] {
  const observed = new Set([...asdm.table('Main').rows()].map((row) => row.id('fieldId')));
  return [...asdm.table('Field').rows()].flatMap((row, id) => {
    const isObserved = observed.has(row.id('fieldId'));
    const isZero = row.numbers('phaseDir').every((value) => value === 0);
    return isObserved && isZero && !row.has('ephemerisId') ? [{ id, name: row.text('fieldName') }] : [];
  });
}

/** What the imported data show before anything is done to them. */
export interface AprioriFindings {
  readonly radiometers: readonly BadRadiometer[];
  /** What the calibrators show of them, once they have been looked at. */
  readonly benefit?: RadiometerBenefit;
  readonly tsys: TsysCheck;
  readonly shadowed: readonly ShadowedAntenna[];
  /** Offsets that the phases of the calibrators show: true minus believed position, ITRF m. */
  readonly positions: PositionOffsets;
}

/** Numbers of the steps that make the table of the radiometers and correct antenna positions. */
export const WATER_STEP = 4;
export const POSITION_STEP = 6;

/** Steps 1–9: everything that needs no look at the calibrators. */
export function planApriori(
  observation: Observation,
  names: CalibrationNames,
  goal: ScienceGoal,
  findings: AprioriFindings,
): { steps: PlanStep[]; decisions: Decision[] } {
  const decisions: Decision[] = [];
  const positions = positionsOf(observation, goal, findings.positions);
  const tables = aprioriTables(observation, positions, findings);
  const steps: PlanStep[] = [
    { number: 1, title: 'Times of the SYSCAL table', calls: tables.hasTsys ? [syscalTimes(names.vis)] : [] },
    {
      number: 2,
      title: 'Listing of the observation',
      calls: [remove(`${names.vis}.listobs`), task('listobs', { vis: names.vis, listfile: `${names.vis}.listobs` })],
    },
    { number: 3, title: 'A-priori flags', calls: aprioriFlags(observation, names, findings.shadowed) },
    {
      number: WATER_STEP,
      title: 'Water-vapour radiometer phases',
      calls: tables.hasWvr
        ? wvrCalls(observation, names, findings.radiometers)
        : findings.benefit
          ? [remove(`${names.vis}.wvr`)]
          : [],
    },
    { number: 5, title: 'System temperatures', calls: tables.hasTsys ? tsysCalls(names, findings.tsys.bad) : [] },
    {
      number: POSITION_STEP,
      title: 'Antenna positions',
      calls: positionCalls(names.vis, positions, Object.keys(findings.positions)),
    },
    {
      number: 7,
      title: 'Application of radiometer, Tsys and position tables',
      calls: applyApriori(observation, names, tables, decisions),
    },
    { number: 8, title: 'Science windows into a MeasurementSet of their own', calls: splitScience(observation, names) },
    { number: 9, title: 'Listing, and first state of the flags', calls: listSplit(names) },
  ];
  decisions.push(
    ...aprioriDecisions(observation, tables, goal, findings),
    ...findingDecisions(observation, findings, tables),
  );
  return { steps, decisions };
}

/** What is said of 12 m antennas without. */
const NO_RADIOMETERS =
  'The data hold no radiometer window: what water does to the phases between scans of the phase calibrator stays in them, and takes flux from the target.';

/** Solutions of gencal stand at TIME - INTERVAL / 2 of their rows, one for all antennas of a measurement. */
function syscalTimes(vis: string): PlanCall {
  return task('fixsyscaltimes', { vis }, 'one time for all antennas of a measurement of Tsys');
}

function aprioriFlags(
  observation: Observation,
  names: CalibrationNames,
  shadowed: readonly ShadowedAntenna[],
): PlanCall[] {
  const first = observation.wvrSpwId === 0 ? 1 : 0;
  const spw = `${first}~${observation.spwCount - 1}`;
  const base = { vis: names.vis, flagbackup: false };
  return [
    task(
      'flagcmd',
      { vis: names.vis, inpmode: 'table', useapplied: true, action: 'apply' },
      'flags set while observing',
    ),
    task(
      'flagdata',
      { ...base, mode: 'manual', spw, autocorr: true },
      'autocorrelations; those of the radiometers are needed',
    ),
    task(
      'flagdata',
      { ...base, mode: 'manual', spw, intent: '*POINTING*,*SIDEBAND_RATIO*,*ATMOSPHERE*' },
      'scans that calibrate the telescope, not the sky',
    ),
    task(
      'flagdata',
      { ...base, mode: 'shadow' },
      shadowed.length > 0 ? `${shadowed.map(({ antenna }) => antenna).join(', ')}: behind other antennas` : undefined,
    ),
    task('flagmanager', { vis: names.vis, mode: 'save', versionname: 'Apriori' }),
  ];
}

function wvrCalls(observation: Observation, names: CalibrationNames, bad: readonly BadRadiometer[]): PlanCall[] {
  const allScans = new Set(observation.skyScans.map(({ number }) => number));
  const groups = observation.targets.map((target) => {
    const sources = phaseSourcesOf(target, observation, allScans).flatMap(({ fields }) => fields);
    return [...new Set([target, ...sources].map(({ name }) => name))];
  });
  // Sources are tied by name or number: a comma parts names, and digits are a number.
  const isName = (name: string) => !/,|^\d+$/.test(name);
  const tie = [...new Set(groups.filter((names) => names.length > 1 && names.every(isName)).map(String))];
  return [
    remove(`${names.vis}.wvr`),
    task(
      'wvrgcal',
      {
        vis: names.vis,
        caltable: `${names.vis}.wvr`,
        spw: observation.science.map((spw) => spw.spwId),
        toffset: 0,
        ...(tie.length > 0 ? { tie } : {}),
        statsource: observation.targets[0].name,
        ...(bad.length > 0 ? { wvrflag: bad.map(({ antenna }) => antenna) } : {}),
      },
      bad.length > 0
        ? bad.map(({ antenna, finding }) => `the radiometer of ${antenna} ${finding}`).join('; ')
        : undefined,
    ),
  ];
}

function tsysCalls(names: CalibrationNames, bad: readonly BadTsys[]): PlanCall[] {
  return [
    remove(`${names.vis}.tsys`),
    task('gencal', { vis: names.vis, caltable: `${names.vis}.tsys`, caltype: 'tsys' }),
    ...bad.map(({ antenna, scan, spwIds, ratio }) => {
      const [from, to] = [scan.startSec - MARGIN_SEC, scan.endSec + MARGIN_SEC];
      return task(
        'flagdata',
        {
          vis: `${names.vis}.tsys`,
          mode: 'manual',
          antenna,
          spw: spwIds.join(','),
          timerange: `${formatMjd(from, 0)}~${formatMjd(to, 0)}`,
          flagbackup: false,
        },
        `${ratio.toFixed(1)} times the median of the antennas in scan ${scan.number}`,
      );
    }),
  ];
}

function splitScience(observation: Observation, names: CalibrationNames): PlanCall[] {
  return [
    remove(names.split, `${names.split}.flagversions`),
    task('split', {
      vis: names.vis,
      outputvis: names.split,
      datacolumn: 'corrected',
      spw: observation.science.map((spw) => spw.spwId).join(','),
      antenna: '*&*',
      keepflags: true,
    }),
  ];
}

function listSplit(names: CalibrationNames): PlanCall[] {
  return [
    remove(`${names.split}.listobs`),
    task('listobs', { vis: names.split, listfile: `${names.split}.listobs` }),
    task('flagmanager', { vis: names.split, mode: 'save', versionname: 'Original' }),
  ];
}

/** Channels to drop at each edge of a window: 1/64 of it, at least one; none in windows of fewer than 16 channels. */
function edgeCount(chanCount: number): number {
  return chanCount < 16 ? 0 : Math.max(1, Math.floor(chanCount / 64));
}

/** Step 10: flags of edge channels, and those that the look at the calibrators asks for (`isSelective`: there are some). */
export function planFlags(
  observation: Observation,
  names: CalibrationNames,
  inspection: Inspection,
  lines: BodyLines,
): { step: PlanStep; decisions: Decision[]; isSelective: boolean } {
  const decisions: Decision[] = [];
  const unused = flagUnused(observation, names.split);
  const lost = lines.channels.length > 0 ? [] : flagLostWindows(observation, lines.lostWindows, names.split);
  const calls = [
    ...edgeFlags(observation, names, decisions),
    ...lineFlags(observation, names, lines),
    ...lost,
    ...inspection.calls,
    ...unused.calls,
  ];
  decisions.push(...lines.decisions, ...unused.decisions);
  const step = { number: 10, title: 'Edge channels, and faults seen on the calibrators', calls };
  return {
    step,
    decisions: [...decisions, ...inspection.decisions],
    isSelective: lost.length + inspection.calls.length > 0,
  };
}

function lineFlags(observation: Observation, names: CalibrationNames, { channels }: BodyLines): PlanCall[] {
  if (channels.length === 0) return [];
  const spw = channels.map(({ window, text }) => `${window}:${text}`).join(',');
  const selection = { field: String(observation.flux.id), spw };
  return [
    task(
      'flagdata',
      { vis: names.split, mode: 'manual', ...selection, flagbackup: false },
      `lines in the atmosphere of ${observation.flux.name}`,
    ),
  ];
}

function edgeFlags(observation: Observation, names: CalibrationNames, decisions: Decision[]): PlanCall[] {
  const ranges = observation.science
    .map((spw, index) => ({ index, last: spw.chanCount - 1, edge: edgeCount(spw.chanCount) }))
    .filter((entry) => entry.edge > 0)
    .map(({ index, last, edge }) => `${index}:0~${edge - 1};${last - edge + 1}~${last}`);
  if (ranges.length === 0) return [];
  decisions.push({
    topic: 'Edge channels',
    choice: ranges.join(', '),
    reason: 'The baseband filter falls off at the edges of a window.',
  });
  return [task('flagdata', { vis: names.split, mode: 'manual', spw: ranges.join(','), flagbackup: false })];
}

function aprioriDecisions(
  observation: Observation,
  tables: AprioriTables,
  goal: ScienceGoal,
  { radiometers, benefit }: AprioriFindings,
): Decision[] {
  const mapped = observation.science.map((spw) => `${spw.spwId} <- ${spw.tsysSpwId ?? 'none'}`).join(', ');
  return [
    tables.hasTsys
      ? { topic: 'Tsys window map', choice: mapped, reason: 'Same baseband; among those the nearest in frequency.' }
      : { topic: 'Tsys', choice: 'not applied', reason: NO_TSYS },
    ...(tables.hasTsys && observation.unmeasuredSpwIds.length > 0
      ? [
          {
            topic: 'Missing Tsys',
            choice: `windows ${observation.unmeasuredSpwIds.join(', ')} have none`,
            reason:
              'Atmosphere scans were made in them, but the data hold no result; science windows take the nearest one.',
          },
        ]
      : []),
    tables.hasWvr
      ? {
          topic: 'Water-vapour radiometers',
          choice: 'applied',
          reason: `Window ${observation.wvrSpwId} holds their readings${benefit ? `; on calibrators ${benefit.told}` : ''}.`,
        }
      : {
          topic: 'Water-vapour radiometers',
          choice: 'not applied',
          reason: benefit?.isHarm
            ? `They make phases less steady: on calibrators ${benefit.told}.`
            : whyNoWater(observation, radiometers),
        },
    positionDecision(observation, goal),
    ...(observation.singleChannelSpwIds.length === 0
      ? []
      : [
          {
            topic: 'Windows left out',
            choice: observation.singleChannelSpwIds.join(', '),
            reason: 'They have one channel, and with it no bandpass.',
          },
        ]),
  ];
}

function whyNoWater({ antennas, wvrSpwId }: Observation, bad: readonly BadRadiometer[]): string {
  const equipped = antennas.filter(({ name }) => hasRadiometer(name));
  if (equipped.length === 0) return 'The data hold no radiometer window (7 m antennas have none).';
  if (wvrSpwId === undefined) return NO_RADIOMETERS;
  const isBad = new Set(bad.map(({ antenna }) => antenna));
  return equipped.every(({ name }) => isBad.has(name)) ? noneUsable(bad) : tooManyLost(antennas, bad);
}

function findingDecisions(
  observation: Observation,
  { radiometers, benefit, tsys, shadowed }: AprioriFindings,
  { hasWvr }: AprioriTables,
): Decision[] {
  return [
    ...shadowDecisions(shadowed),
    ...(hasWvr ? waterDecisions(observation.antennas, radiometers) : []),
    ...(hasWvr ? keptDecisions(radiometers, benefit?.harmful ?? []) : []),
    ...tsys.bad.map(({ antenna, scan, spwIds, ratio, usual }) => ({
      topic: 'Wrong Tsys',
      choice: `${antenna} flagged in scan ${scan.number}, windows ${spwIds.join(', ')}`,
      reason: `Its system temperature is ${ratio.toFixed(1)} times the median of the antennas${usual ? `, and ${usual.toFixed(1)} times in other scans` : ''}.`,
    })),
    ...tsys.missing.map(({ antenna, spwIds }) => ({
      topic: 'Missing Tsys',
      choice: `${antenna} flagged in the science windows of windows ${spwIds.join(', ')}`,
      reason: 'It has no system temperatures there, and without them its amplitudes mean nothing.',
    })),
  ];
}
