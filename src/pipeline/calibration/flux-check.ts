import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { casacoreMedian, MAD_TO_SIGMA } from '../../foundation/numeric/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { antennaCount, meanGains } from './gain-ratios.ts';

export interface FluxCheckOptions {
  readonly caltable: string;
  /** MS whose intents say which field is the flux calibrator; default the one that the table was solved from. */
  readonly msName?: string;
  /** Leave out antennas and polarizations far from the median. */
  readonly removeOutliers?: boolean;
  /** Write the lines to `<caltable>.fluxscale2`. */
  readonly writeToFile?: boolean;
}

/** Flux density of a field in one window, from the gain amplitudes. */
export interface CheckedFlux {
  readonly fieldId: number;
  readonly fieldName: string;
  readonly spwId: number;
  /** Jy */
  readonly flux: number;
  /** Scatter of the antennas over the root of their number, Jy. */
  readonly fluxError: number;
  readonly count: number;
  /** Antennas (with the polarization's number) left out. */
  readonly outliers: readonly string[];
}

/** Distance from the median, in robust standard deviations, beyond which a ratio is left out. */
const OUTLIER_SIGMA = 5;

/**
 * Flux densities from gain amplitudes beside fluxscale's, without the antennas that stand apart (what `es.fluxscale2` is for):
 * the median of (gain / gain on the flux calibrator)² over antennas and polarizations.
 *
 * @throws missing when there is no table; bad-data when no field of the table was observed as flux calibrator
 */
export function checkFluxes(context: Context, options: FluxCheckOptions): CheckedFlux[] {
  const path = joinPath(context.cwd, options.caltable);
  const table = readCalTable(path);
  const references = fluxFields(context, table, options);
  const found = compareFields(table, references, options.removeOutliers ?? false);
  const lines = found.map(
    ({ fieldName, spwId, flux, fluxError, count, outliers }) =>
      `Flux density for ${fieldName} in SpW=${spwId} is: ${flux.toFixed(4)} +/- ${fluxError.toFixed(4)} (N = ${count}` +
      `${outliers.length > 0 ? `, without ${outliers.join(' ')}` : ''})`,
  );
  for (const line of lines) context.log.post(line, 'INFO', 'fluxscale2');
  if (options.writeToFile) disk().writeFile(`${path}.fluxscale2`, `${lines.join('\n')}\n`);
  return found;
}

/** Fields of the table that were observed as flux calibrators. */
function fluxFields(context: Context, table: CalTable, options: FluxCheckOptions): number[] {
  const ms = openMs(joinPath(context.cwd, options.msName || table.msName));
  try {
    const metadata = readMetadata(ms);
    const present = new Set(table.rows.fieldId);
    for (const intent of ['CALIBRATE_FLUX', 'CALIBRATE_AMPLI']) {
      const scans = metadata.scans.filter(({ intents }) => intents.some((text) => text.startsWith(intent)));
      const names = new Set(scans.flatMap(({ fieldIds }) => fieldIds.map((id) => metadata.fields[id].name)));
      const found = table.fields.filter(({ id, name }) => present.has(id) && names.has(name));
      if (found.length > 0) return found.map(({ id }) => id);
    }
    return fail('bad-data', 'No field of the calibration table was observed as a flux calibrator.', {
      file: ms.path,
    });
  } finally {
    ms.close();
  }
}

function compareFields(table: CalTable, references: readonly number[], removeOutliers: boolean): CheckedFlux[] {
  const choice = { threshold: -1, isChosen: () => true };
  const reference = meanGains(table, references[0], choice);
  const perSpw = antennaCount(table) * table.rows.parCount;
  const fieldIds = [...new Set(table.rows.fieldId)].filter((id) => !references.includes(id)).sort((a, b) => a - b);
  return fieldIds.flatMap((fieldId) => {
    const gains = meanGains(table, fieldId, choice);
    return table.spectralWindows.flatMap(({ id: spwId }) => {
      const ratios: { name: string; value: number }[] = [];
      for (let at = spwId * perSpw; at < (spwId + 1) * perSpw; at++) {
        if (gains.count[at] === 0 || reference.count[at] === 0) continue;
        const [ant, par] = [Math.floor((at % perSpw) / table.rows.parCount), at % table.rows.parCount];
        const name = `${table.antennas[ant]?.name ?? ant}:${par}`;
        ratios.push({ name, value: (gains.amplitude[at] / reference.amplitude[at]) ** 2 });
      }
      if (ratios.length === 0) return [];
      const kept = removeOutliers ? withoutOutliers(ratios) : ratios;
      const names = new Set(kept.map(({ name }) => name));
      const values = kept.map(({ value }) => value);
      const flux = casacoreMedian(values);
      const scatter = Math.sqrt(
        values.reduce((sum, value) => sum + (value - flux) ** 2, 0) / Math.max(1, values.length - 1),
      );
      const outliers = ratios.filter(({ name }) => !names.has(name)).map(({ name }) => name);
      const fluxError = scatter / Math.sqrt(values.length);
      return [
        { fieldId, fieldName: table.fields[fieldId].name, spwId, flux, fluxError, count: values.length, outliers },
      ];
    });
  });
}

function withoutOutliers<Ratio extends { readonly value: number }>(ratios: readonly Ratio[]): readonly Ratio[] {
  const middle = casacoreMedian(ratios.map(({ value }) => value));
  const spread = MAD_TO_SIGMA * casacoreMedian(ratios.map(({ value }) => Math.abs(value - middle)));
  return ratios.filter(({ value }) => Math.abs(value - middle) <= Math.max(OUTLIER_SIGMA * spread, 1e-5 * middle));
}
