import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { PRODUCT_PARTS } from './tree.ts';

/** Directories of many small files: their content is left out. */
const CLOSED = /\.(plots|calibration)$/;

/**
 * The directory tree as the README shows it: what the products tar (part a) holds, and where raw data and results go.
 *
 * @param member directory of a Member, complete but for its README
 */
export function treeText(member: string): string[] {
  const title = member.split('/').pop() ?? '';
  return [
    `|-- ${title}/`,
    ...PRODUCT_PARTS.flatMap((part) => entry(joinPath(member, part), part, '|   ', part === 'README')),
    '|   |-- raw/          (part b of the delivery: uid*.asdm.sdm)',
    '|   |-- calibrated/   (made by scriptForPI.py)',
  ];
}

function entry(path: string, name: string, indent: string, isSure: boolean): string[] {
  const kind = disk().info(path)?.kind;
  if (kind === undefined && !isSure) return [];
  if (kind !== 'directory') return [`${indent}|-- ${name}`];
  const below = CLOSED.test(name)
    ? []
    : disk()
        .list(path)
        .flatMap((child) => entry(joinPath(path, child), child, `${indent}|   `, false));
  return [`${indent}|-- ${name}/`, ...below];
}
