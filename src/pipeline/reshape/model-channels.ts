import { type MeasurementSet, readMetadata } from '../../astronomy/ms/index.ts';
import { arrayKeyword } from '../../formats/tables/index.ts';

/**
 * Sets the keyword in which CASA notes the channels of each window that MODEL_DATA has: all.
 *
 * @param windows the MS whose windows count
 */
export function noteModelChannels(ms: MeasurementSet, windows: MeasurementSet): void {
  const { spectralWindows } = readMetadata(windows);
  const values = Int32Array.from(spectralWindows.flatMap(({ chanFreqs }) => [0, chanFreqs.length]));
  ms.main.setColumnKeyword('MODEL_DATA', 'CHANNEL_SELECTION', arrayKeyword('Int', [spectralWindows.length, 2], values));
}
