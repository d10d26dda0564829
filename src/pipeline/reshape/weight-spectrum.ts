import {
  type MeasurementSet,
  type MsMetadata,
  OPTIONAL_MAIN_COLUMNS,
  parseColumns,
  tiledManager,
} from '../../astronomy/ms/index.ts';
import { readChunks, writeChunk } from '../../astronomy/visibility/index.ts';
import { spread } from './cell-changes.ts';

export type SpectrumColumn = 'WEIGHT_SPECTRUM' | 'SIGMA_SPECTRUM';

/** True where there is such a column, and a row of it, the first unless told otherwise, has values: tasks keep it up then. */
export function hasSpectrum(ms: MeasurementSet, name: SpectrumColumn, row = 0): boolean {
  return ms.main.hasColumn(name) && row < ms.main.rowCount && ms.main.column(name).isDefined(row);
}

/** Gives all channels of rows without values the WEIGHT or SIGMA of the row, where there is no such column or its first row has none. */
export function fillSpectrum(ms: MeasurementSet, metadata: MsMetadata, name: SpectrumColumn): void {
  if (hasSpectrum(ms, name)) return;
  ensureSpectrum(ms, metadata, name);
  const column = ms.main.column(name);
  const rows = Int32Array.from({ length: ms.main.rowCount }, (_, row) => row).filter((row) => !column.isDefined(row));
  for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
    const { weight, sigma, chanCount, corrCount } = chunk;
    const spectrum = spread(name === 'SIGMA_SPECTRUM' ? sigma : weight, [chanCount, corrCount]);
    const isWeight = name === 'WEIGHT_SPECTRUM';
    writeChunk(ms, isWeight ? { ...chunk, weightSpectrum: spectrum } : chunk, {
      weightSpectrum: isWeight,
      ...(!isWeight && { sigmaSpectrum: spectrum }),
    });
    chunk.release();
  }
}

/** Makes a column of weights for each channel, without values, when there is none. */
export function ensureSpectrum(ms: MeasurementSet, metadata: MsMetadata, name: SpectrumColumn): void {
  if (ms.main.hasColumn(name)) return;
  const widest = Math.max(...metadata.spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  ms.main.addColumns(parseColumns(OPTIONAL_MAIN_COLUMNS[name]), tiledManager(name, widest, 2));
}
