import { describe, expect, it } from 'vitest';
import {
  chooseNames,
  fileNameToUid,
  memberPath,
  tarName,
  uidToFileName,
} from '../../../src/pipeline/delivery/names.ts';
import { EMPTY_GOAL } from '../../../src/pipeline/reduction/index.ts';

describe('names of a delivery', () => {
  it('write UIDs as files and back', () => {
    expect(uidToFileName('uid://A002/X1/X2')).toBe('uid___A002_X1_X2');
    expect(fileNameToUid('uid___A002_X1_X2')).toBe('uid://A002/X1/X2');
    expect(fileNameToUid('science_goal')).toBe('science_goal');
    expect(uidToFileName('../a b')).not.toMatch(/[/ ]/);
  });

  it('come from options first, then the goal, then the ASDM, and say what is missing', () => {
    const { names, missing } = chooseNames(
      { group: 'uid://A/1/2' },
      { ...EMPTY_GOAL, project: '2012.1.1.S' },
      'uid://A/3/4',
    );
    expect(names).toEqual({
      project: '2012.1.1.S',
      scienceGoal: 'science_goal',
      group: 'uid___A_1_2',
      member: 'uid___A_3_4',
    });
    expect(missing).toEqual(['Science Goal UID']);
    expect(memberPath(names)).toBe('2012.1.1.S/science_goal/uid___A_1_2/uid___A_3_4');
    expect(tarName(names, 'products', 1, 2)).toBe('2012.1.1.S_uid___A_3_4_1_of_2.tar');
    expect(tarName(names, 'raw', 1, 1)).toBe('2012.1.1.S_uid___A_3_4_raw_1_of_1.tar');
  });
});
