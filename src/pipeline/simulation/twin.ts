import { parseCasaTime } from '../../astronomy/measures/index.ts';
import { type Pad, padPositions } from '../../astronomy/reference/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { WVR_CHANNELS } from './atmosphere.ts';
import { Execution, type Observation } from './execution.ts';
import { type ArrayLayout, placeAntennas } from './instrument.ts';
import { chooseParameters, type SimulationParameters } from './presets.ts';
import { layOutScans, type ScanRequest, TIMING_EVENT_NS, TIMING_EVENT_SEC } from './schedule.ts';
import {
  configureProcessors,
  PRODUCTS,
  radiometerWindow,
  type SimulatedWindow,
  type SpectralSetup,
} from './spectral-setup.ts';
import { describeTruth } from './truth.ts';
import { bestStart, placeFields } from './twin-sky.ts';
import type { TwinSpec, TwinWindow } from './twin-spec.ts';

/** Noise of a twin over that of its windows and antennas: as if many more antennas had observed for longer. */
const NOISE_FACTOR = 0.02;
/** Least distance of antennas with data. */
const CLEAR_METRES = 25;
const JY_PER_K = { large: 40, small: 117 };

export interface SimulateTwinOptions {
  readonly spec: TwinSpec;
  /** Directory in which the ASDM and truth.json are made. */
  readonly out: string;
  readonly overwrite?: boolean;
}

export interface SimulateTwinResult {
  readonly asdm: string;
  readonly truth: string;
}

/**
 * Writes an ASDM that has what a specification asks for: its windows, fields, antennas, scans and intents, each field
 * with a point of known flux at its centre; and truth.json beside it. Gains, delays, Tsys and water are as in `simulate`.
 *
 * @throws usage for a specification that contradicts itself, exists when `out` is there
 */
export function simulateTwin(context: Context, options: SimulateTwinOptions): SimulateTwinResult {
  const { spec, overwrite = false } = options;
  const target = joinPath(context.cwd, options.out);
  if (!overwrite && disk().exists(target)) {
    fail('exists', 'The output exists already; remove it or choose another name.', { file: target });
  }
  const { observation, startSec } = planTwin(spec);
  const parameters = twinParameters(spec);
  const directory = spec.uid.replace(/[:/]/g, '_');
  writeWhole(target, overwrite, (staged) => {
    disk().makeDirectory(staged);
    const startNs = BigInt(Math.round(startSec)) * 1_000_000_000n;
    const record = new Execution(context, {
      parameters,
      observation,
      uid: spec.uid,
      index: 0,
      startNs: (startNs / TIMING_EVENT_NS) * TIMING_EVENT_NS,
      out: staged,
      isWeak: false,
    }).run(0, 1);
    const truth = describeTruth(parameters, observation.layout, [record]);
    disk().writeFile(joinPath(staged, 'truth.json'), `${JSON.stringify(truth, undefined, 1)}\n`);
  });
  return { asdm: joinPath(target, directory), truth: joinPath(target, 'truth.json') };
}

function twinParameters(spec: TwinSpec): SimulationParameters {
  const isSmall = spec.antennas.every((name) => name.startsWith('CM'));
  return chooseParameters('tiny', {
    seed: spec.seed,
    executionCount: 1,
    antennaCount: spec.antennas.length,
    subIntegrations: 1,
    pathRms300m: 40e-6,
    positionError: 0,
    jyPerK: isSmall ? JY_PER_K.small : JY_PER_K.large,
    noiseFactor: NOISE_FACTOR,
    hasBlanks: spec.hasBlanks,
    hasEvenWindows: spec.hasEvenWindows,
  });
}

