// npm run bench [-- --preset NAME]: raw → calibrated by alma-qa2 and by CASA 6.7 with the same script on the same ASDM.
// Prints ratios and writes them as JSON to bench/results. Needs CASA in the peers' cache (npm run test:peers puts it there).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderMb, measure } from './measure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const argument = (name, otherwise) =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise;
const preset = argument('--preset', 'medium');
const python = join(
  process.env.ALMA_QA2_PEERS ?? join(homedir(), '.cache', 'alma-qa2', 'peers'),
  'casa',
  'bin',
  'python',
);
const work = mkdtempSync(join(argument('--tmp', tmpdir()), 'qa2-bench-'));
const qa2 = join(root, 'bin', 'qa2.mjs');

function member(top) {
  let path = top;
  for (let depth = 0; depth < 4; depth++)
    path = join(
      path,
      readdirSync(path).find((name) => !name.startsWith('.') && !name.endsWith('.tar')),
    );
  return path;
}

function casaHome() {
  const home = join(work, 'home');
  mkdirSync(join(home, '.casa'), { recursive: true });
  const data = execFileSync(
    python,
    ['-c', 'import casadata, os; print(os.path.join(os.path.dirname(casadata.__file__), "__data__"))'],
    { encoding: 'utf8' },
  ).trim();
  writeFileSync(
    join(home, '.casa', 'config.py'),
    `measures_auto_update = False\ndata_auto_update = False\nmeasurespath = '${data}'\ndatapath = ['${data}']\nlogfile = '/dev/null'\n`,
  );
  return home;
}

const show = (label, result) =>
  console.log(
    `${label.padEnd(10)} wall ${result.wallSec.toFixed(1).padStart(7)} s   peak memory ${result.peakMemoryMb.toFixed(0).padStart(5)} MB   peak disk ${result.peakDiskMb.toFixed(0).padStart(6)} MB`,
  );

try {
  const simulated = join(work, 'simulated');
  execFileSync(process.execPath, [qa2, 'simulate', '--preset', preset, '--executions', '1', '--out', simulated], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const uid = readdirSync(simulated).find((name) => name.startsWith('uid___'));
  const asdm = join(simulated, uid);
  const asdmMb = folderMb(asdm);
  console.log(`${preset}: one Execution Block of ${asdmMb.toFixed(0)} MB, ${cpus().length} cores\n`);

  const ours = join(work, 'ours');
  const mine = await measure(
    process.execPath,
    [qa2, 'run', asdm, '--goal', join(simulated, 'goal.yaml'), '--out', join(work, 'plan')],
    { cwd: work, env: process.env, folder: join(work, 'plan') },
  );
  if (mine.status !== 0) throw new Error(mine.output.slice(-2000));
  const calibrate = await measure(
    process.execPath,
    [qa2, 'calibrate', asdm, '--goal', join(simulated, 'goal.yaml'), '--out', ours, '--keep'],
    { cwd: work, env: process.env, folder: ours },
  );
  if (calibrate.status !== 0) throw new Error(calibrate.output.slice(-2000));
  show('alma-qa2', calibrate);

  const results = { preset, asdmMb, cores: cpus().length, date: new Date().toISOString(), almaQa2: strip(calibrate) };
  if (existsSync(python)) {
    const casa = join(work, 'casa');
    mkdirSync(casa);
    symlinkSync(asdm, join(casa, uid));
    const script = join(member(join(work, 'plan')), 'script', `${uid}.ms.scriptForCalibration.py`);
    const peer = await measure(python, [join(root, 'test', 'peers', 'casa_harness.py'), script], {
      cwd: casa,
      env: { ...process.env, HOME: casaHome() },
      folder: casa,
    });
    if (peer.status !== 0) throw new Error(peer.output.slice(-2000));
    show('CASA 6.7', peer);
    const ratios = {
      speed: peer.wallSec / calibrate.wallSec,
      memory: calibrate.peakMemoryMb / peer.peakMemoryMb,
      disk: calibrate.peakDiskMb / peer.peakDiskMb,
    };
    console.log(
      `\nalma-qa2 is ${ratios.speed.toFixed(1)} times as fast, with ${ratios.memory.toFixed(2)} of the memory and ${ratios.disk.toFixed(2)} of the disk`,
    );
    Object.assign(results, { casa: strip(peer), ratios });
  } else {
    console.log('CASA 6.7 is not available; run npm run test:peers first.');
  }
  mkdirSync(join(root, 'bench', 'results'), { recursive: true });
  writeFileSync(join(root, 'bench', 'results', `calibrate-${preset}.json`), `${JSON.stringify(results, null, 2)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function strip({ wallSec, peakMemoryMb, peakDiskMb }) {
  return {
    wallSec: Number(wallSec.toFixed(2)),
    peakMemoryMb: Number(peakMemoryMb.toFixed(1)),
    peakDiskMb: Number(peakDiskMb.toFixed(1)),
  };
}
