import { spawnSync } from 'node:child_process';
import type { Shell } from './types.ts';

/** The machine's own /bin/sh: for scripts that the user trusts. */
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
