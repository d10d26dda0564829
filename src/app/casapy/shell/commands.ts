import { ARCHIVE_COMMANDS } from './archive-commands.ts';
import { FILE_COMMANDS } from './file-commands.ts';
import { LISTING_COMMANDS } from './listing-commands.ts';
import { TEXT_COMMANDS } from './text-commands.ts';
import type { CommandContext, Programs, ShellCommand } from './types.ts';

const write =
  (text: (context: CommandContext) => string): ShellCommand =>
  (context) => {
    context.write(`${text(context)}\n`);
    return 0;
  };

function formatDate(context: CommandContext): string {
  const now = new Date();
  const format = context.args.find((word) => word.startsWith('+'))?.slice(1);
  const two = (value: number) => String(value).padStart(2, '0');
  if (format === undefined) return now.toString().replace(/ GMT.*/, '');
  const fields: Record<string, string> = {
    Y: String(now.getFullYear()),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    H: two(now.getHours()),
    M: two(now.getMinutes()),
    S: two(now.getSeconds()),
    s: String(Math.floor(now.getTime() / 1000)),
    F: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    T: `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`,
  };
  return format.replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole);
}

const OTHER_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  sync: () => 0,
  sleep: (context) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000 * Math.min(3600, Number(context.args[0]) || 0));
    return 0;
  },
  date: write(formatDate),
  hostname: write(() => 'localhost'),
  whoami: write(() => 'user'),
  nproc: write(() => '1'),
  uname: write((context) =>
    context.args.includes('-m') ? 'wasm32' : process.platform === 'darwin' ? 'Darwin' : 'Linux',
  ),
  env: (context) => {
    for (const [name, value] of Object.entries(context.environment)) context.write(`${name}=${value}\n`);
    return 0;
  },
  expr: write((context) => {
    const [a, operator, b] = context.args;
    const values: Record<string, number> = {
      '+': +a + +b,
      '-': +a - +b,
      '*': +a * +b,
      '/': Math.trunc(+a / +b),
      '%': +a % +b,
    };
    return String(values[operator] ?? a);
  }),
};

const ALL: Readonly<Record<string, ShellCommand>> = {
  ...FILE_COMMANDS,
  ...LISTING_COMMANDS,
  ...TEXT_COMMANDS,
  ...ARCHIVE_COMMANDS,
  ...OTHER_COMMANDS,
};

/** The command of a name, with or without a path such as /bin/; undefined when there is none. */
export function findCommand(name: string, programs: Programs): ShellCommand | undefined {
  const plain = name.replace(/^\/(?:usr\/)?(?:local\/)?bin\//, '');
  if (Object.hasOwn(ALL, plain)) return ALL[plain];
  const program = name.slice(name.lastIndexOf('/') + 1);
  if (!Object.hasOwn(programs, program)) return undefined;
  return (context) => {
    const { status, output, errors } = programs[program](context.args, context.cwd);
    if (output !== '') context.write(output);
    if (errors !== '') context.complain(errors);
    return status;
  };
}
