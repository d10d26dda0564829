import { describe, expect, it } from 'vitest';
import { handsFrom, handsOf, planesOfStokes } from '../../../src/pipeline/imaging/stokes.ts';

const bases = [
  ['XX', 'XY', 'YX', 'YY'],
  ['RR', 'RL', 'LR', 'LL'],
];

describe('Stokes parameters', () => {
  it('come back from the correlations that they mean', () => {
    const planes = planesOfStokes('IQUV');
    for (const corrTypes of bases) {
      for (const put of planes) {
        const seen = corrTypes.map(() => [0, 0]);
        for (const { corr, re, im } of handsFrom(corrTypes, put)) seen[corr] = [re, im];
        for (const asked of planes) {
          let [re, im] = [0, 0];
          for (const hand of handsOf(corrTypes, asked)) {
            re += hand.re * seen[hand.corr][0] - hand.im * seen[hand.corr][1];
            im += hand.re * seen[hand.corr][1] + hand.im * seen[hand.corr][0];
          }
          expect([re, im].map(Math.abs)).toEqual([put === asked ? 1 : 0, 0]);
        }
      }
    }
  });

  it('have the sense of the IEEE: RR is I + V, XY is U + iV', () => {
    expect(handsFrom(bases[1], 'V')[0]).toEqual({ corr: 0, re: 1, im: -0 });
    expect(handsFrom(bases[0], 'V')[0]).toEqual({ corr: 1, re: 0, im: 1 });
    expect(handsFrom(bases[0], 'U')[0]).toEqual({ corr: 1, re: 1, im: -0 });
  });

  it('of one hand are that hand, and others are refused', () => {
    expect(handsOf(['YY'], 'I')).toEqual([{ corr: 0, re: 1, im: 0 }]);
    expect(() => handsOf(['XX', 'YY'], 'V')).toThrow(/V cannot be made of XX, YY/);
  });
});
