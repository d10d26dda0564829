import { describe, expect, it } from 'vitest';
import { extendFlagsInPlace } from '../../../src/pipeline/flagging/extension.ts';

const NOTHING = { extendpols: false, growtime: 0, growfreq: 0 };

/** Flags of one correlation, a line per time; `#` is flagged. */
function extended(lines: readonly string[], extension: object): string[] {
  const flags = Uint8Array.from([...lines.join('')], (letter) => (letter === '#' ? 1 : 0));
  const width = lines[0].length;
  extendFlagsInPlace(flags, [lines.length, width, 1], { ...NOTHING, ...extension });
  const text = Array.from(flags, (flag) => (flag ? '#' : '.')).join('');
  return lines.map((_, time) => text.slice(time * width, (time + 1) * width));
}

describe('extendFlagsInPlace', () => {
  it('leaves everything when all is switched off', () => {
    expect(extended(['.#.', '...'], {})).toEqual(['.#.', '...']);
  });

  it('spreads to neighbours once, from the flags before', () => {
    const cross = ['.....', '..#..', '.....'];
    expect(extended(cross, { flagneartime: true })).toEqual(['..#..', '..#..', '..#..']);
    expect(extended(cross, { flagnearfreq: true })).toEqual(['.....', '.###.', '.....']);
    expect(extended(cross, { flagneartime: true, flagnearfreq: true })).toEqual(['..#..', '.###.', '..#..']);
  });

  it('fills points with more than four flagged neighbours', () => {
    expect(extended(['##.', '#..', '##.'], { growaround: true })).toEqual(['##.', '##.', '##.']);
    expect(extended(['##.', '#..', '#..'], { growaround: true })).toEqual(['##.', '#..', '#..']);
  });

  it('fills times and channels of which enough is flagged, by the shares before', () => {
    expect(extended(['##..', '#...', '....'], { growfreq: 50 })).toEqual(['####', '#...', '....']);
    expect(extended(['##..', '#...', '....'], { growtime: 60 })).toEqual(['##..', '#...', '#...']);
    expect(extended(['##..', '....'], { growfreq: 50, growtime: 100 })).toEqual(['####', '....']);
  });

  it('joins correlations', () => {
    const flags = Uint8Array.of(1, 0, 0, 0, 0, 1);
    extendFlagsInPlace(flags, [1, 3, 2], { growtime: 0, growfreq: 0 });
    expect(Array.from(flags)).toEqual([1, 1, 0, 0, 1, 1]);
  });
});
