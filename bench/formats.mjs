// npm run bench -- formats [--preset NAME] [--input DIR]: importasdm beside CASA's, and whole columns of the MeasurementSet read
// and written beside python-casacore and CASA's table tool. Files are in the page cache for all; each takes its own copy to write.
// With --memory [FACTORS]: peak memory of importasdm alone, on that ASDM with its Main rows cut or repeated; default 0.1,1,10.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderMb, measure } from './measure.mjs';
import {
  argument,
  bundle,
  casacorePython,
  casaEnvironment,
  casaPython,
  conditions,
  hasCasa,
  makeWork,
  qa2,
  root,
  rounded,
  saveResults,
  simulate,
} from './peers.mjs';
import { resizeAsdm } from './resized-asdm.mjs';

const preset = argument('--preset', 'medium');
const work = makeWork();
const DRIVER = join(root, 'dist', 'bench', 'columns.mjs');
const COLUMNS = ['DATA', 'FLAG', 'UVW'];
/** The task alone, between marks that bench/measure.mjs looks for; read alike by casapy and by CASA's Python. */
const IMPORT = `from casatasks import importasdm
import sys
sys.stdout.write('BENCH begin importasdm\\n'); sys.stdout.flush()
importasdm(asdm='raw', vis='task.ms', process_caldevice=True, lazy=False, asis='Antenna Station Source')
sys.stdout.write('BENCH end\\n'); sys.stdout.flush()
`;

async function timed(command, args, env = process.env) {
  const result = await measure(command, args, { cwd: work, env });
  if (result.status !== 0) throw new Error(result.output.slice(-3000));
  return result;
}

/** Programs that read and write columns, those that are there. */
function programs() {
  const python = join(root, 'bench', 'columns.py');
  return [
    { name: 'almaQa2', command: process.execPath, args: [DRIVER] },
    ...(existsSync(casacorePython) ? [{ name: 'casacore', command: casacorePython, args: [python, 'casacore'] }] : []),
    ...(hasCasa() ? [{ name: 'casa', command: casaPython, args: [python, 'casa'], env: casaEnvironment(work) }] : []),
  ];
}

/** Reads all files once, so that whoever comes first has them in the page cache as well. */
function warm(directory) {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) readFileSync(join(entry.parentPath, entry.name));
}

/** Rounds of imports: both programs in turn, so that a slow minute of the machine meets both. */
const ROUNDS = 3;

async function importBoth(asdm) {
  symlinkSync(asdm, join(work, 'raw'));
  warm(asdm);
  writeFileSync(join(work, 'import.py'), IMPORT);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) rmSync(join(work, 'ours.ms'), { recursive: true });
    rmSync(join(work, 'ours.ms.flagversions'), { recursive: true, force: true });
    const command = await timed(process.execPath, [qa2, 'import', 'raw', 'ours.ms', '--quiet']);
    const task = await importInPython(process.execPath, [join(root, 'bin', 'casapy.mjs'), '--trust']);
    rounds.push({
      command,
      task,
      ...(hasCasa() && { casa: await importInPython(casaPython, [], casaEnvironment(work)) }),
    });
  }
  const results = {
    almaQa2: { ...middleOf(rounds.map(({ task }) => task)), qa2Import: middleOf(rounds.map(({ command }) => command)) },
  };
  if (hasCasa()) {
    results.casa = middleOf(rounds.map(({ casa }) => casa));
    results.speed = rounded(results.casa.wallSec / results.almaQa2.wallSec, 1);
    results['speed of qa2 import against CASA with its start'] = rounded(
      results.casa.wallSecWithStart / results.almaQa2.qa2Import.wallSec,
      1,
    );
  }
  return results;
}

/** The task in a program's Python: alone, and the whole process. */
async function importInPython(command, args, env) {
  const { steps, wallSec } = await timed(command, [...args, 'import.py'], env);
  rmSync(join(work, 'task.ms'), { recursive: true });
  rmSync(join(work, 'task.ms.flagversions'), { recursive: true, force: true });
  return { ...steps[0], wallSecWithStart: wallSec };
}

