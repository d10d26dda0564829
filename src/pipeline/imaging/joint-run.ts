import { type Context, fail } from '../../foundation/base/index.ts';
import { makeOrClose } from './chosen-ms.ts';
import { type CleanSummary, type CleanTarget, noCleaning, runCleanByPlane, runCleanCycles } from './clean-cycles.ts';
import { ImagingRun, type TcleanResult } from './imaging-run.ts';
import type { ImagingPlan } from './plan.ts';

/** Says why fields cannot be imaged together. */
function checkTogether(plans: readonly ImagingPlan[]): void {
  const [main] = plans;
  if (
    plans.some(
      ({ choice, request }) => choice.gridder !== 'standard' || choice.termCount !== undefined || request.followed,
    )
  )
    fail(
      'unsupported',
      'Outlier fields are handled with the standard gridder, without Taylor terms and with fixed phase centres; leave outlierfile out.',
    );
  const names = plans.map(({ choice }) => choice.imagename);
  if (new Set(names).size < names.length)
    fail('usage', `Outlier fields need names of their own, not ${names.join(', ')}.`);
  const axisOf = ({ axis }: ImagingPlan) => JSON.stringify(axis);
  if (plans.some((plan) => axisOf(plan) !== axisOf(main)))
    fail('usage', 'The main field and its outlier fields must have the same channels.');
}

/** Images a main field and outlier fields: each has its own PSF and mask, and its residual is free of the models of all. */
export class JointRun {
  private readonly context: Context;
  private readonly runs: readonly ImagingRun[];

  /**
   * @param main closed when the others cannot be planned
   * @param others plan the outlier fields
   * @throws usage, unsupported where the fields do not fit together
   */
  constructor(context: Context, main: ImagingPlan, others: readonly (() => ImagingPlan)[]) {
    this.context = context;
    const data = [...main.data];
    this.runs = makeOrClose(data, () => {
      const plans = [main];
      for (const other of others) {
        const plan = other();
        plans.push(plan);
        data.push(...plan.data);
      }
      checkTogether(plans);
      return plans.map((plan) => new ImagingRun(context, plan));
    });
  }

  private updateResidual(field: number, plane: number): void {
    this.runs[field].updateResidual(
      plane,
      this.runs.filter((_, other) => other !== field),
    );
  }

  private clean(): CleanSummary {
    const [{ plan, planeCount }] = this.runs;
    const { control, style } = plan.choice;
    const targets = this.runs.map((run) => run.target());
    const minors = this.runs.map((run) => run.minor());
    const at = (place: number): [field: number, plane: number] => [Math.floor(place / planeCount), place % planeCount];
    const joint: CleanTarget = {
      planeCount: this.runs.length * planeCount,
      psf: (place) => targets[at(place)[0]].psf(at(place)[1]),
      residual: (place) => targets[at(place)[0]].residual(at(place)[1]),
      model: (place) => targets[at(place)[0]].model(at(place)[1]),
      mask: (place) => targets[at(place)[0]].mask(at(place)[1]),
      setModel: (place, model) => targets[at(place)[0]].setModel(at(place)[1], model),
      updateResidual: (place) => this.updateResidual(...at(place)),
      renewMask: targets.some(({ renewMask }) => renewMask)
        ? (place) => targets[at(place)[0]].renewMask?.(at(place)[1])
        : undefined,
      together: (place) => this.runs.map((_, field) => field * planeCount + at(place)[1]),
      minorOf: (place) => minors[at(place)[0]],
    };
    if (control.niter === 0) return noCleaning(joint.planeCount, joint.residual);
    const sidelobes = this.runs.flatMap((run) => run.sidelobes);
    return style.hasOldCycles
      ? runCleanByPlane(this.context, joint, minors[0], control, sidelobes, style)
      : runCleanCycles(this.context, joint, minors[0], control, Math.max(...sidelobes), style);
  }

  run(): TcleanResult {
    try {
      for (const run of this.runs) run.makeFirstImages();
      if (this.runs.some((run) => run.hasModel))
        for (const [field, run] of this.runs.entries())
          for (let plane = 0; plane < run.planeCount; plane++) this.updateResidual(field, plane);
      const summary = this.clean();
      const [main] = this.runs.map((run, field) => run.finish(summary, field > 0));
      return { ...main, fieldCount: this.runs.length };
    } catch (error) {
      for (const run of this.runs) run.discard();
      throw error;
    } finally {
      for (const run of this.runs) run.close();
    }
  }
}
