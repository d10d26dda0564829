import { expect, it } from 'vitest';
import { latin1Characters, latin1Text } from '../../../src/foundation/bytes/latin1.ts';

it('makes one character of each byte, with and without Node', () => {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, k) => k % 256);
  const text = latin1Text(bytes.subarray(3));
  expect(text.length).toBe(9997);
  expect([...text].every((char, k) => char.charCodeAt(0) === (k + 3) % 256)).toBe(true);
  expect(latin1Characters(bytes.subarray(3))).toBe(text);
});
