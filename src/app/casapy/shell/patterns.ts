/** POSIX expressions (basic or extended) as JavaScript's; @throws SyntaxError for a wrong one */
export function posixPattern(source: string, isExtended: boolean, flags = ''): RegExp {
  return new RegExp(translate(source, isExtended), flags);
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
};

function translate(source: string, isExtended: boolean): string {
  return source.replace(/\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|[^\]])*\]|[\s\S]/g, (piece, at: number) => {
    if (piece.startsWith('[') && piece.length > 1) return bracket(piece);
    if (piece.length === 2 && piece[0] === '\\') return escaped(piece[1], isExtended);
    if (isExtended) return piece === '{' && !/^\{\d/.test(source.slice(at)) ? '\\{' : piece;
    if ('+?(){}|'.includes(piece)) return `\\${piece}`;
    if (piece === '*' && at === 0) return '\\*';
    if (piece === '^' && at > 0 && !/(?:\\\(|\\\|)$/.test(source.slice(0, at))) return '\\^';
    return piece;
  });
}

function escaped(letter: string, isExtended: boolean): string {
  if (!isExtended && '+?(){}|'.includes(letter)) return letter;
  if (letter === '<' || letter === '>') return '\\b';
  if (/[wWsSbB0-9nt]/.test(letter)) return `\\${letter}`;
  return letter.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function bracket(piece: string): string {
  const isNegated = piece.startsWith('[^');
  const inside = piece.slice(isNegated ? 2 : 1, -1);
  const content = inside.replace(/\[:(\w+):\]|\\|\[|\]/g, (part, name?: string) =>
    name ? (CLASSES[name] ?? '') : `\\${part}`,
  );
  return `[${isNegated ? '^' : ''}${content}]`;
}
