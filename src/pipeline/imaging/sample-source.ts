import { type FieldInfo, fieldDirection, followedDirection } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { SkyPosition } from '../images/index.ts';
import { type ChannelMap, mapRow, planChannels } from './channel-map.ts';
import { type ChosenMs, channelList, channelsNear, lowerBound, shiftFactor, shiftFactors } from './chosen-ms.ts';
import { type Facet, type FacetPlan, meanOf } from './facets.ts';
import type { ImagingChoice } from './options.ts';
import { turnRowInPlace, uvwTurn } from './phase-centre.ts';
import { type ImagedStokes, stokesSamples } from './stokes.ts';

/**
 * Samples of one Stokes parameter for some channels. vis and weight are [plane, row, chan] with `chansPerPlane` channels, planes from `firstPlane` on.
 */
export interface SampleSet {
  readonly rowCount: number;
  readonly firstPlane: number;
  readonly planeCount: number;
  readonly chansPerPlane: number;
  /** m, [row, 3] */
  readonly uvw: Float64Array;
  readonly vis: Float32Array;
  readonly weight: Float32Array;
  /** Observed (TOPO) frequency that turns metres into wavelengths, Hz, [plane, chan]. */
  readonly frequencies: Float64Array;
  /** Factor from observed frequencies to those of the image's frame. */
  readonly frameFactor: number;
  /** In a mosaic, the facet that all rows belong to; their phases are those of its centre, uvw that of the image's. */
  readonly facet?: Facet;
}

/** What samples are made for. */
export interface SampleRequest {
  readonly centre: SkyPosition;
  /** Image channel centres in the image's frame, Hz; undefined for a continuum image. */
  readonly cube?: { readonly frequencies: Float64Array; readonly width: number };
  readonly stokes: ImagedStokes;
  readonly outframe: ImagingChoice['outframe'];
  readonly interpolation: ImagingChoice['interpolation'];
  /** A moving field that the image stays on. */
  readonly followed?: FieldInfo;
  /** Set for mosaics. */
  readonly facets?: FacetPlan;
}

interface PreparedChunk {
  readonly uvw: Float64Array;
  readonly vis: Float32Array;
  readonly weight: Float32Array;
  readonly channels: Int32Array;
  /** TOPO, Hz, [chan] */
  readonly frequencies: Float64Array;
  /** In a mosaic, the facet of each row. */
  readonly facets?: readonly (Facet | undefined)[];
}

/** How UVW turn from the phase centre of a field at a time to the image's, or to where the followed field is then. */
export function turnsTo(
  { centre, followed }: Pick<SampleRequest, 'centre' | 'followed'>,
  fields: readonly FieldInfo[],
): (field: number, timeSec: number) => readonly number[] | undefined {
  const positionOf = ([lon, lat]: readonly [number, number]) => ({ lon, lat });
  const known = new Map<number, { readonly timeSec: number; readonly turn: readonly number[] | undefined }>();
  return (id, timeSec) => {
    const field = fields[id];
    const last = known.get(id);
    if (last && ((!field.motion && !followed) || last.timeSec === timeSec)) return last.turn;
    const target = followed ? positionOf(followedDirection(followed, field, timeSec)) : centre;
    const turn = uvwTurn(positionOf(fieldDirection(field, timeSec)), target);
    known.set(id, { timeSec, turn });
    return turn;
  };
}

/**
 * One Stokes parameter of a chunk, turned to the image's phase centre, or to that of a row's facet.
 *
 * @param channels those that are needed; default all selected ones
 */
