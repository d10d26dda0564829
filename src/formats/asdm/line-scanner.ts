import { fail } from '../../foundation/base/index.ts';
import { type ByteSource, latin1Text } from '../../foundation/bytes/index.ts';
import { NearReader } from './near-reader.ts';

/** A little more than the text between two binary parts, which are jumped over. */
const WINDOW_BYTES = 1 << 10;
const LINE_LIMIT = 1 << 22;

/** Reads lines of a file through a small window, with jumps over what is not text. */
export class LineScanner {
  /** Where the next line starts. */
  offset = 0;
  readonly source: ByteSource;
  private readonly reader: NearReader;
  /** The window's bytes as Latin-1, one character each. */
  private text = '';
  private windowStart = 0;

  constructor(source: ByteSource) {
    this.source = source;
    this.reader = new NearReader(source);
  }

  /** Gives the window back; nothing can be read any more. */
  release(): void {
    this.text = '';
    this.reader.release();
    this.offset = this.source.length;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.source.length;
  }

  /**
   * The next line without its end, as Latin-1 (one character a byte); undefined at the end of the file.
   *
   * @throws bad-format when no line end comes for 4 MiB
   */
  readLine(): string | undefined {
    if (this.isAtEnd) return undefined;
    const start = this.offset;
    let line = '';
    for (;;) {
      this.fill();
      const from = this.offset - this.windowStart;
      const end = this.text.indexOf('\n', from);
      line += this.text.slice(from, end < 0 ? undefined : end);
      this.offset = this.windowStart + (end < 0 ? this.text.length : end + 1);
      if (end >= 0 || this.isAtEnd) break;
      if (line.length > LINE_LIMIT) {
        fail('bad-format', 'A line of text does not end.', { file: this.source.name, byte: start });
      }
    }
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  /**
   * Goes on behind `count` bytes.
   *
   * @param what for the message, e.g. "crossData"
   * @throws bad-format when the file ends before
   */
  skip(count: number, what: string): void {
    if (!(count >= 0) || this.offset + count > this.source.length) {
      fail(
        'bad-format',
        `${what} announces ${count} bytes but the file ends ${this.source.length - this.offset} bytes on.`,
        {
          file: this.source.name,
          byte: this.offset,
        },
      );
    }
    this.offset += count;
  }

  /** Makes the window hold at least the byte at `offset`. */
  private fill(): void {
    if (this.offset >= this.windowStart && this.offset < this.windowStart + this.text.length) return;
    this.windowStart = this.offset;
    this.text = latin1Text(this.reader.read(this.offset, Math.min(WINDOW_BYTES, this.source.length - this.offset)));
  }
}

/** Headers of a MIME part, names in lower case; folded lines are joined. */
export type MimeHeaders = ReadonlyMap<string, string>;

const HEADER_LIMIT = 100;

/**
 * Reads header lines up to and including the empty line that ends them, or up to a line that is a boundary.
 *
 * @returns the headers, and the boundary line if one ended them instead of an empty line
 */
export function readMimeHeaders(scanner: LineScanner): { headers: MimeHeaders; endedBy?: string } {
  const headers = new Map<string, string>();
  const start = scanner.offset;
  let last = '';
  for (let count = 0; count < HEADER_LIMIT; count++) {
    const line = scanner.readLine();
    if (line === undefined || line.trim() === '') return { headers };
    if (line.startsWith('--')) return { headers, endedBy: line };
    const cut = line.indexOf(':');
    if (/^\s/.test(line) && last !== '') headers.set(last, `${headers.get(last)} ${line.trim()}`);
    else if (cut > 0) {
      last = line.slice(0, cut).trim().toLowerCase();
      headers.set(last, line.slice(cut + 1).trim());
    }
  }
  return fail('bad-format', `MIME headers do not end within ${HEADER_LIMIT} lines.`, {
    file: scanner.source.name,
    byte: start,
  });
}

/** The boundary that a Content-Type header states, quoted or not, without the leading dashes. */
export function mimeBoundary(headers: MimeHeaders): string | undefined {
  const match = /boundary\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s;]+))/i.exec(headers.get('content-type') ?? '');
  return match ? (match[1] ?? match[2] ?? match[3]) : undefined;
}
