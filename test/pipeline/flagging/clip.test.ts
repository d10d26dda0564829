import { expect, it } from 'vitest';
import type { MsMetadata } from '../../../src/astronomy/ms/index.ts';
import { parseClip } from '../../../src/pipeline/flagging/clip.ts';
import type { FlagCommand } from '../../../src/pipeline/flagging/flag-command.ts';

const metadata = {
  polarizations: [
    { id: 0, corrTypes: ['XX'] },
    { id: 1, corrTypes: ['XX', 'YY'] },
  ],
  dataDescriptions: [],
} as unknown as MsMetadata;

it.each([
  ['ABS_XX,YY', [0], [0, 1]], // a quantity of the correlations that a window has
  ['REAL_YY,RR', [], [1]],
  ['XX,YY', [], [0, 1]], // a selection, which leaves windows alone that lack one
  ['YY,XX', [], [0, 1]],
  ['XX,RR', [0], [0]], // all lack RR
  ['ABS_ALL', [0], [0, 1]],
  ['I', [0], [0, 1]],
])('clips %s where CASA does', (correlation, ofOne, ofTwo) => {
  const { corrs } = parseClip({ mode: 'clip', correlation } as FlagCommand, metadata);
  expect([corrs.get(0), corrs.get(1)]).toEqual([ofOne, ofTwo]);
});
