import { describe, expect, it } from 'vitest';
import { applyGainsInPlace, arena } from '../../../src/foundation/numeric/index.ts';
import { applyGainsSlowly } from '../../reference/apply-gains.ts';
import { randomNumbers } from '../../reference/random.ts';

function makeCall(corrCount: number, chanCount: number, gainChanCount: number, seed: number) {
  const lease = arena().lease();
  const random = randomNumbers(seed);
  const [rowCount, antennaCount] = [11, 5];
  const cells = rowCount * chanCount * corrCount;
  const floats = (length: number) => lease.float32(length).map(() => random() * 4 - 2);
  const call = {
    data: lease.float32(2 * cells),
    flag: lease.uint8(cells),
    rowCount,
    chanCount,
    corrCount,
    antenna1: lease.int32(rowCount),
    antenna2: lease.int32(rowCount),
    gain: lease.float32(antennaCount * gainChanCount * 4),
    gainChanCount,
    scale: lease.float32(antennaCount * 4),
    bad: lease.uint8(antennaCount * gainChanCount * 2),
    antennaIsBad: lease.uint8(antennaCount),
  };
  for (const array of [call.data, call.gain, call.scale]) array.set(floats(array.length));
  for (let row = 0; row < rowCount; row++) {
    call.antenna1[row] = Math.floor(random() * antennaCount);
    call.antenna2[row] = Math.floor(random() * antennaCount);
  }
  for (let at = 0; at < call.flag.length; at++) call.flag[at] = random() < 0.1 ? 1 : 0;
  for (let at = 0; at < call.bad.length; at++) call.bad[at] = random() < 0.1 ? 1 : 0;
  for (let ant = 0; ant < antennaCount; ant++) {
    const per = gainChanCount * 2;
    call.antennaIsBad[ant] = call.bad.subarray(ant * per, (ant + 1) * per).includes(1) ? 1 : 0;
  }
  return { call, release: () => lease.release() };
}

describe('applyGainsInPlace', () => {
  it.each([
    [1, 7, 7],
    [2, 9, 9],
    [2, 9, 1],
    [4, 6, 6],
    [4, 6, 1],
  ])('does what the equation says for %i correlations, %i channels, gains of %i', (corrCount, chanCount, gainChans) => {
    const { call, release } = makeCall(corrCount, chanCount, gainChans, 7 + corrCount);
    const expected = applyGainsSlowly(call);
    applyGainsInPlace(call);
    expect(Math.max(...call.data.map((value, at) => Math.abs(value - expected.data[at])))).toBeLessThan(2e-5);
    expect(call.flag).toEqual(expected.flag);
    release();
  });

  it('sets flags only when no data are given', () => {
    const { call, release } = makeCall(2, 5, 5, 3);
    const before = call.data.slice();
    const expected = applyGainsSlowly(call);
    applyGainsInPlace({ ...call, data: undefined });
    expect(call.data).toEqual(before);
    expect(call.flag).toEqual(expected.flag);
    release();
  });

  it('refuses rows of antennas that have no gains', () => {
    const { call, release } = makeCall(2, 5, 5, 3);
    call.antenna2[4] = 99;
    expect(() => applyGainsInPlace(call)).toThrow(/without gains/);
    release();
  });
});
