const NO_BREAK = '\u00a0';

/** Breaks a text at blanks so that no line is longer than `width`; further lines begin with `indent`. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replaceAll(' %', `${NO_BREAK}%`).split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((part) => part.replaceAll(NO_BREAK, ' '));
}

/** An item of a list: a star, and further lines beneath the text. */
export function listItem(text: string, width: number): string[] {
  return wrapText(`* ${text}`, width, '  ');
}
