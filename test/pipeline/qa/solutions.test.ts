import { describe, expect, it } from 'vitest';
import { gainTrack, meanSpectrum, rowsOf, spectraOf, windowIds } from '../../../src/pipeline/qa/solutions.ts';
import { smallCalTable } from './small-caltable.ts';

const table = smallCalTable(8, ({ ant, scan, chan }) => {
  const [amplitude, phase] = [1 + ant + chan / 100, 0.1 * scan];
  return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
});

describe('solutions', () => {
  it('gives tracks in time, the median over channels, in amplitude or degrees', () => {
    const amplitude = gainTrack(table, 1, 0, 0, 'amplitude');
    expect(amplitude.x).toEqual([4_878_000_300, 4_878_000_600]);
    expect(amplitude.y[0]).toBeCloseTo(2.04, 5);
    const { y } = gainTrack(table, 2, 1, 1, 'phase');
    expect(y.map((degrees) => (degrees * Math.PI) / 180)).toEqual([expect.closeTo(0.1, 5), expect.closeTo(0.2, 5)]);
  });

  it('leaves out flagged channels, and rows without good ones', () => {
    const flagged = smallCalTable(8, () => [1, 0]);
    flagged.rows.flag.fill(1, flagged.rows.offsets[0], flagged.rows.offsets[1]);
    flagged.rows.flag[flagged.rows.offsets[6]] = 1;
    expect(gainTrack(flagged, 0, 0, 0, 'amplitude').y).toEqual([1]);
    const [spectrum, ...others] = spectraOf(
      flagged,
      rowsOf(flagged, (row) => flagged.rows.antenna1[row] === 0 && flagged.rows.spwId[row] === 0),
      0,
      'amplitude',
    );
    expect(others).toEqual([]);
    expect(spectrum[0]).toBeNaN();
    expect(spectrum[1]).toBe(1);
  });

  it('averages what is there', () => {
    const mean = meanSpectrum([Float64Array.of(1, Number.NaN, Number.NaN), Float64Array.of(3, 5, Number.NaN)]);
    expect([...mean]).toEqual([2, 5, Number.NaN]);
    expect(meanSpectrum([])).toHaveLength(0);
    expect(windowIds(table)).toEqual([0, 1]);
  });
});
