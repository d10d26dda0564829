import type { ProgressPort } from '../../foundation/base/index.ts';

/** Between the words of a step and those of the task that runs within it. */
export const NOTE_SEPARATOR = ' · ';

/** Progress of a job made of steps: the steps say how far it is, the tasks within them only what they do. */
export class StepProgress {
  /** For the job's steps. */
  readonly steps: ProgressPort;
  /** For the tasks that a step runs. */
  readonly tasks: ProgressPort;

  constructor(port: ProgressPort) {
    let fraction = 0;
    let title = '';
    this.steps = {
      update(done, note = '') {
        fraction = done;
        title = note;
        port.update(done, note);
      },
    };
    this.tasks = {
      update: (_done, note) => port.update(fraction, note ? `${title}${NOTE_SEPARATOR}${note}` : title),
    };
  }
}
