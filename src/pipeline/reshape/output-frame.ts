import {
  frequencyShiftFactor,
  observatoryPosition,
  parseDirection,
  type VelocityFrame,
} from '../../astronomy/measures/index.ts';
import { fieldDirection, type MeasurementSet, type MsMetadata, parseField } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { SplitPlan } from './split-plan.ts';

/** casacore's codes of the frames, as in MEAS_FREQ_REF. */
export const FRAME_CODES: Readonly<Record<string, number>> = {
  ...{ LSRK: 1, LSRD: 2, BARY: 3, GEO: 4, TOPO: 5, GALACTO: 6, LGROUP: 7, CMB: 8 },
};

/** The change of frequency frame that a task asks for. */
export interface OutputFrame {
  /** False when the frame stays; CASA then leaves the weights of wider channels as they are. */
  readonly isChanged: boolean;
  /** MEAS_FREQ_REF of the output. */
  readonly code: number;
  /** New frequency over old frequency, at the reference time and phase centre. */
  readonly referenceFactor: number;
  /** New frequency over old frequency at a time, MJD s, for a field of the input. */
  factorAt(timeSec: number, fieldId: number): number;
}

/**
 * The frame change of CASA 6.7's mstransform: the time of the first selected row and the phase centre (or the first selected
 * field) fix the output channels; each integration is shifted by its own time and field.
 *
 * @param outframe '' keeps the frame
 * @param phasecenter a field number, or a direction such as 'J2000 18h00m00 -23d00m00'; '' for the first selected field
 * @throws unsupported for frames that are not computed
 */
export function planFrame(
  ms: MeasurementSet,
  metadata: MsMetadata,
  plan: SplitPlan,
  outframe: string,
  phasecenter: string | number,
): OutputFrame {
  const [first] = plan.selection.rows;
  const from = metadata.spectralWindows[plan.windows[0].oldId].measFreqRef.toUpperCase();
  const to = outframe === '' ? from : outframe.toUpperCase();
  if (from === to) {
    const code = Number(ms.subtable('SPECTRAL_WINDOW').column('MEAS_FREQ_REF').get(plan.windows[0].oldId));
    return { isChanged: false, code, referenceFactor: 1, factorAt: () => 1 };
  }
  for (const frame of [from, to]) {
    if (!(frame in FRAME_CODES)) {
      fail('unsupported', `Frequencies in ${frame} are not computed; use ${Object.keys(FRAME_CODES).join(', ')}.`);
    }
  }
  const position = observatoryPosition(metadata.observation.telescope);
  const factor = (timeSec: number, [ra, dec]: readonly [number, number], one: string, other: string) =>
    frequencyShiftFactor(timeSec, ra, dec, position, one as VelocityFrame, other as VelocityFrame);
  const time = Number(ms.main.column('TIME').get(first));
  const field = Number(ms.main.column('FIELD_ID').get(first));
  const centre = centreOf(metadata, phasecenter, field);
  // casacore goes by way of LSRK, and takes only the Sun's motion in the direction of the field: for one field it is the same.
  const isOtherRest = ['LSRD', 'GALACTO', 'LGROUP', 'CMB'].includes(to);
  const back = factor(time, centre, 'LSRK', isOtherRest ? 'BARY' : to);
  return {
    isChanged: true,
    code: FRAME_CODES[to],
    referenceFactor: factor(time, centre, from, to),
    factorAt(timeSec, fieldId) {
      const own = fieldDirection(metadata.fields[fieldId], timeSec);
      const toLsrk = factor(timeSec, centre, from, 'BARY') * factor(timeSec, own, 'BARY', 'LSRK');
      return toLsrk * (isOtherRest ? back * factor(timeSec, own, 'BARY', to) : back);
    },
  };
}

/** Phase centre that a task names, or that of a field. */
export function centreOf(metadata: MsMetadata, phasecenter: string | number, field: number): readonly [number, number] {
  const text = String(phasecenter).trim();
  if (text === '') return metadata.fields[field].phaseDir;
  if (!/\s/.test(text)) return metadata.fields[parseField(text, metadata.fields)[0]].phaseDir;
  const { ra, dec } = parseDirection(text);
  return [ra, dec];
}
