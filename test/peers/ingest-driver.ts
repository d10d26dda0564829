/*
 * Does for the comparison scripts what they compare:
 *   node ingest-driver.js ROOT import ASDM MS OPTIONS_JSON
 *   node ingest-driver.js ROOT simulate OUT                 (prints the ASDMs' paths)
 *   node ingest-driver.js ROOT small OUT VARIANT_JSON       (a tiny ASDM; variants: test/pipeline/ingest/small-bdf.ts)
 *   node ingest-driver.js ROOT summary ASDM                 (prints what asdmsummary says)
 *   node ingest-driver.js ROOT digest MS                    (prints the MD5 of all cells of DATA or FLOAT_DATA)
 *   node ingest-driver.js ROOT measures CASES.json          (prints what measures makes of them)
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  antennaUvw,
  azEl,
  earthOrientation,
  frequencyShiftFactor,
  gcrsToItrs,
  installErfa,
} from '../../src/astronomy/measures/index.ts';
import { openMs } from '../../src/astronomy/ms/index.ts';
import type { ArrayValue } from '../../src/formats/tables/index.ts';
import { silentContext } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import { asdmsummary, importasdm } from '../../src/pipeline/ingest/index.ts';
import { simulate } from '../../src/pipeline/simulation/index.ts';
import { writeSmallAsdm } from '../pipeline/ingest/small-asdm.ts';

const [, , root, command, first, second, third] = process.argv;
installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(join(root, 'dist', 'kernels.wasm'))));
installErfa(new Uint8Array(readFileSync(join(root, 'data', 'erfa.wasm'))));
const context = silentContext(process.cwd());

interface MeasuresCase {
  readonly mjdSec: number;
  readonly ra: number;
  readonly dec: number;
  readonly positions: readonly (readonly number[])[];
}

if (command === 'import')
  importasdm(context, { ...JSON.parse(third ?? '{}'), asdm: first, vis: second, overwrite: true });
if (command === 'simulate') console.log(simulate(context, { out: first, preset: 'tiny' }).asdms.join('\n'));
if (command === 'small') writeSmallAsdm(first, JSON.parse(second));
if (command === 'summary') console.log(asdmsummary(context, { asdm: first }));
if (command === 'digest') {
  const { main } = openMs(first);
  const column = main.column(main.hasColumn('DATA') ? 'DATA' : 'FLOAT_DATA');
  const hash = createHash('md5');
  for (let row = 0; row < main.rowCount; row++) {
    const values = (column.get(row) as ArrayValue).values as Float32Array;
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  console.log(hash.digest('hex'));
}
if (command === 'measures') {
  const cases = JSON.parse(readFileSync(first, 'utf8')) as MeasuresCase[];
  const answers = cases.map(({ mjdSec, ra, dec, positions }) => ({
    uvw: Array.from(antennaUvw(Float64Array.from(positions.flat()), mjdSec, ra, dec)),
    azEl: azEl(mjdSec, ra, dec, positions[0]),
    orientation: earthOrientation(mjdSec),
    toItrs: Array.from(gcrsToItrs(mjdSec)),
    lsrk: frequencyShiftFactor(mjdSec, ra, dec, positions[0], 'TOPO', 'LSRK'),
    bary: frequencyShiftFactor(mjdSec, ra, dec, positions[0], 'TOPO', 'BARY'),
  }));
  console.log(JSON.stringify(answers));
}
