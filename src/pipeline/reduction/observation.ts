import type { MsMetadata } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { bodyNamed } from '../skymodel/index.ts';
import { preferredFlux } from './flux-model.ts';

/** rad */
interface Direction {
  readonly ra: number;
  readonly dec: number;
}

/** A field with its direction. */
export interface ObservedField extends Direction {
  readonly id: number;
  readonly name: string;
}

/** A spectral window of the science set-up and the window whose Tsys serves it. */
export interface ScienceWindow {
  readonly spwId: number;
  readonly name: string;
  readonly centreHz: number;
  readonly bandwidthHz: number;
  readonly chanCount: number;
  /** From one channel to the next, Hz. */
  readonly stepHz: number;
  readonly tsysSpwId?: number;
}

export interface AtmosphereScan {
  readonly number: number;
  /** The first of them. */
  readonly fieldId: number;
  /** Several in a mosaic. */
  readonly fieldIds: readonly number[];
  /** Of an atmosphere scan: those with system temperatures. */
  readonly spwIds: readonly number[];
  readonly startSec: number;
  readonly endSec: number;
}

/** A window with system temperatures from a time on, s. */
export interface MeasuredTsys {
  readonly spwId: number;
  readonly startSec: number;
}

/** What an Execution Block observed, read from its intents: which window and field plays which part. */
export interface Observation {
  readonly antennas: MsMetadata['antennas'];
  readonly wvrSpwId?: number;
  /** Windows with system temperatures, and those of atmosphere scans that have none. */
  readonly tsysSpwIds: readonly number[];
  readonly unmeasuredSpwIds: readonly number[];
  readonly science: readonly ScienceWindow[];
  readonly spwCount: number;
  /** Science windows of one channel, which have no bandpass: they are not calibrated. */
  readonly singleChannelSpwIds: readonly number[];
  readonly bandpass: ObservedField;
  /** False when no scan was meant for the bandpass; then {@link bandpass} is another calibrator. */
  readonly hasBandpassScan: boolean;
  readonly flux: ObservedField;
  /** Further fields that were observed for the flux scale. */
  readonly otherFlux: readonly ObservedField[];
  /** False when no scan was meant for the flux scale; then {@link flux} is another calibrator. */
  readonly hasFluxScan: boolean;
  readonly phase: readonly ObservedField[];
  readonly targets: readonly ObservedField[];
  /** All fields with data in the science windows. */
  readonly observed: readonly ObservedField[];
  readonly atmosphereScans: readonly AtmosphereScan[];
  /** Scans of the sky in the science windows, in order of time. */
  readonly skyScans: readonly AtmosphereScan[];
  readonly startSec: number;
  readonly endSec: number;
}

type Scan = MsMetadata['scans'][number];

/**
 * Finds the part that each window and field plays.
 *
 * @param metadata of the imported MeasurementSet
 * @param vis its name, for messages
 * @param measured all system temperatures
 * @param stated names of sources whose flux density was stated
 * @throws bad-data when a part that calibration cannot do without is missing
 */
export function describeObservation(
  metadata: MsMetadata,
  vis: string,
  measured: readonly MeasuredTsys[],
  stated: readonly string[] = [],
): Observation {
  const wvrSpwId = metadata.spectralWindows.find((spw) => spw.name.startsWith('WVR'))?.id;
  const targetScans = scansWith(metadata, /^OBSERVE_TARGET/);
  if (targetScans.length === 0)
    fail('bad-data', 'No scan has the intent OBSERVE_TARGET: there is nothing to calibrate for.', { file: vis });
  const scienceIds = fullResolutionSpws(metadata, targetScans, wvrSpwId);
  const atmosphere = scansWith(metadata, /^CALIBRATE_ATMOSPHERE/);
  const atmosphereScans = tsysScans(atmosphere, measured);
  const intended = fullResolutionSpws(metadata, atmosphere, wvrSpwId);
  const isMeasured = (id: number) => atmosphereScans.some(({ spwIds }) => spwIds.includes(id));
  const tsysIds = intended.filter(isMeasured);
  const phase = fieldsWith(metadata, /^CALIBRATE_PHASE/);
  if (phase.length === 0)
    fail('bad-data', 'No scan has the intent CALIBRATE_PHASE: nothing tells the phases of the targets.', { file: vis });
  const forFlux = fieldsWith(metadata, /^CALIBRATE_(FLUX|AMPLI)/);
  const isPoint = ({ name }: ObservedField) => bodyNamed(name) === undefined;
  const forBandpass = fieldsWith(metadata, /^CALIBRATE_BANDPASS/);
  const bandpass = forBandpass[0] ?? forFlux.find(isPoint) ?? phase[0];
  const flux = preferredFlux(forFlux, stated) ?? bandpass;
  const inScience = metadata.scans.filter(({ spwIds }) => scienceIds.some((id) => spwIds.includes(id)));
  return {
    antennas: metadata.antennas,
    wvrSpwId,
    tsysSpwIds: tsysIds,
    unmeasuredSpwIds: intended.filter((id) => !isMeasured(id)),
    science: scienceIds.map((id) => scienceWindow(metadata, id, tsysIds)),
    spwCount: metadata.spectralWindows.length,
    singleChannelSpwIds: singleChannelSpws(metadata, targetScans),
    bandpass,
    hasBandpassScan: forBandpass.length > 0,
    flux,
    otherFlux: forFlux.filter(({ id }) => id !== flux.id),
    hasFluxScan: forFlux.length > 0,
    phase,
    targets: fieldsWith(metadata, /^OBSERVE_TARGET/),
    observed: fieldsOf(metadata, inScience),
    atmosphereScans,
    skyScans: inScience.map(scanFacts),
    startSec: Math.min(...metadata.scans.map((scan) => scan.startSec)),
    endSec: Math.max(...metadata.scans.map((scan) => scan.endSec)),
  };
}

