import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import type { LockFile } from './types.ts';

/** How one operating system numbers fcntl's commands and lock types, and lays out its struct flock. */
interface Layout {
  readonly get: number;
  readonly set: number;
  readonly types: Readonly<Record<'read' | 'write' | 'none', number>>;
  readonly bytes: number;
  readonly type: number;
  readonly start: number;
  readonly length: number;
  readonly pid: number;
  readonly busy: readonly number[];
}

// Locks of the open file description (F_OFD_SETLK), not of the process: closing another descriptor of the file keeps them, and
// threads exclude each other. They and POSIX locks, which casacore takes, exclude one another.
const LAYOUTS: Readonly<Partial<Record<string, Layout>>> = {
  // linux/fcntl.h, asm-generic/fcntl.h, 64-bit
  linux: {
    get: 36,
    set: 37,
    types: { read: 0, write: 1, none: 2 },
    bytes: 32,
    type: 0,
    start: 8,
    length: 16,
    pid: 24,
    busy: [11, 13],
  },
  // xnu bsd/sys/fcntl.h
  darwin: {
    get: 92,
    set: 90,
    types: { read: 1, write: 3, none: 2 },
    bytes: 24,
    type: 20,
    start: 0,
    length: 8,
    pid: 16,
    busy: [35, 13],
  },
};

type Fcntl = (descriptor: number, command: number, type: 'void *', lock: Uint8Array) => number;
interface System {
  readonly fcntl: Fcntl;
  readonly errno: () => number;
}

let system: System | undefined | 'unknown' = 'unknown';

/** fcntl of the C library; undefined where it cannot be called. */
function loadSystem(): System | undefined {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const fcntl = koffi.load(null).func('int fcntl(int descriptor, int command, ...)') as unknown as Fcntl;
    return { fcntl, errno: () => koffi.errno() };
  } catch {
    return undefined;
  }
}

/** Loads what calls fcntl, which takes 20 ms, so that the first lock does not wait for it. */
export function prepareLocks(): void {
  if (system === 'unknown' && process.platform in LAYOUTS) system = loadSystem();
}

/** Opens a file to lock bytes of it; undefined where there is no such file or the system does not lock it. */
export function openLockFile(file: string): LockFile | undefined {
  const layout = process.arch.endsWith('64') ? LAYOUTS[process.platform] : undefined;
  if (!layout || !fs.existsSync(file)) return undefined;
  if (system === 'unknown') system = loadSystem();
  if (!system) return undefined;
  const { fcntl, errno } = system;
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'r+');
  } catch {
    return undefined; // a change of this table will say why
  }
  const call = (command: number, kind: 'read' | 'write' | 'none', offset: number, length: number) => {
    const lock = new Uint8Array(layout.bytes);
    const view = new DataView(lock.buffer);
    view.setInt16(layout.type, layout.types[kind], true);
    view.setBigInt64(layout.start, BigInt(offset), true);
    view.setBigInt64(layout.length, BigInt(length), true);
    return { status: fcntl(descriptor, command, 'void *', lock), view };
  };
  const holder = (offset: number, length: number) => {
    const { status, view } = call(layout.get, 'write', offset, length);
    if (status !== 0 || view.getInt16(layout.type, true) === layout.types.none) return undefined;
    return Math.max(0, view.getInt32(layout.pid, true));
  };
  if (call(layout.get, 'write', 0, 1).status !== 0) {
    fs.closeSync(descriptor);
    return undefined;
  }
  return {
    lock(offset, length, kind) {
      if (call(layout.set, kind, offset, length).status === 0) return true;
      return !layout.busy.includes(errno()); // a file system that has no locks does not stop the work
    },
    holder,
    close: () => fs.closeSync(descriptor), // gives up the locks
  };
}
