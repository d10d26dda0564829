import { geodeticOf } from '../../astronomy/measures/index.ts';
import { type AsdmWriter, arrayCell, integerList, numberList, tagList, textList } from '../../formats/asdm/index.ts';
import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { PROJECT } from './identity.ts';
import { forEver } from './instrument-tables.ts';
import type { SubscanIntent } from './schedule.ts';
import { continuumFlux, LINE_NAME, LINE_REST_HZ, type SkyField, SYSTEMIC_VELOCITY } from './sky.ts';
import type { SimulatedWindow, SpectralSetup } from './spectral-setup.ts';

const NS_PER_MINUTE = 60_000_000_000n;
const tag = (table: string, id: number) => ({ table, id });

/** Rows of the State table in the order of the subscan intents. */
const STATES: readonly { intent: SubscanIntent; device: string; sig: boolean; ref: boolean; onSky: boolean }[] = [
  { intent: 'ON_SOURCE', device: 'NONE', sig: true, ref: false, onSky: true },
  { intent: 'OFF_SOURCE', device: 'NONE', sig: false, ref: true, onSky: true },
  { intent: 'AMBIENT', device: 'AMBIENT_LOAD', sig: false, ref: false, onSky: false },
  { intent: 'HOT', device: 'HOT_LOAD', sig: false, ref: false, onSky: false },
];

/** Row of the State table for a subscan intent. */
export function stateOf(intent: SubscanIntent): number {
  return STATES.findIndex((state) => state.intent === intent);
}

export interface ExecutionFacts {
  readonly uid: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly antennaCount: number;
  /** Antennas that are listed without data; their ids follow. */
  readonly silentCount: number;
  readonly sky: readonly SkyField[];
  /** ITRF, m: the observatory. */
  readonly site: Float64Array;
  /** Longest and shortest baseline, m. */
  readonly longestBaseline: number;
  readonly shortestBaseline: number;
}

/** Writes the tables that say what was observed for whom: fields, sources, states, scheduling block, weather. */
export function writeObservationTables(asdm: AsdmWriter, setup: SpectralSetup, facts: ExecutionFacts): void {
  for (const field of facts.sky) {
    const catalogued = field.isUncatalogued ? [0, 0] : [field.ra, field.dec];
    const direction = arrayCell([1, 2], Float64Array.from(catalogued));
    asdm.append('Field', {
      fieldId: tag('Field', field.id),
      fieldName: field.name,
      numPoly: 1,
      delayDir: direction,
      phaseDir: direction,
      referenceDir: direction,
      time: facts.startNs,
      code: 'none',
      directionCode: 'J2000',
      sourceId: field.id,
    });
    for (const window of setup.windows) writeSource(asdm, field, window, facts.startNs);
  }
  STATES.forEach(({ device, sig, ref, onSky }, id) => {
    asdm.append('State', { stateId: tag('State', id), calDeviceName: device, sig, ref, onSky });
  });
  writeExecution(asdm, facts);
  writeWeather(asdm, facts);
}

function writeSource(asdm: AsdmWriter, field: SkyField, window: SimulatedWindow, startNs: bigint): void {
  const frequency = window.frequenciesHz.reduce((sum, value) => sum + value, 0) / window.frequenciesHz.length;
  const hasFlux = field.role === 'flux' && !field.components[0].disk && window.kind !== 'WVR';
  const halfWidth = (Math.abs(window.stepHz) * window.frequenciesHz.length) / 2;
  const hasLine = field.role === 'target' && window.kind !== 'WVR' && Math.abs(lineFrequency() - frequency) < halfWidth;
  const flux = hasFlux ? continuumFlux(field, frequency) : 0;
  asdm.append('Source', {
    sourceId: field.id,
    timeInterval: forEver(startNs),
    code: 'none',
    direction: numberList([field.ra, field.dec]),
    properMotion: numberList([0, 0]),
    sourceName: field.name,
    directionCode: 'J2000',
    numLines: hasLine ? 1 : undefined,
    transition: hasLine ? textList([LINE_NAME]) : undefined,
    restFrequency: hasLine ? numberList([LINE_REST_HZ]) : undefined,
    sysVel: hasLine ? numberList([SYSTEMIC_VELOCITY]) : undefined,
    numFreq: hasFlux ? 1 : undefined,
    numStokes: hasFlux ? 4 : undefined,
    frequency: hasFlux ? numberList([frequency]) : undefined,
    stokesParameter: hasFlux ? textList(['I', 'Q', 'U', 'V']) : undefined,
    flux: hasFlux ? arrayCell([1, 4], Float64Array.of(flux, 0, 0, 0)) : undefined,
    spectralWindowId: tag('SpectralWindow', window.id),
  });
}