/** All fields that calibration touches, each once: calibrators, stand-ins for the flux scale, targets. */
export function calibratedFields(observation: Observation): ObservedField[] {
  return eachOnce([...calibratorFields(observation), ...observation.otherFlux, ...observation.targets]);
}

/** Fields that solutions are made from: bandpass, flux, phase. One of them may be a target as well. */
export function calibratorFields({ bandpass, flux, phase, otherFlux }: Observation): ObservedField[] {
  // A second body of the Solar System has no spectrum that the first could measure.
  return eachOnce([bandpass, flux, ...phase, ...otherFlux.filter(({ name }) => bodyNamed(name) === undefined)]);
}

function eachOnce(fields: readonly ObservedField[]): ObservedField[] {
  return fields.filter((field, index) => fields.findIndex((other) => other.id === field.id) === index);
}

/** The field of `candidates` nearest on the sky. */
export function nearestField(to: ObservedField, candidates: readonly ObservedField[]): ObservedField {
  return candidates.reduce((best, field) => (separation(to, field) < separation(to, best) ? field : best));
}

/** Angle between two directions, rad (haversine). */
export function separation(a: Direction, b: Direction): number {
  const sinDec = Math.sin((b.dec - a.dec) / 2);
  const sinRa = Math.sin((b.ra - a.ra) / 2);
  return 2 * Math.asin(Math.sqrt(sinDec * sinDec + Math.cos(a.dec) * Math.cos(b.dec) * sinRa * sinRa));
}

function scanFacts({ number, fieldIds, spwIds, startSec, endSec }: Scan): AtmosphereScan {
  return { number, fieldId: fieldIds[0], fieldIds, spwIds, startSec, endSec };
}

/** Scans with those of their windows that system temperatures came from; one belongs to the scan that it begins in or nearest to. */
function tsysScans(scans: readonly Scan[], measured: readonly MeasuredTsys[]): AtmosphereScan[] {
  const own = scans.map(() => new Set<number>());
  for (const { spwId, startSec } of measured) {
    const apart = scans.map((scan) =>
      scan.spwIds.includes(spwId)
        ? Math.max(0, scan.startSec - startSec, startSec - scan.endSec)
        : Number.POSITIVE_INFINITY,
    );
    const least = Math.min(...apart);
    if (Number.isFinite(least)) own[apart.indexOf(least)].add(spwId);
  }
  return scans
    .map((scan, index) => ({ ...scanFacts(scan), spwIds: [...own[index]].sort((one, other) => one - other) }))
    .filter(({ spwIds }) => spwIds.length > 0);
}

/** So far apart on the sky (rad) and in time (s) system temperatures are equally good stand-ins. */
const SKY_SCALE = (10 * Math.PI) / 180;
const TIME_SCALE_SEC = 1200;

/**
 * Where each field takes its Tsys in a window from: itself, or the field with a Tsys scan that is nearest in time and on the sky,
 * with the reason in words.
 *
 * @param spwId that Tsys was measured in
 */
