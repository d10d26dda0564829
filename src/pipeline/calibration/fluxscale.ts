import { parseNamedList, parseScan, parseTimerange } from '../../astronomy/ms/index.ts';
import { type Context, fail, isCasaBefore } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type CalRowKey, type CalTable, emptyRows } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { chooseAntennas } from './caltable-selection.ts';
import { writeCalTable } from './caltable-write.ts';
import { type FluxSpectrum, fitFluxSpectrum, formatGeneral, levelSpectrum } from './flux-spectrum.ts';
import { antennaCount, combineGains, type GainScale, gainScale, type MeanGains, meanGains } from './gain-ratios.ts';
import { joinRows } from './solution-table.ts';
import { splitTexts, type TextList } from './solve-options.ts';

/** CASA 6.7's parameters of fluxscale. */
export interface FluxscaleOptions {
  readonly vis: string;
  readonly caltable: string;
  /** Table to write; '' writes none. */
  readonly fluxtable: string;
  /** Fields of known flux density. */
  readonly reference: TextList;
  /** Fields to find the flux density of; none: all others. */
  readonly transfer?: TextList;
  readonly listfile?: string;
  readonly append?: boolean;
  /** Window of the reference for each window; [-1]: the same. */
  readonly refspwmap?: readonly number[];
  readonly gainthreshold?: number;
  readonly antenna?: string;
  readonly timerange?: string;
  readonly scan?: string;
  /** Write only the scale factors. */
  readonly incremental?: boolean;
  readonly fitorder?: number;
}

/** One window's flux density: Stokes I, Q, U, V as CASA's dictionary has them. */
export interface FluxEntry {
  readonly fluxd: readonly number[];
  readonly fluxdErr: readonly number[];
  readonly numSol: readonly number[];
}

/** One field of CASA 6.7's dictionary: windows by their number, then the fitted spectrum. */
export type FluxField = {
  readonly fieldName: string;
  readonly fitFluxd: number;
  readonly fitFluxdErr: number;
  readonly fitRefFreq: number;
  readonly spidx: readonly number[];
  readonly spidxerr: readonly number[];
  readonly covarMat: readonly (readonly number[])[];
} & { readonly [spwId: `${number}`]: FluxEntry };

/** What fluxscale returns: fields by their number, and the windows. */
export type FluxscaleResult = {
  readonly freq: readonly number[];
  readonly spwID: readonly number[];
  readonly spwName: readonly string[];
} & { readonly [fieldId: `${number}`]: FluxField };

const ORIGIN = 'fluxscale::::';

/**
 * Finds flux densities of calibrators from gains that were solved with a model of 1 Jy, and scales these gains.
 *
 * Per window S = r² with r the median over antennas and polarizations of the ratio of mean gain amplitudes to the
 * reference; its error is 2 s / sqrt(N - 1) with s the ratios' standard deviation (CASA 6.7; the factor r of a
 * propagated error is left out there). Log lines and result are CASA 6.7's; lines go to the list file too.
 *
 * @throws usage for fields that are not in the table; bad-data when nothing can be compared; missing
 */
export function fluxscale(context: Context, options: FluxscaleOptions): FluxscaleResult {
  const path = joinPath(context.cwd, options.caltable);
  const table = readCalTable(path);
  if (table.rows.count === 0) fail('bad-data', 'The calibration table has no solutions.', { table: path });
  const say = (text: string, priority: 'INFO' | 'WARN' = 'INFO') => context.log.post(text, priority, ORIGIN);
  if (options.incremental) say('Generating an incremental caltable');
  const fields = chooseFields(table, options, say);
  const spwMap = referenceWindows(table, options.refspwmap ?? [-1], say);
  const gains = gatherGains(table, options, fields, say);
  const reference = combineGains(fields.reference.map((fieldId) => gains.get(fieldId)!));
  const lines: string[] = [];
  const post = (line: string) => {
    say(line);
    lines.push(`#${line}`);
  };
  // CASA before 4.2 wrote no frequencies, and scripts of that time read a line back by an expression that has none.
  const saysFrequency = !isCasaBefore(context, '4.2');
  const scales = new Map(
    fields.transfer
      .filter((id) => gains.get(id)!.allCount.some((count) => count > 0))
      .map((id) => [id, scaleField(table, id, gains.get(id)!, { reference, spwMap, saysFrequency }, post)]),
  );
  const spectra = fitSpectra(table, scales, options.fitorder ?? 1, say, post);
  if (options.listfile) writeLines(joinPath(context.cwd, options.listfile), lines);
  if (![...scales.values()].some((scale) => scale.some((entry) => entry))) {
    fail('bad-data', 'No scale factors could be determined.', { table: path });
  }
  if (options.fluxtable) store(context, table, options, fields, scales);
  return resultOf(table, scales, spectra);
}

