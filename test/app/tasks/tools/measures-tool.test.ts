import { describe, expect, it } from 'vitest';
import { toolCaller } from './tool-session.ts';

const me = toolCaller('me', '/');
type Record3 = Record<string, { value: number; unit: string } & string>;

/** Numbers that CASA 6.7 gives for the same calls. */
describe('me', () => {
  const source = () => me('direction', ['J2000', '17h33m02.7', '-13d04m49.5']) as Promise<Record3>;
  const convert = async (measure: unknown, frame: string) =>
    (await me('measure', [measure as never, frame])) as Record3;

  it('converts directions without time or place', async () => {
    const galactic = await convert(await source(), 'GALACTIC');
    expect(galactic.m0.value).toBeCloseTo(0.2100048, 5);
    expect(galactic.m1.value).toBeCloseTo(0.1886946, 5);
    const icrs = await convert(await source(), 'ICRS');
    expect(icrs.m0.value).toBeCloseTo(-1.6884097548587587, 10);
    expect(icrs.m1.value).toBeCloseTo(-0.22829638065145055, 10);
    await expect(convert(await source(), 'AZEL')).rejects.toThrow('doframe(me.');
    await expect(convert(await source(), 'NOWHERE')).rejects.toThrow('no frame of a direction');
  });

  it('converts with the frame of an epoch, a place and a direction, and back', async () => {
    const time = (await me('epoch', ['UTC', '2013/06/15/03:00:00'])) as never;
    await me('doframe', [time]);
    await me('doframe', [(await me('observatory', ['ALMA'])) as never]);
    await me('doframe', [(await source()) as never]);
    const horizontal = await convert(await source(), 'AZELGEO');
    expect(horizontal.m0.value).toBeCloseTo(1.206201521981044, 5);
    expect(horizontal.m1.value).toBeCloseTo(1.1576651187822151, 5);
    const back = await convert(horizontal, 'J2000');
    expect(back.m0.value).toBeCloseTo((await source()).m0.value, 10);
    expect((await convert(time, 'LAST')).m0.value).toBeCloseTo(63184.66891838978, 7);
    expect((await convert(time, 'TDB')).m0.value).toBeCloseTo(56458.12577759893, 9);
    const frequency = (await me('frequency', ['TOPO', '230GHz'])) as never;
    for (const [frame, hertz] of [
      ['LSRK', 229988935695.81815],
      ['BARY', 230000025074.48752],
    ] as const)
      expect((await convert(frequency, frame)).m0.value / hertz).toBeCloseTo(1, 8);
    const lsrk = (await me('frequency', ['LSRK', '230GHz'])) as never;
    for (const [frame, hertz] of [
      ['GALACTO', 229967005620.85764],
      ['CMB', 230027326064.259],
      ['LGROUP', 230028419825.87378],
      ['LSRD', 230001563942.01093],
    ] as const)
      expect((await convert(lsrk, frame)).m0.value / hertz).toBeCloseTo(1, 11);
    const times = (await me('riseset', [(await source()) as never, '5deg'])) as { rise: { utc: Record3 } };
    expect(times.rise.utc.m0.value).toBeCloseTo(56457.938266404075, 5);
  });

  it('knows where the bodies of the Solar System are', async () => {
    const sky = toolCaller('me', '/');
    await sky('doframe', [(await sky('epoch', ['UTC', '2015/06/15/03:00:00'])) as never]);
    await sky('doframe', [(await sky('observatory', ['ALMA'])) as never]);
    // Accuracies in arcsec as their sources state them.
    for (const [body, frame, longitude, latitude, arcsec] of [
      ['SUN', 'J2000', 1.4475591529520857, 0.4062859233111259, 0.1],
      ['MOON', 'J2000', 1.1154698361204185, 0.2953538335493585, 10],
      ['MOON', 'AZEL', -2.5873811304447956, -1.451993656621163, 10],
      ['MERCURY', 'J2000', 1.1097018942446177, 0.29541219979605665, 6],
      ['JUPITER', 'J2000', 2.465742955979651, 0.2807985619952431, 0.5],
      ['SATURN', 'J2000', -2.128200635818888, -0.3142099471424019, 0.5],
    ] as const) {
      const direction = (await sky('direction', [body])) as never;
      const found = (await sky('measure', [direction, frame])) as Record3;
      const across = (found.m0.value - longitude) * Math.cos(latitude);
      expect(Math.hypot(across, found.m1.value - latitude) * 206_265, `${body} ${frame}`).toBeLessThan(arcsec);
    }
  });

  it('knows Doppler conventions', async () => {
    const radio = (await me('doppler', ['radio', '1000km/s'])) as never;
    expect((await convert(radio, 'OPTICAL')).m0.value).toBeCloseTo(1003346.8046907632, 5);
    expect((await convert(radio, 'BETA')).m0.value).toBeCloseTo(1001667.811166466, 5);
    const line = (await me('frequency', ['REST', '230.538GHz'])) as never;
    const shifted = (await me('tofrequency', [
      'LSRK',
      (await me('doppler', ['radio', '100km/s'])) as never,
      line,
    ])) as Record3;
    expect(shifted.m0.value).toBeCloseTo(230461100800.62122, 2);
  });

  it('measures angles between directions', async () => {
    const one = (await me('direction', ['J2000', '30deg', '-20deg'])) as never;
    const other = (await me('direction', ['J2000', '31deg', '-21deg'])) as never;
    expect(await me('separation', [one, other])).toMatchObject({
      unit: 'deg',
      value: expect.closeTo(1.3701534390589465, 10),
    });
    expect(await me('posangle', [one, other])).toMatchObject({ value: expect.closeTo(137.04688988066357, 8) });
  });
});
