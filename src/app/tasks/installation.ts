import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installErfa } from '../../astronomy/measures/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { installDisk } from '../../foundation/bytes/index.ts';
import { nodeDisk } from '../../foundation/bytes/node.ts';
import { installKernels } from '../../foundation/numeric/index.ts';

/** Directory of this program: the one with its package.json, dist/ and data/. */
export function installationRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) fail('internal', 'The program does not find its own directory.', { file: folder });
    folder = above;
  }
  return folder;
}

/** Version of this program. */
export function programVersion(): string {
  const content = JSON.parse(readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { version: string };
  return content.version;
}

/** Path of a built script of dist/js that a worker thread runs. */
export function builtScript(name: string): string {
  return join(installationRoot(), 'dist', 'js', `${name}.js`);
}

/**
 * Makes this thread an engine: disk, kernels and the data that they need.
 *
 * @param memoryBytes budget of the kernel memory of this thread
 */
export function installEngine(memoryBytes: number): void {
  const read = (...parts: string[]) => new Uint8Array(readFileSync(join(installationRoot(), ...parts)));
  installDisk(nodeDisk());
  installKernels(read('dist', 'kernels.wasm'), memoryBytes);
  installErfa(read('data', 'erfa.wasm'));
}
