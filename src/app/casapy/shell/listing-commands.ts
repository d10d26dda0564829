import type { Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { readWords } from './options.ts';
import { reasonOf } from './reasons.ts';
import type { CommandContext, ShellCommand } from './types.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

interface Entry {
  readonly name: string;
  readonly path: string;
}

type Stat = Stats;

function modeText(stat: Stat): string {
  const bits = 'rwxrwxrwx';
  const rights = [...bits].map((letter, index) => (stat.mode & (1 << (8 - index)) ? letter : '-')).join('');
  return (stat.isSymbolicLink() ? 'l' : stat.isDirectory() ? 'd' : '-') + rights;
}

function longLine(context: CommandContext, entry: Entry, isHuman: boolean): string {
  const stat = context.files.lstatSync(entry.path);
  const time = stat.mtime;
  const stamp = `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${time.toTimeString().slice(0, 5)}`;
  const size = isHuman ? humanSize(stat.size) : String(stat.size);
  const link = stat.isSymbolicLink() ? ` -> ${context.files.readlinkSync(entry.path)}` : '';
  return `${modeText(stat)} ${stat.nlink} user user ${size.padStart(10)} ${stamp} ${entry.name}${link}`;
}

function humanSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? String(value) : `${value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value)}${units[unit]}`;
}

const ls: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'laAd1trRhFSinLGgop', '', { color: '1', all: 'a' });
  const show = (entries: Entry[]) => {
    const ordered = sortEntries(context, entries, flags);
    for (const entry of ordered)
      context.write(`${flags.has('l') ? longLine(context, entry, flags.has('h')) : entry.name}\n`);
  };
  let status = 0;
  const single: Entry[] = [];
  const folders: Entry[] = [];
  for (const name of rest.length > 0 ? rest : ['.']) {
    const path = context.path(name);
    try {
      const link = context.files.lstatSync(path);
      const isFolder = link.isDirectory() || (link.isSymbolicLink() && !flags.has('l') && isFolderAt(context, path));
      (isFolder && !flags.has('d') ? folders : single).push({ name, path });
    } catch (error) {
      context.complain(`cannot access '${name}': ${reasonOf(error)}`);
      status = 2;
    }
  }
  show(single);
  folders.forEach((folder, index) => {
    if (folders.length + single.length > 1) context.write(`${index + single.length > 0 ? '\n' : ''}${folder.name}:\n`);
    listFolder(context, folder, flags, show);
  });
  return status;
};

function isFolderAt(context: CommandContext, path: string): boolean {
  return context.files.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function listFolder(
  context: CommandContext,
  folder: Entry,
  flags: ReadonlySet<string>,
  show: (entries: Entry[]) => void,
): void {
  const names = (context.files.readdirSync(folder.path) as string[]).filter(
    (name) => flags.has('a') || flags.has('A') || !name.startsWith('.'),
  );
  const entries = names.map((name) => ({ name, path: join(folder.path, name) }));
  if (flags.has('l')) context.write(`total ${entries.length}\n`);
  const own = flags.has('a') ? ['.', '..'].map((name) => ({ name, path: folder.path })) : [];
  show([...own, ...entries]);
  if (!flags.has('R')) return;
  for (const entry of entries.filter(({ path }) => context.files.lstatSync(path).isDirectory())) {
    const name = `${folder.name}/${entry.name}`;
    context.write(`\n${name}:\n`);
    listFolder(context, { name, path: entry.path }, flags, show);
  }
}

function sortEntries(context: CommandContext, entries: readonly Entry[], flags: ReadonlySet<string>): Entry[] {
  const stat = (entry: Entry) => context.files.lstatSync(entry.path);
  const sorted = [...entries].sort((a, b) => {
    const order = flags.has('t') ? stat(b).mtimeMs - stat(a).mtimeMs : flags.has('S') ? stat(b).size - stat(a).size : 0;
    return order || (a.name < b.name ? -1 : 1);
  });
  return flags.has('r') ? sorted.reverse() : sorted;
}

/** Bytes on the disk of a file or directory; a file that several names lead to counts once. */
function usedBytes(
  context: CommandContext,
  path: string,
  follow: boolean,
  seen: Set<string>,
  tell?: (path: string, bytes: number) => void,
): number {
  const stat = follow
    ? context.files.statSync(path, { throwIfNoEntry: false })
    : context.files.lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  const key = `${stat.dev}:${stat.ino}`;
  if (seen.has(key)) return 0;
  seen.add(key);
  let bytes = stat.blocks * 512;
  if (stat.isDirectory()) {
    for (const name of context.files.readdirSync(path) as string[])
      bytes += usedBytes(context, join(path, name), follow, seen, tell);
    tell?.(path, bytes);
  }
  return bytes;
}

const du: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'smckhLxab', 'd', { 'max-depth': 'd', total: 'c', summarize: 's' });
  const unit = flags.has('b') ? 1 : flags.has('m') ? 1_048_576 : 1024;
  const show = (bytes: number, name: string) =>
    context.write(`${flags.has('h') ? humanSize(bytes) : Math.ceil(bytes / unit)}\t${name}\n`);
  let total = 0;
  let status = 0;
  const seen = new Set<string>();
  for (const name of rest.length > 0 ? rest : ['.']) {
    const path = context.path(name);
    if (!context.files.lstatSync(path, { throwIfNoEntry: false })) {
      context.complain(`cannot access '${name}': No such file or directory`);
      status = 1;
      continue;
    }
    const isSummary = flags.has('s') || flags.has('d');
    const tell = isSummary
      ? undefined
      : (inner: string, bytes: number) => inner !== path && show(bytes, name + inner.slice(path.length));
    const bytes = usedBytes(context, path, flags.has('L'), seen, tell as (path: string, bytes: number) => void);
    show(bytes, name);
    total += bytes;
  }
  if (flags.has('c')) show(total, 'total');
  return status;
};

