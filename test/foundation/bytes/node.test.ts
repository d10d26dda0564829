import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk } from '../../../src/foundation/bytes/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'qa2-disk-'));

const PIECE = 8 << 20;
const TURNS = 8;

/** An open file of as many bytes as make a second thread take over. */
async function writtenFile() {
  const path = join(folder(), 'file');
  const file = disk().openUpdate(path);
  for (let turn = 0; turn < TURNS; turn++) {
    file.write(turn * PIECE, new Uint8Array(PIECE).fill(turn + 1));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { path, file };
}

describe('the disk', () => {
  it('makes a directory with those above it, and leaves one that is there', () => {
    const path = join(folder(), 'a', 'b', 'c');
    disk().makeDirectory(path);
    disk().makeDirectory(path);
    expect(disk().info(path)?.kind).toBe('directory');
  });

  it('says what is in the way of a directory', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(() => disk().makeDirectory(file)).toThrow('A file of this name is in the way.');
    expect(() => disk().makeDirectory(join(file, 'below'))).toThrow('A part of the path is not a directory.');
  });

  it('has nothing at a path through a file', () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(disk().info(join(file, 'below', 'that'))).toBeUndefined();
    expect(disk().exists(join(file, 'below'))).toBe(false);
  });

  it('says when a directory stands where a file is read', () => {
    const path = folder();
    expect(() => disk().readFile(path)).toThrow('This is a directory; a file is needed here.');
  });

  it('copies a file to where a link leads', () => {
    const path = folder();
    const [from, to, link] = ['from', 'to', 'link'].map((name) => join(path, name));
    writeFileSync(from, 'new');
    writeFileSync(to, 'old');
    symlinkSync(to, link);
    disk().copy(from, link);
    expect(readFileSync(to, 'utf8')).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('copies a file with its mode over what is there, and nothing onto itself', () => {
    const [from, to] = ['from', 'to'].map((name) => join(folder(), name));
    const content = Uint8Array.from({ length: 700_001 }, (_, index) => index % 251);
    writeFileSync(from, content);
    writeFileSync(to, new Uint8Array(900_000));
    disk().copy(from, to);
    expect(readFileSync(to).equals(content)).toBe(true);
    disk().copy(from, from);
    expect(readFileSync(from).equals(content)).toBe(true);
    chmodSync(from, 0o466);
    disk().copy(from, `${to}.mode`);
    expect(statSync(`${to}.mode`).mode & 0o777).toBe(0o466);
    expect(() => disk().copy(`${from}.none`, to)).toThrow(`${from}.none`);
  });

  it('shows a file whole under its name while it is still open for writing', async () => {
    const { path, file } = await writtenFile();
    expect(disk().info(path)?.size).toBe(TURNS * PIECE);
    const last = new Uint8Array(PIECE);
    disk()
      .open(path)
      .read((TURNS - 1) * PIECE, last);
    expect(last.every((byte) => byte === TURNS)).toBe(true);
    file.close();
  });

  it.runIf(existsSync('/dev/full'))(
    'says that the disk is full when long writes are to be with the system',
    async () => {
      (await writtenFile()).file.close();
      const file = disk().openUpdate('/dev/full');
      file.write(0, new Uint8Array(PIECE));
      expect(() => file.flush()).toThrow('The disk is full');
      expect(() => file.close()).toThrow('/dev/full');
    },
  );

  it.runIf(existsSync('/proc/self'))('ends where the system makes no directories', () => {
    expect(() => disk().makeDirectory('/proc/nothing/here')).toThrow('/proc/nothing');
  });
});
