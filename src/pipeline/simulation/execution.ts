import { formatMjd, observatoryPosition } from '../../astronomy/measures/index.ts';
import { type AsdmWriter, createAsdm, nsToMjdSeconds, uidFileName } from '../../formats/asdm/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { Correlator } from './correlator.ts';
import {
  clearFlags,
  createOutputs,
  flagAntenna,
  type SubscanOutput,
  writeAverages,
  writeFull,
} from './correlator-output.ts';
import { Damage } from './damage.ts';
import { faultyAntenna } from './faults.ts';
import { fieldAzEl, fieldGeometry } from './geometry.ts';
import { type ArrayLayout, Instrument } from './instrument.ts';
import { writeInstrumentTables } from './instrument-tables.ts';
import { writeObservationTables } from './observation-tables.ts';
import type { SimulationParameters } from './presets.ts';
import { writeRadiometers } from './radiometer.ts';
import { RandomStream } from './random.ts';
import {
  appendFlag,
  appendMain,
  appendPointing,
  appendScan,
  appendSubscan,
  appendSystemTemperatures,
  eventsToNs,
  type SubscanRow,
} from './scan-tables.ts';
import {
  INTEGRATION_EVENTS,
  type PlannedScan,
  type PlannedSubscan,
  type Schedule,
  TIMING_EVENT_SEC,
} from './schedule.ts';
import { freeShares } from './shadow.ts';
import type { SkyField } from './sky.ts';
import type { SimulatedWindow, SpectralSetup } from './spectral-setup.ts';

/** One integration whose data the correlator or the online system declares bad. */
export interface DeclaredFlag {
  readonly kind: 'online' | 'bdf';
  readonly scan: number;
  readonly antenna: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly baseband?: string;
  readonly pol?: string;
}

/** All that is known about an execution when it is written. */
export interface ExecutionRecord {
  readonly uid: string;
  readonly directory: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly scans: readonly PlannedScan[];
  readonly instrument: Instrument;
  readonly damage: Damage;
  readonly flags: readonly DeclaredFlag[];
  readonly setup: SpectralSetup;
  readonly sky: readonly SkyField[];
}

/** What is observed, with what. */
export interface Observation {
  readonly sky: readonly SkyField[];
  readonly setup: SpectralSetup;
  readonly schedule: Schedule;
  readonly layout: ArrayLayout;
}

/** Simulates one execution and writes its ASDM. */
export class Execution {
  private readonly context: Context;
  private readonly parameters: SimulationParameters;
  private readonly layout: ArrayLayout;
  private readonly instrument: Instrument;
  private readonly damage: Damage;
  private readonly setup: SpectralSetup;
  private readonly random: RandomStream;
  private readonly asdm: AsdmWriter;
  private readonly startNs: bigint;
  private readonly index: number;
  private readonly flags: DeclaredFlag[] = [];
  private readonly schedule: Schedule;
  private readonly sky: readonly SkyField[];

  constructor(
    context: Context,
    options: {
      readonly parameters: SimulationParameters;
      readonly observation: Observation;
      readonly uid: string;
      readonly index: number;
      readonly startNs: bigint;
      readonly out: string;
      readonly isWeak: boolean;
    },
  ) {
    const { parameters, index, startNs, observation, uid } = options;
    this.context = context;
    this.parameters = parameters;
    this.layout = observation.layout;
    this.index = index;
    this.startNs = startNs;
    this.instrument = new Instrument(parameters, index);
    this.damage = new Damage(parameters, observation.schedule.scans, index, options.isWeak);
    this.setup = observation.setup;
    this.schedule = observation.schedule;
    this.sky = observation.sky;
    this.random = new RandomStream(parameters.seed, `noise ${index}`);
    this.asdm = createAsdm(joinPath(options.out, uidFileName(uid)), uid, {
      binaryTables: ['Pointing'],
      timeOfCreation: `${formatMjd(nsToMjdSeconds(this.endNs), 3, 'iso')}000000`,
    });
  }

  private get endNs(): bigint {
    return this.startNs + eventsToNs(this.schedule.endEvent);
  }

