// npm run test:peers [-- AREA…]: installs the peers into a cache folder outside the tree and runs test/peers.
// A peer that is missing is reported and counted as not available; with CI=true that is a failure.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = process.env.ALMA_QA2_PEERS ?? join(homedir(), '.cache', 'alma-qa2', 'peers');
const isCi = Boolean(process.env.CI);
const PACKAGES = ['casatools==6.7.0.31', 'casatasks==6.7.0.31', 'casadata', 'six', 'astropy', 'pyerfa'];

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;

/** The Python of a virtual environment with CASA 6.7 and astropy, or undefined. */
function casaPython() {
  const python = join(cache, 'casa', 'bin', 'python');
  const works = () =>
    spawnSync(python, ['-c', 'import casatasks, astropy, erfa'], { stdio: 'ignore', env: casaEnvironment(python) })
      .status === 0;
  if (existsSync(python) && works()) return python;
  try {
    console.log('Installing CASA 6.7 (1.9 GB, once) …');
    mkdirSync(cache, { recursive: true });
    const base = ['python3.11', 'python3.10', 'python3.12', 'python3'].find(has) ?? 'python3';
    execFileSync(base, ['-m', 'venv', join(cache, 'casa')], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
    return works() ? python : undefined;
  } catch {
    return undefined;
  }
}

let casaHome;
/** CASA gets a home of its own, so that it neither writes into the user's nor looks for updates. */
function casaEnvironment(python) {
  if (!casaHome) {
    casaHome = mkdtempSync(join(tmpdir(), 'qa2-casa-home-'));
    mkdirSync(join(casaHome, '.casa'));
    const found = spawnSync(
      python,
      ['-c', 'import casadata, os; print(os.path.join(os.path.dirname(casadata.__file__), "__data__"))'],
      { encoding: 'utf8' },
    );
    const data = (found.stdout ?? '').trim();
    writeFileSync(
      join(casaHome, '.casa', 'config.py'),
      `measures_auto_update = False\ndata_auto_update = False\nmeasurespath = '${data}'\ndatapath = ['${data}']\nlogfile = '/dev/null'\n`,
    );
  }
  return { ...process.env, HOME: casaHome };
}

/** Debian packages, where this user may install them. */
function debianPeers() {
  const missing = [
    ['taql', 'casacore-tools'],
    ['wsclean', 'wsclean'],
    ['fitsverify', 'fitsverify'],
  ]
    .filter(([command]) => !has(command))
    .map(([, name]) => name);
  if (spawnSync('/usr/bin/python3', ['-c', 'import casacore.tables'], { stdio: 'ignore' }).status !== 0)
    missing.push('python3-casacore');
  if (missing.length === 0 || !has('apt-get') || process.getuid?.() !== 0) return;
  console.log(`Installing ${missing.join(', ')} …`);
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '-qq', ...missing], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Builds the TypeScript drivers of the peer tests. */
async function buildDrivers(names) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: names.map((name) => join(root, 'test', 'peers', name)),
    outdir: join(root, 'dist', 'peers'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    loader: { '.py': 'text', '.wasm': 'binary' },
  });
}

function runScript(entry, interpreters) {
  const interpreter = interpreters[entry.peer];
  if (!interpreter) return { name: entry.script, passed: 0, failed: 0, missing: true, seconds: 0 };
  const started = Date.now();
  const args = [join(root, 'test', 'peers', entry.script), ...(entry.args ?? [])];
  const run = spawnSync(interpreter, args, {
    cwd: mkdtempSync(join(tmpdir(), 'qa2-peers-')),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {
      ...(entry.peer === 'casa' ? casaEnvironment(interpreter) : process.env),
      ALMA_QA2_ROOT: root,
      ALMA_QA2_CACHE: cache,
      ALMA_QA2_CASA_PYTHON: interpreters.casa ?? '',
      ALMA_QA2_NODE: process.execPath,
    },
  });
  const lines = run.stdout.split('\n');
  const passed = lines.filter((line) => line.startsWith('PASS')).length;
  let failed = lines.filter((line) => line.startsWith('FAIL')).length;
  for (const line of lines) if (/^(FAIL|INFO|TABLE)/.test(line)) console.log(`    ${line}`);
  if (run.status !== 0 && failed === 0) {
    failed = 1;
    console.log(
      `    FAIL ${entry.script} ended with ${run.status ?? run.signal}\n${run.stderr.split('\n').slice(-12).join('\n')}`,
    );
  }
  return { name: entry.script, passed, failed, missing: false, seconds: (Date.now() - started) / 1000 };
}

const plan = JSON.parse(readFileSync(join(root, 'test', 'peers', 'plan.json'), 'utf8'));
const areas = process.argv.slice(2);
debianPeers();
const interpreters = {
  casa: casaPython(),
  casacore:
    spawnSync('/usr/bin/python3', ['-c', 'import casacore.tables'], { stdio: 'ignore' }).status === 0
      ? '/usr/bin/python3'
      : undefined,
};
await buildDrivers(plan.drivers);
const results = [];
for (const entry of plan.scripts.filter((candidate) => areas.length === 0 || areas.includes(candidate.area))) {
  console.log(`${entry.area}: ${entry.title}`);
  const result = runScript(entry, interpreters);
  results.push(result);
  console.log(
    result.missing
      ? '    not available'
      : `    ${result.passed} agreed, ${result.failed} differing (${result.seconds.toFixed(0)} s)`,
  );
}
if (casaHome) rmSync(casaHome, { recursive: true, force: true });
const sum = (key) => results.reduce((total, result) => total + Number(result[key]), 0);
console.log(`\npeers: ${sum('passed')} agreed, ${sum('failed')} differing, ${sum('missing')} not available`);
console.log(
  `${sum('passed')} passed, ${sum('failed') + (isCi ? sum('missing') : 0)} failed, ${isCi ? 0 : sum('missing')} skipped`,
);
process.exit(sum('failed') > 0 || (isCi && sum('missing') > 0) ? 1 : 0);
