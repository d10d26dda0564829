import { calstat } from '../../../pipeline/calibration/index.ts';
import { bool, inputPath, text } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const calstatTask: TaskDeclaration = {
  name: 'calstat',
  summary: 'Statistics of a column of a calibration table',
  parameters: [
    inputPath('caltable', undefined, 'calibration table'),
    text('axis', 'amplitude', 'amp, phase, real, imag, or a column such as SNR or TIME'),
    text('datacolumn', 'gain', 'CPARAM or FPARAM; gain: the parameters of the table'),
    bool('useflags', true, 'not used', { inert: 'CASA takes flagged solutions, too' }),
  ],
  run: runs(calstat),
  reply: typedReply(),
};
