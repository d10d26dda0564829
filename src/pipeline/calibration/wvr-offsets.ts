import { readNumbers } from '../../astronomy/ms/index.ts';
import { openTable } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import type { WvrData } from './wvr-data.ts';

/**
 * Subtracts temperature offsets, such as clouds cause, from radiometer samples; samples that become colder than the cosmic
 * background lose their value.
 *
 * @param path table with columns TIME (MJD s), ANTENNA, OFFSETS (K, [4]), a row for each sample
 * @param sampleCount samples in the MS
 * @throws bad-data when the table has another number of rows than the MS has samples; missing
 */
export function subtractOffsets(context: Context, path: string, data: WvrData, sampleCount: number): void {
  const table = openTable(path, 'read');
  try {
    if (table.rowCount !== sampleCount) {
      const text = `The table of offsets has ${table.rowCount} rows, the MeasurementSet ${sampleCount} radiometer samples.`;
      fail('bad-data', text, { file: path });
    }
    const [time, antenna] = ['TIME', 'ANTENNA'].map((name) => readNumbers(table, name));
    const offsets = table.column('OFFSETS').getRange(0, table.rowCount);
    const places = new Map(Array.from(data.time, (value, at) => [value, at]));
    let unmatched = 0;
    for (let row = 0; row < table.rowCount; row++) {
      const at = places.get(time[row]);
      if (at === undefined || antenna[row] >= data.antennaCount) unmatched++;
      else subtract(data.brightness, 4 * (at * data.antennaCount + antenna[row]), offsets, 4 * row);
    }
    if (unmatched > 0) {
      const text = `${unmatched} rows of the table of offsets belong to no sample: their times or antennas are others.`;
      context.log.post(text, 'WARN', 'wvrgcal');
    }
  } finally {
    table.close();
  }
}

/** A brightness below this is no sky, K. */
const COLDEST = 2.7;

function subtract(brightness: Float64Array, to: number, offsets: ArrayLike<unknown>, from: number): void {
  if (brightness[to] === 0) return;
  for (let channel = 0; channel < 4; channel++) brightness[to + channel] -= Number(offsets[from + channel]);
  if (brightness.subarray(to, to + 4).some((kelvin) => kelvin <= COLDEST)) brightness.fill(0, to, to + 4);
}
