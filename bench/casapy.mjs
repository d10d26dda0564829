// npm run bench -- casapy: what casapy costs beside the engine: its start with and without a snapshot, its memory, a call,
// and a whole calibration script beside `qa2 calibrate`, which runs the same plan without Python.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { measure, treeCpu, treeMemory } from './measure.mjs';
import {
  argument,
  conditions,
  makeWork,
  memberDirectory,
  qa2,
  root,
  rounded,
  saveResults,
  simulate,
} from './peers.mjs';

const casapy = join(root, 'bin', 'casapy.mjs');
const STARTS = 5;
const CALLS = 2000;
const work = makeWork();

/** Starts casapy with a line that says so, and looks at the process at that moment. */
function start(cache) {
  const code = "import sys, time; sys.stdout.write('first\\n'); sys.stdout.flush(); time.sleep(0.3)";
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const env = { ...process.env, QA2_CACHE_DIR: cache };
    const args = [casapy, '--nologfile', '-c', code];
    const child = spawn(process.execPath, args, { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let found;
    let told = '';
    child.stdout.once('data', () => {
      const wallSec = (performance.now() - started) / 1000;
      found = { wallSec, cpuSec: treeCpu(child.pid), memoryMb: treeMemory(child.pid) / 1e6 };
    });
    child.stderr.on('data', (data) => {
      told += data;
    });
    child.on('close', (status) => {
      if (status === 0 && found) resolve({ ...found, told: told.trim() });
      else reject(new Error(told));
    });
  });
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function starts() {
  const cache = mkdtempSync(join(work, 'cache-'));
  const first = await start(cache);
  const warm = [];
  for (let run = 0; run < STARTS; run++) warm.push(await start(cache));
  const of = (name) => rounded(median(warm.map((one) => one[name])));
  return {
    firstEver: { wallSec: rounded(first.wallSec), cpuSec: rounded(first.cpuSec), told: first.told },
    withSnapshot: { wallSec: of('wallSec'), cpuSec: of('cpuSec'), memoryMb: of('memoryMb'), runs: STARTS },
  };
}

/** Time of one call that does nothing in the engine. */
async function call() {
  const loop = `import sys
def loop(count):
    sys.stdout.write('BENCH begin %d\\n' % count); sys.stdout.flush()
    for index in range(count): cu.version()
    sys.stdout.write('BENCH end\\n'); sys.stdout.flush()
loop(1)
loop(${CALLS})
`;
  const { steps, status, output } = await measure(process.execPath, [casapy, '--nologfile', '-c', loop], { cwd: work });
  if (status !== 0) throw new Error(output);
  const { wallSec, cpuSec } = steps[1];
  return { wallMs: rounded((1000 * wallSec) / CALLS, 3), cpuMs: rounded((1000 * cpuSec) / CALLS, 3), calls: CALLS };
}

/** A script that `qa2 calibrate` wrote, run by casapy, beside `qa2 calibrate` itself. */
async function script() {
  const { uid, asdm, goal } = simulate(work, argument('--preset', 'tiny'));
  const out = join(work, 'plan');
  const plan = await measure(process.execPath, [qa2, 'calibrate', asdm, '--goal', goal, '--out', out, '--quiet'], {
    cwd: work,
  });
  if (plan.status !== 0) throw new Error(plan.output);
  const place = join(work, 'run');
  mkdirSync(place);
  symlinkSync(asdm, join(place, uid));
  copyFileSync(join(memberDirectory(out), 'script', `${uid}.ms.scriptForCalibration.py`), join(place, 'script.py'));
  const run = await measure(process.execPath, [casapy, '-c', "applyonly = True; execfile('script.py')"], {
    cwd: place,
  });
  if (run.status !== 0) throw new Error(run.output);
  const short = ({ wallSec, cpuSec }) => ({ wallSec: rounded(wallSec), cpuSec: rounded(cpuSec) });
  return { casapy: short(run), engine: short(plan), moreCpuSec: rounded(run.cpuSec - plan.cpuSec) };
}

try {
  const results = { ...conditions(), ...(await starts()), call: await call(), script: await script() };
  console.log(JSON.stringify(results, null, 1));
  saveResults('casapy', results);
} finally {
  rmSync(work, { recursive: true, force: true });
}
