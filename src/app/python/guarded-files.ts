import * as fs from 'node:fs';
import { isAbsence } from '../../foundation/bytes/index.ts';

/** Says whether a path may be used; throws otherwise. */
export interface PathRules {
  check(path: string, use: 'read' | 'write', follow?: boolean): void;
  checkLink(target: string, path: string): void;
  checkMove(from: string, to: string): void;
  /** What a directory that may not be read shows: names that lead to directories which may. */
  namesOnTheWay(path: string): string[];
}

const originals = { ...fs };
const WRITING =
  fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC | fs.constants.O_APPEND;

type Callable = (...args: unknown[]) => unknown;

/** node:fs with a check before each act on a path; what needs no path stays, what is not known is refused. */
export type GuardedFiles = Pick<
  typeof fs,
  | 'openSync'
  | 'readFileSync'
  | 'writeFileSync'
  | 'appendFileSync'
  | 'statSync'
  | 'lstatSync'
  | 'existsSync'
  | 'accessSync'
  | 'readdirSync'
  | 'readlinkSync'
  | 'realpathSync'
  | 'mkdirSync'
  | 'rmdirSync'
  | 'unlinkSync'
  | 'renameSync'
  | 'symlinkSync'
  | 'linkSync'
  | 'copyFileSync'
  | 'chmodSync'
  | 'utimesSync'
  | 'truncateSync'
  | 'statfsSync'
>;

/** An error as the operating system would give it, so that Python raises PermissionError. */
function refusal(error: unknown, path: unknown): NodeJS.ErrnoException {
  const message = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(message), { code: 'EACCES', errno: -13, syscall: 'open', path: String(path) });
}

function guard(rules: PathRules, path: unknown, use: 'read' | 'write', follow = true): void {
  try {
    rules.check(pathText(path), use, follow);
  } catch (error) {
    throw refusal(error, path);
  }
}

function pathText(path: unknown): string {
  if (typeof path === 'string') return path;
  if (path instanceof Uint8Array) return Buffer.from(path).toString();
  throw new TypeError('A path must be a string.');
}

/** How node's open flags use the file. */
function useOf(flags: unknown): 'read' | 'write' {
  if (typeof flags === 'number') return flags & WRITING ? 'write' : 'read';
  return flags === undefined || flags === 'r' || flags === 'rs' ? 'read' : 'write';
}

/** A stat whose option throwIfNoEntry holds for paths through a file too; Node throws there. */
function orNothing(act: Callable): Callable {
  return (path, options) => {
    try {
      return act(path, options);
    } catch (error) {
      const isAsked = (options as { throwIfNoEntry?: boolean } | undefined)?.throwIfNoEntry === false;
      if (isAsked && isAbsence(error)) return undefined;
      throw error;
    }
  };
}

/** Checked versions of the file functions that Python's files and the shell of scripts use. */
export function guardedFiles(rules: PathRules): GuardedFiles {
  const on = (name: keyof GuardedFiles, use: 'read' | 'write', follow = true) => {
    const act = originals[name] as unknown as Callable;
    return (...args: unknown[]) => {
      guard(rules, args[0], use, follow);
      return act(...args);
    };
  };
  const files = {
    openSync(path: unknown, flags: unknown, mode: unknown) {
      guard(rules, path, useOf(flags));
      return (originals.openSync as Callable)(path, flags, mode);
    },
    existsSync(path: unknown) {
      try {
        rules.check(pathText(path), 'read');
      } catch {
        return false;
      }
      return originals.existsSync(path as string);
    },
    readFileSync(path: unknown, options: unknown) {
      if (typeof path !== 'number') guard(rules, path, 'read');
      return (originals.readFileSync as Callable)(path, options);
    },
    writeFileSync: on('writeFileSync', 'write'),
    appendFileSync: on('appendFileSync', 'write'),
    statSync: orNothing(on('statSync', 'read')),
    lstatSync: orNothing(on('lstatSync', 'read', false)),
    accessSync: on('accessSync', 'read'),
    readdirSync(path: unknown, options: unknown) {
      try {
        guard(rules, path, 'read');
      } catch (error) {
        const names = options === undefined ? rules.namesOnTheWay(pathText(path)) : [];
        if (names.length > 0) return names;
        throw error;
      }
      return (originals.readdirSync as Callable)(path, options);
    },
    readlinkSync: on('readlinkSync', 'read', false),
    realpathSync: on('realpathSync', 'read'),
    mkdirSync: on('mkdirSync', 'write'),
    rmdirSync: on('rmdirSync', 'write', false),
    unlinkSync: on('unlinkSync', 'write', false),
    renameSync(from: unknown, to: unknown) {
      try {
        rules.checkMove(pathText(from), pathText(to));
      } catch (error) {
        throw refusal(error, from);
      }
      return originals.renameSync(from as string, to as string);
    },
    linkSync(from: unknown, to: unknown) {
      guard(rules, from, 'write');
      guard(rules, to, 'write');
      return originals.linkSync(from as string, to as string);
    },
    symlinkSync(target: unknown, path: unknown) {
      try {
        rules.checkLink(pathText(target), pathText(path));
      } catch (error) {
        throw refusal(error, path);
      }
      return originals.symlinkSync(target as string, path as string);
    },
    copyFileSync(from: unknown, to: unknown, mode: unknown) {
      guard(rules, from, 'read');
      guard(rules, to, 'write');
      return (originals.copyFileSync as Callable)(from, to, mode);
    },
    chmodSync: on('chmodSync', 'write'),
    utimesSync: on('utimesSync', 'write'),
    truncateSync: on('truncateSync', 'write'),
    statfsSync: on('statfsSync', 'read'),
  };
  return files as unknown as GuardedFiles;
}
