import { type MeasurementSet, type MsMetadata, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import {
  type DataColumn,
  ensureDataColumn,
  readChunks,
  type VisibilityChunk,
  writeChunk,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { countFlags } from '../../foundation/numeric/index.ts';
import { type ApplicationOptions, applicationSelection, gainTables } from './apply-options.ts';
import { recordApplication } from './apply-recipe.ts';
import {
  createJonesChain,
  type JonesChain,
  rotationPlace,
  type TermStatistics,
  unchosenChannels,
} from './jones-chain.ts';
import { ParallacticRotation } from './parallactic-rotation.ts';

/** Parameters of CASA 6.7's applycal that are served. The caller saves flags first when flagbackup is asked for. */
export interface ApplycalOptions extends ApplicationOptions {
  readonly vis: string;
  /** Turn corrected data from the axes of the feeds to those of the sky; needs all four correlations. */
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
  const tables = gainTables(context.cwd, options);
  const isRotated = options.parang === true;
  if (tables.length === 0 && !isRotated) fail('usage', 'applycal needs at least one gaintable, or parang.');
  const ms = openMs(joinPath(context.cwd, options.vis), mode === 'trial' ? 'read' : 'update');
  try {
    const metadata = readMetadata(ms);
    const { rows, channels } = chosenRows(ms, metadata, options, warningsOf(context, 'applycal'));
    const rotation = isRotated ? new ParallacticRotation(ms, metadata, channels.keys()) : undefined;
    const unchosen = unchosenChannels(metadata, channels, (ranges, chan) =>
      ranges.some(([first, last]) => chan >= first && chan <= last),
    );
    const chain = createJonesChain(metadata, tables, { rotation, unchosen });
    try {
      for (const line of termLines(chain, isRotated)) context.log.post(line, 'INFO', 'applycal');
      const isDeferred = unchosen.size === 0 && !isRotated && mode === 'calflag' && defers(context, ms);
      if (isDeferred) recordApplication(ms, context.cwd, applicationOf(options));
      const result = run(context, ms, { metadata, rows, unchosen, isDeferred }, chain, mode as ApplyMode);
      for (const line of flagLines(result)) context.log.post(line, 'INFO', 'applycal');
      return result;
    } finally {
      chain.release();
    }
  } finally {
    ms.close();
  }
}

function chosenRows(
  ms: MeasurementSet,
  metadata: MsMetadata,
  options: ApplycalOptions,
  warn: (sentence: string) => void,
) {
  const selected = selectRows(ms, applicationSelection(options), { metadata, warn });
  if (selected.rows.length === 0) fail('bad-data', 'The selection has no rows.', { file: ms.path });
  return selected;
}

/** True when CORRECTED_DATA is not to be stored: this run was asked to, and no earlier one has stored it. */
function defers(context: Context, ms: MeasurementSet): boolean {
  return context.defersColumns === true && !ms.main.hasColumn('CORRECTED_DATA');
}

function applicationOf({ vis, parang, applymode, ...options }: ApplycalOptions): ApplicationOptions {
  return options;
}

/** Channels of windows that are chosen whole. */
const NONE: ReadonlySet<number> = new Set();

/** What is to be calibrated. */
interface Chosen {
  readonly metadata: MsMetadata;
  readonly rows: Int32Array;
  readonly unchosen: ReadonlyMap<number, ReadonlySet<number>>;
  /** CORRECTED_DATA is not stored. */
  readonly isDeferred: boolean;
}

function run(
  context: Context,
  ms: MeasurementSet,
  { metadata, rows, unchosen, isDeferred }: Chosen,
  chain: JonesChain,
  mode: ApplyMode,
): ApplycalResult {
  const changesData = mode.startsWith('cal');
  const writesData = changesData && !isDeferred;
  const writesFlags = mode !== 'calonly' && mode !== 'trial';
  const writesWeights = changesData && chain.terms.some((term) => term.changesWeights);
  const isPartial = unchosen.size > 0;
  const fill = isPartial || rows.length < ms.main.rowCount;
  if (writesData) ensureDataColumn(ms, 'CORRECTED_DATA', { metadata, fill });
  const uncalibrated = new Set<number>();
  let visibilityCount = 0;
  let done = 0;
  const withWeightSpectrum = ms.main.hasColumn('WEIGHT_SPECTRUM');
  const withSigmaSpectrum = withWeightSpectrum && ms.main.hasColumn('SIGMA_SPECTRUM');
  const stored: DataColumn[] = isPartial && writesData ? ['DATA', 'CORRECTED_DATA'] : ['DATA'];
  const columns = isDeferred ? [] : stored;
  for (const chunk of readChunks(ms, { rows, columns, metadata, withWeightSpectrum, withSigmaSpectrum })) {
    try {
      context.checkAbort();
      done += chunk.rowCount;
      context.progress.update(done / rows.length);
      const left = unchosen.get(chunk.spwId) ?? NONE;
      if (!chain.isCalibratable(chunk.spwId)) {
        uncalibrated.add(chunk.spwId);
        leaveAlone(ms, chunk, writesData);
        if (mode.endsWith('strict')) flagChannels(ms, chunk, left);
        continue;
      }
      visibilityCount += chunk.rowCount * (chunk.chanCount - left.size) * chunk.corrCount;
      const flaggedBefore = countFlags(chunk.flag);
      const before = left.size > 0 ? { flag: chunk.flag.slice(), spectrum: chunk.weightSpectrum?.slice() } : undefined;
      chain.correct(chunk, 'DATA', { flagsOnly: !changesData, withoutData: isDeferred });
      if (before) keepChannels(chunk, left, before);
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

/** Gives channels that are not chosen the corrected data, flags and weights that they had before. */
function keepChannels(
  chunk: VisibilityChunk,
  chans: ReadonlySet<number>,
  before: { readonly flag: Uint8Array; readonly spectrum?: Float32Array },
): void {
  const { chanCount, corrCount } = chunk;
  const { DATA: made, CORRECTED_DATA: stored } = chunk.data;
  for (let row = 0; row < chunk.rowCount; row++) {
    for (const chan of chans) {
      const [from, to] = [(row * chanCount + chan) * corrCount, (row * chanCount + chan + 1) * corrCount];
      chunk.flag.set(before.flag.subarray(from, to), from);
      if (before.spectrum) chunk.weightSpectrum?.set(before.spectrum.subarray(from, to), from);
      if (made && stored) made.set(stored.subarray(2 * from, 2 * to), 2 * from);
    }
  }
}

/** A window without solutions: its data stay as they are. */
function leaveAlone(ms: MeasurementSet, chunk: VisibilityChunk, writesData: boolean): void {
  if (!writesData || ms.main.column('CORRECTED_DATA').isDefined(chunk.rows[0])) return;
  writeChunk(ms, { ...chunk, data: { CORRECTED_DATA: chunk.data.DATA } }, { columns: ['CORRECTED_DATA'] });
}

/** Flags all channels but those that are not chosen. */
function flagChannels(ms: MeasurementSet, chunk: VisibilityChunk, unchosen: ReadonlySet<number>): void {
  const before = { flag: chunk.flag.slice() };
  chunk.flag.fill(1);
  keepChannels({ ...chunk, data: {} }, unchosen, before);
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
function termLines(chain: JonesChain, isRotated: boolean): string[] {
  const lines = chain.terms.map(
    (term) =>
      `.   ${term.table.visCal}: table=${term.name} select= interp=${term.interp} ` +
      `spwmap=[${term.spwmap.join(', ')}] calWt=${term.changesWeights}`,
  );
  if (isRotated) lines.splice(rotationPlace(chain.terms), 0, '.   P Jones <pre-computed>');
  return ['The following calibration terms are arranged for apply:', ...lines];
}

/** Counts of flags before and after each term, as CASA's task prints them. */
function flagLines(result: ApplycalResult): string[] {
  const share = (count: number, total: number) => {
    const percent = (100 * count) / total;
    return `(${Number.isInteger(percent) ? percent.toFixed(1) : percent}%)`;
  };
  const terms = result.visibilityCount > 0 ? result.terms : [];
  return [
    'Calibration apply flagging statistics (among calibrateable spws):',
    `  Total visibilities selected for correction (ncorr x nchan x nrow summed over spws) = ${result.visibilityCount}`,
    '  Flags:',
    ...terms.map(
      ({ visCal, table, ndata, nflagIn, nflagOut }) =>
        `   ${visCal}: In: ${nflagIn} / ${ndata}   ${share(nflagIn, ndata)} --> Out: ${nflagOut} / ${ndata}   ` +
        `${share(nflagOut, ndata)}${table === '' ? '' : ` (${table})`}`,
    ),
  ];
}
