import type { Asdm } from '../../formats/asdm/index.ts';
import type { FluxSpec } from './flux-spec.ts';

interface Measurement {
  readonly frequencyHz: number;
  readonly fluxJy: number;
}

/**
 * Flux densities of sources that the observatory wrote into the ASDM's Source table.
 *
 * @param asdm an open ASDM; a Source table without fluxes gives nothing
 * @returns by source name: the flux density at the mean frequency, with a spectral index where several frequencies are given
 */
export function calibratorFluxesFromSource(asdm: Pick<Asdm, 'hasTable' | 'table'>): Map<string, FluxSpec> {
  const found = new Map<string, Measurement[]>();
  if (!asdm.hasTable('Source')) return new Map();
  for (const row of asdm.table('Source').rows()) {
    if (!row.has('flux') || !row.has('frequency')) continue;
    const frequencies = row.numbers('frequency');
    const fluxes = row.numbers('flux');
    const parameters = row.has('stokesParameter') ? row.texts('stokesParameter') : ['I'];
    const intensity = Math.max(0, parameters.indexOf('I'));
    const perFrequency = fluxes.length / frequencies.length;
    const list = found.get(row.text('sourceName')) ?? [];
    found.set(row.text('sourceName'), list);
    frequencies.forEach((frequencyHz, index) => {
      const fluxJy = fluxes[index * perFrequency + intensity];
      const isKnown = list.some((entry) => entry.frequencyHz === frequencyHz && entry.fluxJy === fluxJy);
      if (fluxJy > 0 && frequencyHz > 0 && !isKnown) list.push({ frequencyHz, fluxJy });
    });
  }
  const fluxes = new Map<string, FluxSpec>();
  for (const [name, list] of found) if (list.length > 0) fluxes.set(name, fitPowerLaw(name, list));
  return fluxes;
}

/** Least squares of log S against log ν, about their means. */
function fitPowerLaw(name: string, list: readonly Measurement[]): FluxSpec {
  const x = list.map(({ frequencyHz }) => Math.log(frequencyHz));
  const y = list.map(({ fluxJy }) => Math.log(fluxJy));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const top = x.reduce((sum, value, index) => sum + (value - meanX) * (y[index] - meanY), 0);
  const bottom = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const isSpread = bottom > 1e-6 * list.length;
  return {
    name,
    fluxJy: Math.exp(meanY),
    referenceHz: Math.exp(meanX),
    spectralIndex: [isSpread ? top / bottom : 0],
  };
}