function prepareChunk(
  chosen: ChosenMs,
  chunk: VisibilityChunk,
  request: SampleRequest,
  channels = channelList(chosen, chunk.spwId),
): PreparedChunk {
  const { metadata } = chosen;
  const corrTypes = metadata.polarizations[metadata.dataDescriptions[chunk.dataDescId].polId].corrTypes;
  const { vis, weight } = stokesSamples(chunk, chosen.column, corrTypes, channels, request.stokes);
  const window = metadata.spectralWindows[chunk.spwId];
  const frequencies = Float64Array.from(channels, (chan) => window.chanFreqs[chan]);
  const uvw = Float64Array.from(chunk.uvw);
  const turnOf = turnsTo(request, metadata.fields);
  const facets: (Facet | undefined)[] = [];
  const beamFrequency = meanOf(Array.from(channelList(chosen, chunk.spwId), (chan) => window.chanFreqs[chan]));
  for (let row = 0; row < chunk.rowCount; row++) {
    const field = chunk.fieldId[row];
    const turn = turnOf(field, chunk.time[row]);
    const facet = request.facets?.facetOf(chosen, field, chunk.antenna1[row], chunk.antenna2[row], beamFrequency);
    if (request.facets) facets.push(facet);
    if (turn || facet)
      turnRowInPlace({ turn, centre: facet?.centre }, uvw, row, vis, row * channels.length * 2, frequencies);
  }
  return { uvw, vis, weight, channels, frequencies, facets: request.facets && facets };
}

/** All samples of a continuum image, chunk by chunk: one plane, all selected channels. */
function continuumSets(chosen: ChosenMs, chunk: VisibilityChunk, request: SampleRequest): SampleSet[] {
  const { uvw, vis, weight, channels, frequencies, facets } = prepareChunk(chosen, chunk, request);
  const set = {
    rowCount: chunk.rowCount,
    firstPlane: 0,
    planeCount: 1,
    chansPerPlane: channels.length,
    frameFactor: shiftFactor(chosen, chunk.spwId, chunk.time[0], chunk.fieldId[0], request.outframe),
    ...{ uvw, vis, weight, frequencies },
  };
  return facets ? setsByFacet(set, facets) : [set];
}

/** Samples of the image channels `planes` = [first, end) that a chunk has data for. */
function cubeSets(
  chosen: ChosenMs,
  chunk: VisibilityChunk,
  request: SampleRequest,
  planes: readonly [number, number],
): SampleSet[] {
  const { frequencies: image, width } = request.cube!;
  const window = chosen.metadata.spectralWindows[chunk.spwId];
  const wanted = image.subarray(planes[0], planes[1]);
  const factors = shiftFactors(chosen, chunk, request.outframe);
  const prepared = prepareChunk(chosen, chunk, request, channelsNear(chosen, chunk.spwId, wanted, width, factors));
  const [planeCount, rowCount] = [wanted.length, chunk.rowCount];
  const vis = new Float32Array(2 * planeCount * rowCount);
  const weight = new Float32Array(planeCount * rowCount);
  let map: ChannelMap = [];
  let factor = Number.NaN;
  let hasSamples = false;
  const samples = { vis: prepared.vis, weight: prepared.weight, chanCount: prepared.channels.length };
  for (let row = 0; row < rowCount; row++) {
    if (factors[row] !== factor) {
      factor = factors[row];
      const shifted = prepared.frequencies.map((frequency) => frequency * factor);
      map = planChannels(shifted, Math.abs(window.chanWidths[0]) * factor, wanted, width, request.interpolation);
    }
    mapRow(samples, row, map, (place, re, im, total) => {
      const at = place * rowCount + row;
      vis[2 * at] = re;
      vis[2 * at + 1] = im;
      weight[at] = total;
      hasSamples = true;
    });
  }
  if (!hasSamples) return [];
  // One factor for the whole chunk: over minutes it changes by 1e-7, which moves a sample by 1e-7 of its uv distance.
  const frequencies = wanted.map((frequency) => frequency / factor);
  const { uvw, facets } = prepared;
  const of = { rowCount, firstPlane: planes[0], planeCount, chansPerPlane: 1, frameFactor: factor };
  const set = { ...of, uvw, vis, weight, frequencies };
  return facets ? setsByFacet(set, facets) : [set];
}

