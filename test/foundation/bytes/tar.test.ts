import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disk, gzipTo, listTar, listTarMembers, packTar, unpackTar } from '../../../src/foundation/bytes/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'qa2-tar-'));

async function pack(source: string, target: string): Promise<void> {
  const sink = disk().create(target);
  await packTar(listTarMembers(source, 'top'), (bytes) => sink.write(bytes));
  sink.close();
}

describe('tar', () => {
  it('packs and unpacks a tree with long names and a file of several pieces, byte for byte', async () => {
    const from = folder();
    const long = 'a'.repeat(160);
    const big = Uint8Array.from({ length: 3_000_001 }, (_, index) => index % 251);
    disk().makeDirectory(join(from, long));
    writeFileSync(join(from, long, 'big.bin'), big);
    writeFileSync(join(from, 'empty'), '');
    const archive = join(folder(), 'x.tar');
    await pack(from, archive);
    const to = folder();
    expect((await unpackTar(archive, to)).sort()).toEqual([`top/${long}/big.bin`, 'top/empty']);
    expect(readFileSync(join(to, 'top', long, 'big.bin')).equals(big)).toBe(true);
  });

  it('gives the same bytes for the same files', async () => {
    const from = folder();
    writeFileSync(join(from, 'a'), 'text');
    const [one, two] = [join(folder(), '1.tar'), join(folder(), '2.tar')];
    await pack(from, one);
    await pack(from, two);
    expect(readFileSync(one)).toEqual(readFileSync(two));
  });

  it('says so when the archive is cut short, and leaves whole files only', async () => {
    const from = folder();
    writeFileSync(join(from, '0'), 'whole');
    writeFileSync(join(from, 'a'), 'x'.repeat(100_000));
    const archive = join(folder(), 'x.tar');
    await pack(from, archive);
    writeFileSync(archive, readFileSync(archive).subarray(0, 50_000));
    const to = folder();
    await expect(unpackTar(archive, to)).rejects.toThrow(/damaged or cut short/);
    expect(disk().list(join(to, 'top'))).toEqual(['0']);
  });

  it('gzips to what gunzip reads', async () => {
    const pieces: Uint8Array[] = [];
    await gzipTo(
      (bytes) => pieces.push(bytes),
      async (write) => write(new TextEncoder().encode('hello')),
    );
    const { gunzipSync } = await import('node:zlib');
    expect(gunzipSync(Buffer.concat(pieces)).toString()).toBe('hello');
  });

  it('reads gzipped archives: names, chosen members, damage', async () => {
    const from = folder();
    writeFileSync(join(from, 'a'), 'one');
    writeFileSync(join(from, 'b'), 'x'.repeat(2_000_000));
    const archive = join(folder(), 'x.tgz');
    const sink = disk().create(archive);
    await gzipTo(
      (bytes) => sink.write(bytes),
      (write) => packTar(listTarMembers(from, 'top'), write),
    );
    sink.close();
    expect(await listTar(archive)).toEqual(['top', 'top/a', 'top/b']);
    const to = folder();
    expect(await unpackTar(archive, to, { accept: (name) => name === 'top/a' })).toEqual(['top/a']);
    expect(disk().list(join(to, 'top'))).toEqual(['a']);
    writeFileSync(archive, readFileSync(archive).subarray(0, 1000));
    await expect(listTar(archive)).rejects.toThrow(/damaged or cut short/);
  });
});