const df: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'Pmkhl', '');
  const unit = flags.has('m') ? 1_048_576 : 1024;
  context.write(`Filesystem ${flags.has('m') ? '1048576' : '1024'}-blocks Used Available Capacity Mounted on\n`);
  for (const name of rest.length > 0 ? rest : ['.']) {
    const { blocks, bfree, bavail, bsize } = context.files.statfsSync(context.path(name));
    const count = (value: number) => Math.floor((value * bsize) / unit);
    const used = blocks - bfree;
    const percent = Math.ceil((100 * used) / Math.max(1, used + bavail));
    context.write(`disk ${count(blocks)} ${count(used)} ${count(bavail)} ${percent}% /\n`);
  }
  return 0;
};

const stat: ShellCommand = (context) => {
  const { rest, values } = readWords(context.args, 'L', 'cf', { format: 'c' });
  for (const name of rest) {
    const found = context.files.lstatSync(context.path(name));
    const format = (values.get('c') ?? values.get('f'))?.at(-1) ?? '%n %s';
    const fields: Record<string, string> = {
      n: name,
      s: String(found.size),
      Y: String(Math.floor(found.mtimeMs / 1000)),
      a: (found.mode & 0o777).toString(8),
      A: modeText(found),
      F: found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'symbolic link' : 'regular file',
    };
    context.write(`${format.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole)}\n`);
  }
  return 0;
};

function modeTest(context: CommandContext, operator: string, name: string): boolean {
  const path = context.path(name);
  const isOnLink = operator === '-L' || operator === '-h';
  const find = () => (isOnLink ? context.files.lstatSync(path) : context.files.statSync(path));
  let found: Stat;
  try {
    found = find();
  } catch {
    return false;
  }
  if (operator === '-d') return found.isDirectory();
  if (operator === '-f') return found.isFile();
  if (isOnLink) return found.isSymbolicLink();
  if (operator === '-s') return found.size > 0;
  if (operator === '-x') return (found.mode & 0o111) !== 0;
  return true;
}

const COMPARISONS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
};

function evaluate(context: CommandContext, words: readonly string[]): boolean {
  const or = words.indexOf('-o');
  if (or > 0) return evaluate(context, words.slice(0, or)) || evaluate(context, words.slice(or + 1));
  const and = words.indexOf('-a');
  if (and > 0) return evaluate(context, words.slice(0, and)) && evaluate(context, words.slice(and + 1));
  if (words[0] === '!') return !evaluate(context, words.slice(1));
  if (words.length === 3 && COMPARISONS[words[1]]) return COMPARISONS[words[1]](words[0], words[2]);
  if (words.length === 2 && words[0] === '-z') return words[1] === '';
  if (words.length === 2 && words[0] === '-n') return words[1] !== '';
  if (words.length === 2 && /^-[a-zA-Z]$/.test(words[0])) return modeTest(context, words[0], words[1]);
  return words.length === 1 && words[0] !== '';
}

const test: ShellCommand = (context) => {
  const words = context.name === 'test' ? context.args : context.args.slice(0, -1);
  return evaluate(context, words) ? 0 : 1;
};

const which: ShellCommand = (context) => (context.args.length > 0 ? 1 : 0);

export const LISTING_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  ls,
  du,
  df,
  stat,
  test,
  '[': test,
  which,
  pwd: (context) => {
    context.write(`${context.cwd}\n`);
    return 0;
  },
  basename: (context) => {
    context.write(`${basename(context.args[0] ?? '', context.args[1])}\n`);
    return 0;
  },
  dirname: (context) => {
    const name = context.args[0] ?? '';
    context.write(`${name.includes('/') ? name.replace(/\/+[^/]*\/*$/, '') || '/' : '.'}\n`);
    return 0;
  },
};
