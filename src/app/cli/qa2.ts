/** The qa2 command. */
import { Command, CommanderError } from 'commander';
import { errorSentence, isQa2Error } from '../../foundation/base/index.ts';
import { programVersion } from '../tasks/index.ts';
import { addDataCommands } from './data-commands.ts';
import { addDeliveryCommands } from './delivery-commands.ts';
import { addMemberCommands } from './member-commands.ts';

function buildProgram(finish: (code: number) => void): Command {
  const program = new Command('qa2');
  program
    .description('From raw ALMA Execution Blocks to a judged delivery, and back to calibrated data.')
    .version(programVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', '\nExit codes: 0 done, 1 the data or the machine failed, 2 wrong use.');
  addMemberCommands(program, finish);
  addDataCommands(program);
  addDeliveryCommands(program, finish);
  for (const command of program.commands) {
    command
      .exitOverride()
      .option('--json', 'the result as JSON, no progress')
      .option('--quiet', 'no progress')
      .option('--memory <MiB>', 'memory for data, of all threads together')
      .option('--workers <n>', 'threads that compute');
  }
  return program;
}

/** Runs the command; returns the exit code: 0 done, 1 failed, 2 wrong use. */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((chosen) => {
    code = chosen;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${errorSentence(error)}\n`);
    if (isQa2Error(error, 'aborted')) return 130;
    return isQa2Error(error, 'usage') ? 2 : 1;
  }
}
