// Builds dist/: one bundle per entry point (esbuild) and the kernels (AssemblyScript). Skips what is up to date.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

function digestOf(folders) {
  const hash = createHash('sha256');
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = join(path, entry.name);
      if (entry.isDirectory()) visit(full);
      else if (/\.(ts|py|json|wasm|html|css)$/.test(entry.name))
        hash.update(full.slice(root.length)).update(readFileSync(full));
    }
  };
  for (const folder of folders) visit(join(root, folder));
  return hash.digest('hex');
}

function isCurrent(name, digest) {
  const stamp = join(dist, `.${name}.digest`);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

function say(line) {
  if (!process.env.QA2_QUIET_BUILD) process.stderr.write(`${line}\n`);
}

async function buildKernels() {
  const digest = digestOf(['kernels']);
  if (isCurrent('kernels', digest)) return;
  say('Building the kernels (AssemblyScript → WebAssembly, once) …');
  const { main } = await import(pathToFileURL(join(root, 'node_modules/assemblyscript/dist/asc.js')).href);
  const target = join(dist, `kernels.${process.pid}.wasm`);
  const { error, stderr } = await main([
    join(root, 'kernels/index.ts'),
    '--outFile',
    target,
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--converge',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
    '--enable',
    'simd',
    '--enable',
    'threads',
    '--enable',
    'bulk-memory',
  ]);
  if (error) throw new Error(`The kernels do not compile:\n${stderr.toString()}`);
  renameSync(target, join(dist, 'kernels.wasm'));
  writeFileSync(join(dist, '.kernels.digest'), digest);
}

async function buildBundles() {
  const digest = digestOf(['src', 'data']);
  if (isCurrent('bundles', digest)) return;
  say('Building the program (TypeScript → JavaScript, once) …');
  const { build } = await import('esbuild');
  const entries = JSON.parse(readFileSync(join(root, 'scripts/entry-points.json'), 'utf8'));
  await build({
    entryPoints: entries.map((entry) => join(root, entry)),
    outdir: join(dist, 'js'),
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
    loader: { '.py': 'text', '.wasm': 'binary' },
  });
  writeFileSync(join(dist, '.bundles.digest'), digest);
}

/** Brings dist/ up to date. */
export async function ensureBuilt() {
  mkdirSync(dist, { recursive: true });
  await buildKernels();
  await buildBundles();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureBuilt();
