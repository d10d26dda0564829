import { fail } from '../../../foundation/base/index.ts';
import type { CalAxisX, CalQuantity, CalTable } from '../../../pipeline/calibration/index.ts';

/** What plotcal and plotms call the values of a calibration table. */
export const CAL_Y_AXES: Readonly<Record<string, CalQuantity>> = {
  ...{ amp: 'amp', amplitude: 'amp', gainamp: 'amp', gamp: 'amp', phase: 'phase', gainphase: 'phase', gphase: 'phase' },
  ...{ real: 'real', gainreal: 'real', greal: 'real', imag: 'imag', gainimag: 'imag', gimag: 'imag', snr: 'snr' },
  ...{ delay: 'value', tsys: 'value', opacity: 'value', opac: 'value', antpos: 'value' },
};
/** And the axes to the right, where values may stand, too. */
export const CAL_X_AXES: Readonly<Record<string, CalAxisX>> = {
  ...{ time: 'time', scan: 'scan', antenna: 'antenna', antenna1: 'antenna', ant1: 'antenna' },
  ...{ channel: 'chan', chan: 'chan', frequency: 'freq', freq: 'freq' },
  ...CAL_Y_AXES,
};

/** The axes of a plot for which none are asked. */
export function usualAxes(table: CalTable): { xaxis: string; yaxis: string } {
  const isSpectrum = table.rows.chanCount.some((count) => count > 1);
  return { xaxis: isSpectrum ? 'freq' : 'time', yaxis: table.parType === 'Float' ? 'tsys' : 'amp' };
}

/** plotrange=[xmin, xmax, ymin, ymax]: an axis whose ends are equal, or a list without numbers, takes the range of the data. */
export function rangesOf(plotrange: readonly number[]) {
  if (plotrange.length !== 0 && plotrange.length !== 4)
    fail('usage', `plotrange has ${plotrange.length} numbers; it takes xmin, xmax, ymin, ymax, or none.`);
  const rangeOf = (low: number | undefined, high: number | undefined) =>
    low === undefined || high === undefined || low === high ? undefined : ([low, high] as const);
  const [xmin, xmax, ymin, ymax] = plotrange;
  return { xrange: rangeOf(xmin, xmax), yrange: rangeOf(ymin, ymax) };
}
