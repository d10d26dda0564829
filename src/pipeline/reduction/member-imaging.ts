import { topoToLsrkVelocity } from '../../astronomy/measures/index.ts';
import { type MsMetadata, openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { ImagingFacts, ImagingWindow } from './imaging-facts.ts';
import { type ImagingPlan, planImaging } from './imaging-plan.ts';
import { findLines } from './line-finder.ts';
import type { RequestedLine, ScienceGoal } from './science-goal.ts';
import { measureTargetSpectra, type TargetSpectrum } from './target-spectrum.ts';

/** How a target is imaged, and what that rests on. */
export interface MemberImaging extends ImagingPlan {
  readonly facts: ImagingFacts;
  readonly spectra: readonly TargetSpectrum[];
}

/**
 * Plans the images of the target of a calibrated MeasurementSet: a continuum image per sideband and a cube per window.
 *
 * @param directory holds the MeasurementSet and will take the images
 * @param vis its name
 */
export function planMemberImaging(context: Context, directory: string, vis: string, goal: ScienceGoal): MemberImaging {
  const { facts, spectra } = gatherFacts(context, joinPath(directory, vis), vis, goal);
  const planned = planImaging(facts, goal, ['Imaging of the science target', `Data: ${vis}`]);
  return { ...planned, facts, spectra };
}

function gatherFacts(
  context: Context,
  path: string,
  vis: string,
  goal: ScienceGoal,
): { facts: ImagingFacts; spectra: TargetSpectrum[] } {
  const ms = openMs(path, 'read');
  try {
    const metadata = readMetadata(ms);
    const field = targetField(metadata, goal, vis);
    const spectra = measureTargetSpectra(context, path, field.name);
    return { facts: factsOf(metadata, field, spectra, vis), spectra };
  } finally {
    ms.close();
  }
}

function factsOf(
  metadata: MsMetadata,
  field: MsMetadata['fields'][number],
  spectra: readonly TargetSpectrum[],
  vis: string,
): ImagingFacts {
  const [ra, dec] = field.phaseDir;
  const times = metadata.scans.flatMap((scan) => [scan.startSec, scan.endSec]);
  const middle = times.reduce((sum, time) => sum + time, 0) / times.length;
  return {
    vis,
    target: field.name,
    ra,
    dec,
    windows: groupWindows(metadata, spectra),
    lengths: Float64Array.from(spectra.flatMap((spectrum) => [...spectrum.lengths])).sort(),
    dishMetres: metadata.antennas[0].diameter,
    lsrkShiftMs: topoToLsrkVelocity(middle, ra, dec, Float64Array.from(metadata.antennas[0].position)),
    sourceLines: sourceLines(metadata, field.sourceId),
  };
}

function targetField(metadata: MsMetadata, goal: ScienceGoal, vis: string): MsMetadata['fields'][number] {
  const ids = new Set(
    metadata.scans
      .filter((scan) => scan.intents.some((intent) => intent.startsWith('OBSERVE_TARGET')))
      .flatMap((scan) => [...scan.fieldIds]),
  );
  const targets = metadata.fields.filter((field) => ids.has(field.id));
  const chosen = targets.find((field) => field.name === goal.target) ?? targets[0];
  return chosen ?? fail('bad-data', 'No scan has the intent OBSERVE_TARGET; there is nothing to image.', { file: vis });
}

/** Windows of the same channels up to a Doppler shift (a tenth of their width) are one window observed several times. */
function groupWindows(metadata: MsMetadata, spectra: readonly TargetSpectrum[]): ImagingWindow[] {
  const groups: TargetSpectrum[][] = [];
  for (const spectrum of spectra) {
    const window = metadata.spectralWindows[spectrum.spwId];
    const same = groups.find((group) => {
      const other = metadata.spectralWindows[group[0].spwId];
      const shift = Math.abs(other.chanFreqs[0] - window.chanFreqs[0]);
      return other.chanFreqs.length === window.chanFreqs.length && shift < 0.1 * window.totalBandwidth;
    });
    if (same) same.push(spectrum);
    else groups.push([spectrum]);
  }
  return groups.map((group, index) => imagingWindow(metadata, group, index));
}

function imagingWindow(metadata: MsMetadata, group: readonly TargetSpectrum[], index: number): ImagingWindow {
  const window = metadata.spectralWindows[group[0].spwId];
  const amplitude = window.chanFreqs.map((_, chan) => meanFinite(group.map((spectrum) => spectrum.amplitude[chan])));
  const weights = window.chanFreqs
    .map((_, chan) => group.reduce((sum, spectrum) => sum + spectrum.weightSum[chan], 0))
    .sort((a, b) => a - b);
  const edge = amplitude.findIndex((value) => Number.isFinite(value));
  return {
    index,
    spwIds: group.map((spectrum) => spectrum.spwId),
    chanFreqs: window.chanFreqs,
    lines: findLines(Float64Array.from(amplitude)),
    channelNoiseJy: weights[weights.length >> 1] ** -0.5,
    edge: Math.max(0, edge),
  };
}

function meanFinite(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value));
  return finite.length === 0 ? Number.NaN : finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/** Lines that the SOURCE table states for the target. */
function sourceLines(metadata: MsMetadata, sourceId: number): RequestedLine[] {
  const lines = new Map<number, RequestedLine>();
  for (const source of metadata.sources.filter((entry) => entry.sourceId === sourceId)) {
    source.restFrequencies.forEach((hz, index) => {
      if (hz > 0)
        lines.set(hz, {
          name: source.transitions[index] || `line at ${(hz / 1e9).toFixed(3)} GHz`,
          restFrequencyHz: hz,
          velocityMs: source.systemicVelocities[index],
        });
    });
  }
  return [...lines.values()];
}
