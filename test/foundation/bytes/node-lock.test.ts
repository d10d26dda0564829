import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLockFile, type System } from '../../../src/foundation/bytes/node-lock.ts';

const work = mkdtempSync(join(tmpdir(), 'node-lock-'));
afterAll(() => rmSync(work, { recursive: true }));
const file = join(work, 'table.lock');
writeFileSync(file, '');

const EAGAIN = process.platform === 'darwin' ? 35 : 11;
const OF_PROCESS = process.platform === 'darwin' ? 8 : 6;
const UNLOCK = 2;

/** A system whose locks work as told: two kinds, held by descriptors. */
function systemWith(fault: 'none' | 'shares' | 'ignores processes' | 'keeps' | 'has none'): System {
  const held = new Map<number, boolean>(); // by descriptor: whether the lock is of the process
  let errno = 0;
  return {
    errno: () => errno,
    fcntl(descriptor, command, _type, lock) {
      errno = 0;
      if (fault === 'has none') errno = 37;
      const type = new DataView(lock.buffer).getInt16(process.platform === 'darwin' ? 20 : 0, true);
      const isOfProcess = command === OF_PROCESS;
      if (errno === 0 && type === UNLOCK) {
        if (fault !== 'keeps') held.delete(descriptor);
      } else if (errno === 0) {
        const others = [...held].filter(([other, of]) => other !== descriptor || of !== isOfProcess);
        const inWay = others.filter(
          ([, of]) => fault !== 'shares' && !(fault === 'ignores processes' && of !== isOfProcess),
        );
        if (inWay.length > 0) errno = EAGAIN;
        else held.set(descriptor, isOfProcess);
      }
      return errno === 0 ? 0 : -1;
    },
  };
}

test.each([
  ['none', true],
  ['shares', false],
  ['ignores processes', false],
  ['keeps', false],
  ['has none', false],
] as const)('locks that must prove themselves, fault: %s', (fault, isProven) => {
  const lock = openLockFile(file, systemWith(fault));
  expect(lock !== undefined).toBe(isProven);
  lock?.close();
});

test('the locks of this system prove themselves', () => {
  const first = openLockFile(file)!;
  const second = openLockFile(file)!;
  expect(first.lock(0, 1, 'write')).toBe(true);
  expect(second.lock(0, 1, 'read')).toBe(false);
  first.close();
  expect(second.lock(0, 1, 'read')).toBe(true);
  second.close();
});
