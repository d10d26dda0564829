import { flagcmd } from '../../../pipeline/flagging/index.ts';
import { bool, float, ints, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const flagcmdTask: TaskDeclaration = {
  name: 'flagcmd',
  summary: 'Applies, lists or plots flag commands',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('inpmode', 'table', 'where the commands come from', { allowed: ['table', 'list', 'xml'] }),
    text('inpfile', '', 'file with flag commands'),
    ints('tablerows', [], 'rows of the table'),
    text('reason', 'any', 'reasons to choose commands by'),
    bool('useapplied', false, 'also take commands applied before'),
    float('tbuff', 0.0, 'time added around each flag, s', { onlyDefault: true }),
    text('ants', '', 'antennas to choose commands by', { onlyDefault: true }),
    text('action', 'apply', 'apply, or only calculate', {
      allowed: ['apply', 'clear', 'plot', 'list', 'extract', 'unapply'],
    }),
    bool('flagbackup', true, 'keep a flag version of the state before'),
    bool('clearall', false, 'clear all', { onlyDefault: true }),
    ints('rowlist', [], 'rows to clear', { onlyDefault: true }),
    outputPath('plotfile', '', 'name of the plot', { onlyDefault: true }),
    bool('savepars', false, 'save the command', { onlyDefault: true }),
    outputPath('outfile', '', 'name of the output', { onlyDefault: true }),
    bool('overwrite', true, 'replace an output that is in the way', { onlyDefault: true }),
  ],
  run: performs(flagcmd),
};
