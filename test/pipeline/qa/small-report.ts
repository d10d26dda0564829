import type { QaReport } from '../../../src/pipeline/qa/report.ts';

/** A report of two Execution Blocks, one of them with a wrong flux scale. */
export function smallReport(): QaReport {
  const block = (uid: string, fluxJy: number): QaReport['ebs'][number] => ({
    uid,
    observed: '2013/07/20/01:10:12',
    antennas: 10,
    referenceAntenna: 'DA41',
    fluxes: [
      { field: 'J1733-1304', spw: 17, frequencyHz: 229.6e9, fluxJy: 1.83, errorJy: 0, isReference: true },
      { field: 'J1751-1950', spw: 17, frequencyHz: 229.6e9, fluxJy, errorJy: 0.002, isReference: false },
    ],
    phaseRmsDeg: { withoutWvr: 18.6, withWvr: 2.1 },
    flaggedFraction: { DA41: 0.02, DA42: 0.06 },
    decisions: [
      { topic: 'Reference antenna', choice: 'DA41', reason: 'It stands near the centre.' },
      { topic: 'Tsys', choice: `from ${uid}`, reason: 'Measured.' },
    ],
  });
  return {
    program: 'alma-qa2 0.1.0',
    project: '2012.1.00777.S',
    member: 'uid___A002_X1_X12',
    title: 'Gas & <dust>',
    requested: { sensitivityJyPerBeam: 6.6e-3, sensitivityBandwidthHz: 7.66e6, angularResolutionArcsec: 0.6 },
    achieved: {
      file: 'product/T.cont.fits',
      beamMajorArcsec: 1.04,
      beamMinorArcsec: 0.55,
      rmsJyPerBeam: 4.2e-3,
      bandwidthHz: 7.66e6,
    },
    verdict: { state: 'SEMIPASS', reasons: ['Beam area is 1.30 of the request.'] },
    checks: [
      {
        code: 'frequency',
        severity: 'info',
        path: 'frequency set-up',
        message: 'Frequency: 230 GHz lies in observed windows.',
      },
      { code: 'resolution', severity: 'warning', path: 'resolution', message: 'Beam area is 1.30 of the request.' },
    ],
    ebs: [block('uid___A002_X2_X1', 0.614), block('uid___A002_X3_X1', 0.709)],
    commonFluxes: [
      {
        field: 'J1751-1950',
        spw: 17,
        frequencyHz: 229.6e9,
        fluxJy: 0.614,
        errorJy: 0.002,
        windows: { uid___A002_X2_X1: 17, uid___A002_X3_X1: 17 },
        outliers: ['uid___A002_X3_X1'],
      },
    ],
    decisions: [{ topic: 'Image size', choice: '320 pixels', reason: 'Five pixels over the beam.' }],
    products: [
      {
        ...{ file: 'product/T.cont.fits', kind: 'continuum', spw: '3,0', target: 'T', image: 'T.cont.image' },
        ...{ beamMajorArcsec: 1.04, beamMinorArcsec: 0.55, beamPaDeg: 57, rmsJyPerBeam: 0.257e-3 },
        ...{ predictedRmsJyPerBeam: 0.24e-3, peakJyPerBeam: 41.7e-3, channelHz: 3.4e9, frequencyHz: 214.5e9 },
      },
    ],
  };
}
