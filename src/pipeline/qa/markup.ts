/** Text as HTML: nothing in it can be markup. */
export function htmlText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** A cell of a table; `html` is written as it is. */
export interface Cell {
  readonly html: string;
  readonly isNumber?: boolean;
}

export const textCell = (text: string): Cell => ({ html: htmlText(text) });
export const numberCell = (text: string): Cell => ({ html: htmlText(text), isNumber: true });

export function tableRow(cells: readonly Cell[], className?: string): string {
  const content = cells.map(({ html, isNumber }) => `<td${isNumber ? ' class="n"' : ''}>${html}</td>`).join('');
  return `<tr${className ? ` class="${className}"` : ''}>${content}</tr>`;
}

/** A table; heads that begin with > are over numbers. */
export function htmlTable(heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head) =>
    head.startsWith('>') ? `<th class="n">${htmlText(head.slice(1))}</th>` : `<th>${htmlText(head)}</th>`,
  );
  return `<table><thead><tr>${cells.join('')}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`;
}

/** A picture inside the page. */
export function pngImage(png: Uint8Array, alternative: string): string {
  return `<img alt="${htmlText(alternative)}" src="data:image/png;base64,${base64(png)}">`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
