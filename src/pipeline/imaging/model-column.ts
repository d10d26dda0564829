import { type MeasurementSet, openMs } from '../../astronomy/ms/index.ts';
import { ensureDataColumn, readChunks, type VisibilityChunk, writeChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { arena, type Lease } from '../../foundation/numeric/index.ts';
import { clearModel } from '../skymodel/index.ts';
import { cubicAt } from './channel-map.ts';
import { type ChosenMs, channelList, shiftFactor } from './chosen-ms.ts';
import { type Facet, meanOf } from './facets.ts';
import { rotatePhase, turnRowInPlace } from './phase-centre.ts';
import type { ImagingPlan } from './plan.ts';
import type { PlaneImager, Predictor } from './plane-imager.ts';
import { rowsOfPointing, turnsTo } from './sample-source.ts';
import { type HandShare, handsFrom } from './stokes.ts';

/** Kernel memory for transformed models; a cube is predicted in groups of planes that fit. */
const GRID_BYTES = 96 * 1024 * 1024;
/** What a pixel takes there. */
const GRID_PIXEL_BYTES = 10;

/** The data channels that an image channel has a share in: from `first` to before `end`, and its share in each. */
interface ChannelShares {
  readonly first: number;
  readonly end: number;
  /** By data channel, counted from `first`. */
  readonly shares: readonly number[];
}

/** The model as the writer needs it, planes [y, x] in the scale of the dirty images. */
export interface ModelPlanes {
  readonly planeCount: number;
  read(plane: number): Float32Array;
}

/** Puts the model where the parameter savemodel says; what other programs find as a virtual model stands in the column here. */
export function saveModel(
  context: Context,
  plan: ImagingPlan,
  imager: Pick<PlaneImager, 'predictor'>,
  models: ModelPlanes,
  addsToColumn = false,
): void {
  const { options, style } = plan.choice;
  if ((options.savemodel ?? 'none') === 'none') return;
  if (options.savemodel === 'virtual' && !addsToColumn)
    context.log.post(
      'The model is written to the column MODEL_DATA; savemodel="virtual" makes no other.',
      'INFO',
      style.task,
    );
  writeModelColumn(context, plan, imager, models, addsToColumn);
}

/**
 * Writes what the model predicts for the selected rows to MODEL_DATA, which is made when it is missing; the hands get
 * what the image's Stokes parameters mean for them, channels outside the image 0; or the prediction is added to what is there. A virtual model of the fields is taken away, which would hide the column.
 */
export function writeModelColumn(
  context: Context,
  plan: ImagingPlan,
  imager: Pick<PlaneImager, 'predictor'>,
  models: ModelPlanes,
  addsToColumn = false,
): void {
  for (const chosen of plan.data) {
    const ms = openMs(chosen.ms.path, 'update');
    try {
      ensureDataColumn(ms, 'MODEL_DATA', { metadata: chosen.metadata });
      for (const field of chosen.fieldIds) clearModel(ms, field);
      const pointings = plan.request.facets
        ? Array.from({ length: plan.request.facets.pointingCount }, (_, pointing) => pointing)
        : [undefined];
      for (const pointing of pointings)
        writePart(context, plan, { ms, chosen, imager, models, pointing, addsToColumn });
    } finally {
      ms.close();
    }
  }
}

interface Part {
  readonly ms: MeasurementSet;
  readonly chosen: ChosenMs;
  readonly imager: Pick<PlaneImager, 'predictor'>;
  readonly models: ModelPlanes;
  readonly pointing: number | undefined;
  readonly addsToColumn: boolean;
}

function writePart(context: Context, plan: ImagingPlan, part: Part): void {
  const { ms, chosen, models, pointing } = part;
  const rows = pointing === undefined ? chosen.rows : rowsOfPointing(chosen, plan.request, pointing);
  if (rows.length === 0) return;
  const { sizeX, sizeY } = plan.geometry;
  const groupSize = Math.max(1, Math.floor(GRID_BYTES / (GRID_PIXEL_BYTES * sizeX * sizeY)));
  for (let first = 0; first < models.planeCount; first += groupSize) {
    const planes = Array.from({ length: Math.min(groupSize, models.planeCount - first) }, (_, k) => first + k);
    arena().scope((lease) => {
      const predictors = new Map<string, Predictor | undefined>();
      const filled = new Set(planes.filter((plane) => models.read(plane).some((value) => value !== 0)));
      const predictorOf = (plane: number, facet: Facet | undefined) => {
        const key = `${plane} ${facet?.id}`;
        if (!predictors.has(key)) {
          const make = () => part.imager.predictor(lease, plane, models.read(plane), facet);
          predictors.set(key, filled.has(plane) ? make() : undefined);
        }
        return predictors.get(key);
      };
      for (const chunk of readChunks(ms, { rows, columns: ['MODEL_DATA'], metadata: chosen.metadata })) {
        context.checkAbort();
        try {
          if (!chosen.channels.has(chunk.spwId)) continue;
          addToChunk(plan, chosen, chunk, { planes, isFirst: first === 0 && !part.addsToColumn, predictorOf });
          writeChunk(ms, chunk, { columns: ['MODEL_DATA'] });
        } finally {
          chunk.release();
        }
      }
    });
  }
}

interface Prediction {
  readonly planes: readonly number[];
  /** The column's old values are dropped. */
  readonly isFirst: boolean;
  readonly predictorOf: (plane: number, facet: Facet | undefined) => Predictor | undefined;
}

function addToChunk(plan: ImagingPlan, chosen: ChosenMs, chunk: VisibilityChunk, prediction: Prediction): void {
  const model = chunk.data.MODEL_DATA ?? fail('internal', 'The chunk has no MODEL_DATA.');
  const { metadata } = chosen;
  const channels = channelList(chosen, chunk.spwId);
  const window = metadata.spectralWindows[chunk.spwId];
  const frequencies = Float64Array.from(channels, (chan) => window.chanFreqs[chan]);
  const { corrTypes } = metadata.polarizations[metadata.dataDescriptions[chunk.dataDescId].polId];
  const { stokes } = plan.choice;
  const hands = stokes.map((one) => handsFrom(corrTypes, one));
  if (prediction.isFirst) clearChannels(model, chunk, channels);
  for (const [facet, rows] of rowsByFacet(plan, chosen, chunk, meanOf(frequencies))) {
    arena().scope((lease) => {
      const block = makeBlock(lease, plan, chosen, chunk, rows, facet, frequencies);
      const sharesOf = channelShares(plan, chosen, chunk, rows, frequencies);
      for (const plane of prediction.planes) {
        const share = sharesOf.get(Math.floor(plane / stokes.length));
        if (!share) continue;
        const predict = prediction.predictorOf(plane, facet);
        if (!predict) continue;
        predict({ ...block.samples, chanStart: share.first, chanEnd: share.end });
        addRows(model, chunk, {
          rows,
          channels,
          hands: hands[plane % stokes.length],
          share,
          paths: block.paths,
          frequencies,
          vis: block.samples.vis,
        });
      }
    });
  }
}

function clearChannels(model: Float32Array, chunk: VisibilityChunk, channels: Int32Array): void {
  if (channels.length === chunk.chanCount) {
    model.fill(0);
    return;
  }
  for (let row = 0; row < chunk.rowCount; row++) {
    for (const chan of channels) {
      const at = 2 * (row * chunk.chanCount + chan) * chunk.corrCount;
      model.fill(0, at, at + 2 * chunk.corrCount);
    }
  }
}

function rowsByFacet(
  plan: ImagingPlan,
  chosen: ChosenMs,
  chunk: VisibilityChunk,
  frequencyHz: number,
): Map<Facet | undefined, number[]> {
  const { facets } = plan.request;
  const rowsOf = new Map<Facet | undefined, number[]>();
  for (let row = 0; row < chunk.rowCount; row++) {
    const facet = facets?.facetOf(chosen, chunk.fieldId[row], chunk.antenna1[row], chunk.antenna2[row], frequencyHz);
    if (facets && !facet) continue;
    const rows = rowsOf.get(facet);
    if (rows) rows.push(row);
    else rowsOf.set(facet, [row]);
  }
  return rowsOf;
}

/** Samples to predict, uvw for the image's centre, and the paths in m by which their phases are to be turned back. */
function makeBlock(
  lease: Lease,
  plan: ImagingPlan,
  chosen: ChosenMs,
  chunk: VisibilityChunk,
  rows: readonly number[],
  facet: Facet | undefined,
  frequencies: Float64Array,
) {
  const [rowCount, chanCount] = [rows.length, frequencies.length];
  const factor = shiftFactor(chosen, chunk.spwId, chunk.time[rows[0]], chunk.fieldId[rows[0]], plan.request.outframe);
  const samples = {
    ...{ rowCount, chanCount, chanStart: 0, chanEnd: chanCount, facet },
    frequencies: frequencies.map((frequency) => frequency * factor),
    uvw: lease.float64(3 * rowCount),
    scales: lease.float64(2 * chanCount),
    vis: lease.float32(2 * rowCount * chanCount),
    weight: lease.float32(rowCount * chanCount).fill(1),
  };
  frequencies.forEach((frequency, chan) => {
    samples.scales.fill(frequency / SPEED_OF_LIGHT, 2 * chan, 2 * chan + 2);
  });
  const paths = new Float64Array(rowCount);
  const turnOf = turnsTo(plan.request, chosen.metadata.fields);
  rows.forEach((row, at) => {
    samples.uvw.set(chunk.uvw.subarray(3 * row, 3 * row + 3), 3 * at);
    const turn = turnOf(chunk.fieldId[row], chunk.time[row]);
    paths[at] = turnRowInPlace({ turn, centre: facet?.centre }, samples.uvw, at, new Float32Array(0), 0, []);
  });
  return { samples, paths };
}

/** For each image channel, the data channels that lie in or beside it, as the image's interpolation says. */
function channelShares(
  plan: ImagingPlan,
  chosen: ChosenMs,
  chunk: VisibilityChunk,
  rows: readonly number[],
  frequencies: Float64Array,
): ReadonlyMap<number, ChannelShares> {
  const { cube, outframe } = plan.request;
  if (!cube) return new Map([[0, { first: 0, end: frequencies.length, shares: Array.from(frequencies, () => 1) }]]);
  const factor = shiftFactor(chosen, chunk.spwId, chunk.time[rows[0]], chunk.fieldId[rows[0]], outframe);
  const { reference, increment, chanCount } = plan.axis;
  const found = new Map<number, { first: number; end: number; shares: number[] }>();
  frequencies.forEach((frequency, chan) => {
    const place = (frequency * factor - reference) / increment;
    for (const [imageChan, share] of neighboursOf(place, chanCount, plan.request.interpolation)) {
      if (share === 0) continue;
      const known = found.get(imageChan) ?? { first: chan, end: chan, shares: [] };
      while (known.end < chan) {
        known.shares.push(0);
        known.end++;
      }
      known.shares.push(share);
      known.end++;
      found.set(imageChan, known);
    }
  });
  return found;
}

/** Image channels around a place counted in them, with their shares. */
function neighboursOf(
  place: number,
  chanCount: number,
  interpolation: ImagingPlan['request']['interpolation'],
): readonly (readonly [chan: number, share: number])[] {
  if (place < -0.5 || place >= chanCount - 0.5) return [];
  if (interpolation === 'nearest' || place <= 0 || place >= chanCount - 1)
    return [[Math.min(chanCount - 1, Math.max(0, Math.round(place))), 1]];
  const low = Math.floor(place);
  const cubic = interpolation === 'cubic' ? cubicAt(place, chanCount) : undefined;
  if (cubic) return cubic.shares.map((share, tap) => [cubic.first + tap, share] as const);
  return [
    [low, 1 - (place - low)],
    [low + 1, place - low],
  ];
}

function addRows(
  model: Float32Array,
  chunk: VisibilityChunk,
  part: {
    readonly rows: readonly number[];
    readonly channels: Int32Array;
    readonly hands: readonly HandShare[];
    readonly share: ChannelShares;
    readonly paths: Float64Array;
    readonly frequencies: Float64Array;
    readonly vis: Float32Array;
  },
): void {
  const { rows, channels, hands, share, paths, frequencies, vis } = part;
  rows.forEach((row, index) => {
    for (let k = share.first; k < share.end; k++) {
      const weight = share.shares[k - share.first];
      if (weight === 0) continue;
      const from = 2 * (index * channels.length + k);
      const [re, im] = rotatePhase(vis[from], vis[from + 1], (-paths[index] * frequencies[k]) / SPEED_OF_LIGHT);
      for (const hand of hands) {
        const to = 2 * ((row * chunk.chanCount + channels[k]) * chunk.corrCount + hand.corr);
        model[to] += weight * (hand.re * re - hand.im * im);
        model[to + 1] += weight * (hand.re * im + hand.im * re);
      }
    }
  });
}
