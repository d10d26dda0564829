import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAsdm } from '../../../src/formats/asdm/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { missingData } from '../../../src/pipeline/reduction/missing-data.ts';
import { simulate } from '../../../src/pipeline/simulation/index.ts';

it('tells which scans lack files of binary data, and nothing of an ASDM that is whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qa2-missing-'));
  const { asdms } = simulate(silentContext(folder), { preset: 'tiny', out: 'sim' });
  const asdm = openAsdm(asdms[0]);
  expect(missingData(asdm)).toEqual([]);
  const [row] = [...asdm.table('Main').rows()].slice(-1);
  rmSync(asdm.bdfPath(row.text('dataUID')));
  const count = readdirSync(join(asdms[0], 'ASDMBinary')).length + 1;
  expect(missingData(asdm)).toEqual([
    {
      topic: 'Missing data',
      choice: `1 of ${count} files of binary data is not in the ASDM`,
      reason: expect.stringContaining(`lacking in scan ${row.number('scanNumber')};`),
    },
  ]);
});
