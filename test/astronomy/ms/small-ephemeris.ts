import { createTable, scalarKeyword } from '../../../src/formats/tables/index.ts';

/**
 * Writes an ephemeris of three days from `mjd` on: RA 10°, 11°, 12°, Dec -5°, -4°, -3°, at 2, 1 and 1 au, going away at -0.01, 0.01
 * and 0.02 au/d.
 */
export function writeEphemeris(path: string, mjd: number, posrefsys = 'ICRF/J2000.0', observerKm = 0): void {
  const columns = {
    ...{ MJD: [0, 1, 2].map((day) => mjd + day), RA: [10, 11, 12], DEC: [-5, -4, -3], Rho: [2, 1, 1] },
    RadVel: [-0.01, 0.01, 0.02],
  };
  const table = createTable(
    path,
    {
      columns: Object.keys(columns).map((name) => ({ name, type: 'Double', kind: 'scalar' })),
      storageManagers: [{ type: 'StandardStMan', name: 'StandardStMan', columns: Object.keys(columns) }],
      keywords: new Map([
        ['posrefsys', scalarKeyword('String', posrefsys)],
        ['GeoDist', scalarKeyword('Double', observerKm)],
      ]),
    },
    3,
  );
  for (const [name, values] of Object.entries(columns)) table.column(name).putRange(0, 3, Float64Array.from(values));
  table.close();
}
