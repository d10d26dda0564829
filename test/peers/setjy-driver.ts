// Flux standards of this program for setjy_standards.py: JSON list of calls on the standard input, one answer a line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import { openMs } from '../../src/astronomy/ms/index.ts';
import { readChunks } from '../../src/astronomy/visibility/index.ts';
import { silentContext } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import {
  installFluxModels,
  openModel,
  quasarFlux,
  type SetjyOptions,
  setjy,
  solarModel,
} from '../../src/pipeline/skymodel/index.ts';
import { solarModel2010 } from '../../src/pipeline/skymodel/solar-flux-2010.ts';

const [, , root] = process.argv;
installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(join(root, 'dist', 'kernels.wasm'))));
installErfa(new Uint8Array(readFileSync(join(root, 'data', 'erfa.wasm'))));
installFluxModels(() => readFileSync(join(root, 'data', 'flux-models.json'), 'utf8'));
const context = silentContext(process.cwd());

interface SolarCase {
  readonly body: string;
  readonly mjd: number;
  readonly channels: readonly (readonly [number, number])[];
}
interface Solar2010Case {
  readonly body: string;
  readonly mjd: number;
  readonly frequencies: readonly number[];
}
interface QuasarCase {
  readonly standard: string;
  readonly source: string;
  readonly mjd: number;
  readonly frequencies: readonly number[];
}

/** Fluxes, axes in arcsec, position angle in deg, direction in deg; or what was wrong. */
function solar({ body, mjd, channels }: SolarCase): unknown {
  try {
    const { flux, disk, state } = solarModel(body, mjd * 86400, 'ALMA');
    const degree = 180 / Math.PI;
    return {
      fluxes: channels.map(flux),
      axes: [disk.major * degree * 3600, disk.minor * degree * 3600, disk.positionAngle * degree],
      direction: [state.ra * degree, state.dec * degree],
      radialVelocity: state.radialVelocity,
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Fluxes by the standard of 2010, or what was wrong. */
function solar2010({ body, mjd, frequencies }: Solar2010Case): unknown {
  try {
    const { flux } = solarModel2010(body, mjd * 86400);
    return { fluxes: frequencies.map((hz) => flux([hz, hz])) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** All model visibilities, by MAIN row: [row, [re, im, …]]. */
function model(vis: string): unknown {
  const ms = openMs(vis, 'read');
  const provider = openModel(ms);
  const rows: [number, number[]][] = [];
  for (const chunk of readChunks(ms, { columns: [] })) {
    const perRow = 2 * chunk.chanCount * chunk.corrCount;
    const values = new Float32Array(chunk.rowCount * perRow);
    provider.fill(chunk, values);
    for (let row = 0; row < chunk.rowCount; row++)
      rows.push([chunk.rows[row], Array.from(values.subarray(row * perRow, (row + 1) * perRow))]);
    chunk.release();
  }
  ms.close();
  return rows;
}

for (const [name, value] of JSON.parse(readFileSync(0, 'utf8')) as [string, unknown][]) {
  let answer: unknown;
  if (name === 'solar') answer = solar(value as SolarCase);
  if (name === 'solar2010') answer = solar2010(value as Solar2010Case);
  if (name === 'quasar') {
    const { standard, source, mjd, frequencies } = value as QuasarCase;
    answer = frequencies.map(quasarFlux(standard, source, 0, 0, mjd * 86400));
  }
  if (name === 'setjy') answer = setjy(context, value as SetjyOptions);
  if (name === 'model') answer = model(value as string);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
