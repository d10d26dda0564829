import { type AsdmWriter, arrayCell, tagList, textList } from '../../formats/asdm/index.ts';
import { TSYS_FACTOR } from './faults.ts';
import { fieldAzEl } from './geometry.ts';
import type { Instrument } from './instrument.ts';
import { forEver } from './instrument-tables.ts';
import { repeated, stateOf } from './observation-tables.ts';
import { INTEGRATION_EVENTS, type PlannedScan, type PlannedSubscan, TIMING_EVENT_NS } from './schedule.ts';
import type { SkyField } from './sky.ts';
import type { SimulatedWindow } from './spectral-setup.ts';

const NS_PER_SECOND = 1_000_000_000n;
/** Rounding of stored spectra, K. */
const KELVIN_STEP = 1e-4;
const tag = (table: string, id: number) => ({ table, id });

/** What the online system reduced from a scan of an intent. */
const DATA_ORIGINS: Readonly<Record<string, string>> = {
  CALIBRATE_WVR: 'WVR',
  OBSERVE_TARGET: 'NONE',
  CALIBRATE_ATMOSPHERE: 'FULL_RESOLUTION_AUTO',
};

/** A subscan with the times that its rows need. */
export interface SubscanRow {
  readonly scan: PlannedScan;
  readonly subscan: PlannedSubscan;
  readonly field: SkyField;
  readonly startNs: bigint;
  readonly antennaCount: number;
}

/** A BDF with what its Main row says. */
export interface MainRow {
  readonly configurationId: number;
  readonly dataOid: string;
  readonly byteCount: number;
  readonly integrationCount: number;
  readonly durationNs: bigint;
}

/** Nanoseconds of some timing events. */
export const eventsToNs = (events: number) => TIMING_EVENT_NS * BigInt(events);

export function appendScan(asdm: AsdmWriter, scan: PlannedScan, field: SkyField, executionStartNs: bigint): void {
  asdm.append('Scan', {
    scanNumber: scan.number,
    startTime: executionStartNs + eventsToNs(scan.startEvent),
    endTime: executionStartNs + eventsToNs(scan.endEvent),
    numIntent: scan.intents.length,
    numSubscan: scan.subscans.length,
    scanIntent: textList(scan.intents),
    calDataType: textList(scan.intents.map((intent) => DATA_ORIGINS[intent] ?? 'CHANNEL_AVERAGE_CROSS')),
    calibrationOnLine: arrayCell([scan.intents.length], new Uint8Array(scan.intents.length).fill(1)),
    numField: 1,
    fieldName: textList([field.name]),
    sourceName: field.name,
    execBlockId: tag('ExecBlock', 0),
  });
}

export function appendSubscan(asdm: AsdmWriter, row: SubscanRow, subIntegrations: number): void {
  const { subscan } = row;
  asdm.append('Subscan', {
    scanNumber: row.scan.number,
    subscanNumber: subscan.number,
    startTime: row.startNs,
    endTime: row.startNs + eventsToNs(subscan.integrationCount * INTEGRATION_EVENTS),
    fieldName: row.field.name,
    subscanIntent: subscan.intent,
    subscanMode: 'NO_SWITCHING',
    numIntegration: subscan.integrationCount,
    numSubintegration: repeated(subIntegrations, subscan.integrationCount),
    correlatorCalibration: 'NONE',
    execBlockId: tag('ExecBlock', 0),
  });
}

export function appendMain(asdm: AsdmWriter, row: SubscanRow, main: MainRow): void {
  asdm.append('Main', {
    time: row.startNs + main.durationNs / 2n,
    numAntenna: row.antennaCount,
    timeSampling: 'INTEGRATION',
    interval: main.durationNs,
    numIntegration: main.integrationCount,
    scanNumber: row.scan.number,
    subscanNumber: row.subscan.number,
    dataSize: BigInt(main.byteCount),
    dataUID: main.dataOid,
    configDescriptionId: tag('ConfigDescription', main.configurationId),
    execBlockId: tag('ExecBlock', 0),
    fieldId: tag('Field', row.field.id),
    stateId: tagList('State', new Int32Array(row.antennaCount).fill(stateOf(row.subscan.intent))),
  });
}

