import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import type { LockFile } from './types.ts';

/** How one operating system numbers fcntl's commands and lock types, and lays out its struct flock. */
interface Layout {
  readonly get: number;
  readonly set: number;
  /** F_SETLK: locks of the process, as casacore takes them. */
  readonly setOfProcess: number;
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
    setOfProcess: 6,
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
    setOfProcess: 8,
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
export interface System {
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

/** Loads what calls fcntl, which takes 5 to 20 ms, so that the first lock does not wait for it. */
export function prepareLocks(): void {
  if (system === 'unknown' && process.platform in LAYOUTS) system = loadSystem();
}

type Kind = 'read' | 'write' | 'none';

/** fcntl with locks of bytes. */
class Locker {
  private readonly layout: Layout;
  private readonly system: System;

  constructor(layout: Layout, system: System) {
    this.layout = layout;
    this.system = system;
  }

  /** @returns whether the lock is taken or given up; undefined where the system does not lock */
  set(descriptor: number, kind: Kind, offset: number, length: number, command = this.layout.set): boolean | undefined {
    if (this.call(descriptor, command, kind, offset, length).status === 0) return true;
    return this.layout.busy.includes(this.system.errno()) ? false : undefined;
  }

  /** The process whose lock is in the way of a write lock. */
  holder(descriptor: number, offset: number, length: number): number | undefined {
    const { layout } = this;
    const { status, view } = this.call(descriptor, layout.get, 'write', offset, length);
    if (status !== 0 || view.getInt16(layout.type, true) === layout.types.none) return undefined;
    return Math.max(0, view.getInt32(layout.pid, true));
  }

  /** Whether locks of two descriptors of a file exclude each other and those of a process, as long as they are held. */
  proves(first: number, second: number): boolean {
    const offset = TRIAL_OFFSET + Math.floor(Math.random() * TRIAL_OFFSET); // others may try at the same time
    const set = (descriptor: number, kind: Kind, command?: number) => this.set(descriptor, kind, offset, 1, command);
    const { setOfProcess } = this.layout;
    return (
      set(first, 'write') === true &&
      set(second, 'write') === false &&
      set(second, 'read') === false &&
      set(second, 'write', setOfProcess) === false &&
      set(first, 'none') === true &&
      set(second, 'write', setOfProcess) === true &&
      set(first, 'write') === false &&
      set(second, 'none', setOfProcess) === true &&
      set(second, 'write') === true &&
      set(second, 'none') === true
    );
  }

  private call(descriptor: number, command: number, kind: Kind, offset: number, length: number) {
    const { layout } = this;
    const lock = new Uint8Array(layout.bytes);
    const view = new DataView(lock.buffer);
    view.setInt16(layout.type, layout.types[kind], true);
    view.setBigInt64(layout.start, BigInt(offset), true);
    view.setBigInt64(layout.length, BigInt(length), true);
    return { status: this.system.fcntl(descriptor, command, 'void *', lock), view };
  }
}

/** Locks are tried on a byte far beyond those that casacore and we lock. */
const TRIAL_OFFSET = 2 ** 29;

/** Whether locks hold, by the device of the file system. */
const provenDevices = new Map<number, boolean>();

/**
 * Opens a file to lock bytes of it.
 *
 * @param fcntl stands for the C library's in tests; every file is then tried anew
 * @returns undefined where locks do not prove themselves: on each file system that is met, once, they must exclude a second lock
 *   and one such as casacore takes, and be free again when given up
 * @throws missing, denied
 */
export function openLockFile(file: string, fcntl?: System): LockFile | undefined {
  const layout = process.arch.endsWith('64') ? LAYOUTS[process.platform] : undefined;
  if (system === 'unknown') system = layout && loadSystem();
  const called = fcntl ?? system;
  if (!layout || !called) return undefined;
  const locker = new Locker(layout, called);
  const descriptor = fs.openSync(file, 'r+');
  const { dev } = fs.fstatSync(descriptor);
  const isProven = (fcntl ? undefined : provenDevices.get(dev)) ?? tryLocks(locker, file, descriptor);
  if (!fcntl) provenDevices.set(dev, isProven);
  if (!isProven) {
    fs.closeSync(descriptor);
    return undefined;
  }
  return {
    lock: (offset, length, kind) => locker.set(descriptor, kind, offset, length) ?? false,
    holder: (offset, length) => locker.holder(descriptor, offset, length),
    close: () => fs.closeSync(descriptor), // gives up the locks
  };
}

function tryLocks(locker: Locker, file: string, descriptor: number): boolean {
  const second = fs.openSync(file, 'r+');
  try {
    return locker.proves(descriptor, second);
  } finally {
    fs.closeSync(second);
  }
}
