import type { Command } from 'commander';
import { memberWork } from './engine-use.ts';
import type { MemberFlags } from './member-work.ts';

const collect = (value: string, earlier: string[]) => [...earlier, value];

/** Options shared by run and calibrate. */
function addMemberOptions(command: Command): Command {
  return command
    .requiredOption('--out <dir>', 'directory for everything that is made')
    .option('--goal <file>', 'goal.yaml: what the PI asked for, names, fluxes')
    .option('--flux <spec>', 'flux of a calibrator, e.g. "J1733-1304=1.85Jy@225GHz,-0.55"; repeatable', collect, [])
    .option('--project <code>', 'project code')
    .option('--sg <uid>', 'Science Goal ObsUnitSet')
    .option('--group <uid>', 'Group ObsUnitSet')
    .option('--member <uid>', 'Member ObsUnitSet')
    .option('--keep', 'keep the uncalibrated MeasurementSets')
    .option('--start-over', 'do not go on where an earlier run in the same place ended')
    .option('--max-tar <GB>', 'largest size of one tar', '10');
}

/** qa2 run and qa2 calibrate. */
export function addMemberCommands(program: Command, finish: (code: number) => void): void {
  addMemberOptions(program.command('run <asdm...>'))
    .description('reduce the Execution Blocks of one Member: calibrate, image, judge, document, package')
    .addHelpText(
      'after',
      `
Example:
  qa2 run uid___A002_X5a9_X1 uid___A002_X5a9_X2 --goal goal.yaml --out delivery \\
      --flux "J1733-1304=1.85Jy@225GHz,-0.55"`,
    )
    .action(async (asdms: string[], flags: MemberFlags) =>
      finish(await (await memberWork()).reduce(asdms, flags, false)),
    );
  addMemberOptions(program.command('calibrate <asdm...>'))
    .description('calibrate the Execution Blocks of one Member and stop there')
    .addHelpText('after', '\nExample:\n  qa2 calibrate uid___A002_X5a9_X1 --out work --goal goal.yaml')
    .action(async (asdms: string[], flags: MemberFlags) =>
      finish(await (await memberWork()).reduce(asdms, flags, true)),
    );
}