/** Adds the pointing of all antennas during a subscan, a sample every `stepSec`. */
export function appendPointing(asdm: AsdmWriter, row: SubscanRow, startMjdSec: number, stepSec: number): void {
  const durationSec = Number(eventsToNs(row.subscan.integrationCount * INTEGRATION_EVENTS)) / 1e9;
  const count = Math.max(1, Math.floor(durationSec / stepSec));
  const target = new Float64Array(2 * count);
  for (let sample = 0; sample < count; sample++) {
    const { az, el } = fieldAzEl(row.field, startMjdSec + (sample + 0.5) * stepSec);
    target[2 * sample] = az > Math.PI ? az - 2 * Math.PI : az;
    target[2 * sample + 1] = el;
  }
  const samples = arrayCell([count, 2], target);
  const durationNs = BigInt(Math.round(count * stepSec * 1e9));
  for (let ant = 0; ant < row.antennaCount; ant++) {
    asdm.append('Pointing', {
      antennaId: tag('Antenna', ant),
      timeInterval: { midNs: row.startNs + durationNs / 2n, durationNs },
      numSample: count,
      encoder: samples,
      pointingTracking: true,
      usePolynomials: false,
      timeOrigin: row.startNs,
      numTerm: count,
      pointingDirection: samples,
      target: samples,
      offset: arrayCell([count, 2], new Float64Array(2 * count)),
      pointingModelId: 0,
    });
  }
}

/** Adds the system temperatures that an atmosphere scan gave; they are valid from the scan on "for ever". */
export function appendSystemTemperatures(
  asdm: AsdmWriter,
  instrument: Instrument,
  windows: readonly SimulatedWindow[],
  scanStartNs: bigint,
  elevation: number,
  wrongAntenna?: number,
): void {
  for (const window of windows) {
    const count = window.frequenciesHz.length;
    const system = instrument.systemTemperature(window, elevation);
    for (let ant = 0; ant < instrument.antennaCount; ant++) {
      const factor = ant === wrongAntenna ? TSYS_FACTOR : 1;
      const receiver = new Float64Array(2 * count);
      const sky = new Float64Array(2 * count);
      for (let at = 0; at < 2 * count; at++) {
        const chan = at % count;
        receiver[at] = kelvin(instrument.receiverTemperature(2 * ant + Math.floor(at / count), window, chan));
        sky[at] = kelvin(instrument.skyTemperature(window.frequenciesHz[chan], elevation));
      }
      asdm.append('SysCal', {
        timeInterval: forEver(scanStartNs + 2n * NS_PER_SECOND),
        numReceptor: 2,
        numChan: count,
        trxSpectrum: arrayCell([2, count], receiver),
        tskySpectrum: arrayCell([2, count], sky),
        tsysSpectrum: arrayCell(
          [2, count],
          system.slice(2 * ant * count, 2 * (ant + 1) * count).map((value) => kelvin(factor * value)),
        ),
        antennaId: tag('Antenna', ant),
        feedId: 0,
        spectralWindowId: tag('SpectralWindow', window.id),
      });
    }
  }
}

const kelvin = (value: number) => Math.round(value / KELVIN_STEP) * KELVIN_STEP;

/** Adds an online flag of whole antennas. */
export function appendFlag(
  asdm: AsdmWriter,
  startNs: bigint,
  endNs: bigint,
  antennas: readonly number[],
  reason: string,
): void {
  asdm.append('Flag', {
    flagId: tag('Flag', asdm.rowCount('Flag')),
    startTime: startNs,
    endTime: endNs,
    reason,
    numAntenna: antennas.length,
    antennaId: tagList('Antenna', antennas),
  });
}
