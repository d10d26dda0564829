import { expect, it } from 'vitest';
import { toolCaller } from './tool-session.ts';

const aU = toolCaller('aU', '/');

it('writes places as the analysis utilities do', async () => {
  expect(await aU('rad2radec', [4.4384929, -0.2819857])).toBe('16:57:13.658537, -16:09:23.72577');
  expect(await aU('rad2radec', [4.4384929, -0.2819857], { prec: 1 })).toBe('16:57:13.66, -16:09:23.7');
  const imfitdict = {
    results: { component0: { shape: { direction: { m0: { value: -1.8446924 }, m1: { value: 0.01 } } } } },
  };
  expect(await aU('rad2radec', [], { imfitdict, hmsdms: true, delimiter: ' ' })).toBe(
    '16h57m13.658635s +00d34m22.64806s',
  );
  expect(await aU('convertColonDelimitersToHMSDMS', ['16:57:19.6, -16:09:23.9'])).toBe('16h57m19.6s, -16d09m23.9s');
  await expect(aU('rad2radec', [], { imfitdict: { results: {} } })).rejects.toThrow('no component 0');
});

it('turns ICRS to J2000 by the frame bias of 17 milliarcseconds, and back', async () => {
  const j2000 = await aU('ICRSToJ2000', ['16h57m19.644179s -16d09m23.99378s']);
  expect(j2000).toBe('16:57:19.644879, -16:09:23.98273'); // casatools.measures 6.7
  expect(await aU('J2000ToICRS', [`J2000 ${j2000}`])).toBe('16:57:19.644179, -16:09:23.99378');
});

it('reads places and tells the angle between them', async () => {
  const numbers = (value: unknown) =>
    JSON.stringify(value)
      .match(/-?\d[\d.e-]*/g)
      ?.map(Number) ?? [];
  const [ra = 0, dec = 0] = numbers(await aU('radec2deg', ['16:26:24.07000, -24.16.13.50000']));
  expect(ra).toBeCloseTo(246.60029166667, 10);
  expect(dec).toBeCloseTo(-24.27041666667, 10);
  expect(await aU('deg2radec', [ra, dec])).toBe('16:26:24.070000, -24:16:13.50000');
  // The numbers that the analysis utilities print for these places, as a script of DSHARP notes them.
  const printed = [0.00011064346, 3.33333333e-5, -0.000106388888, 3.0387175e-5];
  const angles = numbers(await aU('angularSeparation', [246.600325, -24.270523055556, ra, dec, true]));
  expect(angles).toHaveLength(4);
  printed.forEach((angle, index) => {
    expect(angles[index]).toBeCloseTo(angle, 11);
  });
  expect(numbers(await aU('angularSeparationRadians', [0, 0, 0, 1]))[0]).toBeCloseTo(1, 12);
  await expect(aU('getALMAFlux', ['J1733-1304'])).rejects.toThrow('network');
});
