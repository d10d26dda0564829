import { describe, expect, it } from 'vitest';
import {
  checkArguments,
  findTask,
  prepareArguments,
  showValue,
  type TaskArguments,
  type TaskDeclaration,
} from '../../../src/app/tasks/index.ts';

const declaration: TaskDeclaration = {
  name: 'solve',
  summary: 'a task for this test',
  parameters: [
    { name: 'vis', type: 'string', doc: 'MeasurementSet', path: 'read' },
    { name: 'spw', type: 'string', default: '', doc: 'windows' },
    { name: 'selectdata', type: 'bool', default: true, doc: 'use what follows' },
    { name: 'scan', type: 'string', default: '', doc: 'scans' },
    { name: 'refant', type: 'stringList', default: '', doc: 'antennas' },
    { name: 'calmode', type: 'string', default: 'ap', allowed: ['p', 'a', 'ap'], doc: 'what' },
    { name: 'model', type: 'string', default: '', aliases: ['modimage'], doc: 'image' },
    { name: 'niter', type: 'int', default: 3, onlyDefault: true, doc: 'iterations' },
  ],
  run: () => undefined,
};

describe('checkArguments', () => {
  it('fills in defaults and takes values by position, name and old name', () => {
    const args = checkArguments(declaration, ['x.ms', '0~3'], { modimage: 'm.im' });
    expect(args).toEqual({
      vis: 'x.ms',
      spw: '0~3',
      selectdata: true,
      scan: '',
      refant: '',
      calmode: 'ap',
      model: 'm.im',
      niter: 3,
    });
  });

  it('joins lists of names and numbers where CASA takes a string', () => {
    expect(checkArguments(declaration, ['x.ms'], { spw: [17, 19], scan: ['3', '4'] })).toMatchObject({
      spw: '17,19',
      scan: '3,4',
    });
  });

  it.each([
    [[], {}, "solve() needs the parameter 'vis'"],
    [['x.ms'], { calmod: 'p' }, "unexpected keyword argument 'calmod'. Did you mean 'calmode'?"],
    [['x.ms'], { wrong: 1 }, "unexpected keyword argument 'wrong'. Its parameters are vis, spw"],
    [['x.ms'], { vis: 'y.ms' }, "two values for the parameter 'vis'"],
    [['x.ms'], { calmode: 'q' }, "'calmode' cannot be 'q'; allowed are 'p', 'a', 'ap'"],
    [[5], {}, "'vis' must be a string, not 5"],
    [['x.ms'], { selectdata: 'yes' }, "'selectdata' must be True or False, not 'yes'"],
    [['x.ms'], { niter: 4 }, 'only niter=3 is available, not 4'],
    [['a', 'b', true, '', '', 'p', '', 3, 9], {}, 'takes at most 8 arguments; 9 were given'],
  ])('%j %j is refused', (positional, named, message) => {
    expect(() => checkArguments(declaration, positional, named)).toThrow(message);
  });
});

describe('prepareArguments', () => {
  it('makes lists lists, and drops selections that selectdata switches off', () => {
    const args = checkArguments(declaration, ['x.ms'], { spw: '1', scan: '7', refant: 'DV01', selectdata: false });
    expect(prepareArguments(declaration, args)).toMatchObject({
      vis: 'x.ms',
      spw: '1',
      scan: '',
      refant: ['DV01'],
    });
  });

  it('keeps selections where selectdata is without effect, as in setjy and tclean', () => {
    const cases: [string, TaskArguments][] = [
      ['setjy', {}],
      ['tclean', { imagename: 'i' }],
    ];
    for (const [name, needed] of cases) {
      const task = findTask(name);
      const args = checkArguments(task, ['x.ms'], { ...needed, scan: '4', selectdata: false });
      expect([prepareArguments(task, args).scan].flat()).toEqual(['4']);
    }
    const visstat = findTask('visstat');
    const args = checkArguments(visstat, ['x.ms'], { scan: '4', intent: '*PHASE*', selectdata: false });
    expect(prepareArguments(visstat, args)).toMatchObject({ scan: '', intent: '*PHASE*' });
  });
});

describe('showValue', () => {
  it('writes values as Python does', () => {
    expect(showValue([true, null, 1.5, "it's", { a: 'b' }])).toBe("[True, None, 1.5, \"it's\", {'a': 'b'}]");
  });
});
