import { basename, dirname, join, relative } from 'node:path';
import { fail } from '../../../foundation/base/index.ts';
import { lastValue, readWords } from './options.ts';
import { reasonOf } from './reasons.ts';
import type { CommandContext, ShellCommand } from './types.ts';
import { patternSource } from './words.ts';

type Files = CommandContext['files'];

function kindOf(files: Files, path: string, follow: boolean): 'none' | 'file' | 'folder' | 'link' {
  const stat = follow
    ? files.statSync(path, { throwIfNoEntry: false })
    : files.lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 'none';
  return stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'folder' : 'file';
}

/** Removes a file, a link or a whole directory; links are not followed. */
export function removeTree(files: Files, path: string): void {
  if (kindOf(files, path, false) !== 'folder') {
    files.unlinkSync(path);
    return;
  }
  for (const name of files.readdirSync(path) as string[]) removeTree(files, join(path, name));
  files.rmdirSync(path);
}

function copyTree(files: Files, from: string, to: string, follow: boolean): void {
  const kind = kindOf(files, from, follow);
  if (kind === 'link') {
    if (kindOf(files, to, false) !== 'none') files.unlinkSync(to);
    files.symlinkSync(files.readlinkSync(from) as string, to);
  } else if (kind === 'folder') {
    if (kindOf(files, to, true) === 'none') files.mkdirSync(to);
    for (const name of files.readdirSync(from) as string[]) copyTree(files, join(from, name), join(to, name), follow);
  } else files.copyFileSync(from, to);
}

/** Calls `act` for each name; one line for each failure; the status. */
function forEach(context: CommandContext, names: readonly string[], act: (name: string) => void): number {
  let status = 0;
  for (const name of names) {
    try {
      act(name);
    } catch (error) {
      status = 1;
      context.complain(`${name}: ${reasonOf(error)}`);
    }
  }
  return status;
}

const rm: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'rRfiv', '', { recursive: 'r', force: 'f' });
  const isDeep = flags.has('r') || flags.has('R');
  return forEach(context, rest, (name) => {
    const path = context.path(name);
    if (/(?:^|\/)\.{1,2}\/?$/.test(name)) fail('usage', 'this directory is not removed');
    const kind = kindOf(context.files, path, false);
    if (kind === 'none' && flags.has('f')) return;
    if (kind === 'folder' && !isDeep) fail('usage', 'Is a directory');
    removeTree(context.files, path);
  });
};

/** The sources of mv, cp and ln and where each goes. */
function pairs(
  context: CommandContext,
  rest: readonly string[],
  into: string | undefined,
  plain: boolean,
): [string, string][] {
  if (into === undefined && rest.length < 2) fail('usage', 'a name is missing');
  const target = into ?? rest[rest.length - 1];
  const sources = into === undefined ? rest.slice(0, -1) : rest;
  const path = context.path(target);
  if (!plain && kindOf(context.files, path, true) === 'folder')
    return sources.map((name) => [name, join(path, basename(context.path(name)))]);
  if (sources.length > 1) fail('usage', `${target}: Not a directory`);
  if (
    target.endsWith('/') &&
    sources.length === 1 &&
    kindOf(context.files, context.path(sources[0]), true) !== 'folder'
  )
    fail('usage', `${target}: Not a directory`);
  return [[sources[0], path]];
}

