/** Joins path parts with single slashes; an absolute part starts over. */
export function joinPath(...parts: string[]): string {
  let joined = '';
  for (const part of parts) {
    if (part === '') continue;
    joined = part.startsWith('/') || joined === '' ? part : `${joined.replace(/\/+$/, '')}/${part}`;
  }
  return normalizePath(joined);
}

/** Removes `.`, `..`, doubled and trailing slashes, by text alone. */
export function normalizePath(path: string): string {
  const isAbsolute = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (part !== '..' || !isAbsolute) kept.push(part);
  }
  return (isAbsolute ? '/' : '') + kept.join('/') || '.';
}

/** Last part of a path. */
export function baseName(path: string): string {
  return normalizePath(path).split('/').pop() ?? '';
}

/** All but the last part of a path; '.' when there is none. */
export function directoryName(path: string): string {
  const normal = normalizePath(path);
  const cut = normal.lastIndexOf('/');
  return cut < 0 ? '.' : cut === 0 ? '/' : normal.slice(0, cut);
}
