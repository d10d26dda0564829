// What the benchmarks share: the peers, a working directory, simulated input, results.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, homedir, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const qa2 = join(root, 'bin', 'qa2.mjs');
/** Python with CASA 6.7; npm run test:peers puts it there. */
export const casaPython = join(
  process.env.ALMA_QA2_PEERS ?? join(homedir(), '.cache', 'alma-qa2', 'peers'),
  'casa',
  'bin',
  'python',
);
export const hasCasa = () => existsSync(casaPython);
/** Debian's Python, which has python-casacore. */
export const casacorePython = '/usr/bin/python3';

export const argument = (name, otherwise) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise;
export const makeWork = () => mkdtempSync(join(argument('--tmp', tmpdir()), 'qa2-bench-'));

/** Environment of a CASA process: a home of its own, so that it looks for no updates and shares no log. */
export function casaEnvironment(work) {
  const home = join(work, 'home');
  mkdirSync(join(home, '.casa'), { recursive: true });
  const data = execFileSync(
    casaPython,
    ['-c', 'import casadata, os; print(os.path.join(os.path.dirname(casadata.__file__), "__data__"))'],
    { encoding: 'utf8' },
  ).trim();
  writeFileSync(
    join(home, '.casa', 'config.py'),
    `measures_auto_update = False\ndata_auto_update = False\nmeasurespath = '${data}'\ndatapath = ['${data}']\nlogfile = '/dev/null'\n`,
  );
  return { ...process.env, HOME: home };
}

/** Simulates one Execution Block; `--input DIR` names one that `qa2 simulate` made before. */
export function simulate(work, preset) {
  const given = argument('--input');
  const simulated = given ?? join(work, 'simulated');
  if (!given) {
    execFileSync(process.execPath, [qa2, 'simulate', '--preset', preset, '--executions', '1', '--out', simulated], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const uid = readdirSync(simulated).find((name) => name.startsWith('uid___'));
  return { uid, asdm: join(simulated, uid), goal: join(simulated, 'goal.yaml') };
}

/** The Member's directory below the output of `qa2 run`. */
export function memberDirectory(top) {
  let path = top;
  for (let depth = 0; depth < 4; depth++) {
    path = join(
      path,
      readdirSync(path).find((name) => !name.startsWith('.') && !name.endsWith('.tar')),
    );
  }
  return path;
}

/** What must be known of the machine to read the figures. */
export const conditions = () => ({
  date: new Date().toISOString(),
  cores: cpus().length,
  loadAverage: loadavg().map((value) => Number(value.toFixed(1))),
});

export const rounded = (value, digits = 2) => (value === undefined ? undefined : Number(value.toFixed(digits)));

/** Bundles a program of this folder for Node. @returns its path, in dist/bench */
export async function bundle(name) {
  const outfile = join(root, 'dist', 'bench', `${name}.mjs`);
  await build({
    entryPoints: [join(root, 'bench', `${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

export function saveResults(name, results) {
  mkdirSync(join(root, 'bench', 'results'), { recursive: true });
  const path = join(root, 'bench', 'results', `${name}.json`);
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nKept in ${path}`);
}
