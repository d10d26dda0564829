import type { MeasurementSet, MsMetadata } from '../../astronomy/ms/index.ts';
import { openChunkReader, type PlannedChunk, planMs, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { addVisibilitiesInto, arena, joinCorrelationFlagsInPlace, type Lease } from '../../foundation/numeric/index.ts';
import { coherencyOf, type ModelProvider, openModel } from '../skymodel/index.ts';
import { resetWeights } from './calibrated-weights.ts';
import type { CalTable } from './caltable.ts';
import type { GainTable } from './chain-term.ts';
import { type Averages, baselineIndex, type CalMode } from './gain-fit.ts';
import { createJonesChain, type JonesChain, loadedTable, unchosenChannels } from './jones-chain.ts';
import { weighsChannels } from './jones-terms.ts';
import { ParallacticRotation } from './parallactic-rotation.ts';
import type { SolveRequest } from './solve-options.ts';
import type { PlannedSolution, SolvePlan } from './solve-plan.ts';

/** The averaged visibilities of one solution interval. */
export interface Gathered {
  readonly planned: PlannedSolution;
  readonly averages: Averages;
  /** MJD s, mean of the centroids by weight */
  readonly time: number;
  /** False when everything is flagged. */
  readonly hasData: boolean;
}

export interface GatherOptions {
  /** Keep the chosen channels apart; else they are averaged. */
  readonly isChannelled: boolean;
  /** How the solver will weight the averages; it decides the mean time. */
  readonly mode: CalMode;
  /** A point source of these Stokes parameters (Jy) instead of the MS's model. */
  readonly smodel?: readonly number[];
  /** The terms are seen through the feeds before the rotation by the parallactic angle, from the sky: gaintype T. */
  readonly isBeyondFeeds?: boolean;
}

/** Sums of a solution whose rows are still coming. */
interface Open {
  readonly slot: number;
  rowsLeft: number;
  /** Sum of w t and of w, t counted from the first row, [part, baseline, 2] */
  readonly times: Float64Array;
  readonly start: number;
}

/**
 * Reads the selected data once and hands over the averages of each solution as soon as they are complete.
 *
 * Per sample: flags of all correlations are joined, weights are 1/sigma², the tables of the request are applied, the
 * model is divided out with weight times |M|², and what is left is averaged by weight per baseline, window and field
 * over the interval (and over channels unless they are kept apart): the order of CASA 6.7's gaincal. System temperatures go to
 * the model instead of the data, which is the same but for weights that go with those of each channel, as CASA's do.
 */
export function gatherSolutions(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  request: SolveRequest,
  plan: SolvePlan,
  options: GatherOptions,
  visit: (gathered: Gathered) => void,
): void {
  const rotation = request.followsParallacticAngle
    ? new ParallacticRotation(ms, metadata, plan.channelMaps.keys())
    : undefined;
  const ofData = options.isBeyondFeeds ? rotation : undefined;
  const unchosen = unchosenChannels(metadata, plan.channelMaps, (map, chan) => map[chan] >= 0);
  const tables = request.gainTables.map((entry) => ({ ...entry, table: loadedTable(entry) }));
  const isOfModel = ({ table, calwt = true }: GainTable & { table: CalTable }) =>
    calwt && !ofData && weighsChannels(table);
  const chainOf = (chosen: readonly GainTable[], turned?: ParallacticRotation) =>
    chosen.length > 0 || turned ? createJonesChain(metadata, chosen, { rotation: turned, unchosen }) : undefined;
  const chain = chainOf(
    tables.filter((entry) => !isOfModel(entry)),
    ofData,
  );
  const modelChain = chainOf(tables.filter(isOfModel));
  const model = options.smodel ? undefined : openModel(ms);
  const total = plan.passes.reduce((sum, rows) => sum + rows.length, 0);
  let done = 0;
  try {
    for (const rows of plan.passes) {
      const gatherer = new Gatherer(metadata, plan, options, {
        request,
        chain,
        modelChain,
        model,
        rotation: options.isBeyondFeeds ? undefined : rotation,
      });
      const columns = { columns: ['DATA'] as const };
      const chunks = planMs(ms, metadata, columns, rows);
      const reader = openChunkReader(ms, metadata, columns);
      try {
        gatherer.open(chunks);
        for (const planned of chunks) {
          context.checkAbort();
          const chunk = reader.read(planned);
          try {
            gatherer.add(chunk, visit);
          } finally {
            chunk.release();
          }
          done += planned.rows.length;
          context.progress.update(done / total, `scan ${chunk.scanNumber[0]}`);
        }
      } finally {
        gatherer.release();
      }
    }
  } finally {
    chain?.release();
    modelChain?.release();
  }
}

interface Treatment {
  readonly request: SolveRequest;
  readonly chain: JonesChain | undefined;
  /** Terms that the model is multiplied by. */
  readonly modelChain: JonesChain | undefined;
  readonly model: ModelProvider | undefined;
  /** Turns the model as the feeds see it. */
  readonly rotation: ParallacticRotation | undefined;
}

class Gatherer {
  private readonly metadata: MsMetadata;
  private readonly plan: SolvePlan;
  private readonly options: GatherOptions;
  private readonly treatment: Treatment;
  private readonly antCount: number;
  private readonly baselineCount: number;
  private readonly lease: Lease = arena().lease();
  private readonly openSolutions = new Map<number, Open>();
  private freeSlots: number[] = [];
  private slotLength = 0;
  private sums: Float64Array = new Float64Array(0);
  private chanMap: Int32Array = new Int32Array(0);
  private chanCount = 0;
  /** Of the solutions of a pass, whose windows may differ. */
  private widest = 1;

  constructor(metadata: MsMetadata, plan: SolvePlan, options: GatherOptions, treatment: Treatment) {
    this.metadata = metadata;
    this.plan = plan;
    this.options = options;
    this.treatment = treatment;
    this.antCount = metadata.antennas.length;
    this.baselineCount = (this.antCount * (this.antCount - 1)) / 2;
  }

  /** Reserves the sums for a pass: as many as will be open at one time. */
  open(chunks: readonly PlannedChunk[]): void {
    const { plan, metadata } = this;
    const spwOf = (chunk: PlannedChunk) => metadata.dataDescriptions[chunk.dataDescId];
    let widest = 1;
    let corrCount = 1;
    let mapLength = 1;
    let parts = 1;
    for (const chunk of chunks) {
      const { spwId, polId } = spwOf(chunk);
      const map = plan.channelMaps.get(spwId)!;
      mapLength = Math.max(mapLength, map.length);
      widest = Math.max(widest, this.options.isChannelled ? Math.max(...map) + 1 : 1);
      corrCount = Math.max(corrCount, metadata.polarizations[polId].corrTypes.length);
      for (const row of chunk.rows) parts = Math.max(parts, plan.solutions[plan.solutionOfRow[row]].parts.size);
    }
    this.widest = widest;
    this.slotLength = parts * this.baselineCount * widest * corrCount * 3;
    const slotCount = mostOpen(plan, chunks);
    this.sums = this.lease.float64(this.slotLength * slotCount);
    this.chanMap = this.lease.int32(mapLength);
    this.freeSlots = Array.from({ length: slotCount }, (_, slot) => slotCount - 1 - slot);
  }

  release(): void {
    this.lease.release();
  }

  add(chunk: VisibilityChunk, visit: (gathered: Gathered) => void): void {
    arena().scope((lease) => this.addIn(chunk, lease));
    for (const [index, open] of [...this.openSolutions.entries()]) {
      if (open.rowsLeft > 0) continue;
      visit(this.finish(index, open, chunk.corrCount));
      this.freeSlots.push(open.slot);
      this.openSolutions.delete(index);
    }
  }

  private addIn(chunk: VisibilityChunk, lease: Lease): void {
    const { rowCount, corrCount, chanCount } = chunk;
    const data = chunk.data.DATA!;
    if (!this.treatment.request.keepGoodCorrelations) joinCorrelationFlagsInPlace(chunk.flag, corrCount);
    orderAntennas(chunk, data);
    const { chain, modelChain, rotation } = this.treatment;
    if (chain) chain.correct(chunk, 'DATA');
    else resetWeights(chunk);
    const model = this.modelOf(chunk, lease);
    rotation?.addTo(chunk, model);
    modelChain?.correct(chunk, 'DATA', { flagsOnly: true });
    modelChain?.corrupt({ ...chunk, data: { MODEL_DATA: model } }, 'MODEL_DATA');
    this.setChannels(chunk.spwId);
    const offsets = lease.int32(rowCount);
    const rowWeight = lease.float64(rowCount);
    for (let row = 0; row < rowCount; row++) offsets[row] = this.offsetOf(chunk, row);
    const rows = { data, model, flag: chunk.flag, weight: chunk.weight, rowCount, chanCount, corrCount };
    addVisibilitiesInto(rows, offsets, this.chanMap, this.sums, rowWeight);
    this.addTimes(chunk, rowWeight);
  }

  private setChannels(spwId: number): void {
    const map = this.plan.channelMaps.get(spwId)!;
    const { isChannelled } = this.options;
    this.chanCount = isChannelled ? this.widest : 1;
    for (let chan = 0; chan < map.length; chan++)
      this.chanMap[chan] = isChannelled ? map[chan] : Math.min(map[chan], 0);
  }

  private modelOf(chunk: VisibilityChunk, lease: Lease): Float32Array {
    const { smodel } = this.options;
    if (!smodel) {
      const into = lease.float32(chunk.data.DATA!.length);
      this.treatment.model!.fill(chunk, into);
      return into;
    }
    const into = lease.float32(chunk.data.DATA!.length);
    const [i = 1, q = 0, u = 0, v = 0] = smodel;
    const types = this.metadata.polarizations[this.metadata.dataDescriptions[chunk.dataDescId].polId].corrTypes;
    const sample = types.flatMap((type) => coherencyOf(type, [i, q, u, v]));
    for (let at = 0; at < into.length; at += sample.length) into.set(sample, at);
    return into;
  }

  /** Where the sums of a row begin; -1 for flagged rows. Opens the row's solution when it is the first. */
  private offsetOf(chunk: VisibilityChunk, row: number): number {
    const msRow = chunk.rows[row];
    const index = this.plan.solutionOfRow[msRow];
    let open = this.openSolutions.get(index);
    if (!open) {
      open = this.openSolution(index, chunk.timeCentroid[row]);
      this.openSolutions.set(index, open);
    }
    open.rowsLeft--;
    if (chunk.flagRow[row]) return -1;
    const baseline = this.baselineOf(chunk, row);
    const cell = (this.plan.partOfRow[msRow] * this.baselineCount + baseline) * this.chanCount * chunk.corrCount;
    return open.slot * this.slotLength + 3 * cell;
  }

  private baselineOf(chunk: VisibilityChunk, row: number): number {
    const [one, two] = [chunk.antenna1[row], chunk.antenna2[row]];
    return baselineIndex(this.antCount, Math.min(one, two), Math.max(one, two));
  }

  private openSolution(index: number, start: number): Open {
    const slot = this.freeSlots.pop()!;
    this.sums.fill(0, slot * this.slotLength, (slot + 1) * this.slotLength);
    const planned = this.plan.solutions[index];
    const times = new Float64Array(2 * planned.parts.size * this.baselineCount);
    return { slot, rowsLeft: planned.rowCount, times, start };
  }

  private addTimes(chunk: VisibilityChunk, rowWeight: Float64Array): void {
    for (let row = 0; row < chunk.rowCount; row++) {
      if (rowWeight[row] === 0) continue;
      const msRow = chunk.rows[row];
      const open = this.openSolutions.get(this.plan.solutionOfRow[msRow])!;
      const at = 2 * (this.plan.partOfRow[msRow] * this.baselineCount + this.baselineOf(chunk, row));
      open.times[at] += rowWeight[row] * (chunk.timeCentroid[row] - open.start);
      open.times[at + 1] += rowWeight[row];
    }
  }

  private finish(index: number, open: Open, corrCount: number): Gathered {
    const planned = this.plan.solutions[index];
    const partCount = planned.parts.size;
    const start = open.slot * this.slotLength;
    const length = partCount * this.baselineCount * this.chanCount * corrCount * 3;
    const sums = this.sums.subarray(start, start + length);
    const averages = { sums, partCount, chanCount: this.chanCount, corrCount };
    const { time, hasData } = meanTime(averages, open, this.baselineCount, this.options.mode);
    return { planned, averages, time, hasData };
  }
}

/** Largest number of solutions that are begun but not complete after any chunk. */
function mostOpen(plan: SolvePlan, chunks: readonly PlannedChunk[]): number {
  const left = new Map<number, number>();
  let most = 1;
  for (const chunk of chunks) {
    for (const row of chunk.rows) {
      const index = plan.solutionOfRow[row];
      left.set(index, (left.get(index) ?? plan.solutions[index].rowCount) - 1);
    }
    most = Math.max(most, left.size);
    for (const [index, count] of left) if (count === 0) left.delete(index);
  }
  return most;
}

/** Brings rows with ANTENNA1 > ANTENNA2 to the other order: the visibility becomes its conjugate. */
function orderAntennas(chunk: VisibilityChunk, data: Float32Array): void {
  const width = 2 * chunk.chanCount * chunk.corrCount;
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.antenna1[row] <= chunk.antenna2[row]) continue;
    for (let at = row * width + 1; at < (row + 1) * width; at += 2) data[at] = -data[at];
    const swapped = chunk.antenna1[row];
    chunk.antenna1[row] = chunk.antenna2[row];
    chunk.antenna2[row] = swapped;
  }
}

/**
 * Mean of the baselines' centroids, weighted as the solver weights the averages: for 'p' each channel and correlation
 * counts with w |V|².
 */
function meanTime(averages: Averages, open: Open, baselineCount: number, mode: CalMode) {
  const { sums, partCount, chanCount, corrCount } = averages;
  const width = chanCount * corrCount * 3;
  let sumTime = 0;
  let sumWeight = 0;
  for (let cell = 0; cell < partCount * baselineCount; cell++) {
    const plainWeight = open.times[2 * cell + 1];
    if (!(plainWeight > 0)) continue;
    let weight = plainWeight;
    if (mode === 'p') {
      weight = 0;
      for (let at = cell * width; at < (cell + 1) * width; at += 3) {
        if (sums[at + 2] > 0) weight += (sums[at] * sums[at] + sums[at + 1] * sums[at + 1]) / sums[at + 2];
      }
    }
    sumTime += (weight * open.times[2 * cell]) / plainWeight;
    sumWeight += weight;
  }
  return { time: open.start + (sumWeight > 0 ? sumTime / sumWeight : 0), hasData: sumWeight > 0 };
}
