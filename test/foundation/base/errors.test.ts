import { describe, expect, it } from 'vitest';
import { fail, packError, Qa2Error, unpackError, withGivenPaths } from '../../../src/foundation/base/index.ts';

function caught(act: () => never): Qa2Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Qa2Error) return error;
  }
  throw new Error('nothing of ours was thrown');
}

const broken = caught(() => fail('bad-format', 'The file ends early.', { file: '/tree/link/ASDMBinary/a', byte: 12 }));

describe('errors', () => {
  it('tell one sentence with its place, also after the way between threads', () => {
    expect(broken.message).toBe('The file ends early. (/tree/link/ASDMBinary/a, byte 12)');
    const received = unpackError(structuredClone(packError(broken)));
    expect(received.message).toBe(broken.message);
    expect(received).toMatchObject({ tag: 'bad-format', sentence: broken.sentence, place: broken.place });
  });

  it('tell the path that the user gave instead of a link to it', () => {
    const told = withGivenPaths(broken, new Map([['/tree/link', '/data/given']]));
    expect(told).toMatchObject({ message: 'The file ends early. (/data/given/ASDMBinary/a, byte 12)', cause: broken });
    expect(withGivenPaths(broken, new Map([['/tree/li', '/data/given']]))).toBe(broken);
    expect(withGivenPaths('text', new Map())).toBe('text');
  });
});