export function tsysFieldOf(
  observation: Observation,
  field: ObservedField,
  spwId: number,
): { fieldId: number; reason: string } | undefined {
  const scans = observation.atmosphereScans.filter(({ spwIds }) => spwIds.includes(spwId));
  const ids = new Set(scans.map((scan) => scan.fieldId));
  if (ids.size === 0) return undefined;
  if (ids.has(field.id)) return { fieldId: field.id, reason: `${field.name} has its own Tsys scans` };
  const own = observation.skyScans.filter((scan) => scan.fieldId === field.id);
  const gap = (scan: AtmosphereScan) =>
    Math.min(...own.map(({ startSec, endSec }) => Math.max(0, startSec - scan.endSec, scan.startSec - endSec)));
  const ranked = scans
    .flatMap((scan) => {
      const other = calibratedFields(observation).find(({ id }) => id === scan.fieldId);
      if (!other) return [];
      const [angle, seconds] = [separation(field, other), own.length > 0 ? gap(scan) : 0];
      return [{ other, angle, seconds, distance: angle / SKY_SCALE + seconds / TIME_SCALE_SEC }];
    })
    .sort((a, b) => a.distance - b.distance);
  if (ranked.length === 0) return undefined;
  const [{ other, angle, seconds }] = ranked;
  const away = `${((angle * 180) / Math.PI).toFixed(1)} deg and ${(seconds / 60).toFixed(0)} min away`;
  return {
    fieldId: other.id,
    reason: `${field.name} has no Tsys scan; the nearest one in time and on the sky, of ${other.name} (${away}), is used`,
  };
}

function scansWith(metadata: MsMetadata, intent: RegExp): Scan[] {
  return metadata.scans.filter((scan) => scan.intents.some((word) => intent.test(word)));
}

const fieldsWith = (metadata: MsMetadata, intent: RegExp) => fieldsOf(metadata, scansWith(metadata, intent));

function fieldsOf(metadata: MsMetadata, scans: readonly Scan[]): ObservedField[] {
  const ids = new Set(scans.flatMap((scan) => [...scan.fieldIds]));
  return metadata.fields
    .filter((field) => ids.has(field.id))
    .map((field) => ({ id: field.id, name: field.name, ra: field.phaseDir[0], dec: field.phaseDir[1] }));
}

function fullResolutionSpws(metadata: MsMetadata, scans: readonly Scan[], wvrSpwId: number | undefined): number[] {
  const ids = new Set(scans.flatMap((scan) => [...scan.spwIds]));
  return metadata.spectralWindows
    .filter((spw) => ids.has(spw.id) && spw.id !== wvrSpwId && !spw.name.endsWith('CH_AVG') && spw.chanFreqs.length > 1)
    .map((spw) => spw.id);
}

function singleChannelSpws(metadata: MsMetadata, scans: readonly Scan[]): number[] {
  const ids = new Set(scans.flatMap((scan) => [...scan.spwIds]));
  return metadata.spectralWindows
    .filter((spw) => ids.has(spw.id) && spw.name.endsWith('FULL_RES') && spw.chanFreqs.length === 1)
    .map((spw) => spw.id);
}

function scienceWindow(metadata: MsMetadata, id: number, tsysIds: readonly number[]): ScienceWindow {
  const spw = metadata.spectralWindows[id];
  const centre = centreOf(spw);
  const sameBaseband = tsysIds.filter((tsys) => metadata.spectralWindows[tsys].bbcNo === spw.bbcNo);
  const candidates = sameBaseband.length > 0 ? sameBaseband : tsysIds;
  const tsysSpwId = [...candidates].sort(
    (a, b) =>
      Math.abs(centreOf(metadata.spectralWindows[a]) - centre) -
      Math.abs(centreOf(metadata.spectralWindows[b]) - centre),
  )[0];
  return {
    spwId: id,
    name: spw.name,
    centreHz: centre,
    bandwidthHz: spw.totalBandwidth,
    chanCount: spw.chanFreqs.length,
    stepHz: (spw.chanFreqs[spw.chanFreqs.length - 1] - spw.chanFreqs[0]) / (spw.chanFreqs.length - 1),
    tsysSpwId,
  };
}

/** Channels of a window, Hz. */
export function channelsOf({ centreHz, stepHz, chanCount }: ScienceWindow): Float64Array {
  return Float64Array.from({ length: chanCount }, (_, chan) => centreHz + (stepHz || 0) * (chan - (chanCount - 1) / 2));
}

function centreOf(spw: MsMetadata['spectralWindows'][number]): number {
  return (spw.chanFreqs[0] + spw.chanFreqs[spw.chanFreqs.length - 1]) / 2;
}
