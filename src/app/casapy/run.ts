import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { fail } from '../../foundation/base/index.ts';
import {
  hostFolders,
  keepSnapshot,
  type PreludeModule,
  pyodideVersion,
  readPrelude,
  snapshotPath,
} from '../python/index.ts';
import {
  AccessRules,
  type AllowedFolder,
  builtScript,
  type Catalog,
  type EngineThreadData,
  installationRoot,
  readCatalog,
  sessionLogName,
} from '../tasks/index.ts';
import type { PythonJob, PythonMessage, PythonThreadData } from './casapy-worker.ts';
import { LineEditor, type LineRequest } from './line-editor.ts';
import type { CasapyOptions } from './options.ts';
import { planAccess, readAllowance, type ScriptAccess, scriptEnvironment } from './script-access.ts';

/** CASA version that scripts are told when they ask for none. */
const DEFAULT_VERSION = '4.7.2';

/** Modules of the prelude, in the order in which they need each other. */
function prelude(): PreludeModule[] {
  const folder = (room: string) => join(installationRoot(), 'src', 'app', room, 'prelude');
  return [
    ...readPrelude(folder('python'), [
      'qa2_host',
      'qa2_seal',
      'qa2_linux_errors',
      'qa2_python2_errors',
      'qa2_python2_text',
      'qa2_python2_format',
      'qa2_python2_random',
      'qa2_python2_scopes',
      'qa2_python2_loops',
      'qa2_python2_bytes',
      'qa2_python2_imports',
      'qa2_python2_library',
      'qa2_python2',
      'qa2_kernels',
      'qa2_ndarray',
      'qa2_numpy',
      'qa2_numpy_grid',
      'qa2_numpy_more',
      'qa2_numpy_small',
      'qa2_numpy_files',
      'qa2_numpy_fft',
      'qa2_numpy_random',
      'qa2_numpy_masked',
      'qa2_scipy_ndimage',
      'qa2_scipy',
      'qa2_session',
    ]),
    ...readPrelude(folder('casapy'), [
      'qa2_engine',
      'qa2_parameters',
      'qa2_pylab',
      'qa2_fits_header',
      'qa2_fits',
      'qa2_units',
      'qa2_constants',
      'qa2_equivalencies',
      'qa2_units_numpy',
      'qa2_sky',
      'qa2_wcs',
      'qa2_astropy',
      'qa2_analysis',
      'qa2_casa',
      'qa2_pipeline',
      'qa2_delivery',
      'qa2_magic',
      'qa2_prompt',
    ]),
  ];
}

function startWorker(data: PythonThreadData, transfer: MessageChannel['port1'][] = []): Worker {
  return new Worker(builtScript('casapy-worker'), { workerData: data, transferList: transfer, env: {} });
}

