import * as fs from 'node:fs';
import * as path from 'node:path';
import { getSystemErrorName } from 'node:util';
import { type ErrorTag, fail } from '../base/index.ts';
import { isAbsence } from './absence.ts';
import { openLockFile } from './node-lock.ts';
import { type PendingFile, WriteBehind } from './node-writer.ts';
import type { ByteFile, ByteSink, ByteSource, Disk, FileInfo } from './types.ts';

export { prepareLocks } from './node-lock.ts';

const behind = new WriteBehind();

/** The real file system; the one place of the engine that imports node:fs. */
export function nodeDisk(): Disk {
  return {
    open: (file) => openSource(file),
    create: (file) => createSink(file),
    openUpdate: (file) => openFile(file),
    openLock: (file) => guard(file, () => openLockFile(file)),
    readFile: (file) => settled(file, () => new Uint8Array(fs.readFileSync(file))),
    readText: (file) => settled(file, () => fs.readFileSync(file, 'utf8')),
    writeFile: (file, content) => settled(file, () => fs.writeFileSync(file, content)),
    info: fileInfo,
    exists: (file) => fs.existsSync(file),
    list: (directory) => guard(directory, () => fs.readdirSync(directory).sort()),
    makeDirectory: (directory) => guard(directory, () => makeDirectories(directory)),
    remove: (file) => guard(file, () => fs.rmSync(file, { recursive: true, force: true })),
    rename: (from, to) => guard(from, () => fs.renameSync(from, to)),
    copy: (from, to) => {
      behind.settle();
      guard(from, () => (fs.statSync(from).isFile() ? copyFile(from, to) : copyTree(from, to)));
    },
    link: (target, file) => guard(file, () => fs.symlinkSync(target, file)),
    freeBytes: (file) =>
      guard(file, () => {
        const info = fs.statfsSync(file);
        return info.bavail * info.bsize;
      }),
    resolve: (file) => (fs.existsSync(file) ? fs.realpathSync(file) : path.resolve(file)),
  };
}

