import { readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { loadPyodide, type PyodideAPI, version } from 'pyodide';
import { connectArrays } from './array-device.ts';
import { sleep } from './blocking-bridge.ts';
import { connectHost, type HostServices } from './host-device.ts';
import type { PreludeModule } from './snapshot.ts';

/** Version of the embedded Python. */
export const pyodideVersion: string = version;

const MODULE_FOLDER = '/lib/qa2';

type Options = NonNullable<Parameters<typeof loadPyodide>[0]>;

/** Starts Python and loads the prelude into it. */
async function startCold(prelude: readonly PreludeModule[], options: Options): Promise<PyodideAPI> {
  const python = await loadPyodide(options);
  python.FS.mkdirTree(MODULE_FOLDER);
  for (const { name, text } of prelude) python.FS.writeFile(`${MODULE_FOLDER}/${name}.py`, text);
  const names = prelude.map(({ name }) => name).join(', ');
  python.runPython(
    `import sys; sys.path.insert(0, '${MODULE_FOLDER}'); import ${names}; sys.path.remove('${MODULE_FOLDER}')`,
  );
  // What is there from the start is never garbage: later collections leave it alone.
  python.runPython('import gc; gc.collect(); gc.freeze()');
  return python;
}

/** Bytes of WebAssembly, roughly, that a function runs before it is optimized: V8's own number, and ours for Python. */
const TIERING_BUDGET = 1_800_000;
const PYTHON_TIERING_BUDGET = 100_000_000;

/** Starts Python from a snapshot, and keeps nothing of it but Python's memory. */
async function startWarm(snapshot: string | Uint8Array): Promise<PyodideAPI> {
  const image = typeof snapshot === 'string' ? readFileSync(snapshot) : snapshot;
  // The optimizing compiler would take a third of the start's CPU time for functions that most scripts call for a moment. This
  // Python's functions earn it later; those of modules that come after, the kernels above all, as soon as ever.
  setFlagsFromString(`--wasm-tiering-budget=${PYTHON_TIERING_BUDGET}`);
  const python = await loadPyodide({ _loadSnapshot: image } as Options);
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  const { config } = (python as PyodideAPI & { _api: { config: { _loadSnapshot?: unknown } } })._api;
  delete config._loadSnapshot;
  return python;
}

/** The memory of a Python in which the prelude is loaded: ~31 MB, from which later starts take 0.6 s. */
export async function makeSnapshot(prelude: readonly PreludeModule[]): Promise<Uint8Array> {
  const python = await startCold(prelude, { _makeSnapshot: true } as Options);
  return (python as PyodideAPI & { makeMemorySnapshot(): Uint8Array }).makeMemorySnapshot();
}

export interface InterpreterOptions {
  readonly prelude: readonly PreludeModule[];
  /** What {@link makeSnapshot} made, or the file that keeps it; undefined: a cold start. */
  readonly snapshot?: string | Uint8Array;
  /** Host directories that Python sees, each under its own absolute name. */
  readonly mounts: readonly string[];
  /** Bytes of `dist/array-kernels.wasm`. */
  readonly arrayKernels: Uint8Array;
  /** One byte: 2 makes Python raise KeyboardInterrupt. */
  readonly interrupt: SharedArrayBuffer;
}

/** An embedded Python in this thread. */
export interface Interpreter {
  /** Lets Python call functions of this thread through its host device; called once. */
  serve(services: HostServices): void;
  /** Runs Python source; `input` is the variable of that name, given as JSON text. */
  run(source: string, input: unknown): unknown;
  /** Forgets what is known about host files; called after another thread or program may have changed some. */
  forgetFiles(): void;
}

/** Starts Python in this thread with streams, host directories and interrupts connected. */
export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const python = options.snapshot ? await startWarm(options.snapshot) : await startCold(options.prelude, {});
  for (const folder of options.mounts) {
    python.FS.mkdirTree(folder);
    python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, folder);
  }
  connectStreams(python);
  python.setInterruptBuffer(new Uint8Array(options.interrupt));
  return {
    serve(services) {
      connectHost(python, { ...services, ...connectArrays(python, options.arrayKernels) });
      closeMemory(python);
    },
    run(source, input) {
      python.globals.set('input_text', JSON.stringify(input));
      return python.runPython(source);
    },
    forgetFiles: () => forgetNodes(python),
  };
}

const EACCES = 2; // Emscripten's number

/** Files outside the mounted directories would be in memory, seen by Python alone and gone at the end: none are made. */
function closeMemory(python: PyodideAPI): void {
  const { filesystems, ErrnoError } = python.FS as unknown as {
    filesystems: { MEMFS: { ops_table: { dir: { node: Record<string, unknown> } } } };
    ErrnoError: new (number: number) => Error;
  };
  const refuse = () => {
    throw new ErrnoError(EACCES);
  };
  Object.assign(filesystems.MEMFS.ops_table.dir.node, { mknod: refuse, symlink: refuse, rename: refuse });
}

function connectStreams(python: PyodideAPI): void {
  const output = (descriptor: number) => ({
    write(bytes: Uint8Array) {
      writeAll(descriptor, bytes);
      return bytes.length;
    },
    isatty: false,
  });
  python.setStdout(output(1));
  python.setStderr(output(2));
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  python.setStdin({
    stdin() {
      const count = readInput(buffer);
      return count > 0 ? decoder.decode(buffer.subarray(0, count)) : undefined;
    },
    isatty: false,
  });
}

/** Writes all bytes, also to a pipe that is full for a moment. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      sleep(5);
    }
  }
}

function readInput(buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, buffer, 0, buffer.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      sleep(20);
    }
  }
}

interface FileNode {
  name_next?: FileNode;
  readonly mount?: { readonly type: unknown; readonly root: FileNode };
}

/** NODEFS remembers whether a name is a file or a directory; what others changed is seen only when that is dropped. */
function forgetNodes(python: PyodideAPI): void {
  const files = python.FS as unknown as {
    nameTable: (FileNode | null)[];
    hashRemoveNode(node: FileNode): void;
    filesystems: { NODEFS: unknown };
  };
  for (const first of files.nameTable) {
    let node: FileNode | null | undefined = first;
    while (node) {
      const next: FileNode | undefined = node.name_next;
      if (node.mount && node.mount.type === files.filesystems.NODEFS && node !== node.mount.root)
        files.hashRemoveNode(node);
      node = next;
    }
  }
}

const SYSTEM_FOLDERS = new Set(['dev', 'proc', 'sys', 'lib', 'lib64', 'lib32', 'bin', 'sbin', 'boot']);

/** The host's top directories except the system's own. */
export function hostFolders(): string[] {
  return readdirSync('/')
    .filter((name) => !SYSTEM_FOLDERS.has(name) && statSync(`/${name}`, { throwIfNoEntry: false })?.isDirectory())
    .map((name) => `/${name}`);
}
