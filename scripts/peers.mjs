// npm run test:peers [-- AREA|SCRIPT…]: installs the peers into a cache folder outside the tree and runs test/peers.
// A peer that is missing is reported and counted as not available; with CI=true that is a failure.
// What the scripts find in their environment, and what they print, is told in test/peers/README.md.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = process.env.ALMA_QA2_PEERS ?? join(homedir(), '.cache', 'alma-qa2', 'peers');
const isCi = Boolean(process.env.CI);
const PACKAGES = [
  ...['casatools==6.7.0.31', 'casatasks==6.7.0.31', 'casarecipes==0.4.0', 'casadata'],
  ...['six', 'astropy', 'pyerfa'],
];
const SYSTEM_PYTHON = '/usr/bin/python3';
const LIMIT_MS = 20 * 60e3;
const work = mkdtempSync(join(tmpdir(), 'qa2-peers-'));

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
const works = (python, imports) =>
  spawnSync(python, ['-c', `import ${imports}`], { cwd: work, stdio: 'ignore', env: environment(python, work) })
    .status === 0;

/** The Python of a virtual environment with CASA 6.7 and astropy, or undefined. */
function casaPython() {
  const python = join(cache, 'casa', 'bin', 'python');
  const isReady = () => existsSync(python) && works(python, 'casatasks, casarecipes, astropy, erfa');
  if (isReady()) return python;
  try {
    console.log(`Installing CASA 6.7 into ${cache} (1.9 GB, once) …`);
    mkdirSync(cache, { recursive: true });
    const base = ['python3.11', 'python3.10', 'python3.12', 'python3'].find(has) ?? 'python3';
    // One that works is only completed.
    const clear = existsSync(python) ? [] : ['--clear'];
    execFileSync(base, ['-m', 'venv', ...clear, join(cache, 'casa')], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { stdio: 'inherit' });
    return isReady() ? python : undefined;
  } catch {
    return undefined;
  }
}

/** Environment of a process that works in `directory`; CASA's has a home of its own, so that it looks for no updates. */
function environment(python, directory) {
  const common = { ...process.env, TMPDIR: directory, PYTHONDONTWRITEBYTECODE: '1' };
  if (python === SYSTEM_PYTHON) return common;
  const home = join(directory, '.home');
  if (!existsSync(home)) {
    const site = readdirSync(join(dirname(dirname(python)), 'lib')).find((name) => name.startsWith('python'));
    const data = join(dirname(dirname(python)), 'lib', site ?? '', 'site-packages', 'casadata', '__data__');
    mkdirSync(join(home, '.casa'), { recursive: true });
    writeFileSync(
      join(home, '.casa', 'config.py'),
      `measures_auto_update = False\ndata_auto_update = False\nmeasurespath = '${data}'\ndatapath = ['${data}']\nlogfile = '/dev/null'\n`,
    );
  }
  return { ...common, HOME: home };
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
  if (!works(SYSTEM_PYTHON, 'casacore.tables')) missing.push('python3-casacore');
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

/** Runs a program; its output, exit status and seconds. */
function execute(program, args, directory, env) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        texts[name] += text;
      });
    child.on('error', (error) => resolve({ ...texts, status: error.message, seconds: 0 }));
    child.on('close', (code, signal) =>
      resolve({ ...texts, status: code ?? signal, seconds: (Date.now() - started) / 1000 }),
    );
  });
}

/** Simulates a Member and reduces it, once for all scripts that need it. */
const prepared = new Map();
function prepare(what) {
  const make = async () => {
    const qa2 = async (...args) => {
      const run = await execute(
        process.execPath,
        [join(root, 'bin', 'qa2.mjs'), ...args, '--quiet'],
        work,
        process.env,
      );
      if (run.status !== 0) throw new Error(`qa2 ${args[0]} ended with ${run.status}: ${run.stderr.slice(-600)}`);
      console.log(`prepared: qa2 ${args[0]} (${run.seconds.toFixed(0)} s)`);
    };
    const simulated = join(work, 'simulated');
    if (what === 'simulated') {
      await qa2('simulate', '--preset', 'demo', '--out', simulated);
      return { ALMA_QA2_SIMULATED: simulated };
    }
    const environment = await prepare('simulated');
    const asdms = readdirSync(simulated).filter((name) => name.startsWith('uid___'));
    const delivery = join(work, 'delivery');
    const goal = ['--goal', join(simulated, 'goal.yaml'), '--out', delivery, '--keep'];
    await qa2('run', ...asdms.map((name) => join(simulated, name)), ...goal);
    return { ...environment, ALMA_QA2_DELIVERY: delivery };
  };
  if (!prepared.has(what)) prepared.set(what, make());
  return prepared.get(what);
}

