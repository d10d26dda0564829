// npm run check: types, lint and format, architecture gate, dead code. Prints what failed; exit 1 on any error.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkImports, checkLengths, checkLoops, checkRooms, checkTests, checkWords } from './gate/architecture.mjs';
import { LIMITS } from './gate/rooms.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
let failures = 0;

function step(title, command, args) {
  const started = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'}  ${title}  (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (status !== 0) failures++;
}

function architecture() {
  const paths = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '');
  const load = (pattern) =>
    Object.fromEntries(
      paths.filter((path) => pattern.test(path)).map((path) => [path, readFileSync(join(root, path), 'utf8')]),
    );
  const sources = load(/^src\/.*\.ts$/);
  const tests = load(/^test\/.*\.test\.ts$/);
  const findings = [
    ...checkImports(sources),
    ...checkLoops(sources),
    ...checkLengths(sources),
    ...checkWords(sources),
    ...checkTests(sources, tests),
    ...checkRooms(sources, paths),
  ];
  const architectureLines = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n').length;
  if (architectureLines > LIMITS.architectureLines)
    findings.push({ level: 'error', path: 'ARCHITECTURE.md', line: 1, message: `${architectureLines} lines` });
  const verbose = process.argv.includes('--verbose');
  for (const { level, path, line, message } of findings) {
    if (level === 'error' || verbose) console.log(`${level}: ${path}:${line} ${message}`);
  }
  const count = (level) => findings.filter((entry) => entry.level === level).length;
  console.log(
    `${count('error') === 0 ? 'ok  ' : 'FAIL'}  architecture: ${Object.keys(sources).length} files, ${count('error')} errors, ${count('warning')} warnings, ${count('info')} files without a test of their own name`,
  );
  if (count('error') > 0) failures++;
}

step('types (strict)', bin('tsc'), [
  '-p',
  '.',
  '--incremental',
  '--tsBuildInfoFile',
  'node_modules/.cache/check.tsbuildinfo',
]);
step('lint and format', bin('biome'), ['check', '--error-on-warnings', '.']);
architecture();
step('dead code', bin('knip'), ['--no-progress']);
console.log(failures === 0 ? 'check: all good' : `check: ${failures} part(s) failed`);
process.exit(failures === 0 ? 0 : 1);
