/** The casapy command. */
import { errorSentence, isQa2Error } from '../../foundation/base/index.ts';
import { programVersion } from '../tasks/index.ts';
import { readOptions, USAGE } from './options.ts';
import { runCasapy } from './run.ts';

/** Runs the command; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.asks === 'help') process.stdout.write(USAGE);
    else if (options.asks === 'version') process.stdout.write(`casapy of alma-qa2 ${programVersion()}\n`);
    else return await runCasapy(options);
    return 0;
  } catch (error) {
    process.stderr.write(`${errorSentence(error)}\n`);
    return isQa2Error(error, 'usage') ? 2 : 1;
  }
}
