import { createRequire, syncBuiltinESMExports } from 'node:module';
import { guardedFiles, type PathRules } from './guarded-files.ts';

/**
 * Parts of Node that reach beyond this thread: programs, network, other files; `module` is the way to the rest of them. http, https
 * and tls stand on net, which is closed before they could be loaded; to load them here took a twentieth of a start.
 */
const CLOSED_MODULES = ['child_process', 'dgram', 'dns', 'fs/promises', 'net', 'vm', 'module'];

/** Functions of node:fs that work on what is open already. */
const ON_DESCRIPTORS = new Set(
  'closeSync readSync writeSync fstatSync ftruncateSync fchmodSync futimesSync fsyncSync fdatasyncSync readvSync writevSync'.split(
    ' ',
  ),
);
const CLOSED_GLOBALS = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'require', 'Worker', 'BroadcastChannel'];
const CLOSED_PROCESS = [
  'binding',
  '_linkedBinding',
  'dlopen',
  'kill',
  'getBuiltinModule',
  'report',
  '_debugProcess',
  'chdir',
];

function refuse(): never {
  throw Object.assign(new Error('Scripts may not do this.'), { code: 'EACCES', errno: -13 });
}

type Exports = Record<string, unknown>;

function closeAll(exports: Exports, kept: ReadonlySet<string>, given: Exports = {}): void {
  for (const name of Object.keys(exports)) {
    if (kept.has(name)) continue;
    const isFunction = typeof Object.getOwnPropertyDescriptor(exports, name)?.value === 'function';
    const value = given[name] ?? (isFunction ? refuse : undefined);
    if (value === undefined && !/promises/.test(name)) continue;
    Object.defineProperty(exports, name, { value: value ?? {}, configurable: true, writable: true });
  }
}

/**
 * Takes from this thread what a script must not reach even if it got from Python into JavaScript: files outside the
 * rules, programs, network, threads. There is no way back.
 */
export function lockThread(rules: PathRules): void {
  const load = createRequire(import.meta.url);
  const closed = CLOSED_MODULES.map((name) => load(`node:${name}`) as Exports);
  const { Socket, Server } = load('node:net') as Record<'Socket' | 'Server', { prototype: Exports }>;
  Socket.prototype.connect = refuse;
  Server.prototype.listen = refuse;
  closeAll(load('node:fs') as Exports, ON_DESCRIPTORS, guardedFiles(rules) as unknown as Exports);
  const threads = load('node:worker_threads') as Exports;
  threads.Worker = refuse;
  const sync = syncBuiltinESMExports;
  for (const exports of closed) closeAll(exports, new Set());
  sync();
  const scope = globalThis as unknown as Exports;
  for (const name of CLOSED_GLOBALS) delete scope[name];
  const own = process as unknown as Exports;
  for (const name of CLOSED_PROCESS) Object.defineProperty(own, name, { value: refuse, configurable: false });
}
