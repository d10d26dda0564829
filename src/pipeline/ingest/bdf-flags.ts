import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import { type BdfReader, flagLayout, openBdf } from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { type Integration, Integrations, numbersOf, sliceCounts } from './bdf-slices.ts';
import type { RowContext } from './row-columns.ts';
import type { SpectralSetup } from './spectral-tables.ts';
import { type FillMainOptions, type WindowSource, windowSources } from './window-sources.ts';

/** Bytes of FLAG held at a time. */
const DATA_BYTES = 16 * 1024 * 1024;
/** Every bit of a flag word flags. */
export const ALL_BITS = 0xffffffff;

/** Binary flags of one integration, with the places of baselines and antennas in them. */
export interface BdfFlags {
  readonly words: Uint32Array;
  readonly layout: ReturnType<typeof flagLayout>;
}

/** Flags of an integration; undefined when it has none, or in another layout than one word per product. */
export function readFlags(bdf: BdfReader, { subset, sample }: Integration): BdfFlags | undefined {
  const part = bdf.part(subset, 'flags');
  if (!part) return undefined;
  const layout = flagLayout(bdf.header);
  const stride = numbersOf(part, bdf.header.numTime);
  if (stride !== layout.total) return undefined;
  return { words: bdf.read(part, sample * stride, stride) as Uint32Array, layout };
}

/** Names of the bits of a flag word, from bit 0 on (enumeration BinaryDataFlags of the ALMA Science Data Model). */
const FLAG_BITS = [
  'INTEGRATION_FULLY_BLANKED',
  'WVR_APC',
  'CORRELATOR_MISSING_STATUS',
  'MISSING_ANTENNA_EVENT',
  'DELTA_SIGMA_OVERFLOW',
  'DELAY_CORRECTION_NOT_APPLIED',
  'SYNCRONIZATION_ERROR',
  'FFT_OVERFLOW',
  'TFB_SCALING_FACTOR_NOT_RETRIEVED',
  'ZERO_LAG_NOT_RECEIVED',
  'SIGMA_OVERFLOW',
  'UNUSABLE_CAI_OUTPUT',
  'QC_FAILED',
  'NOISY_TDM_CHANNELS',
  'SPECTRAL_NORMALIZATION_FAILED',
  'DROPPED_PACKETS',
  'DETECTOR_SATURATED',
  'NO_DATA_FROM_DIGITAL_POWER_METER',
];

/**
 * The bits that conditions such as `COR DELA INT` name: beginnings of names, `ALL`, or numbers of bits.
 *
 * @throws usage for a beginning of none or of several names
 */
export function flagMask(conditions: string): number {
  let mask = 0;
  for (const word of conditions
    .toUpperCase()
    .split(/[\s,|]+/)
    .filter(Boolean)) {
    if (word === 'ALL') return 0xffffffff;
    const found = FLAG_BITS.flatMap((name, bit) => (name.startsWith(word) || word === String(bit) ? [bit] : []));
    if (found.length !== 1) fail('usage', `"${word}" is no flag condition; they are ALL, ${FLAG_BITS.join(', ')}.`);
    mask |= 1 << found[0];
  }
  return mask >>> 0;
}

/** Where the rows of a BDF begin in an MS, and which of its flags are set. */
export interface FlagPlace {
  readonly configuration: RowContext['configuration'];
  readonly start: number;
  /** Bits of the flag words that flag. */
  readonly mask: number;
  /** The MS is a lazy one: its rows come in one run for each BDF. */
  readonly isLazy: boolean;
}

/**
 * Sets the flags of one BDF in the rows that {@link fillMain} made from it; flags that are set stay.
 *
 * @returns the number of its rows, and of those that it flags
 */
export function flagMain(
  ms: MeasurementSet,
  bdfPath: string,
  dataSize: number,
  place: FlagPlace,
  setup: SpectralSetup,
  options: FillMainOptions,
): { rows: number; flaggedRows: number } {
  const bdf = openBdf(bdfPath);
  try {
    const sources = windowSources(bdf, place, setup, options);
    const integrations = Integrations.of(bdf);
    let rows = 0;
    let flaggedRows = 0;
    let done = 0;
    for (const count of place.isLazy ? [integrations.length] : sliceCounts(dataSize, integrations.length)) {
      const flags = Array.from(integrations.slice(done, done + count), (integration) => readFlags(bdf, integration));
      done += count;
      for (const source of sources) {
        options.checkAbort();
        const start = place.start + rows;
        const made = flags.length * source.pairs.first.length * source.window.binCount;
        rows += made;
        if (start + made > ms.main.rowCount) continue;
        flaggedRows += addFlags(ms, source, bdf, { flags, mask: place.mask }, start, made);
      }
    }
    return { rows, flaggedRows };
  } finally {
    bdf.close();
  }
}