  /** Writes everything; reports progress within [from, to]. */
  run(from: number, to: number): ExecutionRecord {
    const { asdm, layout, setup, schedule } = this;
    const site = observatoryPosition('ALMA');
    writeInstrumentTables(asdm, layout, setup, this.startNs, site);
    let previousEnd = this.startNs;
    for (const scan of schedule.scans) {
      this.context.checkAbort();
      const note = `execution ${this.index + 1}, scan ${scan.number} of ${schedule.scans.length}`;
      this.context.progress.update(from + ((to - from) * scan.number) / (schedule.scans.length + 1), note);
      const startNs = this.startNs + eventsToNs(scan.startEvent);
      appendFlag(asdm, previousEnd, startNs, this.allAntennas(), 'Antenna not on source');
      previousEnd = this.startNs + eventsToNs(scan.endEvent);
      this.observeScan(scan);
    }
    const { longest, shortest } = baselineRange(layout.onlinePositions);
    writeObservationTables(asdm, setup, {
      uid: asdm.uid,
      startNs: this.startNs,
      endNs: this.endNs,
      antennaCount: layout.names.length,
      silentCount: layout.silent.length,
      sky: this.sky,
      site,
      longestBaseline: longest,
      shortestBaseline: shortest,
    });
    asdm.close();
    return {
      uid: asdm.uid,
      directory: uidFileName(asdm.uid),
      startNs: this.startNs,
      endNs: this.endNs,
      scans: schedule.scans,
      instrument: this.instrument,
      damage: this.damage,
      flags: this.flags,
      setup,
      sky: this.sky,
    };
  }

  private observeScan(scan: PlannedScan): void {
    const field = fieldOf(this.sky, scan);
    let integration = 0;
    for (const subscan of scan.subscans) {
      this.observeSubscan(scan, subscan, field, integration);
      integration += subscan.integrationCount;
    }
    appendScan(this.asdm, scan, field, this.startNs);
    const startNs = this.startNs + eventsToNs(scan.startEvent);
    if (scan.use === 'atmosphere') {
      const middle = (scan.startEvent + scan.endEvent) / 2;
      const { el } = fieldAzEl(field, this.mjdSec(middle));
      const { faults } = this.parameters;
      const isFlux = scan.role === 'flux';
      const wrong = isFlux ? faultyAntenna(faults, 'wrong-tsys', this.layout.names.length) : undefined;
      appendSystemTemperatures(this.asdm, this.instrument, this.windowsOf(scan), startNs, el, wrong);
    }
    const off = this.damage.offSource(scan);
    if (off) {
      const endNs = startNs + eventsToNs(off.integrationCount * INTEGRATION_EVENTS);
      appendFlag(this.asdm, startNs, endNs, [off.ant], 'Mount is off source');
      this.flags.push({ kind: 'online', scan: scan.number, antenna: this.layout.names[off.ant], startNs, endNs });
    }
  }

  /** @param before integrations of the scan that came before this subscan */
  private observeSubscan(scan: PlannedScan, subscan: PlannedSubscan, field: SkyField, before: number): void {
    const { asdm, parameters } = this;
    const startNs = this.startNs + eventsToNs(subscan.startEvent);
    const row: SubscanRow = { scan, subscan, field, startNs, antennaCount: this.layout.names.length };
    const projectPath = `1/${scan.number}/${subscan.number}/`;
    if (this.setup.configurations.some(({ use }) => use === 'wvr')) this.observeWater(row, projectPath);
    const output = this.correlateSubscan(row, projectPath, before);
    const configurationId = this.setup.configurationOf[scan.use];
    const durationNs = eventsToNs(subscan.integrationCount * INTEGRATION_EVENTS);
    for (const [bdf, offset, perIntegration] of [
      [output.full, 0, 1],
      [output.average, 1, parameters.subIntegrations],
    ] as const) {
      appendMain(asdm, row, {
        configurationId: configurationId + offset,
        dataOid: bdf.dataOid,
        byteCount: bdf.close(),
        integrationCount: subscan.integrationCount * perIntegration,
        durationNs,
      });
    }
    appendSubscan(asdm, row, parameters.subIntegrations);
    appendPointing(asdm, row, this.mjdSec(subscan.startEvent), parameters.pointingStepSec);
  }

  /** The radiometers during a subscan. */
  private observeWater(row: SubscanRow, projectPath: string): void {
    const { asdm, parameters } = this;
    const { subscan, field, startNs } = row;
    const radiometers = writeRadiometers(asdm, {
      instrument: this.instrument,
      layout: this.layout,
      random: parameters.isPerfect ? undefined : this.random,
      projectPath,
      startNs,
      startSec: subscan.startEvent * TIMING_EVENT_SEC,
      integrationCount: subscan.integrationCount,
      silent: faultyAntenna(parameters.faults, 'no-radiometer', this.layout.names.length),
      unsteady: faultyAntenna(parameters.faults, 'unsteady-radiometer', this.layout.names.length),
      elevationAt: (seconds) => fieldAzEl(field, this.mjdSec(seconds / TIMING_EVENT_SEC)).el,
    });
    appendMain(asdm, row, {
      configurationId: 0,
      dataOid: radiometers.dataOid,
      byteCount: radiometers.byteCount,
      integrationCount: radiometers.sampleCount,
      durationNs: radiometers.durationNs,
    });
  }

