import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { frequencyShiftFactor, observatoryPosition, type VelocityFrame } from '../../astronomy/measures/index.ts';
import { ARCSEC } from '../../foundation/base/index.ts';
import { channelFrequency, type Image, openImage, skyToPixel } from '../../pipeline/images/index.ts';
import {
  type CalibratedSource,
  type CalibratedSpec,
  type CalibratedWindow,
  spectrumOf,
} from '../../pipeline/simulation/index.ts';
import type { ImageRequest } from './imaging-needs.ts';

/** What is wrong with an image, and its flux over the true one. */
export interface ImageResult {
  readonly imagename: string;
  /** Flux density at the source over the true one, over all channels; NaN where there is none. */
  readonly ratio: number;
  readonly channels: number;
  /** One clause; undefined when the image is right. */
  readonly fault?: string;
}

/** What images are made of: MeasurementSets with their windows, and the sources in them. */
export interface ImagedSky {
  readonly inputs: readonly { readonly name: string; readonly spec: Pick<CalibratedSpec, 'windows'> }[];
  readonly sources: readonly CalibratedSource[];
}

/** The fault of an image that is not there. */
export const NOT_MADE = 'was not made';
const TOLERANCE = 0.05;
/** A peak may be so far from the source, pixels. */
const PLACE_TOLERANCE = 1.5;
/** A beam has at least and at most so many cells. */
const BEAM_CELLS = [1, 40] as const;
/** Channels at the edge of a window may be empty. */
const EDGE = 2;
/** Steps in which a spectrum is averaged over a channel. */
const STEPS = 9;
const FRAMES = new Set(['TOPO', 'GEO', 'BARY', 'LSRK', 'LSRD', 'GALACTO', 'LGROUP', 'CMB']);

/**
 * Compares an image with what the twin put there.
 *
 * @param place directory of the images
 * @param timeSec middle of the observation, UTC s
 */
export function checkImage(place: string, request: ImageRequest, twin: ImagedSky, timeSec: number): ImageResult {
  const { imagename } = request;
  const find = (endings: readonly string[]) =>
    endings.map((ending) => join(place, `${imagename}${ending}`)).find((path) => existsSync(path));
  const path = find(['.image', '.image.tt0']);
  if (path === undefined) return { imagename, ratio: Number.NaN, channels: 0, fault: NOT_MADE };
  const response = request.isCorrected ? undefined : find(['.flux', '.pb', '.pb.tt0']);
  const image = openImage(path);
  const beam = response === undefined ? undefined : openImage(response);
  try {
    return { imagename, ...compare(image, beam, request, twin, timeSec) };
  } finally {
    image.close();
    beam?.close();
  }
}

function compare(
  image: Image,
  response: Image | undefined,
  request: ImageRequest,
  twin: ImagedSky,
  timeSec: number,
): Omit<ImageResult, 'imagename'> {
  const found = sourceOf(image, twin);
  if (!found) return { ratio: Number.NaN, channels: 0, fault: 'does not show the source' };
  const { source, x, y } = found;
  const windows = request.uses.flatMap((use) => windowsOf(twin, use.input, use.windows));
  const toLsrk = shiftOf(image, source, timeSec);
  const sky = {
    source,
    windows,
    toLsrk,
    toTopo: frequencyShiftFactor(timeSec, source.ra, source.dec, observatoryPosition('ALMA'), 'LSRK', 'TOPO'),
  };
  let [product, square, sum, count, missing] = [0, 0, 0, 0, 0];
  let strongest = { jy: 0, chan: 0 };
  for (let chan = 0; chan < image.chanCount; chan++) {
    const truth = truthOf(image, chan, request, sky);
    if (truth === undefined) continue;
    const plane = image.planeIndex(chan);
    const value =
      valueAt(image, plane, x, y, truth === 0) /
      (response ? valueAt(response, response.planeIndex(Math.min(chan, response.chanCount - 1)), x, y, true) : 1);
    if (!Number.isFinite(value)) {
      missing++;
      continue;
    }
    product += value * truth;
    square += truth * truth;
    sum += value;
    count++;
    if (truth > strongest.jy) strongest = { jy: truth, chan };
  }
  // Where nothing is to be seen, what is left of the continuum counts.
  const ratio = square > 0 ? product / square : 1 + sum / count / source.continuumJy;
  if (square === 0 && count > 0) {
    const fault = Math.abs(ratio - 1) > TOLERANCE ? 'is not empty' : undefined;
    return { ratio, channels: count, fault };
  }
  return { ratio, channels: count, fault: faultOf(image, { ratio, count, missing, x, y, chan: strongest.chan }) };
}

interface Found {
  readonly ratio: number;
  readonly count: number;
  readonly missing: number;
  readonly x: number;
  readonly y: number;
  /** The channel in which the source is strongest. */
  readonly chan: number;
}

function faultOf(image: Image, { ratio, count, missing, x, y, chan }: Found): string | undefined {
  if (count === 0) return 'has no data where the source is';
  if (missing > 0.1 * (count + missing)) return `has no data in ${missing} of ${count + missing} channels`;
  const { increment } = image.coordinates.direction ?? { increment: [1, 1] };
  const { major = 0, minor = 0 } = image.info.beams[Math.min(chan, image.info.beams.length - 1)] ?? {};
  const cells = [minor, major].map((axis) => (axis * ARCSEC) / Math.abs(increment[0]));
  if (!(cells[0] > BEAM_CELLS[0] && cells[1] < BEAM_CELLS[1]))
    return `has a beam of ${cells[1].toFixed(1)} x ${cells[0].toFixed(1)} cells`;
  const peak = peakOf(image, image.planeIndex(chan));
  if (Math.hypot(peak[0] - x, peak[1] - y) > PLACE_TOLERANCE) {
    return `has its peak at ${peak.join(', ')} and the source is at ${x.toFixed(1)}, ${y.toFixed(1)}`;
  }
  return Math.abs(ratio - 1) <= TOLERANCE ? undefined : `has ${ratio.toFixed(3)} of the flux`;
}

