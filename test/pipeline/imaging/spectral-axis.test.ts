import { describe, expect, it } from 'vitest';
import { cubicAt, mapRow, planChannels } from '../../../src/pipeline/imaging/channel-map.ts';
import { continuumAxis, cubeAxis } from '../../../src/pipeline/imaging/spectral-axis.ts';

const down = { centres: [230.3e9, 230.2e9, 230.1e9, 230.0e9], firstChannel: 0, width: 0.1e9 };
const up = { centres: [230.0e9, 230.1e9, 230.2e9, 230.3e9], firstChannel: 0, width: 0.1e9 };
const base = { system: 'LSRK', restFrequency: 230.538e9 };

describe('spectral axes', () => {
  it('of continuum images cover all channels to their edges', () => {
    const axis = continuumAxis([down, { centres: [232e9], firstChannel: 0, width: 2e9 }], 'LSRK', 0);
    expect(axis.reference).toBeCloseTo(231.475e9, 0);
    expect(axis.increment).toBeCloseTo(3.05e9, 0);
  });

  it('of continuum images reach from where the data begin to where they are when the Earth has turned', () => {
    const later = { ...down, centres: down.centres.map((hz) => hz * (1 + 1e-7)), width: down.width * (1 + 1e-7) };
    const axis = continuumAxis([down, later], 'LSRK', 0);
    expect(axis.reference - 230.15e9).toBeCloseTo(230.35e9 * 0.5e-7, 0);
    expect(axis.increment - 0.4e9).toBeCloseTo(230.35e9 * 1e-7, 0);
  });

  it('of cubes follow the data when nothing is said', () => {
    expect(cubeAxis([down], base)).toMatchObject({ reference: 230.3e9, chanCount: 4 });
    expect(cubeAxis([down], base).increment).toBeCloseTo(-0.1e9, 0);
    expect(cubeAxis([up], { ...base, start: 1, width: 2 })).toMatchObject({
      reference: expect.closeTo(230.15e9, 0),
      increment: expect.closeTo(0.2e9, 0),
      chanCount: 1,
    });
  });

  it('of cubes start at a channel of the window, selected or not, and without a start at the first that is selected', () => {
    const part = { ...up, firstChannel: 20 };
    expect(cubeAxis([part], base).reference).toBe(230e9);
    expect(cubeAxis([part], { ...base, start: 21 }).reference).toBeCloseTo(230.1e9, 0);
    expect(cubeAxis([part], { ...base, start: 0, nchan: 2 }).reference).toBeCloseTo(228e9, 0);
  });

  it('of cubes take frequencies and velocities', () => {
    expect(cubeAxis([down], { ...base, start: '230.05GHz', width: '50MHz', nchan: 3 })).toMatchObject({
      reference: 230.05e9,
      increment: 50e6,
      chanCount: 3,
    });
    const axis = cubeAxis([up], { ...base, start: '-10km/s', width: '2km/s', nchan: 11 });
    expect(axis.reference).toBeCloseTo(230.538e9 * (1 + 1e4 / 299792458), 0);
    expect(axis.increment).toBeCloseTo((-230.538e9 * 2000) / 299792458, 1);
    expect(() => cubeAxis([up], { ...base, start: '-10km/s', width: '2MHz' })).toThrow(/same kind/);
    expect(() => cubeAxis([up], { ...base, restFrequency: 0, start: '-10km/s' })).toThrow(/restfreq/);
  });
});

describe('channel maps', () => {
  it('interpolate between neighbours in either direction and not beyond the outer centres', () => {
    const image = Float64Array.of(2.25, 3, 9);
    expect(planChannels([1, 2, 3, 4], 1, image, 1, 'linear')).toEqual([
      [{ chan: 1, share: 0.25 }],
      [{ chan: 2, share: 0 }],
      [],
    ]);
    expect(planChannels([4, 3, 2, 1], 1, image, 1, 'linear')[0]).toEqual([{ chan: 1, share: 0.75 }]);
  });

  it('average as many points as fit into a wide channel, or take whole channels', () => {
    const wide = planChannels([1, 2, 3, 4, 5, 6], 1, Float64Array.of(3), 3, 'linear');
    expect(wide[0].map(({ chan, share }) => chan + share)).toEqual([1, 2, 3].map((value) => expect.closeTo(value, 12)));
    expect(planChannels([1, 2, 3, 4], 1, Float64Array.of(1.5, 3.5), 2, 'nearest')[0].length).toBeGreaterThan(0);
  });

  it('are exact for cubic polynomials, also at the ends, and fall back to neighbours beside a flag', () => {
    const curve = (x: number) => 2 - x + 0.5 * x * x - 0.1 * x ** 3;
    for (const place of [0.3, 2.5, 4.8]) {
      const { first, shares } = cubicAt(place, 6)!;
      expect(shares.reduce((sum, share, tap) => sum + share * curve(first + tap), 0)).toBeCloseTo(curve(place), 12);
    }
    expect(cubicAt(0.5, 3)).toBeUndefined();
    const samples = { vis: new Float32Array(12), weight: new Float32Array(6).fill(1), chanCount: 6 };
    for (let chan = 0; chan < 6; chan++) samples.vis[2 * chan] = curve(chan);
    const map = planChannels([0, 1, 2, 3, 4, 5], 1, Float64Array.of(2.5), 1, 'cubic');
    const found: number[] = [];
    mapRow(samples, 0, map, (_place, re) => found.push(re));
    samples.weight[4] = 0;
    mapRow(samples, 0, map, (_place, re) => found.push(re));
    expect(found[0]).toBeCloseTo(curve(2.5), 6);
    expect(found[1]).toBeCloseTo((curve(2) + curve(3)) / 2, 6);
  });
});
