import { existsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { fail } from '../../foundation/base/index.ts';

/** What the command line of casapy asks for. */
export interface CasapyOptions {
  /** A script, or source text; undefined: an interactive prompt. */
  readonly script?: { readonly kind: 'code'; readonly text: string } | { readonly kind: 'file'; readonly path: string };
  /** The words of the command line that CASA knows, and from which on they are the script's: its name or text comes first. */
  readonly words: readonly string[];
  readonly scriptAt: number;
  readonly logfile?: string;
  readonly hasLogfile: boolean;
  /** Log lines also go to the terminal. */
  readonly logsToTerminal: boolean;
  readonly casaVersion?: string;
  readonly memoryBytes: number;
  /** The script gets the user's files, shell and environment. */
  readonly isTrusted: boolean;
  /** Further directories, as DIR or DIR:rw. */
  readonly allowed: readonly string[];
  readonly asks?: 'help' | 'version';
}

/** Options of CASA that mean something only to its windows and start-up files; they are taken and change nothing. */
const SILENT = new Set([
  '--nogui',
  '--nologger',
  '--norc',
  '--noipython',
  '--agg',
  '--pipeline',
  '--nocrashreport',
  '--telemetry',
  '--notelemetry',
  '--crash-report',
  '--iplog',
  '--nobanner',
  '--quiet',
  '-q',
  '--nowarn',
  '--trace',
  '--noconfig',
  '--nositeconfig',
  '--nostartupfile',
  '--user-site',
  '--reference-testing',
  '--no-auto-update',
]);
const SILENT_WITH_VALUE = new Set([
  '--rcdir',
  '--rcfile',
  '--colors',
  '--maclogger',
  '--prompt',
  '--startupfile',
  '--configfile',
  '--cachedir',
  '--datapath',
]);

const OURS = new Set(['--casa-version', '--memory', '--allow', '--trust']);

export const USAGE = `Usage: casapy [options] [-c CODE | FILE] [arguments]

Runs scripts written for CASA, in Python 2 (CASA 3.4-5) or Python 3 (CASA 6), without CASA.

  casapy -c "execfile('scriptForPI.py')"      run a delivered script
  casapy -c script.py 1 2                     run a file; sys.argv is what the script's CASA gave it: ['script.py', '1', '2']
                                              in CASA 6, ['casa', '-c', 'script.py', '1', '2'] before
  casapy -c "print 1/2"                       run a line

A script reads its delivery (or the working directory) and writes to calibrated/, script/ and the working directory;
nothing else of the disk, no network, no programs of this machine.

Options:
  -c CODE|FILE         source text or the name of a file; the rest of the line goes to sys.argv
  --logfile FILE       write CASA's log there (default: casa-<date>-<time>.log here)
  --nologfile          write no log
  --log2term           show the log on the terminal too
  --casa-version X     the CASA version that scripts are told (default: the one that they check for)
  --memory MIB         most memory for visibilities and images, in MiB (default: half of the machine's, 768 to 4096)
  --allow DIR[:rw]     a further directory that the script may read (or, with :rw, change)
  --trust              run the script with your own shell, files and environment
  --version, --help
  --nogui, --nologger, --agg, --pipeline, --norc and the like are accepted
`;

/** Reads casapy's command line. @throws usage */
export function readOptions(args: readonly string[]): CasapyOptions {
  const found: Record<string, string | undefined> = {};
  let hasLogfile = true;
  let logsToTerminal = false;
  let isTrusted = false;
  const allowed: string[] = [];
  /** What CASA's users type too, without the options that are ours. */
  const words: string[] = [];
  let asks: CasapyOptions['asks'];
  for (let index = 0; index < args.length; index++) {
    const [name, joined] = args[index].startsWith('--') ? splitOption(args[index]) : [args[index], undefined];
    const first = index;
    const value = () => joined ?? args[++index] ?? fail('usage', `The option ${name} needs a value.`);
    if (name === '-c' || !name.startsWith('-')) {
      const at = index + (name === '-c' ? 1 : 0);
      if (at === args.length) fail('usage', 'The option -c needs source text or the name of a script.');
      return finish([...words, ...args.slice(index)], args.slice(at), name === '-c');
    }
    if (name === '--help' || name === '-h') asks = 'help';
    else if (name === '--version') asks = 'version';
    else if (name === '--nologfile') hasLogfile = false;
    else if (name === '--log2term') logsToTerminal = true;
    else if (name === '--trust') isTrusted = true;
    else if (name === '--allow') allowed.push(value());
    else if (name === '--logfile') [hasLogfile, found[name]] = [true, value()];
    else if (name === '--casa-version' || name === '--memory') found[name] = value();
    else if (SILENT_WITH_VALUE.has(name)) value();
    else if (!SILENT.has(name)) fail('usage', `casapy does not know the option ${name}; see casapy --help.`);
    if (!OURS.has(name)) words.push(...args.slice(first, index + 1));
  }
  return finish(words, [], false);

  function finish(all: readonly string[], rest: readonly string[], isCode: boolean): CasapyOptions {
    return {
      script: rest.length > 0 ? chooseScript(rest[0], isCode) : undefined,
      words: all,
      scriptAt: all.length - rest.length,
      logfile: found['--logfile'],
      hasLogfile,
      logsToTerminal,
      casaVersion: found['--casa-version'],
      memoryBytes: memoryOf(found['--memory']),
      isTrusted,
      allowed,
      asks,
    };
  }
}

function splitOption(text: string): [string, string | undefined] {
  const cut = text.indexOf('=');
  return cut < 0 ? [text, undefined] : [text.slice(0, cut), text.slice(cut + 1)];
}

function chooseScript(text: string, isCode: boolean): CasapyOptions['script'] {
  if (existsSync(text) && statSync(text).isFile()) return { kind: 'file', path: text };
  if (!isCode) fail('missing', 'There is no such script.', { file: text });
  if (/^\S+\.py$/.test(text)) fail('missing', 'There is no such script.', { file: text });
  return { kind: 'code', text: withoutMargin(text) };
}

/** Source text without the blanks that all its lines begin with, as Python 3.14 takes -c. */
function withoutMargin(text: string): string {
  const margins = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)![0]]));
  const margin = margins.reduce((least, one) => (one.length < least.length ? one : least), margins[0] ?? '');
  if (margin === '' || !margins.every((one) => one.startsWith(margin))) return text;
  return text
    .split('\n')
    .map((line) => (line.startsWith(margin) ? line.slice(margin.length) : line))
    .join('\n');
}

const MIB = 1024 * 1024;

/** Reserved, not used: only what a task touches is taken from the machine. */
function defaultMib(): number {
  return Math.min(4096, Math.max(768, Math.floor(totalmem() / MIB / 2)));
}

function memoryOf(text: string | undefined): number {
  const mib = text === undefined ? defaultMib() : Number(text);
  if (!Number.isInteger(mib) || mib < 64 || mib > 4096)
    fail('usage', '--memory takes a number of MiB from 64 to 4096.');
  return mib * MIB;
}
