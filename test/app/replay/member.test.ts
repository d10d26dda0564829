import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asdmOf, findDeliveries } from '../../../src/app/replay/deliveries.ts';
import { layOutMember } from '../../../src/app/replay/member.ts';
import { findPackages } from '../../../src/app/replay/package-replay.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'qa2-member-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

describe('a delivery that is laid out', () => {
  it('finds folders with calibration scripts at any depth', () => {
    mkdirSync(join(top, 'a', 'script'), { recursive: true });
    mkdirSync(join(top, 'b'));
    writeFileSync(join(top, 'a', 'script', 'uid___A002_X1_X2.ms.scriptForCalibration.py'), '');
    writeFileSync(join(top, 'b', 'scriptForImaging.py'), '');
    expect(findDeliveries(top).map(({ label }) => label)).toEqual([join(top, 'a', 'script')]);
  });

  it('knows the block of a script, also behind the name of the Member', () => {
    expect(asdmOf('uid___A002_X3_X4.ms.scriptForCalibration.py')).toBe('uid___A002_X3_X4');
    expect(asdmOf('member.uid___A001_X1_X2.uid___A002_X3_X4.ms.scriptForCalibration.py')).toBe('uid___A002_X3_X4');
  });

  it('takes a collection of several deliveries apart', () => {
    const add = (name: string, text = '') => writeFileSync(join(top, name), text);
    for (const block of ['X1', 'X2', 'X3', 'X4']) add(`uid___A002_X1_${block}.ms.scriptForCalibration.py`);
    add('A__script__scriptForFluxCalibration.py', "setjy(vis='uid___A002_X1_X2.ms.split.cal')\n# uid___A002_X1_X9.ms");
    add('B__script__manual_scriptForPI.py');
    add('member.uid___A001_X1_X2.scriptForPI.py');
    const name = (block: string) => `uid___A002_X1_${block}.ms.scriptForCalibration.py`;
    const found = findDeliveries(top).map(({ calibrations, control, missing }) => ({ calibrations, control, missing }));
    expect(found).toEqual([
      { calibrations: [name('X2')], control: undefined, missing: ['uid___A002_X1_X9'] },
      { calibrations: [name('X1')], control: 'manual_scriptForPI.py', missing: [] },
      { calibrations: [name('X3')], control: undefined, missing: [] },
      { calibrations: [name('X4')], control: undefined, missing: [] },
    ]);
    expect(findPackages(top)).toEqual([
      { folder: top, control: 'member.uid___A001_X1_X2.scriptForPI.py', restore: undefined },
    ]);
  });

  it('leaves out a script that cannot be read, with one sentence, and takes the others', () => {
    const [folder, root] = [join(top, 'script'), join(top, 'root')];
    mkdirSync(folder);
    writeFileSync(join(folder, 'uid___A002_X1_X2.ms.scriptForCalibration.py'), "print 'nothing'\n");
    writeFileSync(join(folder, 'member.uid___A001_X1_X2.scriptForPI.py'), '');
    const [delivery] = findDeliveries(folder);
    const member = layOutMember(delivery, root);
    expect(member.unread).toHaveLength(1);
    expect(member.unread[0].reason).toMatch(/no call of importasdm/);
    expect(member.blocks).toEqual([]);
    expect(member.forPi).toBe('member.uid___A001_X1_X2.scriptForPI.py');
    expect(existsSync(join(root, 'script', 'uid___A002_X1_X2.ms.scriptForCalibration.py'))).toBe(false);
    expect(existsSync(join(root, 'script', 'member.uid___A001_X1_X2.scriptForPI.py'))).toBe(true);
    expect(existsSync(join(root, 'calibration'))).toBe(true); // a scriptForPI of 2016 or later stops without it
  });
});
