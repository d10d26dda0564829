import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { gencal } from '../../../src/pipeline/calibration/index.ts';
import { writeSyntheticMs } from './synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'gencal-'));
const context = silentContext(folder);
let tables = 0;
const make = (options: object) =>
  gencal(context, { vis: 'a.ms', caltable: `${tables++}.cal`, caltype: '', ...options });
/** Real parts of complex parameters. */
const reals = ({ rows }: ReturnType<typeof gencal>) => [...rows.params].filter((_, at) => at % 2 === 0);

beforeAll(() => {
  const setup = { antCount: 2, chanCount: 2, spwCount: 2, scanFields: [0], integrations: 1 };
  writeSyntheticMs(join(folder, 'a.ms'), { ...setup, visibility: () => [1, 0] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('states opacities by window and delays by antenna and polarization', () => {
  const opacity = make({ caltype: 'opac', spw: '0,1', parameter: [0.25, 0.5] });
  expect([opacity.visCal, opacity.rows.parCount]).toEqual(['TOpac', 1]);
  expect([...opacity.rows.params]).toEqual([0.25, 0.25, 0.5, 0.5]);
  const single = make({ caltype: 'sbd', spw: '1', antenna: 'DA42', pol: 'X', parameter: [3] });
  expect([...single.rows.params]).toEqual([0, 0, 0, 0, 0, 0, 3, 0]);
  const multi = make({ caltype: 'mbd', antenna: 'DA41,DA42', pol: 'X,Y', parameter: [1, 2, 3, 4] });
  expect([...multi.rows.params]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
});

it('gives a value to each window, antenna and polarization that is named, and to all that are not', () => {
  const amp = { caltype: 'amp' };
  expect(reals(make({ ...amp, antenna: 'DA41,DA42', parameter: [2, 3] }))).toEqual([2, 2, 3, 3, 2, 2, 3, 3]);
  expect(reals(make({ ...amp, spw: '1,0', parameter: [2, 3] }))).toEqual([3, 3, 3, 3, 2, 2, 2, 2]);
  expect(reals(make({ ...amp, antenna: '1,0~1', parameter: [2, 3] }))).toEqual([3, 3, 2, 2, 3, 3, 2, 2]);
  expect(reals(make({ ...amp, pol: 'Y,X', parameter: [2, 3] }))).toEqual([3, 2, 3, 2, 3, 2, 3, 2]);
  expect(reals(make({ ...amp, spw: '1', antenna: 'DA42', parameter: [2] }))).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  expect(reals(make({ ...amp, spw: '1', antenna: 'DA4*', parameter: [2, 3] }))).toEqual([1, 1, 1, 1, 2, 2, 3, 3]);
  expect(reals(make({ ...amp, spw: '1', antenna: 'DA42;DA41', parameter: [2, 3] }))).toEqual([1, 1, 1, 1, 3, 3, 2, 2]);
  expect(reals(make({ ...amp, spw: '1', antenna: '!DA41', parameter: [2] }))).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  expect(() => make({ ...amp, spw: '0,1', antenna: 'DA42', pol: 'X,Y', parameter: [2, 3] })).toThrow(
    'needs 1 or 4 values (2 windows × 1 antennas × 2 polarizations), not 2',
  );
  expect(() => make({ ...amp, pol: 'Z', parameter: [2] })).toThrow('no polarization "Z"');
  expect(() => make({ caltype: 'antpos', antenna: 'DA41,DA42', parameter: [1, 2, 3, 4, 5, 6, 7, 8, 9] })).toThrow(
    'of 2',
  );
});

it('puts values on top of those of a table that is there', () => {
  make({ caltable: 'g', caltype: 'ph', antenna: 'DA42', parameter: [90] });
  const { rows } = make({ caltable: 'g', caltype: 'amp', spw: '1', parameter: [2] });
  expect([...rows.params].map((value) => Math.round(1e6 * value) / 1e6 + 0)).toEqual([
    ...[1, 0, 1, 0, 0, 1, 0, 1],
    ...[2, 0, 2, 0, 0, 2, 0, 2],
  ]);
  expect([...rows.observationId]).toEqual([-1, -1, -1, -1]);
  make({ caltable: 'k', caltype: 'antpos', antenna: 'DA42', parameter: [1, 2, 3] });
  const moved = make({ caltable: 'k', caltype: 'antpos', antenna: 'DA41,DA42', parameter: [4, 5, 6, 7, 8, 9] });
  expect([...moved.rows.params]).toEqual([4, 5, 6, 8, 10, 12]);
  expect(() => make({ caltable: 'k', caltype: 'sbd', parameter: [1] })).toThrow(
    'cannot add K Jones to a table of KAntPos',
  );
});

it('reads lines of Jy/K factors as CASA does', () => {
  const factors = (text: string, more = {}) => {
    writeFileSync(join(folder, 'f.csv'), text);
    return reals(make({ caltype: 'jyperk', infile: 'f.csv', ...more })).map((value) => Math.round(1e4 * value) / 1e4);
  };
  expect(factors('a.ms,DA41,0,I,4\r\na.ms,DA41,0,XX,25\r\n')).toEqual([0.1, 0.5, 1, 1, 1, 1, 1, 1]);
  expect(factors('"a.ms","DA42","0,1","Y", "4"')).toEqual([1, 1, 1, 0.5, 1, 1, 1, 0.5]);
  expect(factors('#a\n\na.ms, ,1,,4\n')).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]);
  expect(factors('a.ms,1,,YY,4\n', { spw: '1' })).toEqual([1, 1, 1, 1, 1, 1, 1, 0.5]);
  for (const line of ['a.ms,DA41,0,4', 'a.ms,DA41,0,I,4,7', 'a.ms,DA41,0,Q,4', 'a.ms,DA41,0,I,-4'])
    expect(() => factors(line)).toThrow(`"${line}" is no line of Jy/K factors`);
  expect(() => factors('b.ms,DA41,0,I,4')).toThrow('no factors of a.ms');
  expect(() => factors('a.ms,DA99,0,I,4')).toThrow('no antenna "DA99"');
});

it('reads Jy/K factors and antenna positions from files', () => {
  writeFileSync(
    join(folder, 'jyperk.csv'),
    'MS,Antenna,Spwid,Polarization,factor\na.ms,DA42,1,I,25.0\nb.ms,DA41,0,I,4\n',
  );
  const gains = make({ caltype: 'jyperk', infile: 'jyperk.csv' });
  expect(reals(gains)).toEqual([1, 1, 1, 1, 1, 1, Math.fround(0.2), Math.fround(0.2)]);
  const position = [2.2e6 + 30.5, -5.4e6, -2.4e6 - 0.25];
  const file = { metadata: { product_code: 'antposalma' }, data: { DA42: position } };
  writeFileSync(join(folder, 'antpos.json'), JSON.stringify(file));
  const offsets = make({ caltype: 'antpos', infile: 'antpos.json' });
  expect([...offsets.rows.params]).toEqual([0, 0, 0, 0.5, 0, -0.25]);
  writeFileSync(join(folder, 'antpos.json'), '{}');
  expect(() => make({ caltype: 'antpos', infile: 'antpos.json' })).toThrow(/getantposalma/);
  expect(() => make({ caltype: 'swpow' })).toThrow(/not available; known: tsys/);
});
