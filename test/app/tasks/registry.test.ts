import { describe, expect, it } from 'vitest';
import { allTasks, allTools, checkArguments, findTask, formatHelp } from '../../../src/app/tasks/index.ts';

describe('the registry of tasks', () => {
  it.each(allTasks().map((task) => [task.name, task] as const))('%s is declared soundly', (_name, task) => {
    const names = task.parameters.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    const required = task.parameters.filter(({ default: value }) => value === undefined).map(({ name }) => [name, 'x']);
    const complete = checkArguments(task, [], Object.fromEntries(required));
    expect(Object.keys(complete)).toEqual(task.parameters.map(({ name }) => name));
    expect(formatHelp(task)).toContain(task.summary);
  });

  it("keeps CASA's positional order", () => {
    const names = (task: string) =>
      findTask(task)
        .parameters.slice(0, 3)
        .map(({ name }) => name);
    expect(names('gaincal')).toEqual(['vis', 'caltable', 'field']);
    expect(names('flagmanager')).toEqual(['vis', 'mode', 'versionname']);
    expect(names('importasdm')).toEqual(['asdm', 'vis', 'createmms']);
  });

  it('finds a task by the name that it had while it was new, which no other has now', () => {
    expect(findTask('split2').name).toBe('split');
    expect(findTask('uvcontsub_old').name).toBe('uvcontsub');
    const names = allTasks().flatMap(({ name, formerNames = [] }) => [name, ...formerNames]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives a task the kind of value that it computes with', () => {
    const given = checkArguments(findTask('flagdata'), ['a.ms'], { mode: 'quack', quackinterval: 7 });
    expect(given.quackinterval).toBe(7);
    expect(() => checkArguments(findTask('flagdata'), ['a.ms'], { quackinterval: [7] })).toThrow(/must be a number/);
  });

  it('leaves the start of a cube open, so that it begins where the selected data do', () => {
    expect(checkArguments(findTask('clean'), ['a.ms', 'a'], {}).start).toBe('');
  });

  it('knows which calls want the model that clean keeps', () => {
    for (const name of ['gaincal', 'bandpass', 'setjy', 'ft', 'uvsub', 'delmod', 'clearcal'])
      expect(findTask(name).wantsModel?.({})).toBe(true);
    const wants = (name: string, args: Record<string, string>) => findTask(name).wantsModel?.(args) ?? false;
    expect([wants('plotms', { ydatacolumn: 'model' }), wants('plotms', { ydatacolumn: 'data' })]).toEqual([
      true,
      false,
    ]);
    expect([wants('flagdata', { datacolumn: 'RESIDUAL' }), wants('applycal', {})]).toEqual([true, false]);
  });

  it('names the tasks when there is none of that name', () => {
    expect(() => findTask('gainkal')).toThrow(/There is no task 'gainkal'.*gaincal/);
  });

  it('has the tools that scripts use', () => {
    expect(allTools().map(({ name }) => name)).toEqual(expect.arrayContaining(['tb', 'msmd', 'casalog', 'cu']));
  });
});
