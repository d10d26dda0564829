import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { assertSequence } from './array-tables.ts';
import { basebandCode, frequencyFrameCode, netSidebandCode, stokesCode } from './enumerations.ts';
import { appendRows, doubles, integers, numberOr, type RowCells, textOr, texts } from './table-rows.ts';

/** A data description: which window and which polarization products its rows have, as numbered in the MS. */
export interface IngestDataDescription {
  readonly spwId: number;
  readonly polId: number;
  /** Hz, of the first channel; weights are made from it. */
  readonly effectiveBw: number;
  readonly chanCount: number;
  readonly corrCount: number;
}

export interface SpectralSetup {
  /** MS window by ASDM window number. */
  readonly spwIndex: ReadonlyMap<number, number>;
  /** By ASDM data description number; equal ones share an MS row. */
  readonly dataDescriptions: readonly IngestDataDescription[];
  /** MS DATA_DESC_ID by ASDM data description number. */
  readonly dataDescIndex: readonly number[];
  readonly windows: readonly WindowRow[];
  readonly polarizations: readonly PolarizationRow[];
}

interface WindowRow {
  readonly cells: RowCells;
  readonly effectiveBw: number;
  readonly chanCount: number;
}

interface PolarizationRow {
  readonly corrTypes: readonly number[];
  readonly products: readonly number[];
}

const PRODUCTS: Readonly<Record<number, readonly number[]>> = {
  1: [0, 0],
  2: [0, 0, 1, 1],
  4: [0, 0, 0, 1, 1, 0, 1, 1],
};
const LINEAR = ['XX', 'XY', 'YX', 'YY'];
const CIRCULAR = ['RR', 'RL', 'LR', 'LL'];

/** Reads windows, polarizations and data descriptions; windows without a data description come last, as in importasdm. */
export function readSpectralSetup(asdm: Asdm): SpectralSetup {
  const described = [...asdm.table('DataDescription').rows()].sort(
    (a, b) => a.id('dataDescriptionId') - b.id('dataDescriptionId'),
  );
  assertSequence(
    described.map((row) => row.id('dataDescriptionId')),
    asdm,
    'DataDescription',
  );
  const used = new Set(described.map((row) => row.id('spectralWindowId')));
  const rows = [...asdm.table('SpectralWindow').rows()].sort(
    (a, b) => a.id('spectralWindowId') - b.id('spectralWindowId'),
  );
  const ordered = [
    ...rows.filter((row) => used.has(row.id('spectralWindowId'))),
    ...rows.filter((row) => !used.has(row.id('spectralWindowId'))),
  ];
  const spwIndex = new Map(ordered.map((row, index) => [row.id('spectralWindowId'), index]));
  const windows = ordered.map((row) => readWindow(row, spwIndex, asdm));
  const { polarizations, polIndex } = readPolarizations(asdm);
  const dataDescriptions: IngestDataDescription[] = [];
  const dataDescIndex: number[] = [];
  const seen = new Map<string, number>();
  for (const row of described) {
    const spwId = spwIndex.get(row.id('spectralWindowId'));
    const polId = polIndex.get(row.id('polOrHoloId'));
    if (spwId === undefined || polId === undefined) {
      fail('bad-format', 'A data description names a window or a polarization that the ASDM does not have.', {
        file: asdm.path,
        table: 'DataDescription',
        row: row.index,
      });
    }
    const key = `${spwId} ${polId}`;
    if (!seen.has(key)) seen.set(key, seen.size);
    dataDescIndex.push(seen.get(key) as number);
    const { effectiveBw, chanCount } = windows[spwId];
    dataDescriptions.push({ spwId, polId, effectiveBw, chanCount, corrCount: polarizations[polId].corrTypes.length });
  }
  return { spwIndex, dataDescriptions, dataDescIndex, windows, polarizations };
}

export function fillSpectralTables(ms: MeasurementSet, setup: SpectralSetup): void {
  appendRows(
    ms.subtable('SPECTRAL_WINDOW'),
    setup.windows.map(({ cells }) => cells),
  );
  appendRows(
    ms.subtable('POLARIZATION'),
    setup.polarizations.map(({ corrTypes, products }) => ({
      CORR_TYPE: integers(corrTypes),
      CORR_PRODUCT: integers(products, [corrTypes.length, 2]),
      NUM_CORR: corrTypes.length,
    })),
  );
  const rows: RowCells[] = [];
  setup.dataDescIndex.forEach((msRow, asdmRow) => {
    const { spwId, polId } = setup.dataDescriptions[asdmRow];
    rows[msRow] ??= { POLARIZATION_ID: polId, SPECTRAL_WINDOW_ID: spwId };
  });
  appendRows(ms.subtable('DATA_DESCRIPTION'), rows);
}

