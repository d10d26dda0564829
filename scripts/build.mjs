// Builds dist/: one bundle per entry point (esbuild) and the kernels (AssemblyScript). Skips what is up to date.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** Every source file below the folders, in a fixed order. */
function sourceFiles(folders) {
  const found = [];
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = `${path}/${entry.name}`; // join() would take half the time of a start
      if (entry.isDirectory()) visit(full);
      else if (/\.(ts|py|json|wasm|html|css)$/.test(entry.name)) found.push(full);
    }
  };
  for (const folder of folders) if (existsSync(join(root, folder))) visit(join(root, folder));
  return found;
}

function digestOf(files, describe) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(root.length)).update(describe(file));
  return hash.digest('hex');
}

/**
 * Looks whether a part of dist/ was made from these sources: first by their sizes and times, then by their content.
 * Returns undefined when it is current, else what to hand to `keepStamp` after building.
 */
function staleness(name, folders, others = []) {
  if (!existsSync(join(root, 'src'))) return undefined; // an installed package brings dist/ along
  const files = [...sourceFiles(folders), ...others.map((file) => join(root, file))];
  const quick = digestOf(files, (file) => {
    const { size, mtimeMs } = statSync(file);
    return `${size} ${mtimeMs}`;
  });
  const stamp = join(dist, `.${name}.digest`);
  const [knownQuick, knownContent] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : [];
  if (knownQuick === quick) return undefined;
  const content = digestOf(files, (file) => readFileSync(file));
  if (knownContent !== content) return { stamp, text: `${quick} ${content}` };
  writeWhole(stamp, `${quick} ${content}`);
  return undefined;
}

/** Writes beside the final name and renames, so that a program that starts meanwhile sees whole files. */
function writeWhole(path, content) {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, content);
  renameSync(partial, path);
}

function say(line) {
  if (!process.env.QA2_QUIET_BUILD) process.stderr.write(`${line}\n`);
}

/** Options of the two WebAssembly modules: loops on the engine's shared memory, and loops on the memory of the embedded Python. */
const WASM_MODULES = {
  kernels: {
    source: 'kernels/index.ts',
    options: ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'],
  },
  'array-kernels': { source: 'kernels/arrays/index.ts', options: [] },
};

async function buildKernels() {
  const stale = staleness('kernels', ['kernels']);
  if (!stale) return;
  say('Building the kernels (AssemblyScript → WebAssembly, once) …');
  const { main } = await import(pathToFileURL(join(root, 'node_modules/assemblyscript/dist/asc.js')).href);
  const common =
    '--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert --runtime stub --importMemory --initialMemory 1 --enable simd --enable bulk-memory';
  for (const [name, { source, options }] of Object.entries(WASM_MODULES)) {
    const target = join(dist, `${name}.${process.pid}.wasm`);
    const { error, stderr } = await main([join(root, source), '--outFile', target, ...common.split(' '), ...options]);
    if (error) throw new Error(`The kernels do not compile:\n${stderr.toString()}`);
    renameSync(target, join(dist, `${name}.wasm`));
  }
  writeWhole(stale.stamp, stale.text);
}

const BUNDLING = {
  absWorkingDir: root,
  outdir: join(dist, 'js'),
  entryNames: '[name]',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Packages go into the bundles, so that a program starts with a few files instead of 800; these bring files of their own.
  external: ['@napi-rs/canvas', 'echarts', 'pyodide', 'esbuild', 'assemblyscript'],
  banner: {
    js: "import { createRequire as __makeRequire } from 'node:module'; const require = __makeRequire(import.meta.url);",
  },
  sourcemap: true,
  minifyWhitespace: true, // an engine thread starts with 5 MB of source text; names stay, for messages and profiles
  logLevel: 'error',
  loader: { '.wasm': 'binary' },
  write: false,
};

const DAY_MS = 86_400_000;

/** Removes what builds of earlier days left; programs that run now may still load what those of today did. */
function removeOld(folder, names) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const written = names.has(name) ? undefined : statSync(path, { throwIfNoEntry: false });
    if (written && Date.now() - written.mtimeMs > DAY_MS) rmSync(path, { force: true });
  }
}

async function buildBundles() {
  const stale = staleness(
    'bundles',
    ['src', 'data'],
    ['package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/entry-points.json'],
  );
  if (!stale) return;
  say('Building the program (TypeScript → JavaScript, once) …');
  const { build } = await import('esbuild');
  const { engine, thin } = JSON.parse(readFileSync(join(root, 'scripts/entry-points.json'), 'utf8'));
  const bundle = async (entries, splitting) => {
    const { outputFiles } = await build({
      ...BUNDLING,
      entryPoints: entries.map((entry) => join(root, entry)),
      splitting,
    });
    return outputFiles;
  };
  // With splitting, an entry loads whatever its neighbours need of the files that it uses: what must start quickly is bundled alone.
  const outputFiles = [await bundle(engine, true), ...(await Promise.all(thin.map((entry) => bundle([entry], false))))];
  const entries = [...engine, ...thin];
  mkdirSync(join(dist, 'js'), { recursive: true });
  const isEntry = ({ path }) => entries.some((entry) => basename(path) === basename(entry).replace(/\.ts$/, '.js'));
  const ordered = [...outputFiles.flat().filter((file) => !isEntry(file)), ...outputFiles.flat().filter(isEntry)];
  for (const { path, contents } of ordered) writeWhole(path, contents);
  removeOld(join(dist, 'js'), new Set(ordered.map(({ path }) => basename(path))));
  const { makeCatalog } = await import(pathToFileURL(join(dist, 'js', 'catalog.js')).href);
  writeWhole(join(dist, 'catalog.json'), JSON.stringify(makeCatalog()));
  writeWhole(stale.stamp, stale.text);
}

/** Brings dist/ up to date. */
export async function ensureBuilt() {
  mkdirSync(dist, { recursive: true });
  await buildKernels();
  await buildBundles();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureBuilt();