interface Fields {
  readonly reference: readonly number[];
  readonly transfer: readonly number[];
}

/** Scale factors of a field, [spw] */
type Scales = readonly (GainScale | undefined)[];

/** Reference and transfer fields, among all that the table has: selections of scans and times do not count here (CASA 6.7). */
function chooseFields(table: CalTable, options: FluxscaleOptions, say: (text: string, p?: 'WARN') => void): Fields {
  const present = new Set(table.rows.fieldId);
  const parse = (list: TextList | undefined) => {
    const text = splitTexts(list).join(',');
    return text === ''
      ? []
      : parseNamedList(
          text,
          table.fields.map(({ name, code }) => [name, code]),
          'field',
        );
  };
  const names = (ids: readonly number[]) => ids.map((id) => table.fields[id].name).join(' ');
  const asked = parse(options.reference);
  const reference = asked.filter((id) => present.has(id));
  if (reference.length === 0) fail('bad-data', 'Cannot find specified reference field(s) in the calibration table.');
  const lacking = asked.filter((id) => !present.has(id));
  if (lacking.length > 0) {
    say(` The following reference fields have no solutions available: ${names(lacking)} `, 'WARN');
  }
  const others = [...present].filter((id) => !reference.includes(id)).sort((a, b) => a - b);
  if (others.length === 0) fail('bad-data', 'Cannot find solutions for transfer field(s) in the calibration table.');
  const wanted = parse(options.transfer).filter((id) => !reference.includes(id));
  if (wanted.length === 0) say(' Assuming all non-reference fields are transfer fields.');
  const missing = wanted.filter((id) => !others.includes(id));
  if (missing.length > 0) say(` The following transfer fields have no solutions available: ${names(missing)} `, 'WARN');
  const transfer = wanted.length === 0 ? others : wanted.filter((id) => others.includes(id));
  if (transfer.length === 0) fail('bad-data', 'Cannot find solutions for transfer field(s) in the calibration table.');
  say(` Found reference field(s): ${names(reference)}`);
  say(` Found transfer field(s):  ${names(transfer)}`);
  return { reference, transfer };
}

function referenceWindows(table: CalTable, given: readonly number[], say: (text: string) => void): number[] {
  const count = table.spectralWindows.length;
  const map = Array.from({ length: count }, (_, spwId) => spwId);
  if (given.length === 0 || given[0] < 0) return map;
  if (given.some((spwId) => spwId >= count)) fail('usage', 'refspwmap names a window that the table does not have.');
  if (given.length === 1) {
    say(` All spectral windows will be referenced to spw=${given[0]}`);
    return map.fill(given[0]);
  }
  given.forEach((refSpwId, spwId) => {
    if (refSpwId < 0 || refSpwId === spwId || spwId >= count) return;
    map[spwId] = refSpwId;
    say(` Spw=${spwId} will be referenced to spw=${refSpwId}`);
  });
  return map;
}

