import { expect, it } from 'vitest';
import { NearReader } from '../../../src/formats/asdm/near-reader.ts';

/** A file of which byte k is k mod 251, and what is read of it. */
function countedFile(length: number) {
  const reads: [offset: number, length: number][] = [];
  const source = {
    name: 'counted',
    length,
    read(offset: number, target: Uint8Array) {
      if (offset + target.length > length) throw new Error('beyond the end');
      reads.push([offset, target.length]);
      target.forEach((_, k) => {
        target[k] = (offset + k) % 251;
      });
    },
    close() {},
  };
  return { reads, reader: new NearReader(source) };
}

const right = (bytes: Uint8Array, offset: number) => bytes.every((byte, k) => byte === (offset + k) % 251);

it('reads pieces near each other with one call, also at the end of the file', () => {
  const { reads, reader } = countedFile(70_000);
  for (let offset = 0; offset < 69_900; offset += 700) expect(right(reader.read(offset, 100), offset)).toBe(true);
  expect(reads).toEqual([
    [0, 65_536],
    [65_800, 4200],
  ]);
});

it('reads no more than it was asked for where the next piece lies far on, or before', () => {
  const { reads, reader } = countedFile(1_000_000);
  reader.read(500_000, 100);
  expect(right(reader.read(900_000, 50), 900_000)).toBe(true);
  expect(right(reader.read(3, 50), 3)).toBe(true);
  expect(reads.map(([, length]) => length)).toEqual([100, 50, 50]);
});

it('gives no bytes of another file', () => {
  const [first, second] = [countedFile(1000), countedFile(500)];
  first.reader.read(0, 10);
  second.reader.read(0, 10);
  first.reader.read(10, 10);
  expect(first.reads).toHaveLength(2);
  first.reader.release();
  first.reader.read(20, 10);
  expect(first.reads).toHaveLength(3);
});

it('gives nothing of a place that could not be read', () => {
  const { reader } = countedFile(1000);
  reader.read(0, 10);
  expect(() => reader.read(5000, 10)).toThrow('beyond the end');
  expect(() => reader.read(5000, 10)).toThrow('beyond the end');
});
