import { fail, SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import { fluxModels } from './flux-models.ts';

/** Coefficients of log10 S[Jy] in powers of log10 f[GHz]; one set for all times, or one for each epoch. */
interface Standard {
  /** MJD */
  readonly epochs: readonly number[];
  readonly sources: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const standardNamed = (name: string) => fluxModels().quasars.standards[name] as Standard | undefined;

/** Standards of flux densities of radio sources that are there. */
export const quasarStandards: readonly string[] = ['Perley-Butler 2010', 'Perley-Butler 2013', 'Perley-Butler 2017'];

/** Other names of the sources of the tables. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  '3C286': ['1328+307', '1331+305', 'J1331+3030'],
  '3C48': ['0134+329', '0137+331', 'J0137+3309'],
  '3C147': ['0538+498', '0542+498', 'J0542+4951'],
  '3C138': ['0518+165', '0521+166', 'J0521+1638'],
  '3C295': ['1409+524', '1411+522', 'J1411+5212'],
  '3C196': ['0809+483', '0813+482', 'J0813+4813'],
  '3C123': ['0433+295', '0437+296', 'J0437+2940'],
  '3C380': ['1828+487', '1829+487', 'J1829+4845'],
  'J0133-3629': ['0133-3629'],
  FORNAX_A: ['J0322-3712'],
  PICTOR_A: ['J0519-4546'],
  TAURUS_A: ['J0534+2200', '3C144'],
  HYDRA_A: ['J0918-1205', '3C218'],
  VIRGO_A: ['J1230+1223', '3C274'],
  HERCULES_A: ['J1651+0459', '3C348'],
  CYGNUS_A: ['J1959+4044', '3C405'],
  CASSIOPEIA_A: ['J2323+5848', '3C461'],
};

const plain = (text: string) => text.toUpperCase().replace(/[\s_]/g, '');
/** Sources within this of a table's position are the same, rad (1 arcsec, as in CASA). */
const SAME_PLACE = 4.8481367e-6;

function sourceNamed(standard: Standard, field: string, ra: number, dec: number): string | undefined {
  const known = Object.keys(standard.sources);
  const wanted = plain(field);
  // longest names first, so that 3C48 is not found in 3C480's place
  const byName = known
    .flatMap((source) => [source, ...(ALIASES[source] ?? [])].map((name) => ({ source, name: plain(name) })))
    .filter(({ name }) => wanted.includes(name))
    .sort((one, other) => other.name.length - one.name.length)[0];
  if (byName) return byName.source;
  const place = Object.entries(fluxModels().quasars.positions).find(
    ([, [ra0, dec0]]) =>
      Math.hypot(Math.atan2(Math.sin(ra - ra0), Math.cos(ra - ra0)) * Math.cos(dec), dec - dec0) < SAME_PLACE,
  );
  return place && known.find((source) => plain(source).includes(plain(place[0])));
}

/** True for a source that a standard has; see {@link quasarFlux}. */
export function knowsQuasar(standard: string, field: string, ra: number, dec: number): boolean {
  const table = standardNamed(standard);
  return table !== undefined && sourceNamed(table, field, ra, dec) !== undefined;
}

/**
 * Flux density of a radio source by Perley-Butler 2010, 2013 or 2017 at the epoch of the table that is nearest.
 *
 * @param standard one of `quasarStandards`
 * @param field name of the field, with one of the source's names in it
 * @param ra, dec J2000, rad: taken when the name says nothing
 * @param mjdSec UTC, s
 * @returns Jy against Hz
 * @throws unsupported for a source that the standard does not have
 * @source Perley & Butler 2013, ApJS 204, 19; 2017, ApJS 230, 7; epochs and coefficients of casadata; 2010: the coefficients of
 *   CASA's FluxStdPerleyButler2010
 */
export function quasarFlux(
  standard: string,
  field: string,
  ra: number,
  dec: number,
  mjdSec: number,
): (hz: number) => number {
  const table = standardNamed(standard) ?? fail('unsupported', `The standard "${standard}" is not known.`);
  const source = sourceNamed(table, field, ra, dec);
  if (!source) {
    fail(
      'unsupported',
      `"${field}" is no source of the standard ${standard}; known are ${Object.keys(table.sources).join(', ')}. Give the flux density with standard='manual'.`,
    );
  }
  const sets = table.sources[source];
  const mjd = mjdSec / SECONDS_PER_DAY;
  const distances = table.epochs.map((epoch) => Math.abs(epoch - mjd));
  const coefficients = sets.length === 1 ? sets[0] : sets[distances.indexOf(Math.min(...distances))];
  return (hz) => {
    const logarithm = Math.log10(hz / 1e9);
    return 10 ** coefficients.reduceRight((sum, value) => sum * logarithm + value, 0);
  };
}
