// npm run fuzz -- --cases N [--seed S] [--first K]: damages tables, ASDMs, BDFs and FITS files at random and reads them.
// Right are data or one typed error with its place. A case that fails is run again by its number: --first K --cases 1.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PIECE = 2000;
const PATIENCE_MS = 60_000;
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
  },
});
function wholeNumber(name) {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 0) return number;
  console.error(`--${name} is a whole number, not "${values[name]}".`);
  return process.exit(2);
}
const [cases, seed, first] = ['cases', 'seed', 'first'].map(wholeNumber);

const built = join(root, 'dist', `fuzz-${process.pid}`); // of its own, so that runs side by side do not mix
const { build } = await import('esbuild');
await build({
  entryPoints: [join(root, 'test/fuzz/fuzz-run.ts')],
  outdir: built,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});

const work = mkdtempSync(join(tmpdir(), 'fuzz-run-'));
const note = join(work, 'case');
const caseAtWork = () => {
  try {
    return readFileSync(note, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Runs some cases in a process of their own, which is ended when one case lasts for a minute. */
function runPiece(from, count) {
  return new Promise((resolve) => {
    const args = [join(built, 'fuzz-run.js'), seed, from, count, join(root, 'test/fixtures/casacore-tables'), note];
    const child = spawn(process.execPath, args.map(String), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: work },
    });
    let output = '';
    let seen = '';
    const watch = setInterval(() => {
      const now = caseAtWork();
      if (now !== '' && now === seen) child.kill('SIGKILL');
      seen = now;
    }, PATIENCE_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (code === 0) resolve(JSON.parse(output));
      else
        resolve({
          counts: [],
          failures: [{ what: `ended with ${code ?? signal} in case ${caseAtWork()}` }],
          peakMib: 0,
        });
    });
  });
}

const total = new Map();
const failures = [];
let peakMib = 0;
for (let from = first; from < first + cases; from += PIECE) {
  const piece = await runPiece(from, Math.min(PIECE, first + cases - from));
  for (const [name, count] of piece.counts) {
    const sum = total.get(name) ?? { cases: 0, read: 0, refused: 0 };
    for (const key of Object.keys(sum)) sum[key] += count[key];
    total.set(name, sum);
  }
  failures.push(...piece.failures);
  for (const failure of piece.failures) console.log(`FAIL ${JSON.stringify(failure)}`);
  peakMib = Math.max(peakMib, piece.peakMib);
}
rmSync(work, { recursive: true, force: true });
rmSync(built, { recursive: true, force: true });
console.log(`${'subject'.padEnd(22)}${'cases'.padStart(8)}${'read'.padStart(8)}${'refused'.padStart(9)}`);
for (const [name, { cases: run, read, refused }] of [...total].sort())
  console.log(`${name.padEnd(22)}${String(run).padStart(8)}${String(read).padStart(8)}${String(refused).padStart(9)}`);
console.log(`${failures.length} failures; peak memory ${peakMib} MiB; seed ${seed}`);
process.exitCode = failures.length > 0 ? 1 : 0;
