import { appendFileSync } from 'node:fs';
import { fail, type LogPort, type LogPriority } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

const LEVELS: readonly LogPriority[] = ['DEBUG', 'INFO', 'WARN', 'SEVERE'];

/** What CASA calls a log that goes nowhere. */
const NO_FILE = '/dev/null';

/** Where CASA's log lines go, and who speaks when a message names no origin. */
export interface CasaLogOptions {
  /** Absolute path of the log file; undefined: no file. */
  readonly file?: string;
  /** Also told every line of these priorities, e.g. to show it on a terminal. */
  readonly echo?: { readonly from: LogPriority; readonly upTo?: LogPriority; write(line: string): void };
  /** Refuses, by throwing, a log file that a script names. */
  readonly checkFile?: (path: string) => void;
  /** The clock, for tests. */
  readonly now?: () => Date;
}

/**
 * CASA's log: one line per line of a message: UTC time, priority, origin and text, separated by tabs;
 * the later lines of one message carry a `+` after the origin (casalog of CASA 4–6).
 */
export class CasaLog implements LogPort {
  private file: string | undefined;
  private origin = 'casa';
  private minimum: LogPriority = 'INFO';
  private readonly echo: CasaLogOptions['echo'];
  private readonly checkFile: CasaLogOptions['checkFile'];
  private readonly now: () => Date;

  constructor(options: CasaLogOptions = {}) {
    this.file = options.file;
    this.echo = options.echo;
    this.checkFile = options.checkFile;
    this.now = options.now ?? (() => new Date());
  }

  post(message: string, priority: LogPriority = 'INFO', origin: string = this.origin): void {
    if (LEVELS.indexOf(priority) < LEVELS.indexOf(this.minimum)) return;
    const stamp = formatStamp(this.now());
    const place = origin.includes('::') ? origin : `${origin}::::casa`;
    const lines = message
      .replace(/\n$/, '')
      .split('\n')
      .map((line, index) => `${stamp}\t${priority}\t${place}${index > 0 ? '+' : ''}\t${line}\n`);
    this.write(priority, lines.join(''));
  }

  /** Name of the file that is written now; /dev/null, as CASA says, when none. */
  logfile(): string {
    return this.file ?? NO_FILE;
  }

  /**
   * Continues in another file, which exists from now on; in none when the name is '' or /dev/null.
   *
   * @throws denied when the file cannot be written
   */
  setLogfile(name: string, cwd: string): void {
    if (name === '' || name === NO_FILE) {
      this.file = undefined;
      return;
    }
    const file = joinPath(cwd, name);
    this.checkFile?.(file);
    try {
      appendFileSync(file, '');
    } catch (error) {
      fail('denied', 'The log file cannot be written.', { file }, error);
    }
    this.file = file;
  }

  setOrigin(name: string): void {
    this.origin = name;
  }

  setMinimum(priority: LogPriority): void {
    this.minimum = priority;
  }

  private write(priority: LogPriority, lines: string): void {
    if (this.file !== undefined) appendFileSync(this.file, lines);
    const { from, upTo = 'SEVERE' } = this.echo ?? {};
    const level = LEVELS.indexOf(priority);
    if (from && level >= LEVELS.indexOf(from) && level <= LEVELS.indexOf(upTo)) this.echo?.write(lines);
  }
}

/** `2013-06-15 03:00:00`, UTC. */
export function formatStamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

/** `casa-20130615-030000.log`, the name CASA gives to a session's log. */
export function sessionLogName(time: Date): string {
  return `casa-${formatStamp(time).replaceAll('-', '').replace(' ', '-').replaceAll(':', '')}.log`;
}
