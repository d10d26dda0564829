import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk, writeChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

/** Parameters of CASA's initweights, as far as they are done. */
export interface InitweightsOptions {
  readonly vis: string;
  /** 'nyq': from bandwidth and time; 'sigma': WEIGHT from SIGMA; 'ones': all 1. */
  readonly wtmode?: 'nyq' | 'sigma' | 'ones' | string;
}

/**
 * Sets WEIGHT and SIGMA anew: CASA's initweights.
 *
 * 'nyq': SIGMA = (2 dnu dt)^-1/2 for baselines and (dnu dt)^-1/2 for autocorrelations, with the effective bandwidth of a channel
 * and the exposure; WEIGHT = SIGMA^-2 in all modes but 'ones'.
 *
 * @throws unsupported for other modes
 */
export function initweights(context: Context, options: InitweightsOptions): void {
  const mode = options.wtmode ?? 'nyq';
  if (!['nyq', 'sigma', 'ones'].includes(mode)) {
    fail('unsupported', `initweights(wtmode="${mode}") is not done; use nyq, sigma or ones.`);
  }
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  try {
    const metadata = readMetadata(ms);
    for (const chunk of readChunks(ms, { columns: [], metadata })) {
      context.checkAbort();
      const window = metadata.spectralWindows[chunk.spwId];
      const bandwidth = window.effectiveBandwidths[0] ?? Math.abs(window.chanWidths[0]);
      setWeights(chunk, mode, bandwidth);
      writeChunk(ms, chunk, { weight: true, sigma: true });
      chunk.release();
    }
  } finally {
    ms.close();
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