function gatherGains(
  table: CalTable,
  options: FluxscaleOptions,
  fields: Fields,
  say: (text: string) => void,
): Map<number, MeanGains> {
  const threshold = options.gainthreshold ?? -1;
  const choice = { threshold, isChosen: chosenRows(table, options) };
  const ids = [...fields.reference, ...fields.transfer];
  const gains = new Map(ids.map((id) => [id, meanGains(table, id, choice)]));
  if (threshold < 0) return gains;
  say(` Applying gain threshold=${formatGeneral(threshold)}`);
  let left = 0;
  for (const [id, { count, allCount }] of gains) {
    const perAnt = table.rows.parCount;
    for (let at = 0; at < count.length; at += perAnt) {
      const ant = (at / perAnt) % antennaCount(table);
      const all = allCount.subarray(at, at + perAnt).reduce((sum, n) => sum + n, 0);
      const used = count.subarray(at, at + perAnt).reduce((sum, n) => sum + n, 0);
      if (used === all) continue;
      left++;
      const percent = Number(((1 - used / all) * 100).toPrecision(3));
      const antenna = `Antenna:${table.antennas[ant].name}(id=${ant})`;
      say(`  ${table.fields[id].name}(id=${id}) ${antenna}: ${percent} % of ${all} solution(s) will be excluded`);
    }
  }
  if (left === 0) say(' None of the gains were exceeded the threshold.');
  return gains;
}

function chosenRows(table: CalTable, options: FluxscaleOptions): (row: number) => boolean {
  const { rows } = table;
  const isScan = options.scan ? parseScan(options.scan) : undefined;
  const wanted = options.antenna ? chooseAntennas(options.antenna, table.antennas) : undefined;
  const start = rows.time.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const ranges = options.timerange ? parseTimerange(options.timerange, start) : undefined;
  return (row) =>
    (!wanted || wanted.has(rows.antenna1[row])) &&
    (!isScan || isScan(rows.scanNumber[row])) &&
    (!ranges || ranges.some(([from, to]) => rows.time[row] >= from && rows.time[row] <= to));
}

interface ScaleTerms {
  readonly reference: MeanGains;
  /** For each window, the window of the reference. */
  readonly spwMap: readonly number[];
  readonly saysFrequency: boolean;
}

function scaleField(
  table: CalTable,
  fieldId: number,
  gains: MeanGains,
  { reference, spwMap, saysFrequency }: ScaleTerms,
  post: (line: string) => void,
): Scales {
  const perSpw = antennaCount(table) * table.rows.parCount;
  return table.spectralWindows.map((window, spwId) => {
    const refSpwId = spwMap[spwId];
    const scale = gainScale(gains, spwId, reference, refSpwId, perSpw);
    const source = refSpwId === spwId ? '' : ` (ref SpW=${refSpwId})`;
    const head = ` Flux density for ${table.fields[fieldId].name} in SpW=${spwId}`;
    if (!scale) {
      post(`${head}${source} is:  INSUFFICIENT DATA `);
      return undefined;
    }
    const flux = scale.ratio ** 2;
    const error = fluxError(scale);
    const freq = saysFrequency ? ` (freq=${formatGeneral(solutionFrequency(window.chanFreqs))} Hz)` : '';
    const numbers = `(SNR = ${formatGeneral(flux / error)}, N = ${scale.count})`;
    post(`${head}${freq}${source} is: ${formatGeneral(flux)} +/- ${formatGeneral(error)} ${numbers}`);
    return scale;
  });
}

function fluxError({ rms, count }: GainScale): number {
  return count > 1 ? (2 * rms) / Math.sqrt(count - 1) : 0;
}

function solutionFrequency(chanFreqs: Float64Array): number {
  return chanFreqs[Math.floor(chanFreqs.length / 2)];
}

