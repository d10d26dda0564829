import type { CalSpectralWindow } from './caltable.ts';

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Windows with one channel each, at their mean frequency, as tables of gains have them. */
export function meanChannelWindows(windows: readonly CalSpectralWindow[]): CalSpectralWindow[] {
  return windows.map((window) => ({
    ...window,
    chanFreqs: Float64Array.of(sum(window.chanFreqs) / window.chanFreqs.length),
    chanWidths: Float64Array.of(sum(window.chanWidths)),
    effectiveBandwidths: Float64Array.of(sum(window.effectiveBandwidths)),
    resolutions: Float64Array.of(sum(window.resolutions)),
  }));
}

/** Windows with one channel each, at the frequency of their middle channel and as wide as the whole window. */
export function middleChannelWindows(windows: readonly CalSpectralWindow[]): CalSpectralWindow[] {
  return windows.map((window) => ({
    ...window,
    chanFreqs: Float64Array.of(window.chanFreqs[Math.floor(window.chanFreqs.length / 2)]),
    chanWidths: Float64Array.of(window.totalBandwidth),
    effectiveBandwidths: Float64Array.of(window.totalBandwidth),
    resolutions: Float64Array.of(window.totalBandwidth),
  }));
}

/** Windows without solutions are marked as flagged. */
export function flagOtherWindows(
  windows: readonly CalSpectralWindow[],
  solved: ReadonlySet<number>,
): CalSpectralWindow[] {
  return windows.map((window) => ({ ...window, isFlagged: !solved.has(window.id) }));
}
