import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { errorSentence } from '../../foundation/base/index.ts';
import type { CalibratedSource, CalibratedWindow } from '../../pipeline/simulation/index.ts';
import { type Verdict, verdict } from './block-report.ts';
import type { FieldTruth } from './calibrated-check.ts';
import type { Delivery } from './deliveries.ts';
import type { ImagedSky } from './image-check.ts';
import { readNeeds } from './imaging-needs.ts';
import { rehearse } from './imaging-rehearsal.ts';
import { imageAndJudge } from './imaging-replay.ts';
import type { ReplayMember } from './member.ts';

const IMAGING = 'scriptForImaging.py';

/**
 * Runs scriptForImaging.py of a delivery on what its calibration scripts left, and compares the images with the sources there;
 * cubes without the continuum must be empty, since the twin has no lines.
 *
 * @param seconds after which it is ended
 * @returns undefined when the delivery has no such script, or it wants other data
 */
export function imageCalibrated(member: ReplayMember, delivery: Delivery, seconds: number): Verdict | undefined {
  const script = delivery.files.get(IMAGING);
  if (script === undefined) return undefined;
  const place = join(member.root, 'calibrated');
  const scratch = join(member.root, 'rehearsal');
  try {
    const rehearsal = rehearse(script, scratch);
    const { inputs } = rehearsal;
    if (inputs.length === 0 || inputs.some((input) => !existsSync(join(place, input)))) return undefined;
    const truths = new Map(member.blocks.flatMap((block) => block.truths.map((truth) => [truth.name, truth])));
    const twin = describeData(place, inputs, truths);
    const needs = readNeeds(rehearsal);
    return imageAndJudge({ script, root: member.root, place, rehearsal, needs, twin, timeSec: twin.timeSec, seconds });
  } catch (error) {
    return verdict(false, `${IMAGING}: ${errorSentence(error)}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What calibrated data show: a point without lines in the middle of every field. */
function describeData(
  place: string,
  inputs: readonly string[],
  truths: ReadonlyMap<string, FieldTruth>,
): ImagedSky & { readonly timeSec: number } {
  let timeSec = 0;
  const sources: CalibratedSource[] = [];
  const described = inputs.map((name) => {
    const ms = openMs(join(place, name));
    try {
      const { fields, spectralWindows, observations } = readMetadata(ms);
      for (const { name: field, phaseDir } of fields) {
        const truth = truths.get(field);
        if (!truth || truth.isBody) continue;
        sources.push({ ra: phaseDir[0], dec: phaseDir[1], continuumJy: truth.fluxes[0].jy, lines: [] });
      }
      timeSec = (observations[0].timeRange[0] + observations[0].timeRange[1]) / 2;
      const windows = spectralWindows.map(
        ({ chanFreqs }): CalibratedWindow => ({
          centreHz: (chanFreqs[0] + chanFreqs[chanFreqs.length - 1]) / 2,
          stepHz: chanFreqs.length > 1 ? chanFreqs[1] - chanFreqs[0] : chanFreqs[0],
          channelCount: chanFreqs.length,
        }),
      );
      return { name, spec: { windows } };
    } finally {
      ms.close();
    }
  });
  return { inputs: described, sources, timeSec };
}
