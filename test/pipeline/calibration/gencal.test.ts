import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { gencal } from '../../../src/pipeline/calibration/index.ts';
import { writeSyntheticMs } from './synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'gencal-'));
const context = silentContext(folder);
const make = (options: object) => gencal(context, { vis: 'a.ms', caltable: 'a.cal', caltype: '', ...options });

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
  const multi = make({ caltype: 'mbd', pol: 'X,Y', parameter: [1, 2, 3, 4] });
  expect([...multi.rows.params]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
});

it('reads Jy/K factors and antenna positions from files', () => {
  writeFileSync(
    join(folder, 'jyperk.csv'),
    'MS,Antenna,Spwid,Polarization,factor\na.ms,DA42,1,I,25.0\nb.ms,DA41,0,I,4\n',
  );
  const gains = make({ caltype: 'jyperk', infile: 'jyperk.csv' });
  expect([...gains.rows.params].filter((_, at) => at % 2 === 0)).toEqual([
    1,
    1,
    1,
    1,
    1,
    1,
    Math.fround(0.2),
    Math.fround(0.2),
  ]);
  const position = [2.2e6 + 30.5, -5.4e6, -2.4e6 - 0.25];
  const file = { metadata: { product_code: 'antposalma' }, data: { DA42: position } };
  writeFileSync(join(folder, 'antpos.json'), JSON.stringify(file));
  const offsets = make({ caltype: 'antpos', infile: 'antpos.json' });
  expect([...offsets.rows.params]).toEqual([0, 0, 0, 0.5, 0, -0.25]);
  writeFileSync(join(folder, 'antpos.json'), '{}');
  expect(() => make({ caltype: 'antpos', infile: 'antpos.json' })).toThrow(/getantposalma/);
  expect(() => make({ caltype: 'swpow' })).toThrow(/not available; known: tsys/);
});