function fitSpectra(
  table: CalTable,
  scales: ReadonlyMap<number, Scales>,
  order: number,
  say: (text: string, priority?: 'WARN') => void,
  post: (line: string) => void,
): Map<number, FluxSpectrum> {
  const spectra = new Map<number, FluxSpectrum>();
  for (const [fieldId, scale] of scales) {
    const points = scale.flatMap((entry, spwId) => (entry ? [{ entry, spwId }] : []));
    if (points.length === 0) continue;
    const wanted = order < 0 ? 1 : order;
    if (points.length === 1) {
      const [{ entry, spwId }] = points;
      const frequency = solutionFrequency(table.spectralWindows[spwId].chanFreqs);
      spectra.set(fieldId, levelSpectrum(frequency, entry.ratio ** 2, wanted));
      continue;
    }
    if (order < 0) say(`fitorder=${order} not supported. Using fitorder=1`, 'WARN');
    const used = Math.min(wanted, points.length - 1);
    if (used < wanted) {
      const words = 'Not enough number of valid flux density data for the requested';
      say(`${words} fitorder:${wanted}. Use fitorder=${used}.`, 'WARN');
    }
    const spectrum = fitFluxSpectrum(
      points.map(({ spwId }) => solutionFrequency(table.spectralWindows[spwId].chanFreqs)),
      points.map(({ entry }) => entry.ratio ** 2),
      points.map(({ entry }) => fluxError(entry)),
      used,
    );
    spectra.set(fieldId, spectrum);
    post(spectrumLine(table.fields[fieldId].name, spectrum, points.length));
  }
  return spectra;
}

function spectrumLine(name: string, spectrum: FluxSpectrum, pointCount: number): string {
  const { coefficients, errors, covariance } = spectrum;
  const flux = `${formatGeneral(spectrum.flux)} +/- ${formatGeneral(spectrum.fluxError)}`;
  const freq = `${formatGeneral(spectrum.refFrequency / 1e9)} GHz`;
  const terms = coefficients.slice(1).map((value, index) => {
    const label = index === 0 ? 'a_1 (spectral index) ' : `a_${index + 1}`;
    const error = pointCount > coefficients.length ? `+/- ${formatGeneral(errors[index + 1])}` : '(degenerate)';
    return ` ${label}=${formatGeneral(value)} ${error}`;
  });
  const entries = covariance.flatMap((line, i) => line.map((value, j) => ` covar(${i},${j})=${formatGeneral(value)}`));
  const matrix = coefficients.length > 1 ? ` covariance matrix for the fit: ${entries.join('')}` : '';
  const fitted = ` Fitted spectrum for ${name} with fitorder=${coefficients.length - 1}`;
  return `${fitted}: Flux density = ${flux} (freq=${freq}) spidx:${terms.join('')}${matrix}`;
}

