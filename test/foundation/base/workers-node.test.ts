import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodePool } from '../../../src/foundation/base/workers-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-pool-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A worker that speaks the pool's language: echoes, fails, or ends. */
const script = join(folder, 'worker.mjs');
writeFileSync(
  script,
  `import { parentPort, threadId } from 'node:worker_threads';
parentPort.on('message', (job) => {
  parentPort.postMessage({ progress: 0.5, note: job });
  if (job === 'die') process.exit(3);
  if (job === 'fail') parentPort.postMessage({ error: { tag: 'bad-data', sentence: 'no good', place: { file: 'x' } } });
  else parentPort.postMessage({ result: [job, threadId] });
});`,
);

describe('nodePool', () => {
  it('gives results in the order of the jobs, again and again on the same workers', async () => {
    const pool = nodePool<string, [string, number]>({ script, size: 2, data: undefined });
    const notes: (string | undefined)[] = [];
    const first = await pool.run(['a', 'b', 'c'], (job, fraction, note) => notes.push(`${job} ${fraction} ${note}`));
    expect(first.map(([job]) => job)).toEqual(['a', 'b', 'c']);
    expect(notes.sort()).toEqual(['0 0.5 a', '1 0.5 b', '2 0.5 c']);
    const second = await pool.run(['d']);
    const third = await pool.run(['e']);
    expect([second[0][0], third[0][0]]).toEqual(['d', 'e']);
    expect(new Set([...first, ...second, ...third].map(([, id]) => id)).size).toBe(2);
    await pool.close();
  });

  it('waits for all jobs, then throws the error of the first that failed', async () => {
    const pool = nodePool<string, [string, number]>({ script, size: 1, data: undefined });
    await expect(pool.run(['fail', 'a'])).rejects.toMatchObject({ tag: 'bad-data', message: 'no good (x)' });
    await expect(pool.run(['die'])).rejects.toThrow('ended early (code 3)');
    expect((await pool.run(['after']))[0][0]).toBe('after');
    await pool.close();
  });
});