/** Waits for the last message of a Python thread; `start` is called when it asks for the engine. */
function lastMessage<Kind extends PythonMessage['kind']>(
  worker: Worker,
  kind: Kind,
  start?: () => void,
): Promise<Extract<PythonMessage, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: PythonMessage) => {
      if (message.kind === 'needs-engine') start?.();
      else if (message.kind === kind) resolve(message as Extract<PythonMessage, { kind: Kind }>);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The Python thread ended early (code ${code}).`)));
  });
}

/** The start-up snapshot: its file, made now if there is none, or its bytes where no file can be kept. */
async function prepareSnapshot(modules: readonly PreludeModule[]): Promise<string | Uint8Array> {
  const path = snapshotPath(pyodideVersion, modules);
  if (existsSync(path)) return path;
  process.stderr.write('Preparing the embedded Python (once, some seconds) …\n');
  const worker = startWorker({ kind: 'snapshot', prelude: modules });
  const { image } = await lastMessage(worker, 'image');
  await worker.terminate();
  return keepSnapshot(path, image) ? path : image;
}

/**
 * Runs a script with its own Python thread and engine thread.
 *
 * @returns the exit code
 * @throws missing, internal when the threads cannot be started
 */
export async function runCasapy(options: CasapyOptions): Promise<number> {
  const cwd = process.cwd();
  const access = chooseAccess(options, cwd);
  const modules = prelude();
  const logfile = chooseLogfile(options, cwd);
  const abort = new SharedArrayBuffer(4);
  const interrupt = new SharedArrayBuffer(1);
  const signal = new SharedArrayBuffer(8);
  const { port1: pythonPort, port2: enginePort } = new MessageChannel();
  const catalog = readCatalog();
  const lines = serveLines(catalog);
  const engineData: EngineThreadData = {
    abort,
    memoryBytes: options.memoryBytes,
    casaVersion: options.casaVersion ?? DEFAULT_VERSION,
    logfile,
    echo: options.logsToTerminal ? 'INFO' : 'WARN',
    folders: access && withInstallation(access),
    bridge: { port: enginePort, signal },
  };
  const snapshot = await prepareSnapshot(modules);
  // Python's WebAssembly is checked function by function when one is first called, not all 10 MB of it before the start;
  // without a snapshot Python tries what WebAssembly can do, which such a check would always grant.
  setFlagsFromString('--wasm-lazy-validation');
  if (access) setFlagsFromString('--disallow-code-generation-from-strings');
  const python = startWorker(
    {
      kind: 'run',
      prelude: modules,
      snapshot,
      mounts: access ? new AccessRules(withInstallation(access)).roots() : hostFolders(),
      folders: access && withInstallation(access),
      interrupt,
      bridge: { port: pythonPort, signal },
      lines: { port: lines.port, signal: lines.signal },
      start: {
        hasEditor: process.stdin.isTTY === true && process.stdout.isTTY === true,
        cwd,
        environment: access
          ? scriptEnvironment(process.env, cwd, casaPath())
          : { ...(process.env as Record<string, string>), CASAPATH: casaPath() },
        isTrusted: access === undefined,
        words: options.words,
        scriptAt: options.scriptAt,
        tasks: Object.keys(catalog.tasks),
        tools: catalog.tools,
        casaVersion: options.casaVersion ?? DEFAULT_VERSION,
        isVersionFixed: options.casaVersion !== undefined,
        logfile: logfile ?? '',
      },
      job: jobOf(options),
    },
    [pythonPort, lines.port],
  );
  const stop = () => {
    new Uint8Array(interrupt)[0] = 2;
    Atomics.store(new Int32Array(abort), 0, 1);
  };
  process.on('SIGINT', stop);
  let engine: Worker | undefined;
  let failEngine: (error: unknown) => void = () => undefined;
  const startEngine = () => {
    engine = new Worker(builtScript('engine-worker'), { workerData: engineData, transferList: [enginePort] });
    engine.once('error', failEngine);
  };
  try {
    const engineFailure = new Promise<never>((_, reject) => {
      failEngine = reject;
    });
    const { code } = await Promise.race([lastMessage(python, 'end', startEngine), engineFailure]);
    return code;
  } finally {
    process.off('SIGINT', stop);
    await python.terminate();
    if (engine) await ended(engine);
  }
}

/** How long the engine may take to finish what it does when Python has gone, ms. */
const FAREWELL_MS = 1000;

/** The engine ends by itself when its bridge is closed. Ended while it loads a native module it would take the process along. */
async function ended(engine: Worker): Promise<void> {
  if (engine.threadId === -1) return; // it has ended
  const farewell = AbortSignal.timeout(FAREWELL_MS);
  await once(engine, 'exit', { signal: farewell }).catch(() => engine.terminate());
}

/** Reads lines from the terminal for the Python thread, which sleeps meanwhile. */
function serveLines({ tasks, tools }: Catalog): { readonly port: MessagePort; readonly signal: SharedArrayBuffer } {
  const { port1, port2 } = new MessageChannel();
  const signal = new SharedArrayBuffer(8);
  const editor = new LineEditor(process.stdin, process.stdout, {
    parameters: new Map(Object.entries(tasks)),
    methods: new Map(Object.entries(tools)),
  });
  port2.on('message', async (request: LineRequest) => {
    port2.postMessage(await editor.read(request));
    Atomics.store(new Int32Array(signal), 0, 1);
    Atomics.notify(new Int32Array(signal), 0);
  });
  port2.unref();
  return { port: port1, signal };
}

/** What the script may touch; undefined when the user trusts it. */
function chooseAccess(options: CasapyOptions, cwd: string): ScriptAccess | undefined {
  if (options.isTrusted) return undefined;
  const access = planAccess(
    cwd,
    options.allowed.map((text) => readAllowance(text, cwd)),
  );
  for (const { path, target } of access.links) process.stderr.write(`Link followed, read-only: ${path} -> ${target}\n`);
  return access;
}

function withInstallation(access: ScriptAccess): AllowedFolder[] {
  return [...access.folders, { path: casaPath(), mode: 'read' }];
}

/** Where the log goes; a directory that cannot be written has none, which is said, unless the user named the file. */
function chooseLogfile(options: CasapyOptions, cwd: string): string | undefined {
  if (!options.hasLogfile) return undefined;
  const file = join(options.logfile?.startsWith('/') ? '/' : cwd, options.logfile ?? sessionLogName(new Date()));
  try {
    appendFileSync(file, '');
    return file;
  } catch (error) {
    if (options.logfile !== undefined) fail('denied', 'The log file cannot be written.', { file }, error);
    process.stderr.write(`No log is kept: ${cwd} cannot be written; name a file with --logfile.\n`);
    return undefined;
  }
}

/** Scripts call `$CASAPATH/bin/bdflags2MS`; the variable may carry words after the directory, as CASA's did. */
function casaPath(): string {
  return join(installationRoot(), 'bin', 'casa');
}

function jobOf({ script, casaVersion }: CasapyOptions): PythonJob {
  const asked = Number((casaVersion ?? '6').split('.')[0]) < 6 ? 2 : 3;
  if (script === undefined) return { kind: 'prompt', language: casaVersion === undefined ? 2 : asked };
  if (script.kind === 'code') return { ...script, language: asked };
  return { ...script, bytes: readFileSync(resolve(script.path), 'latin1'), language: asked };
}
