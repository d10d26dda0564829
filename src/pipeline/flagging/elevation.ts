import { azEl } from '../../astronomy/measures/index.ts';
import { fieldDirection, type MsMetadata, type RowTest } from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { FlagCommand } from './flag-command.ts';

const DEGREES = 180 / Math.PI;

/**
 * Test for rows of which an antenna sees its field below `lowerlimit` or above `upperlimit` (degrees; CASA's flagdata
 * mode='elevation'). Directions are those of the fields' phase centres.
 */
export function elevationTest(metadata: MsMetadata, command: FlagCommand): (chunk: VisibilityChunk) => RowTest {
  const low = command.lowerlimit ?? 0;
  const high = command.upperlimit ?? 90;
  let [time, fieldId] = [Number.NaN, -1];
  const known = new Float64Array(metadata.antennas.length);
  const isOutside = (antenna: number): boolean => {
    if (Number.isNaN(known[antenna])) {
      const [ra, dec] = fieldDirection(metadata.fields[fieldId], time);
      known[antenna] = azEl(time, ra, dec, metadata.antennas[antenna].position).el * DEGREES;
    }
    return known[antenna] < low || known[antenna] > high;
  };
  return (chunk) => (row) => {
    if (chunk.time[row] !== time || chunk.fieldId[row] !== fieldId) {
      [time, fieldId] = [chunk.time[row], chunk.fieldId[row]];
      known.fill(Number.NaN);
    }
    return isOutside(chunk.antenna1[row]) || isOutside(chunk.antenna2[row]);
  };
}