/** Where the target's line is expected at the observatory, to 1e-4: the frame's motion is left out. */
function lineFrequency(): number {
  return LINE_REST_HZ * (1 - SYSTEMIC_VELOCITY / SPEED_OF_LIGHT);
}

function writeExecution(asdm: AsdmWriter, facts: ExecutionFacts): void {
  const { longitude, latitude, height } = geodeticOf(facts.site);
  const antennaCount = facts.antennaCount + facts.silentCount;
  const antennas = Array.from({ length: antennaCount }, (_, ant) => ant);
  asdm.append('ExecBlock', {
    execBlockId: tag('ExecBlock', 0),
    startTime: facts.startNs,
    endTime: facts.endNs,
    execBlockNum: 1,
    execBlockUID: facts.uid,
    projectUID: PROJECT.projectUid,
    configName: 'A',
    telescopeName: 'ALMA',
    observerName: PROJECT.pi,
    numObservingLog: 1,
    observingLog: textList(['simulated observation']),
    sessionReference: PROJECT.sessionUid,
    baseRangeMin: facts.shortestBaseline,
    baseRangeMax: facts.longestBaseline,
    baseRmsMinor: facts.longestBaseline / 4,
    baseRmsMajor: facts.longestBaseline / 3,
    basePa: 0,
    aborted: false,
    numAntenna: antennaCount,
    siteAltitude: height,
    siteLongitude: (longitude * 180) / Math.PI,
    siteLatitude: (latitude * 180) / Math.PI,
    antennaId: tagList('Antenna', antennas),
    sBSummaryId: tag('SBSummary', 0),
  });
  asdm.append('SBSummary', {
    sBSummaryId: tag('SBSummary', 0),
    sbSummaryUID: PROJECT.schedulingBlockUid,
    projectUID: PROJECT.projectUid,
    obsUnitSetUID: PROJECT.memberUid,
    frequency: LINE_REST_HZ / 1e9,
    frequencyBand: 'ALMA_RB_06',
    sbType: 'OBSERVER',
    sbDuration: facts.endNs - facts.startNs,
    numObservingMode: 1,
    observingMode: textList(['Standard Interferometry']),
    numberRepeats: 2,
    numScienceGoal: 1,
    scienceGoal: textList([`representativeFrequency = ${lineFrequency() / 1e9} GHz`]),
    numWeatherConstraint: 1,
    weatherConstraint: textList(['maxPWVC = 2.0 mm']),
  });
}

function writeWeather(asdm: AsdmWriter, facts: ExecutionFacts): void {
  let index = 0;
  for (let time = facts.startNs - NS_PER_MINUTE; time < facts.endNs; time += NS_PER_MINUTE, index++) {
    asdm.append('Weather', {
      timeInterval: { midNs: time + NS_PER_MINUTE / 2n, durationNs: NS_PER_MINUTE },
      pressure: 55_640 - 0.5 * index,
      relHumidity: 11 + 0.05 * index,
      temperature: 270.9 - 0.02 * index,
      windDirection: 4.9,
      windSpeed: 7.5 + 0.01 * index,
      windMax: 10.5,
      dewPoint: 244.6,
      stationId: tag('Station', facts.antennaCount),
    });
  }
}

/** Integer list of a constant. */
export function repeated(value: number, count: number): ReturnType<typeof integerList> {
  return integerList(new Int32Array(count).fill(value));
}
