import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Shell, ShellRequest } from './types.ts';

/** `rm -rf` of names without any sign that means something to a shell, and none that rm itself refuses. */
const REMOVAL = /^ *rm +-(?:rf|fr)((?: +(?!-)[\w.,+:/-]*\w)+) *$/;

/** The machine's own /bin/sh: for scripts that the user trusts. */
export function hostShell(): Shell {
  return {
    run(request) {
      if (removeHere(request)) return { status: 0, output: '' };
      const { command, cwd, environment, capture, input, errors } = request;
      const result = spawnSync('/bin/sh', ['-c', errors === 'joined' ? `{ ${command}\n} 2>&1` : command], {
        cwd,
        env: environment as NodeJS.ProcessEnv,
        input,
        stdio: [
          input === undefined ? 'inherit' : 'pipe',
          capture ? 'pipe' : 'inherit',
          errors === 'apart' ? 'pipe' : 'inherit',
        ],
        maxBuffer: 2 ** 30,
      });
      return {
        status: result.status ?? -1,
        output: capture ? result.stdout.toString('utf8') : '',
        ...(errors === 'apart' && { errorOutput: result.stderr.toString('utf8') }),
      };
    },
  };
}

/**
 * Removes what a plain `rm -rf NAME …` names, without a shell: a process started from one with so much memory takes
 * 50 ms, and scripts remove what they are about to write before each task.
 *
 * @returns false when a shell should do it, or say why it cannot be done
 */
export function removeHere({ command, cwd }: Pick<ShellRequest, 'command' | 'cwd'>): boolean {
  const names = REMOVAL.exec(command)?.[1].trim().split(/ +/);
  if (!names) return false;
  try {
    for (const name of names) rmSync(resolve(cwd, name), { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
