import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import {
  deleteFlagVersion,
  type FlagVersion,
  listFlagVersions,
  type MergeRule,
  openFlagged,
  renameFlagVersion,
  restoreFlagVersion,
  saveFlagVersion,
  unusedVersionName,
} from './flag-version.ts';

/** Parameters of CASA's flagmanager. */
export interface FlagmanagerOptions {
  readonly vis: string;
  readonly mode?: 'list' | 'save' | 'restore' | 'delete' | 'rename' | string;
  readonly versionname?: string;
  readonly oldname?: string;
  readonly comment?: string;
  readonly merge?: MergeRule | string;
}

/**
 * Lists, saves, restores, deletes and renames flag versions in `<vis>.flagversions`: CASA's flagmanager.
 *
 * @returns the versions there are afterwards
 * @throws usage, missing, exists
 */
export function flagmanager(context: Context, options: FlagmanagerOptions): { ms: string; versions: FlagVersion[] } {
  const vis = joinPath(context.cwd, options.vis);
  const mode = options.mode ?? 'list';
  const name = options.versionname ?? '';
  if (mode !== 'list' && name === '') fail('usage', `flagmanager(mode="${mode}") needs a versionname.`);
  if (mode === 'save' || mode === 'restore') {
    const ms = openFlagged(vis, mode === 'restore' ? 'update' : 'read');
    try {
      if (mode === 'save') {
        setAside(context, vis, name);
        saveFlagVersion(ms, name, options.comment ?? '');
      } else restoreFlagVersion(ms, name, mergeRule(options.merge ?? 'replace'));
    } finally {
      ms.close();
    }
  } else if (mode === 'delete') deleteIfThere(context, vis, name);
  else if (mode === 'rename') renameFlagVersion(vis, options.oldname ?? '', name, options.comment);
  else if (mode !== 'list') fail('usage', `"${mode}" is not a mode of flagmanager.`);
  const versions = listFlagVersions(vis);
  if (mode === 'list') {
    for (const version of versions) context.log.post(`${version.name} : ${version.comment}`, 'INFO', 'flagmanager');
  }
  return { ms: vis, versions };
}

/** As in CASA, a version of the name that is saved again is kept under another. */
function setAside(context: Context, vis: string, name: string): void {
  if (!listFlagVersions(vis).some((version) => version.name === name)) return;
  const other = unusedVersionName(vis, `${name}.old.`);
  renameFlagVersion(vis, name, other);
  context.log.post(`There is a flag version "${name}" already: it is called "${other}" now.`, 'WARN', 'flagmanager');
}

/** As in CASA, a script that tidies up does not stop at a version that is gone already. */
function deleteIfThere(context: Context, vis: string, name: string): void {
  if (listFlagVersions(vis).some((version) => version.name === name)) deleteFlagVersion(vis, name);
  else context.log.post(`There is no flag version "${name}" to delete.`, 'WARN', 'flagmanager');
}

function mergeRule(text: string): MergeRule {
  if (text === 'replace' || text === 'or' || text === 'and') return text;
  fail('usage', `"${text}" is not a way to merge flags; use replace, or, and.`);
}
