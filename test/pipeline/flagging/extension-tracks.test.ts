import { expect, it } from 'vitest';
import { extensionTracks } from '../../../src/pipeline/flagging/extension-tracks.ts';

it('cuts a baseline into chunks that begin a hundredth of a second before their first time, as CASA has them', () => {
  const time = [0, 6.048, 12.096, 18.144, 24.192];
  const columns = { keys: [time.map(() => 0)], scan: [1, 1, 1, 1, 2], time };
  const tracks = (ntime: string | number, combinescans = false) =>
    extensionTracks(columns, { mode: 'extend', ntime, combinescans });
  expect(tracks('scan')).toEqual([[0, 1, 2, 3], [4]]);
  expect(tracks(0)).toEqual(tracks('scan'));
  expect(tracks(12.1)).toEqual([[0, 1], [2, 3], [4]]);
  expect(tracks('12.2s')).toEqual([[0, 1, 2], [3], [4]]);
  expect(tracks('1min', true)).toEqual([[0, 1, 2, 3, 4]]);
  expect(() => tracks('soon')).toThrow(/ntime "soon"/);
});