const mv: ShellCommand = (context) => {
  const words = readWords(context.args, 'finvT', 't');
  const all = pairs(context, words.rest, lastValue(words, 't'), words.flags.has('T'));
  return forEachPair(context, all, (from, to) => {
    if (words.flags.has('n') && kindOf(context.files, to, false) !== 'none') return;
    if (within(from, to)) fail('usage', 'a directory cannot be moved into itself');
    if (kindOf(context.files, to, false) === 'folder' && kindOf(context.files, from, false) !== 'folder')
      fail('usage', 'a directory is in the way');
    try {
      context.files.renameSync(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      copyTree(context.files, from, to, false);
      removeTree(context.files, from);
    }
  });
};

function within(from: string, to: string): boolean {
  return to.startsWith(`${from}/`);
}

function forEachPair(
  context: CommandContext,
  all: readonly [string, string][],
  act: (from: string, to: string) => void,
): number {
  return forEach(
    context,
    all.map(([name]) => name),
    (name) => {
      const to = (all.find(([one]) => one === name) as [string, string])[1];
      act(context.path(name), to);
    },
  );
}

const cp: ShellCommand = (context) => {
  const words = readWords(context.args, 'rRafpinvLPdTu', 't', { recursive: 'r', archive: 'a' });
  const { flags } = words;
  const isDeep = flags.has('r') || flags.has('R') || flags.has('a');
  const follow = flags.has('L') || !(isDeep || flags.has('P') || flags.has('d'));
  return forEachPair(context, pairs(context, words.rest, lastValue(words, 't'), flags.has('T')), (from, to) => {
    const kind = kindOf(context.files, from, follow);
    if (kind === 'none') throw Object.assign(new Error('No such file'), { code: 'ENOENT' });
    if (kind === 'folder' && !isDeep) fail('usage', 'a directory is copied with -r only');
    if (kind !== 'folder' && within(from, to)) throw Object.assign(new Error('Through a file'), { code: 'ENOTDIR' });
    if (within(from, to) || from === to) fail('usage', 'a directory cannot be copied into itself');
    if (flags.has('n') && kindOf(context.files, to, false) !== 'none') return;
    copyTree(context.files, from, to, follow);
  });
};

const ln: ShellCommand = (context) => {
  const words = readWords(context.args, 'sfnvrTi', 't', { symbolic: 's', force: 'f' });
  const { flags } = words;
  const rest = words.rest.length === 1 ? [...words.rest, '.'] : words.rest;
  return forEach(context, ['ln'], () => {
    const isPlain = flags.has('n') || flags.has('T');
    for (const [name, to] of linkPairs(context, rest, lastValue(words, 't'), isPlain)) {
      if (flags.has('f') && !['none', 'folder'].includes(kindOf(context.files, to, false)))
        context.files.unlinkSync(to);
      if (!flags.has('s')) context.files.linkSync(context.path(name), to);
      else context.files.symlinkSync(flags.has('r') ? relative(dirname(to), context.path(name)) : name, to);
    }
  });
};

function linkPairs(
  context: CommandContext,
  rest: readonly string[],
  into: string | undefined,
  isPlain: boolean,
): [string, string][] {
  const target = context.path(into ?? rest[rest.length - 1]);
  const isLink = kindOf(context.files, target, false) === 'link';
  return pairs(context, rest, into, isPlain && isLink);
}

const mkdir: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'pv', 'm', { parents: 'p' });
  return forEach(context, rest, (name) => context.files.mkdirSync(context.path(name), { recursive: flags.has('p') }));
};

const rmdir: ShellCommand = (context) =>
  forEach(context, readWords(context.args, 'pv').rest, (name) => context.files.rmdirSync(context.path(name)));

const touch: ShellCommand = (context) =>
  forEach(context, readWords(context.args, 'acm', 'rtd').rest, (name) => {
    const path = context.path(name);
    const now = new Date();
    if (kindOf(context.files, path, true) === 'none') context.files.writeFileSync(path, '', { flag: 'a' });
    else context.files.utimesSync(path, now, now);
  });

const chmod: ShellCommand = (context) => {
  const { flags, rest } = readWords(
    context.args.map((word) => (/^-[rwxXst]+$/.test(word) ? `a${word}` : word)),
    'Rvf',
  );
  const [mode, ...names] = rest;
  const visit = (path: string): void => {
    if (kindOf(context.files, path, false) === 'link') return;
    context.files.chmodSync(path, changedMode(context.files.statSync(path).mode & 0o7777, mode));
    if (flags.has('R') && kindOf(context.files, path, true) === 'folder')
      for (const name of context.files.readdirSync(path) as string[]) visit(join(path, name));
  };
  return forEach(context, names, (name) => visit(context.path(name)));
};

/** Octal numbers and words such as u+rwx,go-w; set-user and set-group bits are never set. */
function changedMode(mode: number, text: string): number {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8) & 0o777;
  let changed = mode;
  for (const clause of text.split(',')) {
    const found = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? fail('usage', `the mode ${clause} is not understood`);
    const [, who, sign, what] = found;
    const bits = (what.includes('r') ? 4 : 0) | (what.includes('w') ? 2 : 0) | (/[xX]/.test(what) ? 1 : 0);
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (who !== '' && !who.includes(letter) && !who.includes('a')) continue;
      if (sign === '=') changed &= ~(7 << shift);
      changed = sign === '-' ? changed & ~(bits << shift) : changed | (bits << shift);
    }
  }
  return changed & 0o777;
}

