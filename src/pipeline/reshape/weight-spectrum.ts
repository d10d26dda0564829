import {
  type MeasurementSet,
  type MsMetadata,
  OPTIONAL_MAIN_COLUMNS,
  parseColumns,
  tiledManager,
} from '../../astronomy/ms/index.ts';

/** Makes a column of weights for each channel, without values, when there is none. */
export function ensureSpectrum(
  ms: MeasurementSet,
  metadata: MsMetadata,
  name: 'WEIGHT_SPECTRUM' | 'SIGMA_SPECTRUM',
): void {
  if (ms.main.hasColumn(name)) return;
  const widest = Math.max(...metadata.spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  ms.main.addColumns(parseColumns(OPTIONAL_MAIN_COLUMNS[name]), tiledManager(name, widest, 2));
}
