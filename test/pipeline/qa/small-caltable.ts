import { type CalTable, emptyRows } from '../../../src/pipeline/calibration/caltable.ts';

/** Three antennas, two windows of 8 channels (1 for `chans` = 1), two polarizations, scans 1 and 2 on fields 0 and 1. */
export function smallCalTable(
  chans: number,
  value: (at: { ant: number; spw: number; scan: number; chan: number; par: number }) => readonly [number, number],
): CalTable {
  const keys = [1, 2].flatMap((scan) =>
    [0, 1].flatMap((spwId) =>
      [0, 1, 2].map((antenna1) => ({
        ...{ time: 4_878_000_000 + 300 * scan, interval: 30, fieldId: scan - 1, spwId, antenna1, antenna2: 0 },
        ...{ scanNumber: scan, observationId: 0 },
      })),
    ),
  );
  const rows = emptyRows(keys, new Int32Array(keys.length).fill(chans), 2, true);
  keys.forEach(({ antenna1: ant, spwId: spw, scanNumber: scan }, row) => {
    for (let chan = 0; chan < chans; chan++) {
      for (let par = 0; par < 2; par++) {
        const cell = rows.offsets[row] + 2 * chan + par;
        rows.params.set(value({ ant, spw, scan, chan, par }), 2 * cell);
        rows.flag[cell] = 0;
      }
    }
  });
  const named = (id: number, name: string) => ({ id, name });
  return {
    ...{ visCal: 'G Jones', parType: 'Complex', polBasis: 'linear', msName: 'a.ms', observations: [], history: [] },
    rows,
    spectralWindows: [0, 1].map((id) => ({
      id,
      chanFreqs: Float64Array.from({ length: chans }, (_, chan) => 230e9 + 2e9 * id + 1e6 * chan),
    })),
    antennas: [named(0, 'DA41'), named(1, 'DA42'), named(2, 'DV01')],
    fields: [named(0, 'J1924-2914'), named(1, 'J1751-1950')],
  } as unknown as CalTable;
}
