import * as fs from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fail } from '../../foundation/base/index.ts';
import { type AllowedFolder, canonicalPath } from '../tasks/index.ts';

/** What a script may touch, and what to tell the user about it. */
export interface ScriptAccess {
  readonly folders: readonly AllowedFolder[];
  /** Links that existed before the start and lead out; what they lead to is read-only. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Top of the delivery tree, when the working directory lies in one. */
  readonly tree?: string;
}

/** Directories of a delivery that scripts only read, also when they are started at its top. */
const READ_ONLY = ['raw', 'calibration', 'product', 'products', 'qa', 'log', 'delivery'];
const WRITABLE = ['calibrated', 'script'];
const DEEPEST_TREE = 4;
const MOST_ENTRIES = 300_000;

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The delivery tree that a directory lies in: the nearest one above with script/ and another directory of a delivery. */
export function findTree(cwd: string): string | undefined {
  let folder = cwd;
  for (let level = 0; level <= DEEPEST_TREE; level++) {
    if (isFolder(join(folder, 'script')) && [...READ_ONLY, 'calibrated'].some((name) => isFolder(join(folder, name))))
      return folder;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return undefined;
}

/** Reads `--allow DIR` and `--allow DIR:rw`; @throws missing for a directory that does not exist */
export function readAllowance(text: string, cwd: string): AllowedFolder {
  const mode = /:rw$/.test(text) ? 'write' : 'read';
  const path = resolve(cwd, text.replace(/:(?:rw|ro|r)$/, ''));
  if (!isFolder(path)) fail('missing', 'The directory named by --allow does not exist.', { file: path });
  return { path, mode };
}

/**
 * Plans what a script may touch.
 *
 * @param cwd absolute
 * @param allowed what the user adds
 */
export function planAccess(cwd: string, allowed: readonly AllowedFolder[]): ScriptAccess {
  const here = fs.realpathSync(cwd);
  if (here === '/')
    fail('usage', 'Scripts are not run in the top directory of the disk; go to the directory of your data.');
  const tree = findTree(here);
  const folders: AllowedFolder[] = tree === undefined ? [{ path: here, mode: 'write' }] : treeFolders(tree, here);
  const listed: { path: string; target: string }[] = [];
  const isInside = (path: string) =>
    [...folders, ...allowed].some((folder) => within(path, canonicalPath(folder.path, true)));
  for (const link of findLinks(tree ?? here)) {
    const target = canonicalPath(link, true);
    if (isInside(target) || !fs.existsSync(target)) continue;
    listed.push({ path: relative(cwd, link), target });
    folders.push({ path: target, mode: 'read' });
  }
  // What the user lets the script change comes before what the tree says; letting it read takes nothing away.
  const changeable = allowed.filter(({ mode }) => mode === 'write');
  return { folders: [...changeable, ...folders, ...allowed], links: listed, tree };
}

function treeFolders(tree: string, here: string): AllowedFolder[] {
  const folders: AllowedFolder[] = [{ path: tree, mode: here === tree ? 'write' : 'read' }];
  for (const name of READ_ONLY) folders.push({ path: join(tree, name), mode: 'read' });
  const writable = WRITABLE.map((name) => join(tree, name));
  const isRaw = READ_ONLY.some((name) => within(here, join(tree, name)));
  if (here !== tree && !isRaw) writable.push(here);
  for (const path of writable) if (canonicalPath(path, true) === path) folders.push({ path, mode: 'write' });
  return folders;
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** All links below a directory; tables and ASDMs with very many files end the search. */
function findLinks(top: string): string[] {
  const links: string[] = [];
  const open = [top];
  let count = 0;
  while (open.length > 0 && count < MOST_ENTRIES) {
    const folder = open.shift() as string;
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(folder, { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      count++;
      if (entry.isSymbolicLink()) links.push(`${folder}/${entry.name}`);
      else if (entry.isDirectory()) open.push(`${folder}/${entry.name}`);
    }
  }
  return links;
}

/** Variables of the user's environment that scripts see; the rest may hold secrets. */
const OPEN_VARIABLES = ['LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TERM', 'COLUMNS', 'LINES'];

/** The environment of an untrusted script. */
export function scriptEnvironment(
  environment: NodeJS.ProcessEnv,
  cwd: string,
  casaPath: string,
): Record<string, string> {
  const open = OPEN_VARIABLES.flatMap((name) =>
    environment[name] === undefined ? [] : [[name, environment[name] as string]],
  );
  return {
    ...Object.fromEntries(open),
    USER: 'user',
    LOGNAME: 'user',
    HOME: cwd,
    PATH: '/usr/bin:/bin',
    PWD: cwd,
    CASAPATH: casaPath,
  };
}
