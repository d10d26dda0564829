import { basename, dirname, join, posix } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fail } from '../../../foundation/base/index.ts';
import { removeTree } from './file-commands.ts';
import { lastValue, type ReadWords, readWords } from './options.ts';
import type { CommandContext, ShellCommand } from './types.ts';

const BLOCK = 512;
/** Larger archives (Cycle 0 packs whole MeasurementSets) are unpacked by the engine, which holds a piece at a time. */
const LARGE_ARCHIVE = 256 * 1024 * 1024;

interface Member {
  readonly name: string;
  readonly type: string;
  readonly link: string;
  readonly mode: number;
  readonly modified: number;
  readonly content: Uint8Array;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function field(bytes: Uint8Array, start: number, length: number): string {
  const text = Buffer.from(bytes.subarray(start, start + length)).toString('utf8');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Sizes are octal digits, or binary when the top bit is set. */
function sizeOf(header: Uint8Array): number {
  if ((header[124] & 0x80) === 0) return Number.parseInt(field(header, 124, 12).trim() || '0', 8);
  return header.subarray(128, 136).reduce((size, byte) => size * 256 + byte, 0);
}

/** The members of a tar file: ustar, GNU long names, pax paths. */
function* readMembers(tar: Uint8Array): Generator<Member> {
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = sizeOf(header);
    if (!Number.isFinite(size) || at + BLOCK + size > tar.length) fail('bad-format', 'the archive is damaged');
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(header[156] || 48);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') longName = field(content, 0, size);
    else if (type === 'K') longLink = field(content, 0, size);
    else if (type === 'x') {
      const records = Buffer.from(content).toString('utf8');
      longName = /\d+ path=([^\n]*)\n/.exec(records)?.[1] ?? longName;
      longLink = /\d+ linkpath=([^\n]*)\n/.exec(records)?.[1] ?? longLink;
    } else if (type !== 'g') {
      const prefix = field(header, 257, 6).startsWith('ustar') ? field(header, 345, 155) : '';
      const name = longName ?? (prefix ? `${prefix}/${field(header, 0, 100)}` : field(header, 0, 100));
      yield {
        name,
        type,
        link: longLink ?? field(header, 157, 100),
        mode: Number.parseInt(field(header, 100, 8), 8) & 0o777,
        modified: Number.parseInt(field(header, 136, 12), 8),
        content,
      };
      longName = longLink = undefined;
    }
  }
}

/** The name of a member inside the directory it is unpacked to; @throws denied when it leads out */
function safeName(name: string): string {
  const normal = posix.normalize(name).replace(/\/$/, '');
  if (normal.startsWith('/') || normal === '..' || normal.startsWith('../'))
    fail('denied', `the member ${name} leads out of the directory and is refused`);
  return normal;
}

function unpack(
  context: CommandContext,
  tar: Uint8Array,
  folder: string,
  wanted: readonly string[],
  isVerbose: boolean,
): void {
  for (const member of readMembers(tar)) {
    const name = safeName(member.name);
    if (
      wanted.length > 0 &&
      !wanted.some((one) => name === one.replace(/\/$/, '') || name.startsWith(`${one.replace(/\/$/, '')}/`))
    )
      continue;
    if (isVerbose) context.write(`${member.name}\n`);
    if (name === '.') continue;
    unpackMember(context, member, join(folder, name), folder);
  }
}

function unpackMember(context: CommandContext, member: Member, path: string, folder: string): void {
  const { files } = context;
  if (member.type === '5') {
    files.mkdirSync(path, { recursive: true });
    return;
  }
  files.mkdirSync(dirname(path), { recursive: true });
  const there = files.lstatSync(path, { throwIfNoEntry: false });
  if (there) removeTree(files, path);
  if (member.type === '2') files.symlinkSync(member.link, path);
  else if (member.type === '1') files.copyFileSync(join(folder, safeName(member.link)), path);
  else if (member.type === '0' || member.type === '7') {
    files.writeFileSync(path, member.content, { mode: member.mode | 0o600 });
    files.utimesSync(path, member.modified, member.modified);
  } else context.complain(`${member.name} is neither a file, a directory nor a link, and is left out`);
}

function headerOf(
  name: string,
  type: string,
  size: number,
  mode: number,
  modified: number,
  link: string,
): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const long = (text: string, letter: string) => {
    const bytes = Buffer.from(`${text}\0`);
    blocks.push(...headerOf('././@LongLink', letter, bytes.length, 0, 0, ''), padded(bytes));
  };
  if (Buffer.byteLength(name) > 100) long(name, 'L');
  if (Buffer.byteLength(link) > 100) long(link, 'K');
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, '0'), at);
  header.write(Buffer.from(name).subarray(0, 100).toString('latin1'), 0, 'latin1');
  octal(mode & 0o777, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(Math.floor(modified), 136, 11);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(Buffer.from(link).subarray(0, 100).toString('latin1'), 157, 'latin1');
  header.write('ustar  \0', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return [...blocks, header];
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  whole.set(bytes);
  return whole;
}

function packInto(context: CommandContext, name: string, path: string, parts: Uint8Array[], isVerbose: boolean): void {
  const { files } = context;
  const stat = files.lstatSync(path);
  const modified = stat.mtimeMs / 1000;
  if (isVerbose) context.write(`${name}\n`);
  if (stat.isSymbolicLink()) parts.push(...headerOf(name, '2', 0, 0o777, modified, files.readlinkSync(path) as string));
  else if (stat.isDirectory()) {
    parts.push(...headerOf(`${name}/`, '5', 0, stat.mode, modified, ''));
    for (const entry of (files.readdirSync(path) as string[]).sort())
      packInto(context, `${name}/${entry}`, join(path, entry), parts, isVerbose);
  } else {
    const content = files.readFileSync(path) as Uint8Array;
    parts.push(...headerOf(name, '0', content.length, stat.mode, modified, ''), padded(content));
  }
}

const LONG = { extract: 'x', create: 'c', list: 't', gzip: 'z', file: 'f', verbose: 'v', directory: 'C' };

const tar: ShellCommand = (context) => {
  const [first, ...others] = context.args;
  const isOld = first !== undefined && !first.startsWith('-');
  const words = readWords(oldLetters(isOld ? [`-${first}`, ...others] : context.args), 'xctzvpkhm', 'fC', LONG);
  const { flags } = words;
  const folder = context.path(lastValue(words, 'C') ?? '.');
  if (flags.has('c')) return create(context, words, folder);
  if (!flags.has('x') && !flags.has('t')) fail('usage', 'one of -x, -c and -t is needed');
  const name = lastValue(words, 'f') ?? '-';
  if (
    name !== '-' &&
    (context.files.statSync(context.path(name), { throwIfNoEntry: false })?.size ?? 0) > LARGE_ARCHIVE
  )
    return unpackLarge(context, context.path(name), folder, words);
  const packed = name === '-' ? context.input : (context.files.readFileSync(context.path(name)) as Uint8Array);
  const bytes = isGzip(packed) ? gunzipSync(packed) : packed;
  if (flags.has('t')) for (const member of readMembers(bytes)) context.write(`${member.name}\n`);
  else unpack(context, bytes, folder, words.rest, flags.has('v'));
  return 0;
};

function unpackLarge(context: CommandContext, path: string, folder: string, words: ReadWords): number {
  const { flags, rest } = words;
  const program = context.programs.untar ?? fail('unsupported', `${path} is too large for this shell`);
  const { status, output, errors } = program([flags.has('t') ? 'list' : 'unpack', path, folder, ...rest], context.cwd);
  if (flags.has('t') || flags.has('v')) context.write(output);
  if (errors !== '') context.complain(errors);
  return status;
}

/** `xzf FILE` and `-fxz FILE`: f takes the next word wherever it stands. */
function oldLetters(args: readonly string[]): string[] {
  return args.map((word, index) =>
    index === 0 && /^-[a-zA-Z]*f[a-zA-Z]+$/.test(word) ? `${word.replace('f', '')}f` : word,
  );
}

function create(context: CommandContext, words: ReadWords, folder: string): number {
  const parts: Uint8Array[] = [];
  for (const name of words.rest)
    packInto(context, name.replace(/^\/+/, '').replace(/\/+$/, ''), join(folder, name), parts, words.flags.has('v'));
  parts.push(new Uint8Array(2 * BLOCK));
  const all = Buffer.concat(parts);
  const content = words.flags.has('z') ? gzipSync(all) : all;
  const target = lastValue(words, 'f') ?? '-';
  if (target === '-') context.write(content);
  else context.files.writeFileSync(context.path(target), content);
  return 0;
}

const gzip: ShellCommand = (context) => {
  const { flags, rest } = readWords(context.args, 'dcfkvqn123456789', '', { decompress: 'd', stdout: 'c', keep: 'k' });
  const isOpening = flags.has('d') || context.name !== 'gzip';
  const isPrinting = flags.has('c') || context.name === 'zcat' || rest.length === 0;
  const convert = (bytes: Uint8Array) => (isOpening ? gunzipSync(bytes) : gzipSync(bytes));
  if (rest.length === 0) context.write(convert(context.input));
  for (const name of rest) {
    const path = context.path(name);
    const isNamed = /\.(?:gz|tgz)$/.test(basename(path));
    if (isOpening && !isNamed && !isPrinting) fail('usage', `${name}: the name does not end in .gz`);
    const result = convert(context.files.readFileSync(path) as Uint8Array);
    if (isPrinting) context.write(result);
    else {
      const target = isOpening ? path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '') : `${path}.gz`;
      if (context.files.lstatSync(target, { throwIfNoEntry: false }) && !flags.has('f'))
        fail('exists', `${target} exists already`);
      context.files.writeFileSync(target, result);
      if (!flags.has('k')) context.files.unlinkSync(path);
    }
  }
  return 0;
};

export const ARCHIVE_COMMANDS: Readonly<Record<string, ShellCommand>> = { tar, gzip, gunzip: gzip, zcat: gzip };
