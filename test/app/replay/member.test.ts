import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findScriptFolders, layOutMember } from '../../../src/app/replay/member.ts';

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
    expect(findScriptFolders(top)).toEqual([join(top, 'a', 'script')]);
  });

  it('leaves out a script that cannot be read, with one sentence, and takes the others', () => {
    const [folder, root] = [join(top, 'script'), join(top, 'root')];
    mkdirSync(folder);
    writeFileSync(join(folder, 'uid___A002_X1_X2.ms.scriptForCalibration.py'), "print 'nothing'\n");
    writeFileSync(join(folder, 'member.uid___A001_X1_X2.scriptForPI.py'), '');
    const member = layOutMember(folder, root);
    expect(member.unread).toHaveLength(1);
    expect(member.unread[0].reason).toMatch(/no call of importasdm/);
    expect(member.blocks).toEqual([]);
    expect(member.forPi).toBe('member.uid___A001_X1_X2.scriptForPI.py');
    expect(existsSync(join(root, 'script', 'uid___A002_X1_X2.ms.scriptForCalibration.py'))).toBe(false);
    expect(existsSync(join(root, 'script', 'member.uid___A001_X1_X2.scriptForPI.py'))).toBe(true);
  });
});
