import type * as tar from 'tar-stream';
import { fail } from '../base/index.ts';
import { disk } from './disk.ts';
import { joinPath, normalizePath } from './paths.ts';
import { stage } from './staging.ts';
import type { ByteSource } from './types.ts';

/** A file or directory to pack: where it lies and what it is called in the archive. */
export interface TarMember {
  readonly source: string;
  readonly name: string;
  readonly size: number;
  readonly kind: 'file' | 'directory';
}

/** Few programs need it, and loading it takes as long as opening a hundred tables. In a bundle all that it has is its default. */
const tarStream = async () => (await import('tar-stream')).default;

/** Bytes moved at a time. */
const PIECE = 1 << 20;

/** All files and directories below `directory` (itself included as `name`), in sorted order; links are followed. */
export function listTarMembers(directory: string, name: string): TarMember[] {
  const files = disk();
  const info = files.info(directory) ?? fail('missing', 'There is nothing to pack here.', { file: directory });
  if (info.kind === 'file') return [{ source: directory, name, size: info.size, kind: 'file' }];
  const own: TarMember = { source: directory, name: `${name}/`, size: 0, kind: 'directory' };
  return [
    own,
    ...files.list(directory).flatMap((entry) => listTarMembers(joinPath(directory, entry), `${name}/${entry}`)),
  ];
}

/** Receives archive bytes in order. */
export type ByteReceiver = (bytes: Uint8Array) => void;

/**
 * Packs members into an uncompressed tar; equal inputs give equal bytes (times and owners are fixed).
 *
 * @param members as {@link listTarMembers} returns them
 * @param receive gets the archive piece by piece
 * @param watch told the share of bytes done, 0…1
 */
export async function packTar(
  members: readonly TarMember[],
  receive: ByteReceiver,
  watch?: (fraction: number) => void,
): Promise<void> {
  const pack = (await tarStream()).pack();
  const total = members.reduce((sum, member) => sum + member.size, 0);
  let done = 0;
  const feed = async () => {
    for (const member of members) {
      await addMember(pack, member, (count) => {
        done += count;
        watch?.(total > 0 ? done / total : 1);
      });
    }
    pack.finalize();
  };
  const feeding = feed().catch((error) => pack.destroy(error));
  for await (const piece of pack) receive(piece as Uint8Array);
  await feeding;
}

/** One fixed moment, so that the same files give the same archive. */
const FIXED_TIME = new Date(0);

async function addMember(pack: tar.Pack, member: TarMember, moved: (count: number) => void): Promise<void> {
  const header = { name: member.name, mtime: FIXED_TIME, mode: member.kind === 'directory' ? 0o755 : 0o644 };
  if (member.kind === 'directory') {
    pack.entry({ ...header, type: 'directory' });
    return;
  }
  const source = disk().open(member.source);
  try {
    await new Promise<void>((resolve, reject) => {
      const entry = pack.entry({ ...header, size: source.length }, (error) => (error ? reject(error) : resolve()));
      void pump(source, entry, moved).catch(reject);
    });
  } finally {
    source.close();
  }
}

async function pump(
  source: { length: number; read(offset: number, target: Uint8Array): void },
  entry: ReturnType<tar.Pack['entry']>,
  moved: (count: number) => void,
): Promise<void> {
  for (let offset = 0; offset < source.length; offset += PIECE) {
    const piece = new Uint8Array(Math.min(PIECE, source.length - offset));
    source.read(offset, piece);
    moved(piece.length);
    if (!entry.write(piece)) await new Promise<void>((resolve) => entry.once('drain', () => resolve()));
  }
  entry.end(undefined);
}

/** What to take of an archive, and whom to tell. */
export interface UnpackOptions {
  /** Members by their names in the archive; default: all. */
  readonly accept?: (name: string) => boolean;
  /** Told the share of the archive's bytes that were read, 0…1. */
  readonly watch?: (fraction: number) => void;
}

/**
 * Unpacks a tar or a gzipped tar below `directory`, a piece at a time.
 *
 * @returns names of the files written
 * @throws denied when a member would land outside `directory`; bad-format when the archive is damaged or cut short
 */
export async function unpackTar(path: string, directory: string, options: UnpackOptions = {}): Promise<string[]> {
  const { accept = () => true, watch } = options;
  const names: string[] = [];
  await visitTar(path, watch, async (entry) => {
    const name = safeName(entry.header.name, path);
    const target = joinPath(directory, name);
    if (!accept(name)) entry.resume();
    else if (entry.header.type === 'directory') {
      disk().makeDirectory(target);
      entry.resume();
    } else if (entry.header.type === 'file') {
      await writeEntry(entry, target);
      names.push(name);
    } else {
      fail('denied', `The archive holds a ${entry.header.type} (${name}); only files and directories are unpacked.`, {
        file: path,
      });
    }
  });
  return names;
}

