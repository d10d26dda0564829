import { type MeasurementSet, type MsMetadata, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { arena, median, quartilesOf } from '../../foundation/numeric/index.ts';
import { baselineIndex, GainFit, parallelHands } from '../calibration/index.ts';

/** Gains of all antennas in one integration and window, for a source of 1 Jy at the phase centre. */
export interface IntegrationGains {
  readonly fieldId: number;
  readonly scan: number;
  readonly spwId: number;
  /** MJD s */
  readonly time: number;
  /** [ant, pol, re/im] */
  readonly gains: Float32Array;
  /** Signal-to-noise ratio and flag, [ant, pol]. */
  readonly snr: Float32Array;
  readonly flag: Uint8Array;
}

/** What calibrators show before anything is solved for. */
export interface CalibratorView {
  readonly antennas: readonly string[];
  readonly polCount: number;
  /** In order of time. */
  readonly integrations: readonly IntegrationGains[];
  /** Mean of |V|² over baselines and time by field and window, [pol, chan]; NaN where all is flagged. */
  readonly powers: ReadonlyMap<string, Float64Array>;
  /** Signal-to-noise ratio of a gain over a whole scan, or an integration where that is more, median over antennas, {@link usualRatio} of all, by field and window. */
  readonly scanSnr: ReadonlyMap<string, number>;
}

/** Key of {@link CalibratorView.powers} and {@link CalibratorView.scanSnr}. */
export const powerKey = (fieldId: number, spwId: number) => `${fieldId} ${spwId}`;

/**
 * Gains of noise alone reach a ratio of 2, where the fit finds the largest eigenvalue; below this one there is no signal. Of four
 * antennas, 1.4 % of the integrations without signal exceed it, but not their upper quartile.
 */
export const LEAST_SNR = 3;
/** Channels that far apart, as a share of the window, tell the delay of a baseline. */
const DELAY_STEP = 1 / 16;
/** Share of a window at each edge that is not looked at. */
const EDGE = 1 / 16;
const FEWEST_BASELINES = 2;
/** Channels of so many times the power of the median one say nothing of gains. */
const OUTSTANDING = 4;

/**
 * Looks at calibrators: gains of each integration over whole windows, and mean power spectra.
 *
 * Delays of the baselines are taken from all of them, the brightest counting most, so that a window can be averaged before it has
 * a bandpass.
 *
 * @param vis MeasurementSet with the science windows, corrected for all that is known beforehand
 * @param fieldIds point-like calibrators
 */
export function viewCalibrators(context: Context, vis: string, fieldIds: readonly number[]): CalibratorView {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    return arena().scope((lease) => {
      const view = new View(metadata, lease);
      scan(context, ms, metadata, fieldIds, (chunk) => view.addPowers(chunk));
      view.findOutstanding();
      scan(context, ms, metadata, fieldIds, (chunk) => view.addDelays(chunk));
      scan(context, ms, metadata, fieldIds, (chunk) => view.addGains(chunk));
      return view.result();
    });
  } finally {
    ms.close();
  }
}

/** Fields among some that have unflagged visibilities. */
export function fieldsWithData(context: Context, vis: string, fieldIds: readonly number[]): Set<number> {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const seen = new Set<number>();
    const visit = (chunk: VisibilityChunk) => {
      const cells = chunk.chanCount * chunk.corrCount;
      for (let row = 0; row < chunk.rowCount; row++) {
        if (seen.has(chunk.fieldId[row]) || chunk.flagRow[row] || chunk.antenna1[row] === chunk.antenna2[row]) continue;
        if (chunk.flag.subarray(row * cells, (row + 1) * cells).includes(0)) seen.add(chunk.fieldId[row]);
      }
    };
    scan(context, ms, metadata, fieldIds, visit, []);
    return seen;
  } finally {
    ms.close();
  }
}

function scan(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  fieldIds: readonly number[],
  visit: (chunk: VisibilityChunk) => void,
  columns: readonly 'DATA'[] = ['DATA'],
): void {
  const { rows } = selectRows(ms, { field: fieldIds.join(',') }, { metadata });
  for (const chunk of readChunks(ms, { rows, columns, metadata })) {
    context.checkAbort();
    visit(chunk);
    chunk.release();
  }
}

class View {
  private readonly metadata: MsMetadata;
  private readonly fit: GainFit;
  private readonly baselineCount: number;
  private polCount = 1;
  /** Window → [baseline, pol, re/im], product of channels some steps apart. */
  private readonly products = new Map<number, Float64Array>();
  private readonly integrations: IntegrationGains[] = [];
  /** Sums over a scan by scan, field and window, [baseline, pol, 3]. */
  private readonly scans = new Map<string, { fieldId: number; spwId: number; sums: Float64Array }>();
  /** Sum and count, [pol, chan, 2]. */
  private readonly powers = new Map<string, Float64Array>();
  /** Channels that are left out of the means, by field and window, [pol, chan]. */
  private readonly outstanding = new Map<string, Uint8Array>();

