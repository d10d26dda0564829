import { describe, expect, it } from 'vitest';
import { parseTaper } from '../../../src/pipeline/imaging/imaging-weights.ts';
import { turnRowInPlace, uvwTurn } from '../../../src/pipeline/imaging/phase-centre.ts';
import { besselJ1, primaryBeam, primaryBeamPlane } from '../../../src/pipeline/imaging/primary-beam.ts';

describe('the primary beam', () => {
  it('has the half-power width of a 12 m dish and 1 in the centre', () => {
    const frequency = 230e9;
    expect(primaryBeam(0, frequency, '12m')).toBe(1);
    const half = (1.13 * 299792458) / frequency / 12 / 2;
    expect(primaryBeam(half, frequency, '12m')).toBeGreaterThan(0.47);
    expect(primaryBeam(half, frequency, '12m')).toBeLessThan(0.53);
    expect(primaryBeam(half, frequency, '7m')).toBeGreaterThan(0.75);
    expect(primaryBeam(0.01, frequency, '12m')).toBe(0);
    const plane = primaryBeamPlane({ sizeX: 8, sizeY: 6, cell: 1e-5 }, frequency, '12m');
    expect(plane[3 * 8 + 4]).toBe(1);
    expect(plane[0]).toBeCloseTo(primaryBeam(5e-5, frequency, '12m'), 6);
    expect(plane[5 * 8 + 1]).toBe(plane[1 * 8 + 7]);
  });

  it('rests on Bessel values', () => {
    const known = [
      [0.5, 0.24226845767],
      [2, 0.57672480776],
      [5, -0.32757913759],
      [10, 0.04347274617],
    ];
    for (const [x, value] of known) expect(besselJ1(x)).toBeCloseTo(value, 7);
  });
});

describe('weights and phase centres', () => {
  it('tapers have the widths asked for', () => {
    expect(parseTaper('')).toBeUndefined();
    const waves = parseTaper('100klambda')!;
    expect(Math.exp(-waves.uu * 1e10)).toBeCloseTo(0.5, 12);
    const sky = parseTaper(['2arcsec', '1arcsec', '0deg'])!;
    expect(sky.vv / sky.uu).toBeCloseTo(4, 10);
  });

  it('a turned row has the phase of the new centre', () => {
    const from = { lon: 1, lat: -0.4 };
    const to = { lon: 1.00002, lat: -0.40001 };
    const turn = uvwTurn(from, to)!;
    expect(uvwTurn(from, from)).toBeUndefined();
    const uvw = Float64Array.of(120, -80, 35);
    const vis = Float32Array.of(1, 0);
    turnRowInPlace({ turn }, uvw, 0, vis, 0, [100e9]);
    expect(Math.hypot(...uvw)).toBeCloseTo(Math.hypot(120, 80, 35), 9);
    const l = -Math.sin(1 - 1.00002) * Math.cos(-0.40001);
    const m = Math.sin(-0.40001) * Math.cos(-0.4) - Math.cos(-0.40001) * Math.sin(-0.4) * Math.cos(2e-5);
    const n = Math.sqrt(1 - l * l - m * m);
    const expected = (-2 * Math.PI * (120 * l - 80 * m + 35 * (n - 1)) * 100e9) / 299792458;
    expect(vis[0]).toBeCloseTo(Math.cos(expected), 5);
    expect(vis[1]).toBeCloseTo(Math.sin(expected), 5);
  });
});
