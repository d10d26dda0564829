import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PendingFile, WriteBehind } from '../../../src/foundation/bytes/node-writer.ts';

const MIB = 1024 * 1024;
const folder = () => mkdtempSync(join(tmpdir(), 'qa2-writer-'));
const pending = (path: string, flags = 'w+'): PendingFile => {
  const descriptor = openSync(path, flags);
  return { descriptor, inode: fstatSync(descriptor).ino, lastPiece: 0, errno: 0 };
};

/** A writer whose second thread runs; until then it takes nothing. */
async function runningWriter(): Promise<WriteBehind> {
  const writer = new WriteBehind(0);
  const probe = pending(join(folder(), 'probe'));
  while (!writer.take(probe, 0, new Uint8Array(MIB))) await new Promise((resolve) => setTimeout(resolve, 1));
  writer.settle();
  closeSync(probe.descriptor);
  return writer;
}

describe('writing behind', () => {
  it('writes what it took, whatever becomes of the array, and in the order of the calls', async () => {
    const writer = await runningWriter();
    const path = join(folder(), 'file');
    const file = pending(path);
    const expected = new Uint8Array(70 * MIB);
    const piece = new Uint8Array(3 * MIB + 17);
    for (let turn = 0; turn < 40; turn++) {
      const offset = (turn * 7 * MIB) % (expected.length - piece.length);
      piece.fill(turn + 1);
      expected.set(piece, offset);
      expect(writer.take(file, offset, piece)).toBe(true);
    }
    piece.fill(0);
    writer.settle(file);
    expect(file.errno).toBe(0);
    expect(Buffer.compare(readFileSync(path), expected.subarray(0, readFileSync(path).length))).toBe(0);
    closeSync(file.descriptor);
  });

  it('remembers of which file something could not be written', async () => {
    const writer = await runningWriter();
    const path = join(folder(), 'file');
    const good = pending(path);
    const bad = pending(path, 'r');
    writer.take(bad, 0, new Uint8Array(MIB));
    writer.take(good, 0, new Uint8Array(20 * MIB).fill(5));
    writer.settle();
    expect(bad.errno).toBeLessThan(0);
    expect(good.errno).toBe(0);
    expect(readFileSync(path).every((byte) => byte === 5)).toBe(true);
    for (const file of [good, bad]) closeSync(file.descriptor);
  });

  it('waits for the file of one number alone', async () => {
    const writer = await runningWriter();
    const path = join(folder(), 'file');
    const [file, other] = [pending(path), pending(join(folder(), 'other'))];
    for (let turn = 0; turn < 6; turn++) writer.take(file, 0, new Uint8Array(2 * MIB).fill(7));
    expect(writer.settleInode(other.inode)).toBe(false);
    writer.take(other, 0, new Uint8Array(MIB).fill(8));
    writer.settleInode(file.inode);
    expect(readFileSync(path).every((byte) => byte === 7)).toBe(true);
    writer.settleInode(other.inode);
    expect(fstatSync(other.descriptor).size).toBe(MIB);
    expect(writer.isBusy).toBe(false);
    for (const one of [file, other]) closeSync(one.descriptor);
  });

  it('leaves short writes to the caller, and all until much has been written', () => {
    const file = pending(join(folder(), 'file'));
    expect(new WriteBehind(0).take(file, 0, new Uint8Array(1000))).toBe(false);
    expect(new WriteBehind(3 * MIB).take(file, 0, new Uint8Array(MIB))).toBe(false);
    closeSync(file.descriptor);
  });
});
