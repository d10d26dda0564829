import type { Asdm } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** A configuration of the correlator or the radiometers. */
export interface Configuration {
  readonly id: number;
  readonly antennaIds: Int32Array;
  /** Feed of each antenna; the first of several. */
  readonly feedIds: Int32Array;
  /** ASDM data descriptions in the order of the BDF's windows. */
  readonly dataDescriptionIds: Int32Array;
  readonly processorId: number;
  readonly phaseCorrections: readonly string[];
  readonly correlationMode: string;
  /** e.g. FULL_RESOLUTION */
  readonly spectralType: string;
}

/** Configurations by their ASDM number; @throws bad-format when a row contradicts itself */
export function readConfigurations(asdm: Asdm): Map<number, Configuration> {
  return new Map(
    [...asdm.table('ConfigDescription').rows()].map((row) => {
      const antennaIds = row.integers('antennaId');
      const feeds = row.integers('feedId');
      const perAntenna = Math.max(1, Math.floor(feeds.length / Math.max(1, antennaIds.length)));
      const id = row.id('configDescriptionId');
      if (antennaIds.length === 0 || row.integers('dataDescriptionId').length === 0) {
        fail('bad-format', 'A configuration has no antennas or no data descriptions.', {
          file: asdm.path,
          table: 'ConfigDescription',
          row: row.index,
        });
      }
      const configuration: Configuration = {
        id,
        antennaIds,
        feedIds: Int32Array.from(antennaIds, (_, ant) => feeds[ant * perAntenna] ?? 0),
        dataDescriptionIds: row.integers('dataDescriptionId'),
        processorId: row.id('processorId'),
        correlationMode: row.text('correlationMode').trim(),
        spectralType: row.text('spectralType').trim(),
        phaseCorrections: row.has('atmPhaseCorrection') ? row.texts('atmPhaseCorrection') : [],
      };
      return [id, configuration];
    }),
  );
}

/** One row of the ASDM's Main table: one BDF. */
export interface MainRow {
  readonly index: number;
  readonly configId: number;
  readonly fieldId: number;
  readonly execBlockId: number;
  readonly scanNumber: number;
  readonly subscanNumber: number;
  readonly integrationCount: number;
  readonly dataSize: number;
  readonly dataUid: string;
  /** INTEGRATION or SUBINTEGRATION */
  readonly timeSampling: string;
}

export function readMainRows(asdm: Asdm): MainRow[] {
  return [...asdm.table('Main').rows()].map((row) => ({
    index: row.index,
    configId: row.id('configDescriptionId'),
    fieldId: row.id('fieldId'),
    execBlockId: row.id('execBlockId'),
    scanNumber: row.number('scanNumber'),
    subscanNumber: row.number('subscanNumber'),
    integrationCount: row.number('numIntegration'),
    dataSize: row.number('dataSize'),
    dataUid: row.text('dataUID'),
    timeSampling: row.text('timeSampling').trim(),
  }));
}

/**
 * Whether the MS gets DATA (complex) or FLOAT_DATA: real numbers only when nothing but autocorrelations of at most two products
 * is wanted or there.
 */
export function hasComplexData(
  configurations: Iterable<Configuration>,
  corrCountOf: (dataDescriptionId: number) => number,
  ocorrMode: 'ca' | 'ao' | 'co',
): boolean {
  if (ocorrMode === 'co') return true;
  for (const { correlationMode, dataDescriptionIds } of configurations) {
    if (correlationMode === 'CROSS_ONLY' || (correlationMode === 'CROSS_AND_AUTO' && ocorrMode === 'ca')) return true;
    if (dataDescriptionIds.some((id) => corrCountOf(id) > 2)) return true;
  }
  return false;
}
