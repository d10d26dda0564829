import {
  type MeasurementSet,
  type MsMetadata,
  OPTIONAL_MAIN_COLUMNS,
  parseColumns,
  tiledManager,
} from '../../astronomy/ms/index.ts';

/** Makes a WEIGHT_SPECTRUM column without values when there is none. */
export function ensureWeightSpectrum(ms: MeasurementSet, metadata: MsMetadata): void {
  if (ms.main.hasColumn('WEIGHT_SPECTRUM')) return;
  const widest = Math.max(...metadata.spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  ms.main.addColumns(parseColumns(OPTIONAL_MAIN_COLUMNS.WEIGHT_SPECTRUM), tiledManager('WEIGHT_SPECTRUM', widest, 2));
}
