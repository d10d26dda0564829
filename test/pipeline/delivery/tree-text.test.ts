import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { treeText } from '../../../src/pipeline/delivery/tree-text.ts';

it('lists what the products tar holds, and only says where raw data and results go', () => {
  const member = join(mkdtempSync(join(tmpdir(), 'tree-text-')), 'uid___A002_X1_X12');
  const write = (...path: string[]) => {
    mkdirSync(join(member, ...path.slice(0, -1)), { recursive: true });
    writeFileSync(join(member, ...path), '');
  };
  write('script', 'scriptForPI.py');
  write('calibration', 'uid___A002_X1_X1.calibration.plots', 'tsys.png');
  write('qa', 'qa2_report.html');
  write('calibrated', 'calibrated.ms', 'table.dat');
  write('raw', 'uid___A002_X1_X1.asdm.sdm', 'ASDM.xml');
  expect(treeText(member)).toEqual([
    '|-- uid___A002_X1_X12/',
    '|   |-- README',
    '|   |-- script/',
    '|   |   |-- scriptForPI.py',
    '|   |-- calibration/',
    '|   |   |-- uid___A002_X1_X1.calibration.plots/',
    '|   |-- qa/',
    '|   |   |-- qa2_report.html',
    '|   |-- raw/          (part b of the delivery: uid*.asdm.sdm)',
    '|   |-- calibrated/   (made by scriptForPI.py)',
  ]);
});