/** The observation that a specification describes, and its best start on that day (UTC, s). */
function planTwin(spec: TwinSpec): { observation: Observation; startSec: number } {
  const requests = spec.scans.map(({ field, use, intent, alsoFor, integrations }): ScanRequest => {
    const role = spec.fields[field]?.role ?? fail('usage', `There is no field ${field}.`);
    const intents = use === 'atmosphere' ? (['OFF_SOURCE', 'AMBIENT', 'HOT'] as const) : (['ON_SOURCE'] as const);
    return {
      fieldId: field,
      role,
      use,
      intent,
      alsoFor,
      subscans: intents.map((name) => [name, integrations] as const),
    };
  });
  const schedule = layOutScans(requests);
  const observed = placeFields(spec, parseCasaTime(`${spec.day}/12:00:00`)).filter(({ id }) =>
    spec.scans.some(({ field }) => field === id),
  );
  const startSec = bestStart(observed, spec.day, schedule.endEvent * TIMING_EVENT_SEC);
  const sky = placeFields(spec, startSec);
  return { observation: { sky, setup: setUpWindows(spec), schedule, layout: layOut(spec) }, startSec };
}

/** Antennas with data stand so far apart that none shadows another. */
function layOut(spec: TwinSpec): ArrayLayout {
  const chosen: Pad[] = [];
  const rest: Pad[] = [];
  const distance = (a: Pad, b: Pad) => Math.hypot(a.enu[0] - b.enu[0], a.enu[1] - b.enu[1]);
  for (const pad of [...padPositions('1'), ...padPositions()]) {
    if ([...chosen, ...rest].some(({ name }) => name === pad.name)) continue;
    const isFree = chosen.every((other) => distance(other, pad) > CLEAR_METRES);
    if (isFree && chosen.length < spec.antennas.length) chosen.push(pad);
    else rest.push(pad);
  }
  const silent = spec.silentAntennas.map((name, index) => {
    const pad = rest[index] ?? fail('usage', 'There are more antennas than pads.');
    return { name, pad: pad.name, position: Array.from(pad.itrf) };
  });
  const placed = placeAntennas(spec.antennas, chosen);
  spec.antennas.forEach((name, ant) => void placed.positionErrors.set(spec.positionErrors?.get(name) ?? [], 3 * ant));
  return { ...placed, publishedErrors: placed.positionErrors.slice(), silent };
}

function setUpWindows(spec: TwinSpec): SpectralSetup {
  const windows = spec.windows.map((window, id) => windowOf(spec, window, id));
  const radiometers = windows.filter(({ kind }) => kind === 'WVR').map(({ id }) => id);
  return { windows, products: PRODUCTS[2], fullResolution: spec.uses, ...configureProcessors(spec.uses, radiometers) };
}

function windowOf(spec: TwinSpec, window: TwinWindow, id: number): SimulatedWindow {
  const { kind, baseband, channelCount, centreHz, widthHz } = window;
  if (kind === 'WVR') {
    if (channelCount !== WVR_CHANNELS.length) fail('usage', 'Radiometers have four channels.');
    return radiometerWindow(id);
  }
  const use = (['science', 'atmosphere', 'pointing'] as const).find((one) =>
    spec.uses[one].includes(kind === 'CH_AVG' ? id - 1 : id),
  );
  const isLower = centreHz < middleOf(spec);
  const stepHz = ((isLower ? -1 : 1) * widthHz) / channelCount;
  const name = `ALMA_RB_06#BB_${baseband + 1}#SW-01#`;
  const middle = spec.windows.find((one) => one.baseband === baseband && one.kind === 'FULL_RES');
  return {
    id,
    kind: kind === 'FULL_RES' ? 'FULL_RES' : 'CH_AVG',
    use: use ?? 'pointing',
    baseband,
    basebandCentreHz: middle?.centreHz ?? centreHz,
    name: kind === 'SQLD' ? `BB_${baseband + 1}#SQLD` : `${name}${kind}`,
    frequenciesHz: Float64Array.from(
      { length: channelCount },
      (_, chan) => centreHz + stepHz * (chan - (channelCount - 1) / 2),
    ),
    stepHz,
    sideband: isLower ? 'LSB' : 'USB',
    partnerId: kind === 'SQLD' ? id : kind === 'FULL_RES' ? id + 1 : id - 1,
  };
}

/** Between the sidebands: the middle of all windows, Hz. */
function middleOf(spec: TwinSpec): number {
  const centres = spec.windows.filter(({ kind }) => kind === 'FULL_RES').map(({ centreHz }) => centreHz);
  return (Math.min(...centres) + Math.max(...centres)) / 2;
}