  constructor(metadata: MsMetadata, lease: ConstructorParameters<typeof GainFit>[1]) {
    const antCount = metadata.antennas.length;
    this.metadata = metadata;
    this.baselineCount = (antCount * (antCount - 1)) / 2;
    const options = { antCount, kind: 'G', mode: 'ap', minBaselines: FEWEST_BASELINES, minSnr: 0, refAnt: -1 } as const;
    this.fit = new GainFit(options, lease);
  }

  addPowers(chunk: VisibilityChunk): void {
    const hands = parallelHands(chunk.corrCount);
    this.polCount = Math.max(this.polCount, hands.length);
    this.eachRow(chunk, (row) => {
      const key = powerKey(chunk.fieldId[row], chunk.spwId);
      const powers = this.powers.get(key) ?? new Float64Array(hands.length * chunk.chanCount * 2);
      this.powers.set(key, powers);
      hands.forEach((corr, hand) => {
        addPowers(chunk, { row, corr, hand }, powers);
      });
    });
  }

  addDelays(chunk: VisibilityChunk): void {
    const hands = parallelHands(chunk.corrCount);
    const products = this.products.get(chunk.spwId) ?? new Float64Array(this.baselineCount * hands.length * 2);
    this.products.set(chunk.spwId, products);
    const step = stepOf(chunk.chanCount);
    this.eachRow(chunk, (row, baseline) => {
      const data = chunk.data.DATA as Float32Array;
      const isOutstanding = this.outstanding.get(powerKey(chunk.fieldId[row], chunk.spwId));
      hands.forEach((corr, hand) => {
        const from = hand * chunk.chanCount;
        const at = 2 * (baseline * hands.length + hand);
        const [first, end] = channelsOf(chunk.chanCount);
        for (let chan = first; chan + step < end; chan++) {
          const a = (row * chunk.chanCount + chan) * chunk.corrCount + corr;
          const b = a + step * chunk.corrCount;
          if (chunk.flag[a] || chunk.flag[b]) continue;
          if (isOutstanding?.[from + chan] || isOutstanding?.[from + chan + step]) continue;
          products[at] += data[2 * b] * data[2 * a] + data[2 * b + 1] * data[2 * a + 1];
          products[at + 1] += data[2 * b + 1] * data[2 * a] - data[2 * b] * data[2 * a + 1];
        }
      });
    });
  }

  addGains(chunk: VisibilityChunk): void {
    const hands = parallelHands(chunk.corrCount);
    const open = new Map<number, { first: number; sums: Float64Array }>();
    this.eachRow(chunk, (row, baseline) => {
      let integration = open.get(chunk.time[row]);
      if (!integration) {
        integration = { first: row, sums: new Float64Array(this.baselineCount * hands.length * 3) };
        open.set(chunk.time[row], integration);
      }
      hands.forEach((corr, hand) => {
        this.addRow(chunk, { row, corr, cell: baseline * hands.length + hand, hand }, integration.sums);
      });
    });
    for (const [time, { first, sums }] of open) {
      const averages = { sums, partCount: 1, chanCount: 1, corrCount: hands.length };
      const { params, snr, flag } = this.fit.solve(averages, 0);
      const [fieldId, scanNumber] = [chunk.fieldId[first], chunk.scanNumber[first]];
      this.integrations.push({ fieldId, scan: scanNumber, spwId: chunk.spwId, time, gains: params, snr, flag });
      this.addToScan(`${scanNumber} ${powerKey(fieldId, chunk.spwId)}`, fieldId, chunk.spwId, sums);
    }
  }

  private addToScan(key: string, fieldId: number, spwId: number, sums: Float64Array): void {
    const known = this.scans.get(key);
    if (!known) {
      this.scans.set(key, { fieldId, spwId, sums: sums.slice() });
      return;
    }
    for (let at = 0; at < sums.length; at++) known.sums[at] += sums[at];
  }

  private scanSnr(): Map<string, number> {
    const ofScans = new Map<string, number[]>();
    for (const { fieldId, spwId, sums } of this.scans.values()) {
      const { snr, flag } = this.fit.solve({ sums, partCount: 1, chanCount: 1, corrCount: this.polCount }, 0);
      addRatio(ofScans, powerKey(fieldId, spwId), snr, flag);
    }
    const ofIntegrations = new Map<string, number[]>();
    for (const { fieldId, spwId, snr, flag } of this.integrations) {
      addRatio(ofIntegrations, powerKey(fieldId, spwId), snr, flag);
    }
    // Air that turns phases within a scan takes the signal from its average, not from integrations.
    return new Map(
      [...ofScans].map(([key, ratios]) => [
        key,
        Math.max(usualRatio(ratios), usualRatio(ofIntegrations.get(key) ?? [])),
      ]),
    );
  }

