import { disk, joinPath } from '../../foundation/bytes/index.ts';

/** Directories whose content the listing leaves out: CASA tables and data are many small files. */
const CLOSED = /\.(ms|cal|split|sdm|plots|calibration|image|flagversions)$/;

/** The directory tree as the README shows it. */
export function treeText(directory: string, title: string): string[] {
  return [`|-- ${title}/`, ...list(directory, '|   ')];
}

function list(directory: string, indent: string): string[] {
  const files = disk();
  return files.list(directory).flatMap((name) => {
    const path = joinPath(directory, name);
    const isDirectory = files.info(path)?.kind === 'directory';
    const line = `${indent}|-- ${name}${isDirectory ? '/' : ''}`;
    return isDirectory && !CLOSED.test(name) ? [line, ...list(path, `${indent}|   `)] : [line];
  });
}
