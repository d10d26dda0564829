import type { CalibratorView } from '../../../src/pipeline/reduction/gain-series.ts';
import { TurbulentScreen } from '../../../src/pipeline/simulation/atmosphere.ts';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';

export const ANTENNAS = Array.from({ length: 12 }, (_, ant) => `A${ant}`);
const WAVELENGTH = 1.3e-3;
const INTEGRATION_SEC = 6;
/** Scans of field 0, the bandpass calibrator, then of field 1 before, between and after those of field 2, the target; s. */
export const SCANS = [
  { number: 1, fieldId: 0, startSec: 0, endSec: 72 },
  ...Array.from({ length: 6 }, (_, visit) => ({
    number: 2 + 2 * visit,
    fieldId: 1,
    startSec: 200 + 130 * visit,
    endSec: 218 + 130 * visit,
  })),
  ...Array.from({ length: 5 }, (_, visit) => ({
    number: 3 + 2 * visit,
    fieldId: 2,
    startSec: 230 + 130 * visit,
    endSec: 310 + 130 * visit,
  })),
].map((scan) => ({ ...scan, fieldIds: [scan.fieldId], spwIds: [0] }));

/** rad */
export type Phase = (ant: number, time: number) => number;
export const middle = ({ startSec, endSec }: { startSec: number; endSec: number }) => (startSec + endSec) / 2;
export const timesOf = ({ startSec, endSec }: { startSec: number; endSec: number }) =>
  Array.from({ length: (endSec - startSec) / INTEGRATION_SEC }, (_, at) => startSec + (at + 0.5) * INTEGRATION_SEC);

/** One polarization of a window, bright. */
export function viewOf(phase: Phase): CalibratorView {
  const integrations = SCANS.filter(({ fieldId }) => fieldId < 2).flatMap((scan) =>
    timesOf(scan).map((time) => {
      const gains = new Float32Array(ANTENNAS.length * 4);
      ANTENNAS.forEach((_, ant) => {
        gains[4 * ant] = Math.cos(phase(ant, time));
        gains[4 * ant + 1] = Math.sin(phase(ant, time));
      });
      const flag = Uint8Array.from({ length: ANTENNAS.length * 2 }, (_, cell) => cell % 2);
      const snr = new Float32Array(ANTENNAS.length * 2).fill(1e4);
      return { fieldId: scan.fieldId, scan: scan.number, spwId: 0, time, gains, snr, flag };
    }),
  );
  return { antennas: ANTENNAS, polCount: 1, integrations, powers: new Map(), scanSnr: new Map() };
}

/** Air over antennas in an array so wide (m), with so much path over 300 m. */
export function air(seed: number, width: number, rms300m: number): Phase {
  const screen = new TurbulentScreen(new RandomStream(seed, 'screen'), rms300m);
  const place = new RandomStream(seed, 'places');
  const at = ANTENNAS.map(() => [width * place.between(-0.5, 0.5), width * place.between(-0.5, 0.5)]);
  return (ant, time) => (2 * Math.PI * screen.path(at[ant][0], at[ant][1], time)) / WAVELENGTH;
}
