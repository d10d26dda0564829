import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '../../foundation/base/index.ts';

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

/** Names that a user may type, without the engine behind them. */
export interface Catalog {
  /** Parameters of each task. */
  readonly tasks: Readonly<Record<string, readonly string[]>>;
  /** Methods of each tool. */
  readonly tools: Readonly<Record<string, readonly string[]>>;
}

/** The names of all declared tasks and tools, as the build wrote them down: a thread that needs no more loads no engine. */
export function readCatalog(): Catalog {
  return JSON.parse(readFileSync(join(installationRoot(), 'dist', 'catalog.json'), 'utf8')) as Catalog;
}
