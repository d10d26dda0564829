// npm run bench [-- --preset NAME]: raw → calibrated by alma-qa2 and by CASA 6.7 with the same script on the same ASDM.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderMb, measure } from './measure.mjs';
import {
  argument,
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
const work = makeWork();

const show = (label, result) =>
  console.log(
    `${label.padEnd(10)} wall ${result.wallSec.toFixed(1).padStart(7)} s   peak memory ${result.peakMemoryMb.toFixed(0).padStart(5)} MB   peak disk ${result.peakDiskMb.toFixed(0).padStart(6)} MB`,
  );

try {
  const { uid, asdm, goal } = simulate(work, preset);
  const asdmMb = folderMb(asdm);
  console.log(`${preset}: one Execution Block of ${asdmMb.toFixed(0)} MB\n`);

  const ours = join(work, 'ours');
  const calibrate = await measure(process.execPath, [qa2, 'calibrate', asdm, '--goal', goal, '--out', ours], {
    cwd: work,
    env: process.env,
    folder: ours,
  });
  if (calibrate.status !== 0) throw new Error(calibrate.output.slice(-2000));
  show('alma-qa2', calibrate);

  const results = { preset, asdmMb, ...conditions(), almaQa2: strip(calibrate) };
  if (hasCasa()) {
    const casa = join(work, 'casa');
    mkdirSync(casa);
    symlinkSync(asdm, join(casa, uid));
    const script = join(memberDirectory(ours), 'script', `${uid}.ms.scriptForCalibration.py`);
    const peer = await measure(casaPython, [join(root, 'test', 'peers', 'casa_harness.py'), script], {
      cwd: casa,
      env: casaEnvironment(work),
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
  saveResults(`calibrate-${preset}`, results);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function strip({ wallSec, cpuSec, peakMemoryMb, peakDiskMb }) {
  return {
    wallSec: rounded(wallSec),
    cpuSec: rounded(cpuSec),
    peakMemoryMb: rounded(peakMemoryMb, 1),
    peakDiskMb: rounded(peakDiskMb, 1),
  };
}
