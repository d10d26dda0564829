import type { SimulationParameters } from './presets.ts';
import { type FieldRole, SKY, type SkyField } from './sky.ts';
import type { SetupUse } from './spectral-setup.ts';

/** ALMA's timing event, ns; all times are whole numbers of it. */
export const TIMING_EVENT_NS = 48_000_000n;
export const TIMING_EVENT_SEC = 0.048;
/** Timing events of one integration (6.048 s) and of one radiometer sample (1.152 s). */
export const INTEGRATION_EVENTS = 126;
export const RADIOMETER_EVENTS = 24;

const events = (seconds: number) => Math.round(seconds / TIMING_EVENT_SEC);
const LEAD_EVENTS = events(12);
const SLEW_EVENTS = events(14.4);
const SUBSCAN_GAP_EVENTS = events(2.4);
const LOAD_GAP_EVENTS = events(4.8);

export type SubscanIntent = 'ON_SOURCE' | 'OFF_SOURCE' | 'AMBIENT' | 'HOT';

export interface PlannedSubscan {
  readonly number: number;
  readonly intent: SubscanIntent;
  /** Timing events since the start of the execution. */
  readonly startEvent: number;
  readonly integrationCount: number;
}

export interface PlannedScan {
  readonly number: number;
  /** Id of the field that is observed. */
  readonly fieldId: number;
  readonly role: FieldRole;
  readonly use: SetupUse;
  readonly intents: readonly string[];
  readonly subscans: readonly PlannedSubscan[];
  readonly startEvent: number;
  readonly endEvent: number;
}

/** An execution as a list of scans with their times. */
export interface Schedule {
  readonly scans: readonly PlannedScan[];
  readonly endEvent: number;
}

/** A scan before it has a time. */
export interface ScanRequest {
  readonly fieldId: number;
  readonly role: FieldRole;
  readonly use: SetupUse;
  readonly intent: string;
  /** Further intents of the scan. */
  readonly alsoFor?: readonly string[];
  readonly subscans: readonly (readonly [SubscanIntent, number])[];
}

/** Lays out the scans of a Cycle 1 execution: calibrators first, then phase calibrator and target in turn. */
export function planSchedule(parameters: SimulationParameters): Schedule {
  return layOutScans(listScans(parameters));
}

/** Gives scans their numbers and times, one after the other. */
export function layOutScans(requests: readonly ScanRequest[]): Schedule {
  const scans: PlannedScan[] = [];
  let event = LEAD_EVENTS;
  for (const request of requests) {
    const startEvent = event;
    const subscans: PlannedSubscan[] = [];
    const gap = request.use === 'atmosphere' ? LOAD_GAP_EVENTS : SUBSCAN_GAP_EVENTS;
    let endEvent = event;
    for (const [intent, integrationCount] of request.subscans) {
      if (integrationCount < 1) continue;
      subscans.push({ number: subscans.length + 1, intent, startEvent: event, integrationCount });
      endEvent = event + integrationCount * INTEGRATION_EVENTS;
      event = endEvent + gap;
    }
    const intents =
      request.role === 'target' && request.use === 'science'
        ? [request.intent]
        : [request.intent, ...(request.alsoFor ?? []), 'CALIBRATE_WVR'];
    scans.push({
      number: scans.length + 1,
      fieldId: request.fieldId,
      role: request.role,
      use: request.use,
      intents,
      subscans,
      startEvent,
      endEvent,
    });
    event = endEvent + SLEW_EVENTS;
  }
  return { scans, endEvent: event };
}

function listScans(parameters: SimulationParameters): ScanRequest[] {
  const on = (count: number) => ['ON_SOURCE', count] as const;
  const fieldId = (role: FieldRole) => (SKY.find((field) => field.role === role) as SkyField).id;
  const pointing = (role: FieldRole): ScanRequest => ({
    fieldId: fieldId(role),
    role,
    use: 'pointing',
    intent: 'CALIBRATE_POINTING',
    subscans: [on(parameters.pointingIntegrations), on(parameters.pointingIntegrations)],
  });
  const atmosphere = (role: FieldRole): ScanRequest => ({
    fieldId: fieldId(role),
    role,
    use: 'atmosphere',
    intent: 'CALIBRATE_ATMOSPHERE',
    subscans: (['OFF_SOURCE', 'AMBIENT', 'HOT'] as const).map((intent) => [intent, parameters.atmosphereIntegrations]),
  });
  const science = (role: FieldRole, intent: string, counts: number[]): ScanRequest => ({
    fieldId: fieldId(role),
    role,
    use: 'science',
    intent,
    subscans: counts.map(on),
  });
  const phase = () => science('phase', 'CALIBRATE_PHASE', [parameters.phaseIntegrations]);
  const scans = [
    pointing('bandpass'),
    {
      fieldId: fieldId('bandpass'),
      role: 'bandpass',
      use: 'pointing',
      intent: 'CALIBRATE_SIDEBAND_RATIO',
      subscans: [on(parameters.sidebandIntegrations)],
    },
    atmosphere('bandpass'),
    science('bandpass', 'CALIBRATE_BANDPASS', [parameters.bandpassIntegrations]),
    pointing('flux'),
    ...(parameters.faults.includes('no-tsys') ? [] : [atmosphere('flux')]),
    science('flux', parameters.fluxIntent, [parameters.fluxIntegrations]),
  ] as ScanRequest[];
  const half = Math.ceil(parameters.targetIntegrations / 2);
  for (let cycle = 0; cycle < parameters.cycleCount; cycle++) {
    const hasTsys = cycle % parameters.cyclesPerTsys === 0;
    if (hasTsys) scans.push(atmosphere('phase'));
    scans.push(phase());
    if (hasTsys) scans.push(atmosphere('target'));
    scans.push(science('target', 'OBSERVE_TARGET', [half, parameters.targetIntegrations - half]));
  }
  scans.push(phase());
  return scans;
}
