import { describe, expect, it } from 'vitest';
import { casaIntents } from '../../../src/pipeline/restore/index.ts';

const MODES = [
  'CALIBRATE_BANDPASS#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE',
  'CALIBRATE_FLUX#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE',
  'CALIBRATE_PHASE#ON_SOURCE,CALIBRATE_WVR#ON_SOURCE',
  'OBSERVE_TARGET#ON_SOURCE',
  'OBSERVE_TARGET#OFF_SOURCE',
  'CALIBRATE_ATMOSPHERE#HOT',
];

describe('intents of the pipeline', () => {
  it.each([
    ['BANDPASS,AMPLITUDE', 'CALIBRATE_BANDPASS#ON_SOURCE,CALIBRATE_FLUX#ON_SOURCE'],
    ['TARGET,CHECK', 'OBSERVE_TARGET#ON_SOURCE'],
    ['REFERENCE', 'OBSERVE_TARGET#OFF_SOURCE'],
    ['ATMOSPHERE', 'CALIBRATE_ATMOSPHERE#HOT'],
    ['CALIBRATE_PHASE#ON_SOURCE', 'CALIBRATE_PHASE#ON_SOURCE'],
    ['', ''],
    ['CHECK,POLARIZATION', undefined],
  ])('%s are %s here', (text, expected) => expect(casaIntents(text, MODES)).toBe(expected));

  it('are found in the spelling of the first cycles', () => {
    expect(casaIntents('AMPLITUDE', ['CALIBRATE_AMPLI.ON_SOURCE', 'CALIBRATE_AMPLI_ON_SOURCE'])).toBe(
      'CALIBRATE_AMPLI.ON_SOURCE,CALIBRATE_AMPLI_ON_SOURCE',
    );
  });
});
