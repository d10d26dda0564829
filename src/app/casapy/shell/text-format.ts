const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  a: '\x07',
  '"': '"',
  '/': '/',
};

/** Text with `\n` and the like replaced. */
export function unescapeText(text: string): string {
  return text.replace(/\\([ntra\\"/])/g, (_whole, letter: string) => ESCAPES[letter]);
}

/** printf of the shell and of awk: the format is used again while arguments are left. */
export function printfText(format: string, args: readonly string[]): string {
  const plain = unescapeText(format);
  const takes = /%(?!%)/.test(plain);
  let at = 0;
  let result = '';
  do {
    result += plain.replace(
      /%([-+ 0#]*)(\d+|\*)?(?:\.(\d+))?([a-zA-Z%])/g,
      (whole, flags: string, width: string | undefined, digits: string | undefined, kind: string) => {
        if (kind === '%') return '%';
        const size = width === '*' ? Number(args[at++] ?? 0) : Number(width ?? 0);
        return pad(formatOne(kind, args[at++] ?? '', digits, flags) ?? whole, size, flags, kind);
      },
    );
  } while (takes && at < args.length && at > 0);
  return result;
}

function formatOne(kind: string, argument: string, digits: string | undefined, flags: string): string | undefined {
  const number = Number.parseFloat(argument) || 0;
  const sign = flags.includes('+') && number >= 0 ? '+' : '';
  switch (kind) {
    case 's':
      return digits === undefined ? argument : argument.slice(0, Number(digits));
    case 'c':
      return argument.slice(0, 1);
    case 'd':
    case 'i':
      return sign + String(Math.trunc(number));
    case 'f':
      return sign + number.toFixed(Number(digits ?? 6));
    case 'e':
      return sign + number.toExponential(Number(digits ?? 6)).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'g':
      return sign + formatGeneral(number, Number(digits ?? 6));
    case 'x':
      return Math.trunc(number).toString(16);
    case 'o':
      return Math.trunc(number).toString(8);
    default:
      return undefined;
  }
}

/** `%g` of C. */
export function formatGeneral(value: number, digits: number): string {
  if (value === 0 || !Number.isFinite(value))
    return Number.isFinite(value) ? '0' : String(value).toLowerCase().replace('infinity', 'inf');
  const precision = Math.max(1, digits);
  const exponent = Number(value.toExponential(precision - 1).split('e')[1]);
  if (exponent >= -4 && exponent < precision) {
    const fixed = value.toFixed(Math.max(0, precision - 1 - exponent));
    return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
  }
  const [mantissa, power] = value.toExponential(precision - 1).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${short}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}

function pad(text: string, size: number, flags: string, kind: string): string {
  if (flags.includes('-')) return text.padEnd(size);
  if (flags.includes('0') && kind !== 's')
    return text.startsWith('-') ? `-${text.slice(1).padStart(size - 1, '0')}` : text.padStart(size, '0');
  return text.padStart(size);
}
