import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath, listTarMembers, packTar, type TarMember, writeWhole } from '../../foundation/bytes/index.ts';
import { type MemberNames, memberPath, tarName } from './names.ts';

/** The directories of a delivery that the products tar holds, and README. */
export const PRODUCT_PARTS = ['README', 'script', 'calibration', 'qa', 'product', 'log'] as const;

/** Places below the directory of a Member. */
export interface MemberTree {
  /** Directory that holds `<project>/` and the tars. */
  readonly top: string;
  /** `<top>/<project>/<sg>/<group>/<member>` */
  readonly member: string;
  readonly names: MemberNames;
}

/** Makes the empty tree of a Member. */
export function createTree(top: string, names: MemberNames): MemberTree {
  const member = joinPath(top, memberPath(names));
  for (const part of ['script', 'calibration', 'qa', 'product', 'log', 'raw', 'calibrated'])
    disk().makeDirectory(joinPath(member, part));
  return { top, member, names };
}

/** A tar of a delivery, before it is written. */
interface TarPart {
  readonly name: string;
  readonly members: readonly TarMember[];
}

/**
 * Writes the tars of a Member: products (part a) and raw data (part b), split at file borders.
 *
 * @param maxBytes largest size of one tar
 * @returns paths of the tars
 */
export async function packageMember(
  tree: MemberTree,
  maxBytes: number,
  watch?: (fraction: number, note: string) => void,
): Promise<string[]> {
  const below = memberPath(tree.names);
  const products = PRODUCT_PARTS.filter((part) => disk().exists(joinPath(tree.member, part))).flatMap((part) =>
    listTarMembers(joinPath(tree.member, part), `${below}/${part}`),
  );
  const raw = disk().exists(joinPath(tree.member, 'raw'))
    ? listTarMembers(joinPath(tree.member, 'raw'), `${below}/raw`)
    : [];
  const parts = [
    ...splitParts(tree.names, 'products', products, maxBytes),
    ...splitParts(tree.names, 'raw', raw, maxBytes),
  ];
  const paths: string[] = [];
  for (const part of parts) {
    const path = joinPath(tree.top, part.name);
    await writeTarWhole(path, part.members, (fraction) => watch?.(fraction, part.name));
    paths.push(path);
  }
  return paths;
}

function splitParts(
  names: MemberNames,
  kind: 'products' | 'raw',
  members: readonly TarMember[],
  maxBytes: number,
): TarPart[] {
  if (!members.some((member) => member.kind === 'file')) return [];
  const groups: TarMember[][] = [[]];
  let size = 0;
  for (const member of members) {
    const cost = member.size + 1024;
    if (size > 0 && size + cost > maxBytes) {
      groups.push([]);
      size = 0;
    }
    groups[groups.length - 1].push(member);
    size += cost;
  }
  return groups.map((group, index) => ({ name: tarName(names, kind, index + 1, groups.length), members: group }));
}

async function writeTarWhole(
  path: string,
  members: readonly TarMember[],
  watch: (fraction: number) => void,
): Promise<void> {
  const partial = `${path}.partial`;
  const sink = disk().create(partial);
  try {
    await packTar(members, (bytes) => sink.write(bytes), watch);
    sink.close();
    disk().rename(partial, path);
  } catch (error) {
    disk().remove(partial);
    throw error;
  }
}

/** Every Member directory below `directory`, recognised by its script/ and README. */
export function findMembers(directory: string): string[] {
  const files = disk();
  if (files.info(directory)?.kind !== 'directory') fail('missing', 'No such directory.', { file: directory });
  const found: string[] = [];
  const visit = (path: string, depth: number) => {
    if (files.exists(joinPath(path, 'script')) && files.exists(joinPath(path, 'README'))) {
      found.push(path);
      return;
    }
    if (depth === 0) return;
    for (const name of files.list(path)) {
      const below = joinPath(path, name);
      if (files.info(below)?.kind === 'directory') visit(below, depth - 1);
    }
  };
  visit(directory, 4);
  return found;
}

/** The names of a Member from the last four parts of its path. */
export function namesOfMember(path: string): MemberNames {
  const parts = disk().resolve(path).split('/');
  if (parts.length < 5)
    fail('usage', 'This is not the directory of a Member: it must lie at <project>/<sg>/<group>/<member>.', {
      file: path,
    });
  const [project, scienceGoal, group, member] = parts.slice(-4);
  return { project, scienceGoal, group, member };
}

/**
 * The tree of an existing Member directory.
 *
 * @throws usage when it is none, or does not lie where its own report says: the tars would get wrong names and places
 */
export function openTree(member: string): MemberTree {
  const path = disk().resolve(member);
  for (const part of ['README', 'script'])
    if (!disk().exists(joinPath(path, part))) fail('usage', `This is no Member: ${part} is missing.`, { file: path });
  const names = namesOfMember(path);
  const own = reportedNames(joinPath(path, 'qa', 'qa2_report.json'));
  if (own && (own.project !== names.project || own.member !== names.member))
    fail('usage', `This Member belongs at ${own.project}/<sg>/<group>/${own.member}; move it there first.`, {
      file: path,
    });
  return { top: joinPath(path, '..', '..', '..', '..'), member: path, names };
}

/** Project and Member as the QA2 report names them; undefined for deliveries of others. */
function reportedNames(report: string): { project?: unknown; member?: unknown } | undefined {
  if (!disk().exists(report)) return undefined;
  try {
    return JSON.parse(disk().readText(report)) as { project?: unknown; member?: unknown };
  } catch (error) {
    return fail('bad-format', 'The report is no JSON.', { file: report }, error);
  }
}

/** Writes a text file whole. */
export function writeText(path: string, text: string): void {
  writeWhole(path, true, (partial) => disk().writeFile(partial, text));
}