  private correlateSubscan(row: SubscanRow, projectPath: string, before: number): SubscanOutput {
    const { scan, subscan, field, startNs, antennaCount } = row;
    const { parameters, instrument, layout, random } = this;
    const windows = this.windowsOf(scan);
    const middle = subscan.startEvent + (subscan.integrationCount * INTEGRATION_EVENTS) / 2;
    const correlator = new Correlator({
      instrument,
      layout,
      random,
      noiseFactor: this.noiseFactor,
      field,
      windows,
      intent: subscan.intent,
      elevation: fieldAzEl(field, this.mjdSec(middle)).el,
      crossType: scan.use === 'science' ? 'int16' : 'int32',
      hasSpike: scan.use === 'science' && parameters.faults.includes('spike'),
    });
    const output = createOutputs(this.asdm, {
      projectPath,
      startNs,
      antennaCount,
      windows,
      averageWindows: windows.map((window) => this.setup.windows[window.partnerId]),
      scales: correlator.scales,
      products: this.setup.products,
    });
    const intervalNs = eventsToNs(INTEGRATION_EVENTS);
    const clear = clearFlags(antennaCount, windows.length, output);
    const { products } = output;
    // Crossed polarizations: noise in units of the stored numbers, taken as that of the first window.
    const noise = () => (this.noiseFactor > 0 ? Math.round(correlator.storedNoise * random.normal()) : 0);
    for (let index = 0; index < subscan.integrationCount; index++) {
      const event = subscan.startEvent + (index + 0.5) * INTEGRATION_EVENTS;
      const hours = (event * TIMING_EVENT_SEC) / 3600;
      const geometry = fieldGeometry(layout, field, this.mjdSec(event));
      const free = freeShares(geometry.uvw, layout.dishDiameters);
      const { strength, phase } = this.damage.change(scan, before + index);
      correlator.integrate(geometry, hours, {
        strength: (ant, pol, baseband) => free[ant] * strength(ant, pol, baseband),
        phase,
      });
      const midNs = startNs + intervalNs * BigInt(index) + intervalNs / 2n;
      const times = { midNs, intervalNs, number: index + 1 };
      writeFull(
        output,
        correlator.data,
        times,
        this.flagWords(scan, before + index, { clear, products }, midNs),
        noise,
      );
      writeAverages(
        output,
        correlator.data,
        times,
        clear,
        parameters.subIntegrations,
        this.noiseFactor > 0 ? random : undefined,
      );
    }
    return output;
  }

  /** Flag words of an integration; what the correlator blanks is noted in the record. */
  private flagWords(
    scan: PlannedScan,
    integration: number,
    { clear, products }: { clear: Uint32Array; products: SubscanOutput['products'] },
    midNs: bigint,
  ): Uint32Array {
    const blank = this.damage.blanked(scan, integration);
    if (!blank) return clear;
    const words = clear.slice();
    const { ant, pol, word } = blank;
    const windows = this.windowsOf(scan);
    const window = windows.findIndex((one) => one.baseband === blank.baseband);
    flagAntenna(words, this.layout.names.length, windows.length, products, { ant, window, pol, word });
    const half = eventsToNs(INTEGRATION_EVENTS) / 2n;
    this.flags.push({
      kind: 'bdf',
      scan: scan.number,
      antenna: this.layout.names[ant],
      startNs: midNs - half,
      endNs: midNs + half,
      baseband: `BB_${blank.baseband + 1}`,
      pol: pol === 0 ? 'XX' : 'YY',
    });
    return words;
  }

  private windowsOf(scan: PlannedScan): SimulatedWindow[] {
    return this.setup.fullResolution[scan.use].map((id) => this.setup.windows[id]);
  }

  private allAntennas(): number[] {
    return this.layout.names.map((_, ant) => ant);
  }

  private get noiseFactor(): number {
    return this.parameters.isPerfect ? 0 : this.parameters.noiseFactor;
  }

  /** UTC of a timing event since the start of the execution. */
  private mjdSec(event: number): number {
    return nsToMjdSeconds(this.startNs) + event * TIMING_EVENT_SEC;
  }
}

/** The field that a scan observes. */
export function fieldOf(sky: readonly SkyField[], scan: PlannedScan): SkyField {
  return sky.find((field) => field.id === scan.fieldId) as SkyField;
}

/** Longest and shortest baseline, m. */
export function baselineRange(positions: Float64Array): { longest: number; shortest: number } {
  const lengths: number[] = [];
  for (let b = 3; b < positions.length; b += 3) {
    for (let a = 0; a < b; a += 3) {
      lengths.push(
        Math.hypot(
          positions[a] - positions[b],
          positions[a + 1] - positions[b + 1],
          positions[a + 2] - positions[b + 2],
        ),
      );
    }
  }
  return { longest: Math.max(...lengths), shortest: Math.min(...lengths) };
}
