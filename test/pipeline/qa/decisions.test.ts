import { expect, it } from 'vitest';
import { sharedDecisions } from '../../../src/pipeline/qa/decisions.ts';
import { smallReport } from './small-report.ts';

it('lists what all Execution Blocks share once, the rest with its blocks, and the Member last', () => {
  const found = sharedDecisions(smallReport()).map(({ topic, choice, blocks }) => [topic, choice, blocks]);
  expect(found).toEqual([
    ['Reference antenna', 'DA41', []],
    ['Tsys', 'from uid___A002_X2_X1', ['uid___A002_X2_X1']],
    ['Tsys', 'from uid___A002_X3_X1', ['uid___A002_X3_X1']],
    ['Image size', '320 pixels', []],
  ]);
});
