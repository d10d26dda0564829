// npm run bench -- calibration [--preset NAME] [--input DIR] [--runs N]: each of the nineteen steps of a scriptForCalibration, run by
// casapy of alma-qa2 and by CASA 6.7: wall time, CPU time and peak memory of each step, measured from outside alike; medians of
// N runs (default 3), in turn. Then the gain-solve kernel beside its slow definition.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderMb, measure } from './measure.mjs';
import {
  argument,
  bundle,
  casaEnvironment,
  casaPython,
  conditions,
  hasCasa,
  makeWork,
  memberDirectory,
  qa2,
  root,
  rounded,
  saveResults,
  simulate,
} from './peers.mjs';

const preset = argument('--preset', 'medium');
const runs = Number(argument('--runs', '3'));
const work = makeWork();
const SCRIPT = 'scriptForCalibration.py';

/** Runs the script step by step, with marks that bench/measure.mjs looks for; read alike by both programs. */
const DRIVER = `import sys
mysteps = [-1]
execfile('${SCRIPT}')
for bench_step in sorted(step_title):
    mysteps = [bench_step]
    sys.stdout.write('BENCH begin %d %s\\n' % (bench_step, step_title[bench_step]))
    sys.stdout.flush()
    execfile('${SCRIPT}')
    sys.stdout.write('BENCH end\\n')
    sys.stdout.flush()
`;

/** A directory with the raw data, the script and its driver. */
function workplace(name, { uid, asdm }, script) {
  const directory = join(work, name);
  mkdirSync(directory);
  symlinkSync(asdm, join(directory, uid));
  copyFileSync(script, join(directory, SCRIPT));
  writeFileSync(join(directory, 'driver.py'), DRIVER);
  return directory;
}

/** The script that `qa2 calibrate` writes. */
function makeScript({ uid, asdm, goal }) {
  const out = join(work, 'plan');
  execFileSync(process.execPath, [qa2, 'calibrate', asdm, '--goal', goal, '--out', out, '--quiet'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const script = join(work, `${uid}.py`);
  copyFileSync(join(memberDirectory(out), 'script', `${uid}.ms.scriptForCalibration.py`), script);
  rmSync(out, { recursive: true });
  return script;
}

/** One run of the script, in a workplace of its own. */
async function timed(name, command, args, env, input, script) {
  const directory = workplace(name, input, script);
  const result = await measure(command, [...args, 'driver.py'], { cwd: directory, env, folder: directory });
  if (result.status !== 0) throw new Error(result.output.slice(-3000));
  rmSync(directory, { recursive: true });
  return result;
}

const MEASURED = ['wallSec', 'cpuSec', 'peakMemoryMb'];

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** What runs of the same script measured, as medians. */
const medianRun = (results) => ({
  peakDiskMb: Math.max(...results.map(({ peakDiskMb }) => peakDiskMb)),
  steps: results[0].steps.map(({ name }, index) => ({
    name,
    ...Object.fromEntries(MEASURED.map((what) => [what, median(results.map(({ steps }) => steps[index][what]))])),
  })),
});

const short = ({ wallSec, cpuSec, peakMemoryMb }) => ({
  wallSec: rounded(wallSec, 4),
  cpuSec: rounded(cpuSec),
  peakMemoryMb: rounded(peakMemoryMb, 0),
});
const sum = (steps) => ({
  wallSec: steps.reduce((total, { wallSec }) => total + wallSec, 0),
  cpuSec: steps.reduce((total, { cpuSec }) => total + cpuSec, 0),
  peakMemoryMb: Math.max(...steps.map(({ peakMemoryMb }) => peakMemoryMb)),
});

function line(name, mine, peer) {
  const cells = ({ wallSec, cpuSec, peakMemoryMb }) =>
    `${wallSec.toFixed(wallSec < 0.1 ? 4 : 2).padStart(8)} ${cpuSec.toFixed(2).padStart(7)} ${peakMemoryMb.toFixed(0).padStart(6)}`;
  const ratio = peer ? `${cells(peer)} ${(peer.wallSec / mine.wallSec).toFixed(1).padStart(6)}` : '';
  console.log(`${name.slice(0, 52).padEnd(53)}${cells(mine)}  ${ratio}`);
}

/** The gain-solve kernel and its slow definition: CPU time of one solution. */
async function gainSolve() {
  const program = await bundle('gain-solve');
  const compared = JSON.parse(
    execFileSync(process.execPath, [program, join(root, 'dist', 'kernels.wasm')], { encoding: 'utf8' }),
  );
  for (const { antCount, kernelMs, slowMs, times } of compared) {
    console.log(
      `gains of ${antCount} antennas, CPU: kernel ${kernelMs.toFixed(3)} ms, slow definition ${slowMs.toFixed(3)} ms, ${times.toFixed(1)} times as fast`,
    );
  }
  return compared.map(({ antCount, kernelMs, slowMs, times }) => ({
    antCount,
    kernelCpuMs: rounded(kernelMs, 3),
    slowCpuMs: rounded(slowMs, 3),
    speed: rounded(times, 1),
  }));
}

try {
  const input = simulate(work, preset);
  const asdmMb = folderMb(input.asdm);
  const script = makeScript(input);
  console.log(
    `${preset}: one Execution Block of ${asdmMb.toFixed(0)} MB, ${readFileSync(script, 'utf8').length} bytes of script`,
  );
  const ours = [];
  const theirs = [];
  const casapy = [join(root, 'bin', 'casapy.mjs'), '--trust', '--nologfile'];
  const harness = [join(root, 'test', 'peers', 'casa_harness.py')];
  for (let run = 0; run < runs; run++) {
    ours.push(await timed('ours', process.execPath, casapy, process.env, input, script));
    if (hasCasa()) theirs.push(await timed('casa', casaPython, harness, casaEnvironment(work), input, script));
  }
  const mine = medianRun(ours);
  const peer = theirs.length > 0 ? medianRun(theirs) : undefined;
  if (!peer) console.log('CASA 6.7 is not available; run npm run test:peers first.');

  console.log(`\n${''.padEnd(53)}    wall     CPU memory      wall     CPU memory  times as fast`);
  const results = mine.steps.map((step) => {
    const other = peer?.steps.find(({ name }) => name === step.name);
    line(step.name, step, other);
    return {
      step: step.name,
      almaQa2: short(step),
      ...(other && { casa: short(other), speed: rounded(other.wallSec / step.wallSec, 1) }),
    };
  });
  const total = { almaQa2: short(sum(mine.steps)), ...(peer && { casa: short(sum(peer.steps)) }) };
  line('all steps', sum(mine.steps), peer && sum(peer.steps));
  saveResults(`calibration-${preset}`, {
    preset,
    runs,
    asdmMb: rounded(asdmMb, 0),
    ...conditions(),
    ...total,
    ...(peer && { speed: rounded(sum(peer.steps).wallSec / sum(mine.steps).wallSec, 1) }),
    peakDiskMb: { almaQa2: rounded(mine.peakDiskMb, 0), ...(peer && { casa: rounded(peer.peakDiskMb, 0) }) },
    steps: results,
    gainSolve: await gainSolve(),
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}