function writeLines(path: string, lines: readonly string[]): void {
  disk().writeFile(path, new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
}

function store(
  context: Context,
  table: CalTable,
  options: FluxscaleOptions,
  fields: Fields,
  scales: ReadonlyMap<number, Scales>,
): void {
  const isChosen = chosenRows(table, options);
  const compared = new Set([...fields.reference, ...fields.transfer]);
  const isUsed = (row: number) => isChosen(row) && compared.has(table.rows.fieldId[row]);
  const path = joinPath(context.cwd, options.fluxtable);
  const made = options.incremental ? incrementalTable(table, scales, isUsed) : scaledTable(table, scales);
  context.log.post(`Storing result in ${options.fluxtable}`, 'INFO', 'fluxscale::Calibrater::fluxscale');
  context.log.post(`Writing solutions to table: ${options.fluxtable}`, 'INFO', ORIGIN);
  const isAdded = options.append && disk().exists(path);
  const old = isAdded ? readCalTable(path) : undefined;
  writeCalTable(path, old ? { ...old, rows: joinRows(old.rows, made.rows) } : made);
}

/** The gains of transfer fields divided by their scale factors; errors and SNR stay as they are. */
function scaledTable(table: CalTable, scales: ReadonlyMap<number, Scales>): CalTable {
  const { rows } = table;
  const params = rows.params.slice();
  const per = table.parType === 'Complex' ? 2 : 1;
  for (let row = 0; row < rows.count; row++) {
    const scale = scales.get(rows.fieldId[row])?.[rows.spwId[row]];
    if (!scale) continue;
    const ratio = Math.fround(scale.ratio);
    for (let k = per * rows.offsets[row]; k < per * rows.offsets[row + 1]; k++) params[k] /= ratio;
  }
  return { ...table, rows: { ...rows, params } };
}

/** One solution per field and window: the inverse scale factor, 1 for fields without one. */
function incrementalTable(
  table: CalTable,
  scales: ReadonlyMap<number, Scales>,
  isUsed: (row: number) => boolean,
): CalTable {
  const fieldIds = [...new Set(table.rows.fieldId)].sort((a, b) => a - b);
  const time = lastFieldChange(table, isUsed);
  const { parCount } = table.rows;
  const keys: CalRowKey[] = [];
  const values: number[] = [];
  for (const spwId of table.spectralWindows.keys()) {
    for (const fieldId of fieldIds) {
      for (let antenna1 = 0; antenna1 < table.antennas.length; antenna1++) {
        const id = { fieldId, spwId, antenna1, antenna2: -1, scanNumber: -1, observationId: 0 };
        keys.push({ time, interval: 0, ...id });
        values.push(1 / (scales.get(fieldId)?.[spwId]?.ratio ?? 1));
      }
    }
  }
  const rows = emptyRows(keys, new Int32Array(keys.length).fill(1), parCount, true);
  values.forEach((value, row) => {
    for (let par = 0; par < parCount; par++) rows.params[2 * (parCount * row + par)] = value;
  });
  rows.flag.fill(0);
  return { ...table, rows };
}

/** Time at which, going by window and time, the field number rose last: the one time that CASA gives such tables. */
function lastFieldChange({ rows }: CalTable, isUsed: (row: number) => boolean): number {
  const order = Array.from({ length: rows.count }, (_, row) => row)
    .filter(isUsed)
    .sort((a, b) => rows.spwId[a] - rows.spwId[b] || rows.time[a] - rows.time[b] || rows.fieldId[a] - rows.fieldId[b]);
  let before = -1;
  let time = rows.time[0];
  for (const row of order) {
    if (rows.fieldId[row] > before) time = rows.time[row];
    before = rows.fieldId[row];
  }
  return time;
}

function resultOf(
  table: CalTable,
  scales: ReadonlyMap<number, Scales>,
  spectra: ReadonlyMap<number, FluxSpectrum>,
): FluxscaleResult {
  const windows = table.spectralWindows;
  const solved = new Set(table.rows.spwId);
  const fields: Record<`${number}`, FluxField> = {};
  for (const [fieldId, scale] of scales) {
    const entries: Record<`${number}`, FluxEntry> = {};
    scale.forEach((entry, spwId) => {
      entries[`${spwId}`] = {
        fluxd: entry ? [entry.ratio ** 2, 0, 0, 0] : [-1, -1, -1, -1],
        fluxdErr: entry ? [fluxError(entry), 0, 0, 0] : [-1, -1, -1, -1],
        numSol: entry ? [entry.count, 0, 0, 0] : [-1, -1, -1, -1],
      };
    });
    const spectrum = spectra.get(fieldId);
    fields[`${fieldId}`] = {
      ...entries,
      fieldName: table.fields[fieldId].name,
      fitFluxd: spectrum?.flux ?? 0,
      fitFluxdErr: spectrum?.fluxError ?? 0,
      fitRefFreq: spectrum?.refFrequency ?? 0,
      spidx: spectrum?.coefficients ?? [],
      spidxerr: spectrum?.errors ?? [],
      covarMat: spectrum?.covariance ?? [],
    } as FluxField;
  }
  return {
    ...fields,
    freq: windows.map(({ id, chanFreqs }) => (solved.has(id) ? solutionFrequency(chanFreqs) : -1)),
    spwID: windows.map(({ id }) => id),
    spwName: windows.map(({ name }) => name),
  } as FluxscaleResult;
}
