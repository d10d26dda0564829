import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail } from '../../foundation/base/index.ts';
import { isAbsence } from '../../foundation/bytes/index.ts';

/** A directory and all below it. */
export interface AllowedFolder {
  /** Absolute. */
  readonly path: string;
  readonly mode: 'read' | 'write';
}

// Taken when this module is loaded: a thread that locks itself puts checked functions in the place of these.
const { lstatSync, readdirSync, readlinkSync } = fs;
const realpath = fs.realpathSync.native;

/** What an untrusted script may touch: of all folders that hold a path, the deepest one decides; of the same twice, the first. */
export class AccessRules {
  private readonly folders: readonly AllowedFolder[];

  constructor(folders: readonly AllowedFolder[]) {
    this.folders = folders
      .map(({ path, mode }) => ({ path: canonicalPath(path, true), mode }))
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** How a path may be used, its links followed; undefined: not at all. */
  modeOf(path: string, follow = true): 'read' | 'write' | undefined {
    const real = canonicalPath(path, follow);
    return this.folders.find((folder) => isWithin(real, folder.path))?.mode;
  }

  /**
   * Passes or refuses a use of a path.
   *
   * @param path absolute
   * @param follow false: the act is on a link itself
   * @throws denied with one sentence that names the path
   */
  check(path: string, use: 'read' | 'write', follow = true): void {
    if (path.includes('\0')) fail('denied', 'A path has no zero bytes.');
    const mode = this.modeOf(path, follow);
    if (mode === 'write' || (mode === 'read' && use === 'read')) return;
    if (mode === undefined) {
      // Nobody is told to open the whole disk.
      const folder = dirname(resolve(path)) === '/' ? resolve(path) : dirname(resolve(path));
      const wish = `${folder}${use === 'write' ? ':rw' : ''}`;
      fail('denied', `This script may not ${use} outside its own directories; casapy --allow ${wish} would let it`, {
        file: path,
      });
    }
    fail('denied', 'This directory is read-only for scripts', { file: path });
  }

  /**
   * Refuses a link whose target lies outside, and one whose way goes up again after it went down: what it leads to could be
   * changed later by putting a link in the place of a directory on that way.
   */
  checkLink(target: string, path: string): void {
    this.check(path, 'write', false);
    if (/(?:^|\/)(?!\.{1,2}(?:\/|$))[^/]+\/+(?:.*\/)?\.\.(?:\/|$)/.test(target))
      fail('denied', 'A link may not go down and up again', { file: path });
    this.checkAim(target, canonicalPath(dirname(path), true), path);
  }

  /**
   * Passes or refuses a move: both ends are writable, nothing read-only lies below, and no link that is moved leads out from
   * its new place.
   */
  checkMove(from: string, to: string): void {
    this.checkRemoval(from);
    this.check(to, 'write', false);
    const [source, target] = [canonicalPath(from, false), canonicalPath(to, false)];
    if (dirname(source) === dirname(target)) return;
    for (const link of linksAt(source)) {
      const place = `${target}${link.slice(source.length)}`;
      this.checkAim(readlinkSync(link), dirname(place), place);
    }
  }

  /** Passes or refuses to take away a path and all below it: a read-only directory may not lie there. */
  checkRemoval(path: string): void {
    this.check(path, 'write', false);
    const real = canonicalPath(path, false);
    const kept = this.folders.find(
      (folder) => folder.mode === 'read' && folder.path !== real && isWithin(folder.path, real),
    );
    if (kept) fail('denied', 'A read-only directory lies in it', { file: path });
  }

  /** @param folder where the link lies or will lie, without links in its own path */
  private checkAim(target: string, folder: string, path: string): void {
    if (this.modeOf(resolve(folder, target)) === undefined)
      fail('denied', 'A link may not lead out of the allowed directories', { file: path });
  }

  /** Names in a directory that may not be read itself, on the way to allowed folders below it. */
  namesOnTheWay(path: string): string[] {
    const real = canonicalPath(path, true);
    const start = real === '/' ? '/' : `${real}/`;
    const below = this.folders.filter((folder) => folder.path.startsWith(start));
    return [...new Set(below.map((folder) => folder.path.slice(start.length).split('/')[0]))].sort();
  }

  /** The outermost allowed folders, each once. */
  roots(): string[] {
    const paths = [...new Set(this.folders.map(({ path }) => path))];
    return paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** The path with all links resolved, also where its end does not exist yet or a link dangles. */
export function canonicalPath(path: string, follow: boolean): string {
  let current = resolve(path);
  for (let step = 0; step < 64; step++) {
    if (!follow) return current === '/' ? '/' : join(canonicalPath(dirname(current), true), lastPart(current));
    try {
      return realpath(current);
    } catch {
      const parent = current === '/' ? '/' : canonicalPath(dirname(current), true);
      const here = join(parent, lastPart(current));
      if (!infoOf(here)?.isSymbolicLink()) return here;
      current = resolve(parent, readlinkSync(here));
    }
  }
  return fail('denied', 'Too many links lead to each other', { file: path });
}

/** What is at a path; undefined when nothing is, also where a file stands in the way. */
function infoOf(path: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path itself, if it is a link, or all links below it. */
function linksAt(path: string): string[] {
  const info = infoOf(path);
  if (info?.isSymbolicLink()) return [path];
  if (!info?.isDirectory()) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const below = join(path, entry.name);
    return entry.isDirectory() ? linksAt(below) : entry.isSymbolicLink() ? [below] : [];
  });
}
