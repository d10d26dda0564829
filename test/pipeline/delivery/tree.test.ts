import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackTar } from '../../../src/foundation/bytes/index.ts';
import {
  chooseNames,
  createTree,
  fileNameToUid,
  findMembers,
  openTree,
  packageMember,
  uidToFileName,
  verifyMember,
} from '../../../src/pipeline/delivery/index.ts';
import { EMPTY_GOAL } from '../../../src/pipeline/reduction/index.ts';

const names = { project: '2012.1.00001.S', scienceGoal: 'sg', group: 'gr', member: 'uid___A002_X1_X2' };
const top = () => mkdtempSync(join(tmpdir(), 'qa2-tree-'));

describe('names', () => {
  it('turn UIDs into file names and back', () => {
    expect(uidToFileName('uid://A002/X6acbaf/X1')).toBe('uid___A002_X6acbaf_X1');
    expect(fileNameToUid('uid___A002_X6acbaf_X1')).toBe('uid://A002/X6acbaf/X1');
  });

  it('prefer options to the goal to the ASDM, and tell what is missing', () => {
    const choice = chooseNames(
      { project: 'P' },
      { ...EMPTY_GOAL, project: 'G', group: 'uid://A/B/C' },
      'uid://A002/X1/X9',
    );
    expect(choice.names).toEqual({
      project: 'P',
      scienceGoal: 'science_goal',
      group: 'uid___A_B_C',
      member: 'uid___A002_X1_X9',
    });
    expect(choice.missing).toEqual(['Science Goal UID']);
  });
});

describe('a tree', () => {
  it('is packed into tars with the names of the manual, split at file borders', async () => {
    const tree = createTree(top(), names);
    writeFileSync(join(tree.member, 'README'), 'read me');
    writeFileSync(join(tree.member, 'product', 'a.fits'), 'a'.repeat(5000));
    writeFileSync(join(tree.member, 'product', 'b.fits'), 'b'.repeat(5000));
    writeFileSync(join(tree.member, 'raw', 'x'), 'raw');
    const whole = await packageMember(tree, 1e9);
    expect(whole.map((path) => path.split('/').pop())).toEqual([
      '2012.1.00001.S_uid___A002_X1_X2_1_of_1.tar',
      '2012.1.00001.S_uid___A002_X1_X2_raw_1_of_1.tar',
    ]);
    const parts = await packageMember(tree, 12_000);
    expect(parts.map((path) => /_(\d_of_\d)\.tar/.exec(path)?.[1])).toEqual(['1_of_2', '2_of_2', '1_of_1']);
    const to = top();
    for (const part of parts) await unpackTar(part, to);
    expect(readdirSync(join(to, '2012.1.00001.S/sg/gr/uid___A002_X1_X2')).sort()).toEqual(
      ['README', 'calibration', 'log', 'product', 'qa', 'raw', 'script'].sort(),
    );
    expect(readdirSync(to)).toEqual(['2012.1.00001.S']);
  });

  it('is found again below its top', () => {
    const tree = createTree(top(), names);
    writeFileSync(join(tree.member, 'README'), '');
    expect(findMembers(tree.top)).toEqual([tree.member]);
    expect(openTree(tree.member).names).toEqual(names);
  });

  it('is not opened where it does not belong', () => {
    const tree = createTree(top(), names);
    expect(() => openTree(tree.member)).toThrow('This is no Member: README is missing.');
    writeFileSync(join(tree.member, 'README'), '');
    const report = join(tree.member, 'qa', 'qa2_report.json');
    writeFileSync(report, JSON.stringify({ project: names.project, member: names.member }));
    expect(openTree(tree.member).top).toBe(tree.top);
    writeFileSync(report, JSON.stringify({ project: names.project, member: 'uid___A002_X7_X8' }));
    expect(() => openTree(tree.member)).toThrow('belongs at 2012.1.00001.S/<sg>/<group>/uid___A002_X7_X8; move it');
    writeFileSync(report, '{');
    expect(() => openTree(tree.member)).toThrow('The report is no JSON.');
  });

  it('is verified: what is missing is named', () => {
    const tree = createTree(top(), names);
    writeFileSync(join(tree.member, 'script', 'uid___A002_X5_X6.ms.scriptForCalibration.py'), '');
    const messages = verifyMember(tree.member).map((issue) => issue.message);
    expect(messages).toContain('README is missing.');
    expect(messages).toContain('calibration/uid___A002_X5_X6.calibration.tgz is missing.');
    expect(messages).toContain('The raw data of uid___A002_X5_X6 are not in raw/.');
  });
});