function readPolarizations(asdm: Asdm): { polarizations: PolarizationRow[]; polIndex: Map<number, number> } {
  const polarizations: PolarizationRow[] = [];
  const polIndex = new Map<number, number>();
  for (const row of asdm.table('Polarization').rows()) {
    let words = row.texts('corrType');
    if (words.length === 3) words = CIRCULAR.includes(words[0]) ? CIRCULAR : LINEAR;
    const products = PRODUCTS[words.length];
    if (!products) {
      fail('unsupported', `A polarization has ${words.length} products; 1, 2, 3 or 4 can be imported.`, {
        file: asdm.path,
        table: 'Polarization',
        row: row.index,
      });
    }
    const corrTypes = words.map(stokesCode);
    let index = polarizations.findIndex((known) => known.corrTypes.join() === corrTypes.join());
    if (index < 0) index = polarizations.push({ corrTypes, products }) - 1;
    polIndex.set(row.id('polarizationId'), index);
  }
  return { polarizations, polIndex };
}

/** A value per channel: the array column if there, else the scalar repeated; @throws bad-format */
function perChannel(row: AsdmRow, scalar: string, array: string, count: number, asdm: Asdm): Float64Array {
  const place = { file: asdm.path, table: 'SpectralWindow', row: row.index };
  if (row.has(array)) {
    const values = row.numbers(array);
    if (values.length !== count)
      fail('bad-format', `${array} has ${values.length} values for ${count} channels.`, place);
    return values;
  }
  if (!row.has(scalar)) fail('bad-format', `The window has neither ${scalar} nor ${array}.`, place);
  return new Float64Array(count).fill(row.number(scalar));
}

function channelFrequencies(row: AsdmRow, count: number, asdm: Asdm): Float64Array {
  if (row.has('chanFreqArray') || !(row.has('chanFreqStart') && row.has('chanFreqStep'))) {
    return perChannel(row, 'chanFreqStart', 'chanFreqArray', count, asdm);
  }
  const start = row.number('chanFreqStart');
  const step = row.number('chanFreqStep');
  return Float64Array.from({ length: count }, (_, chan) => start + chan * step);
}

function readWindow(row: AsdmRow, spwIndex: ReadonlyMap<number, number>, asdm: Asdm): WindowRow {
  const chanCount = row.number('numChan');
  const frequencies = channelFrequencies(row, chanCount, asdm);
  const isDescending = chanCount > 1 && frequencies[chanCount - 1] < frequencies[0];
  const widths = perChannel(row, 'chanWidth', 'chanWidthArray', chanCount, asdm);
  const effective = perChannel(row, 'effectiveBw', 'effectiveBwArray', chanCount, asdm);
  const associated = row.has('assocSpectralWindowId')
    ? Array.from(row.integers('assocSpectralWindowId'), (id) => spwIndex.get(id) ?? -1)
    : [];
  const natures = row.has('assocNature') ? row.texts('assocNature') : [];
  const cells: RowCells = {
    MEAS_FREQ_REF: frequencyFrameCode(row.has('measFreqRef') ? row.text('measFreqRef') : undefined),
    CHAN_FREQ: doubles(frequencies),
    REF_FREQUENCY: row.number('refFreq'),
    CHAN_WIDTH: doubles(isDescending ? widths.map((width) => -width) : widths),
    EFFECTIVE_BW: doubles(effective),
    RESOLUTION: doubles(perChannel(row, 'resolution', 'resolutionArray', chanCount, asdm)),
    FREQ_GROUP: numberOr(row, 'freqGroup', 0),
    FREQ_GROUP_NAME: textOr(row, 'freqGroupName'),
    IF_CONV_CHAIN: 0,
    NAME: textOr(row, 'name').trim(),
    NET_SIDEBAND: netSidebandCode(row.text('netSideband').trim()),
    NUM_CHAN: chanCount,
    TOTAL_BANDWIDTH: row.number('totBandwidth'),
    BBC_NO: basebandCode(row.text('basebandName').trim()),
    ASSOC_SPW_ID: associated.length > 0 ? integers(associated) : undefined,
    ASSOC_NATURE: associated.length > 0 && natures.length > 0 ? texts(natures) : undefined,
    SDM_WINDOW_FUNCTION: row.text('windowFunction').trim(),
    SDM_NUM_BIN: numberOr(row, 'numBin', 1),
    SDM_CORR_BIT: row.has('correlationBit') ? row.text('correlationBit').trim() : 'UNKNOWN',
  };
  return { cells, effectiveBw: effective[0], chanCount };
}
