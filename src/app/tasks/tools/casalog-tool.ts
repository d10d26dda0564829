import { fail, type LogPriority } from '../../../foundation/base/index.ts';
import { method, type ToolDeclaration, textArgument } from '../tool-types.ts';

/** CASA's priority words and the ones of ours that they mean. */
const PRIORITIES: Readonly<Record<string, LogPriority>> = {
  DEBUG: 'DEBUG',
  DEBUG1: 'DEBUG',
  DEBUG2: 'DEBUG',
  INFO: 'INFO',
  INFO1: 'INFO',
  INFO2: 'INFO',
  INFO3: 'INFO',
  INFO4: 'INFO',
  INFO5: 'INFO',
  WARN: 'WARN',
  WARNING: 'WARN',
  SEVERE: 'SEVERE',
  ERROR: 'SEVERE',
};

function priorityOf(word: string): LogPriority {
  return (
    PRIORITIES[word.toUpperCase()] ?? fail('usage', `'${word}' is no priority; allowed are INFO, WARN, SEVERE, DEBUG.`)
  );
}

/** casalog: the session's log. */
export const casalogTool: ToolDeclaration<null> = {
  name: 'casalog',
  summary: 'Messages to the log file',
  create: () => null,
  close: () => {},
  methods: {
    post: method("message, priority='INFO', origin=''", (_state, args, { log }) => {
      const origin = textArgument(args, 'origin');
      log.post(String(args.message), priorityOf(textArgument(args, 'priority')), origin === '' ? undefined : origin);
      return true;
    }),
    origin: method("fromwhere='casa'", (_state, args, { log }) => {
      log.setOrigin(textArgument(args, 'fromwhere'));
      return true;
    }),
    setlogfile: method("filename=''", (_state, args, { log, context }) => {
      log.setLogfile(textArgument(args, 'filename'), context.cwd);
      return true;
    }),
    logfile: method('', (_state, _args, { log }) => log.logfile()),
    filter: method("level='INFO'", (_state, args, { log }) => {
      log.setMinimum(priorityOf(textArgument(args, 'level')));
      return true;
    }),
    showconsole: method('onconsole=False', () => true),
    version: method('', (_state, _args, { casaVersion }) => `CASA Version ${casaVersion}`),
  },
};
