/**
 * A table in plain text: columns as wide as their widest cell, two blanks between them.
 *
 * @param heads a head that begins with > is over a column set flush right
 * @param rows cells as text, as many as heads
 * @returns lines without trailing blanks: heads, a rule, rows
 */
export function textTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const names = heads.map((head) => head.replace(/^>/, ''));
  const widths = names.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column].length)));
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        heads[column].startsWith('>') ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd();
  return [lineOf(names), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(lineOf)];
}
