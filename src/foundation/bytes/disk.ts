import { fail } from '../base/index.ts';
import type { Disk } from './types.ts';

let installed: Disk | undefined;

/** Chooses the file system of this thread; entry points call it once, before anything else. */
export function installDisk(disk: Disk): void {
  installed = disk;
}

/** The file system of this thread. */
export function disk(): Disk {
  return installed ?? fail('internal', 'No disk is installed in this thread; the entry point must call installDisk.');
}
