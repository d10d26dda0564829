// Adds the optional platform packages that npm left out of package-lock.json because the registry at hand does not offer
// them (npm ci refuses a lock without them). Run after every change of dependencies: node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const path = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const SYSTEMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'netbsd', 'openbsd', 'sunos', 'aix', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 'ppc64', 's390x', 'loong64', 'mips64el', 'wasm32'];

/** What the name of a platform package says about where it runs. */
function platformOf(name) {
  const words = name.split('/').pop().split(/[-.]/);
  const os = SYSTEMS.filter((word) => words.includes(word) || (word === 'win32' && words.includes('windows')));
  const cpu = PROCESSORS.filter((word) => words.includes(word));
  return { ...(os.length > 0 ? { os } : {}), ...(cpu.length > 0 ? { cpu } : {}) };
}

let added = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(place === '' ? {} : (entry.optionalDependencies ?? {}))) {
    const own = `node_modules/${name}`;
    if (lock.packages[own] || lock.packages[`${place}/${own}`] || !/^\d/.test(version)) continue;
    lock.packages[own] = { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages added to package-lock.json`);