/** Makes a directory and those above it. Node's own recursion never ends where the system answers ENOENT, as in /proc. */
function makeDirectories(directory: string): void {
  if (fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = path.dirname(directory);
  if (!fs.existsSync(above)) makeDirectories(above);
  try {
    fs.mkdirSync(directory);
  } catch (error) {
    if (!fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** What a link shows is copied, not the link; links inside stay as they are, so that those to places inside lead there in the copy. */
function copyTree(from: string, to: string): void {
  const mode = fs.constants.COPYFILE_FICLONE;
  fs.cpSync(fs.realpathSync(from), to, { recursive: true, verbatimSymlinks: true, mode });
}

const COPY_BYTES = 2 ** 18;

/**
 * Copies a file, by reference where the file system can. Node's own copy empties the new file first, and ext4 then waits at its
 * end until there is a place on the disk for all of it: 0.3 s for a gigabyte.
 */
function copyFile(from: string, to: string): void {
  try {
    // Only to a new name: where it fails, it removes what stands there.
    fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE_FORCE | fs.constants.COPYFILE_EXCL);
    return;
  } catch {
    // The file system has no copies by reference; what else is wrong, the copy below says.
  }
  const source = fs.openSync(from, 'r');
  try {
    const { mode, dev, ino } = fs.fstatSync(source);
    const there = fs.statSync(to, { throwIfNoEntry: false });
    if (there?.ino === ino && there.dev === dev) return;
    const target = fs.openSync(to, 'w');
    try {
      fs.fchmodSync(target, mode);
      const bytes = new Uint8Array(COPY_BYTES);
      for (let offset = 0; ; ) {
        const count = fs.readSync(source, bytes, 0, COPY_BYTES, offset);
        if (count === 0) break;
        writeExactly(target, to, offset, bytes.subarray(0, count));
        offset += count;
      }
    } finally {
      fs.closeSync(target);
    }
  } finally {
    fs.closeSync(source);
  }
}

/** What is at a path; undefined when nothing is, also where a file stands in the way. */
function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function fileInfo(file: string): FileInfo | undefined {
  if (file.includes('\0')) return undefined; // Node throws for such names, which no file has
  let stat = statOf(file);
  if (stat && behind.settleInode(stat.ino)) stat = statOf(file);
  if (!stat) return undefined;
  return { kind: stat.isDirectory() ? 'directory' : 'file', size: stat.size, modifiedMs: stat.mtimeMs };
}

function openSource(file: string): ByteSource {
  const descriptor = guard(file, () => fs.openSync(file, 'r'));
  behind.settleInode(fs.fstatSync(descriptor).ino);
  const length = fs.fstatSync(descriptor).size;
  return {
    name: file,
    length,
    read: (offset, target) => readExactly(descriptor, file, offset, target),
    close: () => fs.closeSync(descriptor),
  };
}

function createSink(file: string): ByteSink {
  const written = new WrittenFile(file, 'w');
  let position = 0;
  return {
    name: file,
    get position() {
      return position;
    },
    write(bytes) {
      written.write(position, bytes);
      position += bytes.length;
    },
    patch(offset, bytes) {
      if (offset + bytes.length > position)
        fail('internal', 'A patch lies beyond what is written.', { file, byte: offset });
      written.write(offset, bytes);
    },
    close: () => written.close(),
  };
}

function openFile(file: string): ByteFile {
  const written = new WrittenFile(file, fs.existsSync(file) ? 'r+' : 'w+');
  return {
    name: file,
    get length() {
      return fs.fstatSync(written.settled()).size;
    },
    read: (offset, target) => readExactly(written.settled(), file, offset, target),
    write: (offset, bytes) => written.write(offset, bytes),
    truncate(length) {
      const descriptor = written.settled();
      guard(file, () => fs.ftruncateSync(descriptor, length));
    },
    flush: () => void written.settled(),
    close: () => written.close(),
  };
}

/** An open file whose long writes may be on their way until it is settled. */
class WrittenFile {
  private readonly file: string;
  private readonly pending: PendingFile;

  constructor(file: string, flags: string) {
    this.file = file;
    const descriptor = settled(file, () => fs.openSync(file, flags));
    this.pending = { descriptor, inode: fs.fstatSync(descriptor).ino, lastPiece: 0, errno: 0 };
  }

  /** The descriptor of a file that holds all that was written. */
  settled(): number {
    const { descriptor, errno } = this.wait();
    if (errno !== 0) refuse(this.file, getSystemErrorName(errno));
    return descriptor;
  }

  write(offset: number, bytes: Uint8Array): void {
    if (!behind.take(this.pending, offset, bytes)) writeExactly(this.settled(), this.file, offset, bytes);
  }

  close(): void {
    fs.closeSync(this.wait().descriptor);
    this.settled();
  }

  private wait(): PendingFile {
    behind.settle(this.pending);
    return this.pending;
  }
}

function readExactly(descriptor: number, file: string, offset: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const count = guard(file, () => fs.readSync(descriptor, target, done, target.length - done, offset + done));
    if (count === 0) {
      fail('bad-format', `The file ends ${target.length - done} bytes too early; it is truncated.`, {
        file,
        byte: offset + done,
      });
    }
    done += count;
  }
}

function writeExactly(descriptor: number, file: string, offset: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    done += guard(file, () => fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done));
  }
}

const TAGS: Readonly<Record<string, readonly [ErrorTag, string]>> = {
  ENOENT: ['missing', 'No such file or directory.'],
  ENOTDIR: ['missing', 'A part of the path is not a directory.'],
  EISDIR: ['missing', 'This is a directory; a file is needed here.'],
  ENOTEMPTY: ['exists', 'The directory is not empty.'],
  EEXIST: ['exists', 'A file of this name is in the way.'],
  ENOSPC: ['no-space', 'The disk is full; free some space and run again.'],
  EDQUOT: ['no-space', 'The disk quota is used up; free some space and run again.'],
  EACCES: ['denied', 'Permission denied.'],
  EPERM: ['denied', 'Operation not permitted.'],
  EROFS: ['denied', 'The file system is read-only.'],
};

function guard<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    return refuse(file, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
}

/** The same for what looks a file up by its name, under which somebody else in this thread may be writing. */
function settled<T>(file: string, act: () => T): T {
  if (behind.isBusy) {
    const stat = guard(file, () => statOf(file));
    if (stat) behind.settleInode(stat.ino);
  }
  return guard(file, act);
}

function refuse(file: string, code: string, cause?: unknown): never {
  const [tag, message] = TAGS[code] ?? (['io', `The operating system refused (${code}).`] as const);
  return fail(tag, message, { file }, cause);
}