/** Adds the flags of some integrations of one window to the rows from `start` on; a part at a time. */
function addFlags(
  ms: MeasurementSet,
  source: WindowSource,
  bdf: BdfReader,
  { flags, mask }: { readonly flags: readonly (BdfFlags | undefined)[]; readonly mask: number },
  start: number,
  count: number,
): number {
  const perIntegration = count / Math.max(1, flags.length);
  const cell = source.window.chanCount * source.corrCount;
  const step = Math.max(1, Math.floor(DATA_BYTES / (cell * perIntegration)));
  let flaggedRows = 0;
  for (let first = 0; first < flags.length; first += step) {
    const block = flags.slice(first, first + step);
    const rows = block.length * perIntegration;
    const flag = new Uint8Array(rows * cell);
    const flagRow = new Uint8Array(rows);
    markFlags(source, bdf, { flags: block, mask }, flag, flagRow);
    flaggedRows += mergeFlags(ms, start + first * perIntegration, { flag, flagRow, cell }, source);
  }
  return flaggedRows;
}

function mergeFlags(
  ms: MeasurementSet,
  start: number,
  { flag, flagRow, cell }: { flag: Uint8Array; flagRow: Uint8Array; cell: number },
  source: WindowSource,
): number {
  let flaggedRows = 0;
  for (let row = 0; row < flagRow.length; row++) {
    if (flag.subarray(row * cell, (row + 1) * cell).includes(1)) flaggedRows++;
  }
  if (flaggedRows === 0) return 0;
  const { main } = ms;
  const described = main.column('DATA_DESC_ID').getRange(start, 1)[0];
  if (described !== source.dataDescId)
    fail('bad-data', 'The rows of the MeasurementSet are not in the order of this ASDM.', {
      file: ms.path,
      row: start,
    });
  const shape = [source.window.chanCount, source.corrCount];
  const oldFlag = main.column('FLAG').getRange(start, flagRow.length) as Uint8Array;
  const oldRow = main.column('FLAG_ROW').getRange(start, flagRow.length) as Uint8Array;
  main.column('FLAG').putRange(
    start,
    flagRow.length,
    flag.map((value, index) => value | oldFlag[index]),
    shape,
  );
  main.column('FLAG_ROW').putRange(
    start,
    flagRow.length,
    flagRow.map((value, index) => value | oldRow[index]),
  );
  return flaggedRows;
}

/**
 * Marks FLAG and FLAG_ROW where the correlator set flag words: one word for each product, for all channels.
 *
 * @returns whether there were any
 */
export function markFlags(
  source: WindowSource,
  bdf: BdfReader,
  { flags, mask }: { readonly flags: readonly (BdfFlags | undefined)[]; readonly mask: number },
  flag: Uint8Array,
  flagRow: Uint8Array,
): boolean {
  const { pairs, window, corrCount } = source;
  const windows = bdf.header.basebands.flatMap((baseband) => baseband.spectralWindows);
  const productsOf = (index: number) =>
    pairs.isAuto ? windows[index].sdPolProducts.length : windows[index].crossPolProducts.length;
  let windowFirst = 0;
  for (let index = 0; index < source.windowIndex; index++) windowFirst += windows[index].numBin * productsOf(index);
  const products = productsOf(source.windowIndex);
  const cell = window.chanCount * corrCount;
  let row = 0;
  let isMarked = false;
  for (const integration of flags) {
    for (let pair = 0; pair < pairs.first.length; pair++) {
      const a = pairs.first[pair];
      const b = pairs.second[pair];
      for (let bin = 0; bin < window.binCount; bin++, row++) {
        if (!integration) continue;
        const { words, layout } = integration;
        const place = pairs.isAuto
          ? layout.autoStart + a * layout.autoStride
          : ((b * (b - 1)) / 2 + a) * layout.crossStride;
        let flagged = 0;
        for (let corr = 0; corr < corrCount; corr++) {
          // Three stored products are XX, XY, YY; the fourth correlation YX shares the word of XY.
          const product = products === corrCount ? corr : products === 3 ? [0, 1, 1, 2][corr] : 0;
          if ((words[place + windowFirst + bin * products + product] & mask) === 0) continue;
          flagged++;
          isMarked = true;
          for (let chan = 0; chan < window.chanCount; chan++) flag[row * cell + chan * corrCount + corr] = 1;
        }
        if (flagged === corrCount) flagRow[row] = 1;
      }
    }
  }
  return isMarked;
}
