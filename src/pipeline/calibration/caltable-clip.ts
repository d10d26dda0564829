import { fail } from '../../foundation/base/index.ts';
import type { FlagCommand } from '../flagging/index.ts';
import type { CalTable } from './caltable.ts';
import { type CalQuantity, calValue } from './caltable-selection.ts';

const QUANTITIES: Readonly<Record<string, CalQuantity>> = { ABS: 'amp', ARG: 'phase', REAL: 'real', IMAG: 'imag' };

/**
 * The test of flagdata's mode clip for a solution: of CPARAM the amplitude or what the correlation expression names (ARG in
 * radians), of FPARAM the value with its sign (as CASA), or SNR. What is not finite is bad.
 *
 * @throws usage for a column that the table has not
 */
export function clipTest(table: CalTable, command: FlagCommand): (cell: number) => boolean {
  const { clipminmax = [], clipoutside = true, clipzeros = false } = command;
  if (command.channelavg) fail('unsupported', 'Solutions are clipped one by one; leave channelavg out.');
  const quantityOf = valueToClip(table, command);
  const [low, high] = clipminmax;
  return (cell) => {
    const value = quantityOf(cell);
    if (!Number.isFinite(value) || (clipzeros && value === 0)) return true;
    if (low === undefined || high === undefined) return false;
    const isInside = value >= low && value <= high;
    return clipoutside ? !isInside : isInside;
  };
}

function valueToClip(table: CalTable, command: FlagCommand): (cell: number) => number {
  const column = (command.datacolumn ?? '').toUpperCase();
  if (column === 'SNR') return (cell) => calValue(table, cell, 'snr');
  const own = table.parType === 'Float' ? 'FPARAM' : 'CPARAM';
  if (column !== own) fail('usage', `This calibration table is clipped with datacolumn="${own}" or "SNR".`);
  if (own === 'FPARAM') return (cell) => calValue(table, cell, 'value');
  const word = /^(ABS|ARG|REAL|IMAG|NORM)[_ ]/i.exec(command.correlation ?? '')?.[1].toUpperCase() ?? 'ABS';
  if (word === 'NORM') return (cell) => calValue(table, cell, 'amp') ** 2;
  const scale = word === 'ARG' ? Math.PI / 180 : 1;
  return (cell) => scale * calValue(table, cell, QUANTITIES[word]);
}
