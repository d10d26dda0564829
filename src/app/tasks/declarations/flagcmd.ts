import { openAsdm } from '../../../formats/asdm/index.ts';
import type { Context } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { type FlagcmdOptions, flagcmd, flagFigure } from '../../../pipeline/flagging/index.ts';
import { onlineFlags } from '../../../pipeline/ingest/index.ts';
import { openModel } from '../../../pipeline/skymodel/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, float, ints, outputPath, text, texts, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';

export const flagcmdTask: TaskDeclaration = {
  name: 'flagcmd',
  formerNames: ['tflagcmd'],
  summary: 'Applies, lists or plots flag commands',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('inpmode', 'table', 'where the commands come from', { allowed: ['table', 'list', 'xml'] }),
    variant('inpfile', '', 'file with flag commands, or the commands'),
    ints('tablerows', [], 'rows of the table'),
    texts('reason', 'any', 'reasons to choose commands by'),
    bool('useapplied', false, 'also take commands applied before'),
    float('tbuff', 0.0, 'time added around each flag, s'),
    text('ants', '', 'antennas to choose commands by'),
    text('action', 'apply', 'what to do with the commands', {
      allowed: ['apply', 'clear', 'plot', 'list', 'extract', 'unapply'],
    }),
    bool('flagbackup', true, 'keep a flag version of the state before'),
    bool('clearall', false, 'permits to clear'),
    ints('rowlist', [], 'rows to clear; empty: all'),
    outputPath('plotfile', '', 'name of the plot'),
    bool('savepars', false, 'keep the commands in outfile, or in FLAG_CMD'),
    outputPath('outfile', '', 'name of the output'),
    bool('overwrite', true, 'replace an output that is in the way'),
  ],
  run(context, args) {
    const options = fromXml(context, args) as unknown as FlagcmdOptions;
    const { commands } = flagcmd(context, { ...options, modelOf: openModel });
    if (options.action === 'plot' && commands.length > 0) {
      const figure = flagFigure(context, options.vis, commands);
      return { plotfiles: writeFigures(context, String(args.plotfile) || `${args.vis}.flagcmd`, [figure]) };
    }
    if (options.action !== 'extract') return undefined;
    return Object.fromEntries(commands.map(({ row, text, reason }) => [String(row), { command: text, reason }]));
  },
};

/** Commands of an ASDM's Flag table, as list mode takes them. */
function fromXml(context: Context, args: TaskArguments): TaskArguments {
  if (args.inpmode !== 'xml') return args;
  const path = String(args.inpfile || args.vis);
  const antennas = String(args.ants)
    .split(',')
    .filter((name) => name !== '');
  const lines = onlineFlags(openAsdm(joinPath(context.cwd, path)), Number(args.tbuff))
    .filter(
      ({ command }) =>
        antennas.length === 0 || antennas.some((name) => new RegExp(`[',]${name.trim()}[',]`).test(command)),
    )
    .map(({ command, reason }) => `${command}${reason === '' ? '' : ` reason='${reason}'`}`);
  return { ...args, inpmode: 'list', inpfile: lines };
}