/** The source that lies in the image, nearest to its middle. */
function sourceOf(image: Image, { sources }: ImagedSky) {
  const { direction } = image.coordinates;
  if (!direction) return undefined;
  const inside = sources.flatMap((source) => {
    const at = skyToPixel(direction, { lon: source.ra, lat: source.dec });
    if (!at) return [];
    const [x, y] = at;
    return x >= 2 && y >= 2 && x < image.sizeX - 2 && y < image.sizeY - 2 ? [{ source, x, y }] : [];
  });
  const distance = ({ x, y }: { x: number; y: number }) => Math.hypot(x - image.sizeX / 2, y - image.sizeY / 2);
  return inside.sort((a, b) => distance(a) - distance(b))[0];
}

function windowsOf({ inputs }: ImagedSky, name: string, ids: readonly number[]): CalibratedWindow[] {
  const spec = inputs.find((input) => input.name === name)?.spec;
  if (!spec) return [];
  return ids.length === 0 ? [...spec.windows] : ids.flatMap((id) => spec.windows[id] ?? []);
}

function shiftOf(image: Image, source: CalibratedSource, timeSec: number): number {
  const system = image.coordinates.spectral?.system ?? 'LSRK';
  if (!FRAMES.has(system)) return 1;
  return frequencyShiftFactor(
    timeSec,
    source.ra,
    source.dec,
    observatoryPosition('ALMA'),
    system as VelocityFrame,
    'LSRK',
  );
}

interface Sky {
  readonly source: CalibratedSource;
  readonly windows: readonly CalibratedWindow[];
  readonly toLsrk: number;
  readonly toTopo: number;
}

/** True flux density in a channel, Jy; undefined where no window has data. */
function truthOf(
  image: Image,
  chan: number,
  request: ImageRequest,
  { source, windows, toLsrk, toTopo }: Sky,
): number | undefined {
  const seen =
    request.content === 'lines'
      ? { ...source, continuumJy: 0 }
      : request.content === 'continuum'
        ? { ...source, lines: [] }
        : source;
  if (!request.isCube) return windowMean(seen, windows, toTopo);
  const axis = image.coordinates.spectral;
  if (!axis) return undefined;
  const hz = channelFrequency(axis, chan) * toLsrk;
  const holds = ({ centreHz, stepHz, channelCount }: CalibratedWindow) =>
    Math.abs(hz * toTopo - centreHz) <= (channelCount / 2 - EDGE) * Math.abs(stepHz);
  const holding = windows.filter(holds);
  if (holding.length === 0) return undefined;
  const width = Math.max(Math.abs(axis.increment), Math.min(...holding.map(({ stepHz }) => Math.abs(stepHz))));
  return meanOver(seen, hz, width);
}

function meanOver(source: CalibratedSource, hz: number, width: number): number {
  let sum = 0;
  for (let step = 0; step < STEPS; step++) sum += spectrumOf(source, hz + width * ((step + 0.5) / STEPS - 0.5));
  return sum / STEPS;
}

/** Mean over all channels, which weigh as they are wide. */
function windowMean(source: CalibratedSource, windows: readonly CalibratedWindow[], toTopo: number): number {
  let [sum, weight] = [0, 0];
  for (const { centreHz, stepHz, channelCount } of windows) {
    for (let chan = 0; chan < channelCount; chan++) {
      const hz = centreHz + stepHz * (chan - (channelCount - 1) / 2);
      sum += spectrumOf(source, hz / toTopo) * Math.abs(stepHz);
      weight += Math.abs(stepHz);
    }
  }
  return sum / weight;
}

/** Value at a place: the top of the Gaussian through the highest pixel beside it, or for smooth and empty images the pixel itself. */
function valueAt(image: Image, plane: number, x: number, y: number, isSmooth = false): number {
  const values = image.readPlane(plane);
  const mask = image.readMask(plane);
  const at = (column: number, row: number) => values[row * image.sizeX + column];
  let [column, row] = [Math.round(x), Math.round(y)];
  const centre = at(column, row);
  if ((mask && mask[row * image.sizeX + column] === 0) || centre === 0) return Number.NaN;
  if (isSmooth) return centre;
  for (const [dx, dy] of [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ]) {
    const [beside, above] = [Math.round(x) + dx, Math.round(y) + dy];
    if (at(beside, above) > at(column, row)) [column, row] = [beside, above];
  }
  const top = at(column, row);
  return (
    top * rise(at(column - 1, row), top, at(column + 1, row)) * rise(at(column, row - 1), top, at(column, row + 1))
  );
}

/** How much a Gaussian through three pixels in a row rises over the middle one, as a factor; 1 where there is none. */
function rise(before: number, top: number, after: number): number {
  if (!(before > 0 && top > 0 && after > 0)) return 1;
  const [low, middle, high] = [before, top, after].map(Math.log);
  const curve = low - 2 * middle + high;
  return curve < 0 ? Math.exp(-((high - low) ** 2) / (8 * curve)) : 1;
}

function peakOf(image: Image, plane: number): [number, number] {
  const values = image.readPlane(plane);
  const mask = image.readMask(plane);
  let best = -1;
  for (let at = 0; at < values.length; at++) {
    if (mask?.[at] !== 0 && !(values[at] <= (values[best] ?? Number.NEGATIVE_INFINITY))) best = at;
  }
  return [best % image.sizeX, Math.floor(best / image.sizeX)];
}
