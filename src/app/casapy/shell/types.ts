import type { GuardedFiles } from '../../python/index.ts';

/** One command line as a script gives it to os.system or os.popen. */
export interface ShellRequest {
  readonly command: string;
  /** Absolute working directory. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** True: what the command prints is returned; false: it goes to the terminal. */
  readonly capture: boolean;
  /** What the command reads; without it, nothing (with the machine's shell: the terminal). */
  readonly input?: string;
  /** Where messages of errors go: to the terminal, or into the answer, apart or among the output. */
  readonly errors?: 'terminal' | 'apart' | 'joined';
}

export interface ShellAnswer {
  /** Exit status; negative: ended by that signal. */
  readonly status: number;
  readonly output: string;
  /** Messages of errors, where they were asked for apart. */
  readonly errorOutput?: string;
}

/** Who runs the commands of scripts. */
export interface Shell {
  run(request: ShellRequest): ShellAnswer;
}

/** What a command works with: its words, its input, where it writes, and the one way to files. */
export interface CommandContext {
  readonly name: string;
  readonly args: readonly string[];
  readonly input: Uint8Array;
  readonly files: GuardedFiles;
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute working directory. */
  readonly cwd: string;
  /** A name as the script wrote it, absolute. */
  path(name: string): string;
  write(content: string | Uint8Array): void;
  complain(message: string): void;
  /** Programs that are ours, by the end of their path: bdflags2MS. */
  readonly programs: Programs;
  /** Runs another command line, for xargs and sh -c. */
  run(words: readonly string[], input: Uint8Array): number;
}

/** A program that is called by name or path and runs elsewhere. */
export type Programs = Readonly<
  Record<string, (args: readonly string[], cwd: string) => { status: number; output: string; errors: string }>
>;

/** A command; returns its exit status. */
export type ShellCommand = (context: CommandContext) => number;
