import { type ByteSink, disk } from '../../foundation/bytes/index.ts';

const BUFFER_BYTES = 1 << 18;
const encoder = new TextEncoder();

/** Gathers small writes into large ones. */
export class BufferedSink {
  private readonly sink: ByteSink;
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private used = 0;

  constructor(path: string) {
    this.sink = disk().create(path);
  }

  /** Bytes written so far. */
  get position(): number {
    return this.sink.position + this.used;
  }

  text(value: string): void {
    this.bytes(encoder.encode(value));
  }

  bytes(value: Uint8Array): void {
    if (this.used + value.length > BUFFER_BYTES) this.flush();
    if (value.length > BUFFER_BYTES) this.sink.write(value);
    else {
      this.buffer.set(value, this.used);
      this.used += value.length;
    }
  }

  patch(offset: number, value: Uint8Array): void {
    this.flush();
    this.sink.patch(offset, value);
  }

  close(): void {
    this.flush();
    this.sink.close();
  }

  private flush(): void {
    if (this.used > 0) this.sink.write(this.buffer.subarray(0, this.used));
    this.used = 0;
  }
}

/** Text with the five characters that XML reserves replaced. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => XML_ENTITIES[char]);
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