/** Names of the members of a tar or a gzipped tar, directories without their final `/`; @throws bad-format */
export async function listTar(path: string): Promise<string[]> {
  const names: string[] = [];
  await visitTar(path, undefined, async (entry) => {
    names.push(normalizePath(entry.header.name));
    entry.resume();
  });
  return names;
}

/** What tar-stream hands over for a member; its content must be read or passed over. */
type TarEntry = AsyncIterable<unknown> & {
  readonly header: { readonly name: string; readonly type?: string | null };
  resume(): unknown;
};

async function visitTar(
  path: string,
  watch: UnpackOptions['watch'],
  visit: (entry: TarEntry) => Promise<void>,
): Promise<void> {
  const extract = (await tarStream()).extract();
  const source = disk().open(path);
  const feeding = feedExtract(source, extract, watch).catch((error) => extract.destroy(error));
  try {
    for await (const entry of extract) await visit(entry);
    await feeding;
  } catch (error) {
    if (error instanceof Error && error.name !== 'Qa2Error')
      fail('bad-format', 'This is no tar or gzipped tar, or it is damaged or cut short.', { file: path }, error);
    throw error;
  } finally {
    source.close();
  }
}

type Pieces = AsyncGenerator<Uint8Array> | AsyncIterable<Uint8Array>;

async function* piecesOf(source: ByteSource, watch?: (fraction: number) => void): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < source.length; offset += PIECE) {
    const piece = new Uint8Array(Math.min(PIECE, source.length - offset));
    source.read(offset, piece);
    watch?.(offset / source.length);
    yield piece;
  }
}

/** Gunzips pieces as they come; no more than one is held. */
async function* gunzipped(pieces: Pieces): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    for await (const piece of pieces) await writer.write(piece as Uint8Array<ArrayBuffer>);
    await writer.close();
  })();
  writing.catch(() => {});
  const reader = stream.readable.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  await writing;
}

function isGzip(source: ByteSource): boolean {
  if (source.length < 2) return false;
  const head = new Uint8Array(2);
  source.read(0, head);
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function feedExtract(
  source: ByteSource,
  extract: tar.Extract,
  watch?: (fraction: number) => void,
): Promise<void> {
  const pieces = piecesOf(source, watch);
  for await (const piece of isGzip(source) ? gunzipped(pieces) : pieces) {
    if (!extract.write(piece)) await new Promise<void>((resolve) => extract.once('drain', () => resolve()));
  }
  extract.end(undefined);
}

/** Writes a member beside its name and renames it when it is whole. */
async function writeEntry(entry: AsyncIterable<unknown>, target: string): Promise<void> {
  disk().makeDirectory(joinPath(target, '..'));
  const staged = stage(target, true);
  try {
    const sink = disk().create(staged.path);
    try {
      for await (const piece of entry) sink.write(piece as Uint8Array);
    } finally {
      sink.close();
    }
    staged.commit();
  } catch (error) {
    staged.discard();
    throw error;
  }
}

function safeName(name: string, path: string): string {
  const normal = normalizePath(name);
  if (normal.startsWith('/') || normal.startsWith('..'))
    fail('denied', `The archive member "${name}" would land outside the target directory.`, { file: path });
  return normal;
}

/** Gzips bytes as they come; the result is the same for the same input. */
export async function gzipTo(receive: ByteReceiver, produce: (write: ByteReceiver) => Promise<void>): Promise<void> {
  const stream = new CompressionStream('gzip');
  const writer = stream.writable.getWriter();
  const reading = (async () => {
    const reader = stream.readable.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) receive(step.value);
  })();
  await produce((bytes) => void writer.write(new Uint8Array(bytes)));
  await writer.close();
  await reading;
}

/** Packs members into a gzipped tar, which appears whole under its name. */
export async function writeTgz(target: string, members: readonly TarMember[]): Promise<void> {
  const staged = stage(target, true);
  try {
    const sink = disk().create(staged.path);
    await gzipTo(
      (bytes) => sink.write(bytes),
      (write) => packTar(members, write),
    );
    sink.close();
    staged.commit();
  } catch (error) {
    staged.discard();
    throw error;
  }
}
