import { describe, expect, it } from 'vitest';
import { StepProgress } from '../../../src/app/tasks/step-progress.ts';

describe('progress of steps and of the tasks within them', () => {
  const watched = () => {
    const seen: [number, string | undefined][] = [];
    return { seen, progress: new StepProgress({ update: (fraction, note) => seen.push([fraction, note]) }) };
  };

  it('moves a task within the share of its step', () => {
    const { seen, progress } = watched();
    progress.steps.update(0.5, 'Cube', 0.2);
    progress.tasks.update(0.5, 'plane 3');
    progress.tasks.update(2);
    expect(seen).toEqual([
      [0.5, 'Cube'],
      [0.6, 'Cube · plane 3'],
      [0.7, 'Cube'],
    ]);
  });

  it('stands still where a step gives no share', () => {
    const { seen, progress } = watched();
    progress.steps.update(0.5, 'Report');
    progress.tasks.update(0.9, 'page 2');
    expect(seen[1]).toEqual([0.5, 'Report · page 2']);
  });
});
