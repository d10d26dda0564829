import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CallCounts, coverageText } from '../../../src/app/tasks/coverage.ts';

const root = join(import.meta.dirname, '../../..');
const counts = JSON.parse(readFileSync(join(root, 'data/script-calls.json'), 'utf8')) as CallCounts;
const counted = (tasks: CallCounts['tasks']): CallCounts => ({
  source: 'Made up.',
  tasks: { listobs: { saved: 1, wider: 0 }, ...tasks },
  tools: { tb: { open: { saved: 1, wider: 0 } } },
  pipeline: { h_init: { saved: 1, wider: 0 } },
});

describe('the coverage of delivered scripts', () => {
  it('is documented as the declarations are now: run `npm run coverage` after a change', () => {
    expect(readFileSync(join(root, 'docs/coverage.md'), 'utf8')).toBe(coverageText(counts));
  });

  it('takes a call with an unknown task, an unknown parameter, a refused value or one without effect as not covered', () => {
    const text = coverageText(
      counted({
        noSuchTask: { saved: 3, wider: 0 },
        flagdata: {
          saved: 9,
          wider: 0,
          parameters: { vis: 9, noSuchName: 2 },
          values: { mode: { nosuch: 4, manual: 3 } },
        },
        clean: { saved: 7, wider: 0, parameters: { chaniter: 7 }, values: { chaniter: { True: 4, False: 3 } } },
        split: { saved: 5, wider: 0, parameters: { keepmms: 1 } },
      }),
    );
    expect(text).toContain('| noSuchTask | 3 | 0 | 0 | not in this program |');
    expect(text).toContain('| flagdata | 9 | 3 | 0 | noSuchName is not known (2); mode=nosuch is refused (4) |');
    // Channels are cleaned one after the other always, as True asks for.
    expect(text).toMatch(/\| clean \| 7 \| 4 \| 0 \| chaniter=False has no effect: .* \(3\) \|/);
    expect(text).toMatch(/\| split \| 5 \| 4 \| 0 \| keepmms has no effect: .* \(1\) \|/);
    expect(text).toContain('**12 of 25 calls of 5 tasks');
  });
});