async function runScript(entry, interpreters) {
  const interpreter = interpreters[entry.peer];
  if (!interpreter) return { entry, passed: 0, failed: 0, missing: [entry.peer], lines: [], seconds: 0 };
  const directory = mkdtempSync(join(work, `${basename(entry.script, '.py')}-`));
  try {
    const env = {
      ...environment(interpreter, directory),
      ...(entry.needs ? await prepare(entry.needs) : {}),
      ALMA_QA2_ROOT: root,
      ALMA_QA2_CASA_PYTHON: interpreters.casa ?? '',
      ALMA_QA2_NODE: process.execPath,
    };
    const args = [join(root, 'test', 'peers', entry.script), ...(entry.args ?? [])];
    return { entry, ...judge(entry, await execute(interpreter, args, directory, env)) };
  } catch (error) {
    return { entry, passed: 0, failed: 1, missing: [], lines: [`FAIL ${error.message}`], seconds: 0 };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Areas and scripts that are asked for by name; their agreements are printed as well, with what was found. */
const asked = process.argv.slice(2).map((name) => basename(name, '.py'));

/** Counts a script's PASS, FAIL and MISSING lines; one that ends badly or says nothing has failed. */
function judge(entry, run) {
  const printed = run.stdout.split('\n');
  const count = (word) => printed.filter((line) => line.startsWith(`${word} `)).length;
  const told = asked.length > 0 ? /^(PASS|FAIL|INFO|TABLE|MISSING) / : /^(FAIL|INFO|TABLE|MISSING) /;
  const lines = printed.filter((line) => told.test(line));
  const missing = printed.filter((line) => line.startsWith('MISSING ')).map((line) => line.slice('MISSING '.length));
  let failed = count('FAIL');
  if (failed === 0 && (run.status !== 0 || count('PASS') === 0)) {
    failed = 1;
    lines.push(`FAIL ${entry.script} ended with ${run.status}`, ...run.stderr.split('\n').slice(-12));
  }
  return { passed: count('PASS'), failed, missing, lines, seconds: run.seconds };
}

function report({ entry, passed, failed, missing, lines, seconds }) {
  console.log(`${entry.area}: ${entry.title}`);
  for (const line of lines) console.log(`    ${line.slice(0, 400)}`);
  if (missing.length > 0) console.log(`    not available: ${missing.join(', ')}`);
  if (passed + failed > 0) console.log(`    ${passed} agreed, ${failed} differing (${seconds.toFixed(0)} s)`);
}

/** Runs the scripts, as many at a time as there are processors, in the order of the plan. */
async function runAll(entries, interpreters) {
  const results = [];
  const queue = [...entries];
  const worker = async () => {
    for (let entry = queue.shift(); entry; entry = queue.shift()) {
      const result = await runScript(entry, interpreters);
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
  return results;
}

async function main() {
  const started = Date.now();
  const plan = JSON.parse(readFileSync(join(root, 'test', 'peers', 'plan.json'), 'utf8'));
  const namesOf = ({ area, script }) => [area, basename(script, '.py')];
  const known = [...new Set(plan.scripts.flatMap(namesOf))];
  const wrong = asked.filter((name) => !known.includes(name));
  if (wrong.length > 0) {
    console.log(`There is no area or script ${wrong.join(', ')}; there are ${known.join(', ')}.`);
    return 2;
  }
  debianPeers();
  const interpreters = {
    casa: casaPython(),
    casacore: works(SYSTEM_PYTHON, 'casacore.tables') ? SYSTEM_PYTHON : undefined,
  };
  await buildDrivers(plan.drivers);
  const chosen = plan.scripts.filter(
    (entry) => asked.length === 0 || namesOf(entry).some((name) => asked.includes(name)),
  );
  const results = await runAll(chosen, interpreters);
  const sum = (count) => results.reduce((total, result) => total + count(result), 0);
  const [passed, failed, missing] = [
    sum((result) => result.passed),
    sum((result) => result.failed),
    sum((result) => result.missing.length),
  ];
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`\npeers: ${passed} agreed, ${failed} differing, ${missing} not available (${seconds} s)`);
  console.log(`${passed} passed, ${failed + (isCi ? missing : 0)} failed, ${isCi ? 0 : missing} skipped`);
  return failed > 0 || (isCi && missing > 0) ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
process.exitCode = await main();
