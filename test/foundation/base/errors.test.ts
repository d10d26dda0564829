import { describe, expect, it, vi } from 'vitest';
import {
  errorSentence,
  fail,
  isQa2Error,
  packError,
  Qa2Error,
  unpackError,
  withGivenPaths,
} from '../../../src/foundation/base/index.ts';

function caught(act: () => never): Qa2Error {
  try {
    act();
  } catch (error) {
    if (isQa2Error(error)) return error;
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

  it('are known for ours also when they come from a bundle with a class of its own', async () => {
    vi.resetModules();
    const apart = await import('../../../src/foundation/base/errors.ts');
    const error = caught(() => apart.fail('usage', 'Wrong use.'));
    expect(error).not.toBeInstanceOf(Qa2Error);
    expect([isQa2Error(error, 'usage'), isQa2Error(error, 'io')]).toEqual([true, false]);
    expect(errorSentence(error)).toBe('Wrong use.');
    expect([isQa2Error(new Error('other')), isQa2Error(undefined)]).toEqual([false, false]);
  });

  it('tell the path that the user gave instead of a link to it', () => {
    const told = withGivenPaths(broken, new Map([['/tree/link', '/data/given']]));
    expect(told).toMatchObject({ message: 'The file ends early. (/data/given/ASDMBinary/a, byte 12)', cause: broken });
    expect(withGivenPaths(broken, new Map([['/tree/li', '/data/given']]))).toBe(broken);
    expect(withGivenPaths('text', new Map())).toBe('text');
  });
});
