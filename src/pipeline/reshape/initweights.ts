import { type MeasurementSet, openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk, writeChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { spread } from './cell-changes.ts';
import { ensureSpectrum } from './weight-spectrum.ts';

/** Parameters of CASA's initweights, as far as they are done. */
export interface InitweightsOptions {
  readonly vis: string;
  /**
   * 'nyq': from bandwidth and time; 'sigma': WEIGHT from SIGMA; 'weight': WEIGHT_SPECTRUM from WEIGHT; 'ones': all 1; 'delwtsp' and
   * 'delsigsp' take WEIGHT_SPECTRUM and SIGMA_SPECTRUM away.
   */
  readonly wtmode?: 'nyq' | 'sigma' | 'weight' | 'ones' | 'delwtsp' | 'delsigsp' | string;
  /** Makes WEIGHT_SPECTRUM; one that is there follows WEIGHT in all cases. */
  readonly dowtsp?: boolean;
}

const DELETED: Readonly<Record<string, string>> = { delwtsp: 'WEIGHT_SPECTRUM', delsigsp: 'SIGMA_SPECTRUM' };

/**
 * Sets WEIGHT and SIGMA anew: CASA's initweights.
 *
 * 'nyq': SIGMA = (2 dnu dt)^-1/2 for baselines and (dnu dt)^-1/2 for autocorrelations, with the effective bandwidth of a channel
 * and the exposure; WEIGHT = SIGMA^-2 in all modes but 'ones' and 'weight'. WEIGHT_SPECTRUM is WEIGHT in each channel.
 *
 * @throws unsupported for weights from Tsys; usage for 'weight' without `dowtsp`
 */
export function initweights(context: Context, options: InitweightsOptions): void {
  const mode = options.wtmode ?? 'nyq';
  const doomed = DELETED[mode];
  if (!doomed && !['nyq', 'sigma', 'weight', 'ones'].includes(mode)) {
    fail(
      'unsupported',
      `initweights(wtmode="${mode}") is not done; use nyq, sigma, weight, ones, delwtsp or delsigsp.`,
    );
  }
  if (mode === 'weight' && !options.dowtsp)
    fail('usage', 'initweights(wtmode="weight") sets WEIGHT_SPECTRUM; give dowtsp=True.');
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    if (!doomed) resetWeights(context, ms, mode, options.dowtsp ?? false);
    else if (ms.main.hasColumn(doomed)) ms.main.removeColumns([doomed]);
  } finally {
    ms.close();
  }
}

function resetWeights(context: Context, ms: MeasurementSet, mode: string, makesSpectrum: boolean): void {
  const metadata = readMetadata(ms);
  if (makesSpectrum) ensureSpectrum(ms, metadata, 'WEIGHT_SPECTRUM');
  const hasSpectrum = ms.main.hasColumn('WEIGHT_SPECTRUM');
  for (const chunk of readChunks(ms, { columns: [], metadata })) {
    context.checkAbort();
    const window = metadata.spectralWindows[chunk.spwId];
    const bandwidth = window.effectiveBandwidths[0] ?? Math.abs(window.chanWidths[0]);
    if (mode !== 'weight') setWeights(chunk, mode, bandwidth);
    const spectrum = hasSpectrum ? spread(chunk.weight, [chunk.chanCount, chunk.corrCount]) : undefined;
    writeChunk(ms, spectrum ? { ...chunk, weightSpectrum: spectrum } : chunk, {
      ...(mode !== 'weight' && { weight: true, sigma: true }),
      ...(spectrum && { weightSpectrum: true }),
    });
    chunk.release();
  }
}

function setWeights(chunk: VisibilityChunk, mode: string, bandwidthHz: number): void {
  const { weight, sigma, corrCount } = chunk;
  for (let row = 0; row < chunk.rowCount; row++) {
    const samples = (chunk.antenna1[row] === chunk.antenna2[row] ? 1 : 2) * bandwidthHz * chunk.exposure[row];
    for (let at = row * corrCount; at < (row + 1) * corrCount; at++) {
      if (mode === 'nyq') sigma[at] = samples > 0 ? 1 / Math.sqrt(samples) : 0;
      if (mode === 'ones') sigma[at] = 1;
      weight[at] = sigma[at] > 0 ? 1 / (sigma[at] * sigma[at]) : 0;
    }
  }
}
