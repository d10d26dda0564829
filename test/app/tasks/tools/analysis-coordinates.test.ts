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
