import { describe, expect, it } from 'vitest';
import { type CalibratedBlock, planFluxCalibration } from '../../../src/pipeline/reduction/flux-plan.ts';
import { taskCalls } from '../../../src/pipeline/reduction/index.ts';

const phase = { id: 2, name: 'faint', ra: 0, dec: 0 };
const block = {
  uid: 'uid',
  vis: 'uid.ms.split.cal',
  refants: ['DA41'],
  flux: { id: 1, name: 'known' },
  minblperant: 4,
  corrdepflags: false,
  phaseSolint: 'int',
  isJoined: false,
  calibrators: [0, 1, 2, 5, 7].map((id) => ({ id, name: `J${id}` })),
  targets: [
    { id: '3,4', name: 'mosaic', fields: '2', scan: '5,6', phase },
    { id: '3,4', name: 'mosaic', fields: '2,5', scan: '7', phase },
    { id: '7', name: 'J7', fields: '5', phase },
  ],
  spws: [17, 19],
} satisfies CalibratedBlock;
const values = { field: 'J2', frequencyHz: 230e9, fluxJy: 0.5, errorJy: 0.01, outliers: [], without: [] };
const flux = { ...values, spw: 17, windows: { uid: 17, other: 16 } };

describe('planFluxCalibration', () => {
  it('gives each scan of a target the gains of the calibrators whose phases it took, and a calibrator that is a target too those of its own', () => {
    const applied = taskCalls(planFluxCalibration([block], [flux], []))
      .filter(({ task }) => task === 'applycal')
      .map(({ args: { field, gainfield, scan } }) => [field, gainfield, scan]);
    expect(applied).toEqual([
      ['0', '0', undefined],
      ['1', '1', undefined],
      ['2', '2', undefined],
      ['5', '5', undefined],
      ['3,4', '2', '5,6'],
      ['3,4', '2,5', '7'],
      ['7', '5', undefined],
    ]);
  });

  it('sets the models of an Execution Block in the windows that it has them in', () => {
    const other = { ...block, uid: 'other', vis: 'other.ms.split.cal', spws: [16, 18] };
    const set = taskCalls(planFluxCalibration([block, other], [flux], []))
      .filter(({ task }) => task === 'setjy')
      .map(({ args: { vis, spw } }) => [vis, spw]);
    expect(set).toEqual([
      ['uid.ms.split.cal', '0'],
      ['other.ms.split.cal', '0'],
    ]);
  });
});
