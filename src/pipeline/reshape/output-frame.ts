import {
  frequencyShiftFactor,
  observatoryPosition,
  parseDirection,
  type VelocityFrame,
} from '../../astronomy/measures/index.ts';
import {
  type FieldInfo,
  fieldDirection,
  fieldRecession,
  type MeasurementSet,
  type MsMetadata,
  parseField,
} from '../../astronomy/ms/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { SplitPlan } from './split-plan.ts';

/** casacore's codes of the frames, as in MEAS_FREQ_REF. */
export const FRAME_CODES: Readonly<Record<string, number>> = {
  ...{ LSRK: 1, LSRD: 2, BARY: 3, GEO: 4, TOPO: 5, GALACTO: 6, LGROUP: 7, CMB: 8 },
};

/** casacore's code of the frame in which the source rests. */
const REST_CODE = 0;

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
 * @param outframe '' keeps the frame; 'SOURCE' is that of a field's object, which its ephemeris tells
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
  if (to === 'SOURCE') return planSource(ms, metadata, plan, from, phasecenter);
  checkFrames(from, to);
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

/**
 * To the frame of a field's object. The first selected row and the field that `phasecenter` names fix the output channels; each
 * integration is shifted by the velocity of its own field at its own time, as CASA's is at the first row (later CASA subtracts the
 * change of velocity where it ought to be added). Fields that stand still are left in GEO.
 */
function planSource(
  ms: MeasurementSet,
  metadata: MsMetadata,
  plan: SplitPlan,
  from: string,
  phasecenter: string | number,
): OutputFrame {
  const [first] = plan.selection.rows;
  const time = Number(ms.main.column('TIME').get(first));
  const chosen = fieldOf(metadata, phasecenter, Number(ms.main.column('FIELD_ID').get(first)));
  const reference = sourceFactor(metadata, from, chosen, time);
  const still = planFrame(ms, metadata, plan, 'GEO', phasecenter);
  // Rows of one integration follow each other.
  let recent = { timeSec: time, fieldId: chosen?.id, factor: reference };
  return {
    isChanged: true,
    code: REST_CODE,
    referenceFactor: reference,
    factorAt(timeSec, fieldId) {
      const field = metadata.fields[fieldId];
      if (!field.motion) return still.factorAt(timeSec, fieldId);
      if (recent.timeSec !== timeSec || recent.fieldId !== fieldId)
        recent = { timeSec, fieldId, factor: sourceFactor(metadata, from, field, timeSec) };
      return recent.factor;
    },
  };
}

/**
 * Frequency in the frame of a field's object over frequency in another frame: by way of GEO, and from there by the relativistic
 * Doppler shift, as CASA does it.
 *
 * @param field undefined where a task names a direction instead
 * @throws usage for what has no ephemeris; bad-data where the ephemeris does not tell the velocity
 */
export function sourceFactor(
  metadata: MsMetadata,
  from: string,
  field: FieldInfo | undefined,
  timeSec: number,
): number {
  checkFrames(from);
  if (!field?.motion) {
    const what = field ? `Field ${field.name} has no ephemeris` : 'A direction in phasecenter has no ephemeris';
    fail('usage', `${what}, which outframe="SOURCE" needs; name a field that has one, or attach one with fixplanets.`);
  }
  const recession = fieldRecession(field, timeSec);
  if (recession === undefined) {
    const mjd = (timeSec / 86_400).toFixed(3);
    fail('bad-data', `The ephemeris has no geocentric velocity (RadVel) of ${field.name} at MJD ${mjd}.`, {
      table: field.motion.path,
    });
  }
  const [ra, dec] = fieldDirection(field, timeSec);
  const position = observatoryPosition(metadata.observation.telescope);
  const geocentric = frequencyShiftFactor(timeSec, ra, dec, position, from as VelocityFrame, 'GEO');
  const beta = recession / SPEED_OF_LIGHT;
  return geocentric * Math.sqrt((1 + beta) / (1 - beta));
}

/** @throws unsupported for frames between which nothing is computed */
export function checkFrames(...frames: readonly string[]): void {
  const unknown = frames.find((frame) => !(frame in FRAME_CODES));
  if (unknown === undefined) return;
  const known = [...Object.keys(FRAME_CODES), 'SOURCE'].join(', ');
  fail('unsupported', `Frequencies in ${unknown} are not computed; use ${known}.`);
}

/** Phase centre that a task names, or that of a field. */
export function centreOf(metadata: MsMetadata, phasecenter: string | number, field: number): readonly [number, number] {
  const named = fieldOf(metadata, phasecenter, field);
  if (named) return named.phaseDir;
  const { ra, dec } = parseDirection(String(phasecenter).trim());
  return [ra, dec];
}

/** The field that `phasecenter` names, or a given one; undefined for a direction. */
export function fieldOf(metadata: MsMetadata, phasecenter: string | number, field: number): FieldInfo | undefined {
  const text = String(phasecenter).trim();
  if (text === '') return metadata.fields[field];
  return /\s/.test(text) ? undefined : metadata.fields[parseField(text, metadata.fields)[0]];
}
