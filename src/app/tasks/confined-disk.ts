import { dirname } from 'node:path';
import type { Disk } from '../../foundation/bytes/index.ts';
import type { AccessRules } from './access-rules.ts';

/** A disk on which every act is checked first: what tasks called by an untrusted script get. */
export function confinedDisk(disk: Disk, rules: AccessRules): Disk {
  const reading = (path: string) => {
    rules.check(path, 'read');
    return path;
  };
  const writing = (path: string) => {
    rules.check(path, 'write');
    return path;
  };
  const isVisible = (path: string) => rules.modeOf(path) !== undefined;
  return {
    open: (path) => disk.open(reading(path)),
    create: (path) => disk.create(writing(path)),
    openUpdate: (path) => disk.openUpdate(writing(path)),
    openLock: (path) => (rules.modeOf(path) === 'write' ? disk.openLock(path) : undefined),
    readFile: (path) => disk.readFile(reading(path)),
    readText: (path) => disk.readText(reading(path)),
    writeFile: (path, content) => disk.writeFile(writing(path), content),
    info: (path) => disk.info(reading(path)),
    exists: (path) => disk.exists(reading(path)),
    list: (path) => disk.list(reading(path)),
    makeDirectory: (path) => disk.makeDirectory(writing(path)),
    remove(path) {
      rules.checkRemoval(path);
      disk.remove(path);
    },
    rename(from, to) {
      rules.checkMove(from, to);
      disk.rename(from, to);
    },
    copy: (from, to) => disk.copy(reading(from), writing(to)),
    link(target, path) {
      rules.checkLink(target, path);
      disk.link(target, path);
    },
    freeBytes: (path) => disk.freeBytes(isVisible(path) ? path : reading(dirname(path))),
    resolve: (path) => disk.resolve(reading(path)),
  };
}