/** Parts a set by the facets of its rows; rows without one are left out. */
function setsByFacet(set: SampleSet, facets: readonly (Facet | undefined)[]): SampleSet[] {
  const rowsOf = new Map<Facet, number[]>();
  facets.forEach((facet, row) => {
    if (!facet) return;
    const rows = rowsOf.get(facet);
    if (rows) rows.push(row);
    else rowsOf.set(facet, [row]);
  });
  const { planeCount, chansPerPlane: chans } = set;
  return [...rowsOf].map(([facet, rows]) => {
    const rowCount = rows.length;
    const part = {
      ...set,
      ...{ facet, rowCount },
      uvw: new Float64Array(3 * rowCount),
      vis: new Float32Array(2 * planeCount * rowCount * chans),
      weight: new Float32Array(planeCount * rowCount * chans),
    };
    rows.forEach((row, at) => {
      part.uvw.set(set.uvw.subarray(3 * row, 3 * row + 3), 3 * at);
      for (let plane = 0; plane < planeCount; plane++) {
        const from = (plane * set.rowCount + row) * chans;
        const to = (plane * rowCount + at) * chans;
        part.vis.set(set.vis.subarray(2 * from, 2 * (from + chans)), 2 * to);
        part.weight.set(set.weight.subarray(from, from + chans), to);
      }
    });
    return part;
  });
}

const CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * Reads all samples of the planes [first, end), chunk by chunk.
 *
 * @param pointing in a mosaic, the one pointing to read
 */
export function* readSamples(
  context: Context,
  data: readonly ChosenMs[],
  request: SampleRequest,
  planes: readonly [number, number],
  pointing?: number,
): Iterable<SampleSet> {
  const total = data.reduce((sum, { rows }) => sum + rows.length, 0);
  let done = 0;
  for (const chosen of data) {
    const { ms, metadata, column } = chosen;
    const rows = pointing === undefined ? chosen.rows : rowsOfPointing(chosen, request, pointing);
    if (rows.length === 0) continue;
    for (const chunk of readChunks(ms, {
      rows,
      columns: [column],
      maxBytes: CHUNK_BYTES,
      withWeightSpectrum: true,
      metadata,
    })) {
      context.checkAbort();
      context.progress.update(done / total, `scan ${chunk.scanNumber[0]}`);
      done += chunk.rowCount;
      try {
        if (!chosen.channels.has(chunk.spwId)) continue;
        yield* request.cube ? cubeSets(chosen, chunk, request, planes) : continuumSets(chosen, chunk, request);
      } finally {
        chunk.release();
      }
    }
  }
}

/** The selected rows of a mosaic's pointing. */
export function rowsOfPointing(chosen: ChosenMs, request: SampleRequest, pointing: number): Int32Array {
  const fields = request.facets?.fieldsOf(chosen, pointing) ?? new Set<number>();
  const { rows } = chosen;
  const column = chosen.ms.main.column('FIELD_ID');
  const kept: number[] = [];
  const step = 65_536;
  for (let from = rows[0]; from <= rows[rows.length - 1]; from += step) {
    const count = Math.min(step, rows[rows.length - 1] - from + 1);
    const ids = column.getRange(from, count) as Int32Array;
    for (const row of rows.subarray(lowerBound(rows, from), lowerBound(rows, from + count)))
      if (fields.has(ids[row - from])) kept.push(row);
  }
  return Int32Array.from(kept);
}

/** Bytes that one plane of all samples takes. */
export function bytesPerPlane(data: readonly ChosenMs[], isCube: boolean): number {
  return data.reduce((sum, chosen) => {
    const channels = [...chosen.channels.keys()].map((spwId) => channelList(chosen, spwId).length);
    const mean = channels.reduce((total, count) => total + count, 0) / Math.max(1, channels.length);
    return sum + chosen.rows.length * (24 + 12 * (isCube ? 1 : mean));
  }, 0);
}

/** Wavelengths per metre of each channel of a plane. */
export function wavesPerMetre(set: SampleSet, plane: number): Float64Array {
  const start = (plane - set.firstPlane) * set.chansPerPlane;
  return set.frequencies.slice(start, start + set.chansPerPlane).map((frequency) => frequency / SPEED_OF_LIGHT);
}
