import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MemberJob, runMember } from '../../../../src/app/tasks/member/member-run.ts';
import { type ErrorTag, type JobPool, packError, Qa2Error } from '../../../../src/foundation/base/index.ts';
import { EMPTY_GOAL } from '../../../../src/pipeline/reduction/index.ts';

/** What a run ends with whose Execution Blocks fail with these tags. */
async function failWith(tags: readonly ErrorTag[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'qa2-member-'));
  const asdms = tags.map((_, index) => join(folder, `uid___A002_X1_X${index}`));
  for (const asdm of asdms) mkdirSync(asdm);
  const pool: JobPool<MemberJob, unknown> = {
    size: 1,
    run: async () => tags.map((tag, index) => ({ failure: packError(new Qa2Error(tag, `Slip ${index}.`)) })),
    close: async () => {},
  };
  const options = {
    ...{ asdms, out: join(folder, 'out'), goal: EMPTY_GOAL, flux: [], names: {}, maxTarBytes: 1e9 },
    ...{ keepIntermediate: false, startOver: false, calibrateOnly: true },
  };
  return runMember(options, pool, () => {}).catch((error: unknown) => error);
}

describe('runMember', () => {
  it('ends with what all Execution Blocks failed of, or with bad data', async () => {
    const sentence = /^None of the .* reduced\. uid___A002_X1_X0: Slip 0\. uid___A002_X1_X1: Slip 1\.$/;
    const message = expect.stringMatching(sentence);
    expect(await failWith(['usage', 'usage'])).toMatchObject({ tag: 'usage', message });
    expect(await failWith(['usage', 'missing'])).toMatchObject({ tag: 'bad-data', message });
  });
});