  /** Finds channels that would spoil the mean of their window: spikes, which are the same on all antennas. */
  findOutstanding(): void {
    for (const [key, sums] of this.powers) {
      const power = meansOf(sums);
      const chanCount = power.length / this.polCount;
      const isOutstanding = new Uint8Array(power.length);
      for (let pol = 0; pol < this.polCount; pol++) {
        const own = power.subarray(pol * chanCount, (pol + 1) * chanCount);
        const limit = OUTSTANDING * median(own.filter(Number.isFinite));
        own.forEach((value, chan) => {
          if (value > limit) isOutstanding[pol * chanCount + chan] = 1;
        });
      }
      this.outstanding.set(key, isOutstanding);
    }
  }

  /** Adds one correlation of a row: its mean over channels without the delay. */
  private addRow(
    chunk: VisibilityChunk,
    { row, corr, cell, hand }: { row: number; corr: number; cell: number; hand: number },
    sums: Float64Array,
  ): void {
    const { chanCount, corrCount } = chunk;
    const data = chunk.data.DATA as Float32Array;
    const products = this.products.get(chunk.spwId);
    const slope = products ? Math.atan2(products[2 * cell + 1], products[2 * cell]) / stepOf(chanCount) : 0;
    const isOutstanding = this.outstanding.get(powerKey(chunk.fieldId[row], chunk.spwId));
    const [first, end] = channelsOf(chanCount);
    const [turnRe, turnIm] = [Math.cos(slope), -Math.sin(slope)];
    let [re, im, count] = [0, 0, 0];
    let [cos, sin] = [Math.cos((slope * chanCount) / 2), Math.sin((slope * chanCount) / 2)];
    for (let chan = 0; chan < chanCount; chan++) {
      const at = (row * chanCount + chan) * corrCount + corr;
      if (!chunk.flag[at] && chan >= first && chan < end && !isOutstanding?.[hand * chanCount + chan]) {
        const [x, y] = [data[2 * at], data[2 * at + 1]];
        re += x * cos - y * sin;
        im += x * sin + y * cos;
        count++;
      }
      [cos, sin] = [cos * turnRe - sin * turnIm, cos * turnIm + sin * turnRe];
    }
    if (count === 0) return;
    const weight = chunk.weight[row * corrCount + corr] || 1;
    sums[3 * cell] = (weight * re) / count;
    sums[3 * cell + 1] = (weight * im) / count;
    sums[3 * cell + 2] = weight;
  }

  private eachRow(chunk: VisibilityChunk, visit: (row: number, baseline: number) => void): void {
    for (let row = 0; row < chunk.rowCount; row++) {
      const [one, two] = [chunk.antenna1[row], chunk.antenna2[row]];
      if (one >= two || chunk.flagRow[row]) continue;
      visit(row, baselineIndex(this.metadata.antennas.length, one, two));
    }
  }

  result(): CalibratorView {
    const powers = [...this.powers].map(([key, sums]) => [key, meansOf(sums)] as const);
    return {
      antennas: this.metadata.antennas.map(({ name }) => name),
      polCount: this.polCount,
      integrations: this.integrations.sort((a, b) => a.time - b.time || a.spwId - b.spwId),
      powers: new Map(powers),
      scanSnr: this.scanSnr(),
    };
  }
}

/** Adds the power spectrum of one correlation of a row to sums and counts, [pol, chan, 2]. */
function addPowers(
  { data, flag, chanCount, corrCount }: VisibilityChunk,
  { row, corr, hand }: { row: number; corr: number; hand: number },
  powers: Float64Array,
): void {
  const values = data.DATA as Float32Array;
  for (let chan = 0; chan < chanCount; chan++) {
    const at = (row * chanCount + chan) * corrCount + corr;
    if (flag[at]) continue;
    powers[2 * (hand * chanCount + chan)] += values[2 * at] ** 2 + values[2 * at + 1] ** 2;
    powers[2 * (hand * chanCount + chan) + 1]++;
  }
}

/** Means of sums and counts in turn; NaN of none. */
const meansOf = (sums: Float64Array) =>
  Float64Array.from({ length: sums.length / 2 }, (_, at) => sums[2 * at] / sums[2 * at + 1]);

/** Adds the ratio of the median antenna and polarization, if one has a gain. */
function addRatio(ratios: Map<string, number[]>, key: string, snr: Float32Array, flag: Uint8Array): void {
  const good = Array.from(snr).filter((_, cell) => !flag[cell]);
  ratios.set(key, [...(ratios.get(key) ?? []), ...(good.length > 0 ? [median(good)] : [])]);
}

/**
 * Upper quartile of signal-to-noise ratios: the best of many is noise, and a calibrator may be lost part of the time.
 *
 * @returns 0 of none
 */
export function usualRatio(ratios: readonly number[]): number {
  return quartilesOf(Float64Array.from(ratios).sort()).third || 0;
}

const stepOf = (chanCount: number) => Math.max(1, Math.round(DELAY_STEP * chanCount));

/** First channel that is looked at, and the one after the last. */
function channelsOf(chanCount: number): [number, number] {
  const edge = chanCount < 16 ? 0 : Math.ceil(EDGE * chanCount);
  return [edge, chanCount - edge];
}
