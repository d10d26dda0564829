import { type Context, fail } from '../../foundation/base/index.ts';
import { arena } from '../../foundation/numeric/index.ts';
import { CACHE_BYTES } from './imaging-run.ts';
import { prepareWeights } from './imaging-weights.ts';
import { chooseImaging, type TcleanOptions } from './options.ts';
import { planImaging } from './plan.ts';
import { samplesOf, weightChoice } from './plane-imager.ts';
import { handCount } from './stokes.ts';

/** Noise of a point source in an image. */
export interface ApparentSensitivity {
  /** Jy, if the weights are 1 / Jy² */
  readonly rms: number;
  /** The same over that with natural weights; at least 1. */
  readonly relative: number;
}

/**
 * Noise that a continuum image would have by the weights of its data: sqrt(sum W² / w) / sum W of imaging weights W and natural
 * weights w, in Stokes I, both hands together (apparentsens of CASA's imager tool).
 *
 * @throws usage, missing, bad-data when all data are flagged, unsupported
 */
export function apparentSensitivity(
  context: Context,
  options: Omit<TcleanOptions, 'imagename' | 'stokes'>,
): ApparentSensitivity {
  const plan = planImaging(context, chooseImaging({ ...options, stokes: 'I', imagename: 'sensitivity' }));
  const { stokes } = plan.choice;
  const { store, densities } = samplesOf(context, plan, stokes[0], CACHE_BYTES);
  let [natural, imaging, squares] = [0, 0, 0];
  arena().scope((lease) => {
    const weigh = prepareWeights(weightChoice(plan), lease, densities.measure(0, lease));
    store.forPlane(0, (block) => {
      const before = block.weight.slice();
      weigh(block);
      before.forEach((weight, index) => {
        if (weight <= 0) return;
        natural += weight;
        imaging += block.weight[index];
        squares += block.weight[index] ** 2 / weight;
      });
    });
  });
  if (natural === 0) fail('bad-data', 'All selected data are flagged.');
  const hands = Math.sqrt(handCount(stokes));
  const rms = Math.sqrt(squares) / imaging / hands;
  return { rms, relative: rms * Math.sqrt(natural) * hands };
}
