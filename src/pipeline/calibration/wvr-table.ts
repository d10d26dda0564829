import { type CalFrame, type CalRowKey, type CalTable, emptyRows } from './caltable.ts';
import { middleChannelWindows } from './caltable-windows.ts';
import type { WvrData } from './wvr-data.ts';
import { dispersionFactor } from './wvr-dispersion.ts';

/** The speed of light that CASA's wvrgcal turns paths into phases with, m/s: kept, so that the phases agree. */
const ROUNDED_SPEED = 3e8;

/** Which solutions are valid, and how paths become phases. */
export interface PhaseRules {
  /** Antennas without solutions. */
  readonly impossible: ReadonlySet<number>;
  /** Windows whose phases have the other sign. */
  readonly reversed: ReadonlySet<number>;
  /** Phases follow the dispersion of water vapour. */
  readonly isDispersive: boolean;
}

/**
 * Water paths as phases of a T Jones table: one row per time, window and antenna, at the window's middle channel.
 * A longer path turns the phase of the antenna's gain by -2π ν path / c.
 *
 * @param paths m, [time, ant]; 0: no valid solution
 */
export function phaseTable(
  frame: CalFrame,
  data: WvrData,
  paths: Float64Array,
  windows: readonly number[],
  { impossible, reversed, isDispersive }: PhaseRules,
): CalTable {
  const interval = data.time[1] - data.time[0];
  const keys: CalRowKey[] = [];
  for (const spwId of windows) {
    data.time.forEach((time, at) => {
      for (const { id } of frame.antennas) {
        keys.push({
          time,
          interval,
          fieldId: data.fieldId[at],
          spwId,
          antenna1: id,
          antenna2: -1,
          scanNumber: -1,
          observationId: 0,
        });
      }
    });
  }
  const rows = emptyRows(keys, new Int32Array(keys.length).fill(1), 1, true);
  rows.snr.fill(3);
  let row = 0;
  for (const spwId of windows) {
    const { chanFreqs } = frame.spectralWindows[spwId];
    const frequency = chanFreqs[Math.floor(chanFreqs.length / 2)];
    const factor = (reversed.has(spwId) ? 1 : -1) * (isDispersive ? dispersionFactor(frequency) : 1);
    const perMetre = (factor * 2 * Math.PI * frequency) / ROUNDED_SPEED;
    for (let cell = 0; cell < paths.length; cell++, row++) {
      const isValid = paths[cell] !== 0 && !impossible.has(cell % data.antennaCount);
      rows.flag[row] = isValid ? 0 : 1;
      if (!isValid) continue;
      rows.params[2 * row] = Math.cos(paths[cell] * perMetre);
      rows.params[2 * row + 1] = Math.sin(paths[cell] * perMetre);
    }
  }
  return {
    ...frame,
    spectralWindows: middleChannelWindows(frame.spectralWindows),
    visCal: 'T Jones',
    parType: 'Complex',
    polBasis: 'unknown',
    rows,
    history: [{ time: data.time[0], application: 'wvrgcal', message: `wvrgcal of ${frame.msName}` }],
  };
}