const readlink: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'fn');
  return forEach(context, rest, (name) => {
    const path = context.path(name);
    context.write(`${flags.has('f') ? context.files.realpathSync(path) : context.files.readlinkSync(path)}\n`);
  });
};

const find: ShellCommand = (context) => {
  const split = context.args.findIndex((word) => /^[-!(]/.test(word));
  const places = context.args.slice(0, split < 0 ? undefined : split);
  const tests = findTests(split < 0 ? [] : context.args.slice(split));
  const gathered: string[] = [];
  const meet = (name: string) => {
    if (!tests.command) context.write(`${name}\n`);
    else if (tests.isGathering) gathered.push(name);
    else {
      const words = tests.command.map((word) => word.replaceAll('{}', name));
      context.run(words, new Uint8Array(0));
    }
  };
  const visit = (name: string, depth: number): void => {
    const path = context.path(name);
    const kind = kindOf(context.files, path, false);
    if (kind === 'folder' && depth < tests.deepest)
      for (const entry of (context.files.readdirSync(path) as string[]).sort())
        if (!tests.isDeleting) visitLater(name, entry, depth);
        else visit(name === '/' ? `/${entry}` : `${name}/${entry}`, depth + 1);
    if (tests.isDeleting && depth >= tests.least && tests.fits(name, kind)) removeTree(context.files, path);
  };
  const visitLater = (name: string, entry: string, depth: number) => {
    const inner = `${name}/${entry}`;
    if (depth + 1 >= tests.least && tests.fits(inner, kindOf(context.files, context.path(inner), false))) meet(inner);
    visit(inner, depth + 1);
  };
  const status = forEach(context, places.length > 0 ? places : ['.'], (name) => {
    const kind = kindOf(context.files, context.path(name), false);
    if (kind === 'none') throw Object.assign(new Error('No such file'), { code: 'ENOENT' });
    if (!tests.isDeleting && tests.least <= 0 && tests.fits(name, kind)) meet(name);
    visit(name, 0);
  });
  if (tests.command && gathered.length > 0) {
    const words = tests.command.flatMap((word) => (word === '{}' ? gathered : [word]));
    return context.run(words, new Uint8Array(0)) || status;
  }
  return status;
};

interface FindTests {
  readonly deepest: number;
  readonly least: number;
  readonly isDeleting: boolean;
  /** What runs for each that is found, its name in place of {}. */
  readonly command?: readonly string[];
  /** The command runs once, for all. */
  readonly isGathering: boolean;
  fits(name: string, kind: string): boolean;
}

function findTests(words: readonly string[]): FindTests {
  let deepest = Number.POSITIVE_INFINITY;
  let least = 0;
  let isDeleting = false;
  let isNot = false;
  let command: string[] | undefined;
  let isGathering = false;
  const checks: ((name: string, kind: string) => boolean)[] = [];
  const push = (check: (name: string, kind: string) => boolean) => {
    const negated = isNot;
    checks.push((name, kind) => check(name, kind) !== negated);
    isNot = false;
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    const value = () => words[++index] ?? fail('usage', `${word} needs a value`);
    if (word === '!' || word === '-not') isNot = true;
    else if (word === '-name' || word === '-iname') {
      const pattern = new RegExp(`^${patternSource(value())}$`, word === '-iname' ? 'i' : '');
      push((name) => pattern.test(basename(name)));
    } else if (word === '-path') {
      const pattern = new RegExp(`^${patternSource(value())}$`);
      push((name) => pattern.test(name));
    } else if (word === '-type') {
      const type = value();
      push((_name, kind) => kind === { f: 'file', d: 'folder', l: 'link' }[type]);
    } else if (word === '-maxdepth') deepest = Number(value());
    else if (word === '-mindepth') least = Number(value());
    else if (word === '-delete') isDeleting = true;
    else if (word === '-exec') {
      const end = words.findIndex((one, at) => at > index && (one === ';' || one === '+'));
      if (end < 0 || end === index + 1) fail('usage', '-exec needs a command that ends with ; or +');
      command = words.slice(index + 1, end);
      isGathering = words[end] === '+';
      index = end;
    } else if (word !== '-print' && word !== '-a') fail('unsupported', `find ${word} is not known here`);
  }
  return {
    deepest,
    least,
    isDeleting,
    command,
    isGathering,
    fits: (name, kind) => checks.every((check) => check(name, kind)),
  };
}

export const FILE_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  rm,
  mv,
  cp,
  ln,
  mkdir,
  rmdir,
  touch,
  chmod,
  readlink,
  find,
};