/** Of each quantity the middle value of an odd number of rounds. */
function middleOf(rounds) {
  const digits = { wallSec: 2, cpuSec: 2, peakMemoryMb: 0, wallSecWithStart: 2 };
  const middle = (name) => rounds.map((round) => round[name]).sort((a, b) => a - b)[rounds.length >> 1];
  return Object.fromEntries(
    Object.entries(digits).flatMap(([name, count]) =>
      rounds[0][name] === undefined ? [] : [[name, rounded(middle(name), count)]],
    ),
  );
}

async function columns(action) {
  const found = Object.fromEntries(COLUMNS.map((column) => [column, {}]));
  for (const { name, command, args, env } of programs()) {
    const ms = action === 'read' ? 'ours.ms' : `${name}.ms`;
    if (action === 'write') cpSync(join(work, 'ours.ms'), join(work, ms), { recursive: true });
    const result = await timed(command, [...args, ms, 'blocks.json', action, ...COLUMNS], env);
    for (const { name: step, wallSec, cpuSec } of result.steps) {
      found[step.split(' ')[1]][name] = { wallSec: rounded(wallSec, 3), cpuSec: rounded(cpuSec) };
    }
    if (action === 'write') rmSync(join(work, ms), { recursive: true });
  }
  for (const [column, times] of Object.entries(found)) {
    const ratios = Object.entries(times)
      .filter(([name]) => name !== 'almaQa2')
      .map(([name, { wallSec }]) => [`speed against ${name}`, rounded(wallSec / times.almaQa2.wallSec, 2)]);
    Object.assign(times, Object.fromEntries(ratios));
    console.log(`${action} ${column.padEnd(5)} ${JSON.stringify(times)}`);
  }
  return found;
}

async function memory(asdm) {
  const given = argument('--memory');
  const factors = (given === undefined || given.startsWith('--') ? '0.1,1,10' : given).split(',').map(Number);
  const found = [];
  for (const factor of factors) {
    const raw = join(work, `raw-${factor}`);
    const bytes = resizeAsdm(asdm, raw, factor);
    const result = await timed(process.execPath, [qa2, 'import', raw, 'sized.ms', '--quiet']);
    rmSync(join(work, 'sized.ms'), { recursive: true });
    rmSync(join(work, 'sized.ms.flagversions'), { recursive: true, force: true });
    found.push({
      binaryMb: rounded(bytes / 1e6, 0),
      peakMemoryMb: rounded(result.peakMemoryMb, 0),
      wallSec: rounded(result.wallSec),
      cpuSec: rounded(result.cpuSec),
    });
    console.log(`importasdm ${JSON.stringify(found.at(-1))}`);
  }
  return found;
}

async function compareAll(asdm, asdmMb) {
  await bundle('columns');
  const imported = await importBoth(asdm);
  console.log(`importasdm ${JSON.stringify(imported)}`);
  await timed(process.execPath, [DRIVER, 'ours.ms', 'blocks.json', 'plan']);
  await timed(process.execPath, [DRIVER, 'ours.ms', 'blocks.json', 'read', ...COLUMNS]);
  const results = { preset, asdmMb: rounded(asdmMb, 0), ...conditions(), importasdm: imported };
  saveResults(`formats-${preset}`, { ...results, read: await columns('read'), write: await columns('write') });
}

try {
  mkdirSync(work, { recursive: true });
  const { asdm } = simulate(work, preset);
  const asdmMb = folderMb(asdm);
  console.log(`${preset}: one Execution Block of ${asdmMb.toFixed(0)} MB\n`);
  if (process.argv.includes('--memory')) {
    saveResults(`formats-memory-${preset}`, { preset, ...conditions(), importasdm: await memory(asdm) });
  } else await compareAll(asdm, asdmMb);
} finally {
  rmSync(work, { recursive: true, force: true });
}
