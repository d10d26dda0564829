/**
 * Purposes of scans in the pipeline's words, by the beginning of the intents that ASDM and MeasurementSet have.
 * The last part of an intent (after # or, in the first cycles, after . or _) must be ON_SOURCE unless it is given here.
 */
const PURPOSES: readonly (readonly [string, string])[] = [
  ['CALIBRATE_POLARIZATION', 'POLARIZATION'],
  ['CALIBRATE_POL_ANGLE', 'POLANGLE'],
  ['CALIBRATE_POL_LEAKAGE', 'POLLEAKAGE'],
  ['CALIBRATE_BANDPASS', 'BANDPASS'],
  ['CALIBRATE_AMPLI', 'AMPLITUDE'],
  ['CALIBRATE_FLUX', 'AMPLITUDE'],
  ['CALIBRATE_PHASE', 'PHASE'],
  ['CALIBRATE_POINTING', 'POINTING'],
  ['CALIBRATE_WVR', 'WVR'],
  ['CALIBRATE_ATMOSPHERE', 'ATMOSPHERE'],
  ['CALIBRATE_SIDEBAND_RATIO', 'SIDEBAND'],
  ['CALIBRATE_DIFFGAIN', 'DIFFGAINSRC'],
  ['CALIBRATE_DELAY', 'CHECK'],
  ['OBSERVE_CHECK_SOURCE', 'CHECK'],
  ['CALIBRATE_TARGET', 'TARGET'],
  ['OBSERVE_TARGET', 'TARGET'],
];
const WITH_OTHER_ENDS: Readonly<Record<string, string>> = {
  'OBSERVE_TARGET#OFF_SOURCE': 'REFERENCE',
  'CALIBRATE_DIFFGAIN#REFERENCE': 'DIFFGAINREF',
  'CALIBRATE_ATMOSPHERE#OFF_SOURCE': 'ATMOSPHERE',
  'CALIBRATE_ATMOSPHERE#HOT': 'ATMOSPHERE',
  'CALIBRATE_ATMOSPHERE#AMBIENT': 'ATMOSPHERE',
  'CALIBRATE_SIDEBAND_RATIO#OFF_SOURCE': 'SIDEBAND',
};

/** What the pipeline calls an intent such as `CALIBRATE_PHASE#ON_SOURCE`; undefined: it has no word for it. */
export function pipelineIntent(intent: string): string | undefined {
  const found = /^(.*)[#._](ON_SOURCE|OFF_SOURCE|REFERENCE|HOT|AMBIENT)$/.exec(intent);
  if (!found) return undefined;
  const [, start, end] = found;
  if (end !== 'ON_SOURCE') return WITH_OTHER_ENDS[`${start}#${end}`];
  return PURPOSES.find(([name]) => name === start)?.[1];
}

/**
 * Translates the pipeline's intents to those that a MeasurementSet has.
 *
 * @param text e.g. `BANDPASS,AMPLITUDE`; intents that are CASA's already are kept
 * @param modes OBS_MODE of the states of the MeasurementSet
 * @returns a selection for CASA's tasks; undefined when the MeasurementSet has no scan of these intents
 */
export function casaIntents(text: string, modes: readonly string[]): string | undefined {
  if (text.trim() === '') return '';
  const wanted = text.split(',').map((part) => part.trim().replace(/^\*|\*$/g, ''));
  const present = [...new Set(modes.flatMap((mode) => mode.split(',')))];
  const found = present.filter((intent) => wanted.includes(pipelineIntent(intent) ?? '') || wanted.includes(intent));
  return found.length > 0 ? found.join(',') : undefined;
}
