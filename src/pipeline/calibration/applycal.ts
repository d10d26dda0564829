import { type MeasurementSet, type MsMetadata, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { ensureDataColumn, readChunks, type VisibilityChunk, writeChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { countFlags } from '../../foundation/numeric/index.ts';
import type { GainTable } from './chain-term.ts';
import { createJonesChain, type JonesChain, type TermStatistics } from './jones-chain.ts';

/** Parameters of CASA 6.7's applycal that are served. The caller saves flags first when flagbackup is asked for. */
export interface ApplycalOptions {
  readonly vis: string;
  readonly field?: string;
  readonly spw?: string;
  readonly intent?: string;
  /** False: timerange … observation are not looked at. */
  readonly selectdata?: boolean;
  readonly timerange?: string;
  readonly uvrange?: string;
  readonly antenna?: string;
  readonly scan?: string;
  readonly observation?: string | number;
  readonly gaintable: string | readonly string[];
  readonly gainfield?: string | readonly string[];
  readonly interp?: string | readonly string[];
  readonly spwmap?: readonly number[] | readonly (readonly number[])[];
  readonly calwt?: boolean | readonly boolean[];
  readonly parang?: boolean;
  readonly applymode?: ApplyMode | '';
}

export type ApplyMode = 'calflag' | 'calflagstrict' | 'calonly' | 'trial' | 'flagonly' | 'flagonlystrict';

/** What was done. */
export interface ApplycalResult {
  /** Visibilities selected: rows × channels × correlations of windows that can be calibrated. */
  readonly visibilityCount: number;
  readonly terms: readonly TermStatistics[];
  /** Windows without solutions in some table. */
  readonly uncalibrated: readonly number[];
}

const MODES: readonly string[] = ['calflag', 'calflagstrict', 'calonly', 'trial', 'flagonly', 'flagonlystrict'];

/**
 * Applies calibration tables: CORRECTED_DATA from DATA, WEIGHT from SIGMA and the gains, FLAG where there are no gains.
 *
 * Windows that a table has no solutions for are left alone, or flagged in the strict modes. Corrected visibilities agree
 * with CASA 6.7 to 1e-6 of their rms for the same tables.
 *
 * @throws usage, missing, unsupported, bad-data when the selection has no rows
 */
export function applycal(context: Context, options: ApplycalOptions): ApplycalResult {
  const mode = options.applymode || 'calflag';
  if (!MODES.includes(mode)) fail('usage', `applymode "${mode}" is none of ${MODES.join(', ')}.`);
  if (options.parang) fail('unsupported', 'applycal: parang=True is not available.');
  const tables = gainTables(context, options);
  if (tables.length === 0) fail('usage', 'applycal needs at least one gaintable.');
  const ms = openMs(joinPath(context.cwd, options.vis), mode === 'trial' ? 'read' : 'update');
  try {
    const metadata = readMetadata(ms);
    const rows = chosenRows(ms, metadata, options);
    const chain = createJonesChain(metadata, tables);
    try {
      for (const line of termLines(chain)) context.log.post(line, 'INFO', 'applycal');
      const result = run(context, ms, metadata, rows, chain, mode as ApplyMode);
      for (const line of flagLines(result)) context.log.post(line, 'INFO', 'applycal');
      return result;
    } finally {
      chain.release();
    }
  } finally {
    ms.close();
  }
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}

/** Brings the parallel lists of CASA's parameters together; entries that are missing take the defaults. */
function gainTables(context: Context, options: ApplycalOptions): GainTable[] {
  const fields = listOf(options.gainfield);
  const interps = listOf(options.interp);
  const weights = listOf(options.calwt);
  const maps = options.spwmap ?? [];
  const isNested = maps.some((entry) => Array.isArray(entry));
  return listOf(options.gaintable)
    .map((path, index) => ({
      table: path === '' ? '' : joinPath(context.cwd, path),
      gainfield: fields[index] ?? '',
      interp: interps[index] || 'linear',
      spwmap: (isNested ? (maps[index] ?? []) : index === 0 ? maps : []) as readonly number[],
      calwt: weights.length === 1 ? weights[0] : (weights[index] ?? true),
    }))
    .filter(({ table }) => table !== '');
}

function chosenRows(ms: MeasurementSet, metadata: MsMetadata, options: ApplycalOptions): Int32Array {
  const { field, spw, intent } = options;
  const more = options.selectdata === false ? {} : options;
  const { timerange, uvrange, antenna, scan } = more as ApplycalOptions;
  const observation = options.selectdata === false ? '' : String(options.observation ?? '');
  const selection = { field, spw, intent, timerange, uvrange, antenna, scan, observation };
  const { rows, channels } = selectRows(ms, selection, { metadata });
  for (const [spwId, ranges] of channels) {
    const chans = metadata.spectralWindows[spwId].chanFreqs.length;
    const chosen = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (chosen < chans)
      fail('unsupported', `applycal works on whole windows; spw "${spw}" selects channels of ${spwId}.`);
  }
  if (rows.length === 0) fail('bad-data', 'The selection has no rows.', { file: ms.path });
  return rows;
}

function run(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  rows: Int32Array,
  chain: JonesChain,
  mode: ApplyMode,
): ApplycalResult {
  const writesData = mode.startsWith('cal');
  const writesFlags = mode !== 'calonly' && mode !== 'trial';
  const writesWeights = writesData && chain.terms.some((term) => term.changesWeights);
  if (writesData) ensureDataColumn(ms, 'CORRECTED_DATA', { metadata, fill: rows.length < ms.main.rowCount });
  const uncalibrated = new Set<number>();
  let visibilityCount = 0;
  let done = 0;
  const withWeightSpectrum = ms.main.hasColumn('WEIGHT_SPECTRUM');
  for (const chunk of readChunks(ms, { rows, columns: ['DATA'], metadata, withWeightSpectrum })) {
    try {
      context.checkAbort();
      done += chunk.rowCount;
      context.progress.update(done / rows.length);
      if (!chain.isCalibratable(chunk.spwId)) {
        uncalibrated.add(chunk.spwId);
        leaveAlone(ms, chunk, writesData, mode.endsWith('strict'));
        continue;
      }
      visibilityCount += chunk.rowCount * chunk.chanCount * chunk.corrCount;
      const flaggedBefore = countFlags(chunk.flag);
      chain.correct(chunk, 'DATA', { flagsOnly: !writesData });
      const corrected: VisibilityChunk = { ...chunk, data: { CORRECTED_DATA: chunk.data.DATA } };
      writeChunk(ms, corrected, {
        columns: writesData ? ['CORRECTED_DATA'] : [],
        flag: writesFlags && countFlags(chunk.flag) !== flaggedBefore,
        weight: writesWeights,
        weightSpectrum: writesWeights && chunk.weightSpectrum !== undefined,
      });
    } finally {
      chunk.release();
    }
  }
  ms.flush();
  warnUncalibrated(context, uncalibrated, mode);
  return { visibilityCount, terms: chain.statistics, uncalibrated: [...uncalibrated].sort((a, b) => a - b) };
}

/** A window without solutions: its data stay as they are, or all of it is flagged. */
function leaveAlone(ms: MeasurementSet, chunk: VisibilityChunk, writesData: boolean, isStrict: boolean): void {
  if (writesData && !ms.main.column('CORRECTED_DATA').isDefined(chunk.rows[0])) {
    writeChunk(ms, { ...chunk, data: { CORRECTED_DATA: chunk.data.DATA } }, { columns: ['CORRECTED_DATA'] });
  }
  if (!isStrict) return;
  chunk.flag.fill(1);
  writeChunk(ms, chunk, { flag: true });
}

function warnUncalibrated(context: Context, uncalibrated: ReadonlySet<number>, mode: ApplyMode): void {
  if (uncalibrated.size === 0) return;
  const list = [...uncalibrated].sort((a, b) => a - b).join(', ');
  const what = mode.endsWith('strict') ? 'were flagged' : 'were left uncorrected';
  context.log.post(
    `Spectral window(s) ${list} ${what}: a calibration table has no solutions for them.`,
    'WARN',
    'applycal',
  );
}

/** The tables in the words of CASA's log. */
function termLines(chain: JonesChain): string[] {
  return [
    'The following calibration terms are arranged for apply:',
    ...chain.terms.map(
      (term) =>
        `.   ${term.table.visCal}: table=${term.path} select= interp=${term.interp} ` +
        `spwmap=[${term.spwmap.join(', ')}] calWt=${term.changesWeights}`,
    ),
  ];
}

/** Counts of flags before and after each term, as CASA's task prints them. */
function flagLines(result: ApplycalResult): string[] {
  const share = (count: number, total: number) => `(${total > 0 ? (100 * count) / total : 0}%)`;
  return [
    'Calibration apply flagging statistics (among calibrateable spws):',
    `  Total visibilities selected for correction (ncorr x nchan x nrow summed over spws) = ${result.visibilityCount}`,
    '  Flags:',
    ...result.terms.map(
      ({ visCal, table, ndata, nflagIn, nflagOut }) =>
        `   ${visCal}: In: ${nflagIn} / ${ndata}   ${share(nflagIn, ndata)} --> Out: ${nflagOut} / ${ndata}   ` +
        `${share(nflagOut, ndata)} (${table})`,
    ),
  ];
}
