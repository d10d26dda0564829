import type { Asdm, AsdmRow } from '../../formats/asdm/index.ts';
import type { FluxSpec } from './science-goal.ts';

/**
 * Flux densities that the ASDM's Source table carries (columns `flux` in Jy [frequency, Stokes] and `frequency` in Hz).
 *
 * The spectral index comes from the two outermost frequencies; a single one gives 0.
 */
export function cataloguedFluxes(asdm: Asdm): FluxSpec[] {
  if (!asdm.hasTable('Source')) return [];
  const found = new Map<string, FluxSpec>();
  for (const row of asdm.table('Source').rows()) {
    const name = row.text('sourceName');
    const points = fluxPoints(row);
    if (points.length === 0 || found.has(name)) continue;
    points.sort((a, b) => a.hz - b.hz);
    const low = points[0];
    const high = points[points.length - 1];
    const spectralIndex = high.hz > low.hz ? Math.log(high.jy / low.jy) / Math.log(high.hz / low.hz) : 0;
    found.set(name, { name, fluxJy: low.jy, referenceHz: low.hz, spectralIndex });
  }
  return [...found.values()];
}

interface FluxPoint {
  readonly hz: number;
  readonly jy: number;
}

function fluxPoints(row: AsdmRow): FluxPoint[] {
  if (!row.has('frequency') || !row.has('flux')) return [];
  const frequencies = row.numbers('frequency');
  const fluxes = row.numbers('flux');
  if (frequencies.length === 0 || fluxes.length < frequencies.length) return [];
  const stokesCount = Math.floor(fluxes.length / frequencies.length);
  return Array.from(frequencies, (hz, index) => ({ hz, jy: fluxes[index * stokesCount] })).filter(
    ({ hz, jy }) => hz > 0 && jy > 0,
  );
}
