// npm run demo [-- --out DIR]: the whole way on simulated data, with the commands that a user would type.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outIndex = process.argv.indexOf('--out');
const out = resolve(outIndex > 0 ? (process.argv[outIndex + 1] ?? '') : 'demo-output');
const marker = join(out, '.alma-qa2-demo');
const started = Date.now();

const say = (text) => process.stdout.write(`${text}\n`);
const seconds = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;

/** Runs one of the program's commands as a user would, and stops the demo when it fails. */
function run(program, args, cwd = root) {
  const shown = args.map((arg) => (/[^\w@%+=:,./-]/.test(arg) ? `"${arg}"` : arg)).join(' ');
  say(`$ ${program} ${shown.replaceAll(`${out}/`, '')}`);
  const { status, signal } = spawnSync(process.execPath, [join(root, 'bin', `${program}.mjs`), ...args], {
    cwd,
    stdio: 'inherit',
  });
  if (status !== 0) {
    say(`\nThe demo stopped: ${program} ended with ${status ?? signal}.`);
    process.exit(status ?? 1);
  }
}

if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(marker)) {
  say(`${out} is not empty and not a demo's; choose another place with --out DIR.`);
  process.exit(2);
}
rmSync(out, { recursive: true, force: true });
mkdirSync(marker, { recursive: true });

say('\n1. Simulate one Member ObsUnitSet: two Execution Blocks as true ASDMs\n');
const simulated = join(out, 'simulated');
run('qa2', ['simulate', '--preset', 'demo', '--out', simulated]);
const asdms = readdirSync(simulated)
  .filter((name) => name.startsWith('uid___'))
  .map((name) => join(simulated, name));

say('\n2. Reduce it: raw data in, delivery out\n');
const delivery = join(out, 'delivery');
run('qa2', ['run', ...asdms, '--goal', join(simulated, 'goal.yaml'), '--out', delivery]);
const tars = readdirSync(delivery)
  .filter((name) => name.endsWith('.tar'))
  .map((name) => join(delivery, name));

say('\n3. The PI: unpack, regenerate the calibrated data and the images from the scripts\n');
const pi = join(out, 'pi');
mkdirSync(pi);
for (const tar of tars) run('qa2', ['unpack', tar, '--out', pi]);
const member = (top) =>
  ['', '', '', ''].reduce(
    (path) => join(path, readdirSync(path).find((name) => !/\.(tar|json)$|^\./.test(name)) ?? ''),
    top,
  );
const script = join(member(pi), 'script');
run('casapy', ['-c', "execfile('scriptForPI.py')"], script);
run('casapy', ['scriptForImaging.py'], script);

say('\n4. Compare: the PI with the reducer, both with the truth\n');
run('qa2', ['verify', member(delivery), '--against', member(pi), '--truth', join(simulated, 'truth.json')]);

say(`\nDone in ${seconds()}.`);
for (const tar of tars) say(`delivery:       ${tar}`);
say(`QA2 page:       ${join(member(delivery), 'qa', 'qa2_report.html')}`);
say(`calibrated.ms:  ${join(member(pi), 'calibrated', 'calibrated.ms')}`);
