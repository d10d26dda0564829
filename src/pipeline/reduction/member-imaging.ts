import { topoToLsrkVelocity } from '../../astronomy/measures/index.ts';
import { type MsMetadata, openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { ImagingFacts, ImagingWindow, MosaicFacts } from './imaging-facts.ts';
import { type ImagingPlan, planImaging } from './imaging-plan.ts';
import { findLines } from './line-finder.ts';
import type { Decision } from './plan-builder.ts';
import type { RequestedLine, ScienceGoal } from './science-goal.ts';
import { findTargets, mosaicNoise, type TargetFields } from './target-fields.ts';
import { measureTargetSpectra, type TargetSpectrum } from './target-spectrum.ts';

/** How targets are imaged, and what that rests on. */
export interface MemberImaging extends ImagingPlan {
  /** One entry a target, that of the goal first. */
  readonly facts: readonly ImagingFacts[];
}

/**
 * Plans the images of the targets of a calibrated MeasurementSet: of each a continuum image per sideband and a cube per window.
 *
 * @param directory holds the MeasurementSet and will take the images
 * @param vis its name
 */
export function planMemberImaging(context: Context, directory: string, vis: string, goal: ScienceGoal): MemberImaging {
  const { facts, decisions } = gatherFacts(context, joinPath(directory, vis), vis, goal);
  const targets = facts.length > 1 ? 'targets' : 'target';
  const planned = planImaging(facts, goal, [`Imaging of the science ${targets}`, `Data: ${vis}`]);
  return { ...planned, decisions: [...decisions, ...planned.decisions], facts };
}

function gatherFacts(
  context: Context,
  path: string,
  vis: string,
  goal: ScienceGoal,
): { facts: ImagingFacts[]; decisions: Decision[] } {
  const ms = openMs(path, 'read');
  try {
    const metadata = readMetadata(ms);
    const facts: ImagingFacts[] = [];
    const decisions: Decision[] = [];
    for (const target of findTargets(metadata, goal.target)) {
      const all = measureTargetSpectra(context, path, target.field);
      const spectra = all.filter(({ amplitude }) => amplitude.some(Number.isFinite));
      const lost = all.filter((spectrum) => !spectra.includes(spectrum)).map(({ spwId }) => spwId);
      if (lost.length > 0) decisions.push(lostDecision(target, lost, spectra.length === 0));
      if (spectra.length > 0) facts.push(factsOf(metadata, target, spectra, vis));
    }
    if (facts.length > 0) return { facts, decisions };
    return fail(
      'bad-data',
      decisions.length > 0
        ? 'All data of the targets are flagged; there is nothing to image.'
        : 'No scan has the intent OBSERVE_TARGET; there is nothing to image.',
      { file: vis },
    );
  } finally {
    ms.close();
  }
}

function lostDecision({ target }: TargetFields, spwIds: readonly number[], isWhole: boolean): Decision {
  return {
    topic: 'Not imaged',
    choice: isWhole ? target : `${target} in windows ${spwIds.join(', ')}`,
    reason: 'All its data are flagged there.',
  };
}

function factsOf(
  metadata: MsMetadata,
  { fields, ...target }: TargetFields,
  spectra: readonly TargetSpectrum[],
  vis: string,
): ImagingFacts {
  const { mosaic } = target;
  const windows = groupWindows(metadata, spectra);
  const times = metadata.scans.flatMap((scan) => [scan.startSec, scan.endSec]);
  const middle = times.reduce((sum, time) => sum + time, 0) / times.length;
  return {
    vis,
    ...target,
    windows: mosaic ? windows.map((window) => mosaicWindow(window, metadata, mosaic)) : windows,
    lengths: Float64Array.from(spectra.flatMap((spectrum) => [...spectrum.lengths])).sort(),
    dishMetres: metadata.antennas[0].diameter,
    lsrkShiftMs: topoToLsrkVelocity(middle, target.ra, target.dec, Float64Array.from(metadata.antennas[0].position)),
    sourceLines: sourceLines(metadata, fields[0].sourceId),
  };
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

/** A window whose noise is that of a mosaic. */
function mosaicWindow(window: ImagingWindow, metadata: MsMetadata, mosaic: MosaicFacts): ImagingWindow {
  const beamRad = (1.13 * SPEED_OF_LIGHT) / window.chanFreqs[0] / metadata.antennas[0].diameter;
  return { ...window, channelNoiseJy: window.channelNoiseJy * mosaicNoise(mosaic, beamRad) };
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
