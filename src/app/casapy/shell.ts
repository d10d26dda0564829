import { spawnSync } from 'node:child_process';

/** One command line as a script gives it to os.system or os.popen. */
export interface ShellRequest {
  readonly command: string;
  /** Absolute working directory. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** True: what the command prints is returned; false: it goes to the terminal. */
  readonly capture: boolean;
}

export interface ShellAnswer {
  /** Exit status; negative: ended by that signal. */
  readonly status: number;
  readonly output: string;
}

/** Who runs the commands of scripts. A confined shell takes the place of the host's behind this interface. */
export interface Shell {
  run(request: ShellRequest): ShellAnswer;
}

/** The machine's own /bin/sh. */
export function hostShell(): Shell {
  return {
    run({ command, cwd, environment, capture }) {
      const result = spawnSync('/bin/sh', ['-c', command], {
        cwd,
        env: environment as NodeJS.ProcessEnv,
        stdio: ['inherit', capture ? 'pipe' : 'inherit', 'inherit'],
        maxBuffer: 2 ** 30,
      });
      return { status: result.status ?? -1, output: capture ? result.stdout.toString('utf8') : '' };
    },
  };
}
