import type { ProgressPort } from '../../foundation/base/index.ts';

/** Between the words of a step and those of the task that runs within it. */
export const NOTE_SEPARATOR = ' · ';

/**
 * Progress of a job made of steps: the steps say how far it is; the tasks within them what they do, and how far they are in
 * the share that their step gives them.
 */
export class StepProgress {
  /** For the job's steps. */
  readonly steps: ProgressPort;
  /** For the tasks that a step runs. */
  readonly tasks: ProgressPort;

  constructor(port: ProgressPort) {
    let fraction = 0;
    let title = '';
    let share = 0;
    this.steps = {
      update(done, note = '', ofTasks = 0) {
        fraction = done;
        title = note;
        share = ofTasks;
        port.update(done, note);
      },
    };
    this.tasks = {
      update: (done, note) => {
        const within = share * Math.min(1, Math.max(0, done));
        port.update(fraction + within, note ? `${title}${NOTE_SEPARATOR}${note}` : title);
      },
    };
  }
}
