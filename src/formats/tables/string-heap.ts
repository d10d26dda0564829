import { fail } from '../../foundation/base/index.ts';
import type { BucketFile } from './bucket-file.ts';
import { decodeText, encodeText } from './text.ts';

/** Bytes of a text bucket before its texts: unused, used length, deleted length, next bucket; big-endian always. */
const PREFIX = 16;
/** With less room than this left, a text that does not fit begins a new bucket. */
const SMALL_ROOM = 50;

/** Where a text or an array of texts lies. */
export interface HeapPlace {
  readonly bucket: number;
  readonly offset: number;
  readonly length: number;
}

/** The texts of a StandardStMan, kept in buckets of their own; long ones go on in the next bucket. */
export class StringHeap {
  lastBucket: number;
  private readonly buckets: BucketFile;
  private readonly file: string;

  constructor(buckets: BucketFile, lastBucket: number, file: string) {
    this.buckets = buckets;
    this.lastBucket = lastBucket;
    this.file = file;
  }

  /** The bytes at a place (a copy). */
  read(place: HeapPlace): Uint8Array {
    const { length } = place;
    if (length < 0 || length > this.buckets.bucketCount * this.buckets.bucketBytes)
      this.bad('a text is longer than the file');
    const target = new Uint8Array(length);
    let { bucket, offset } = place;
    for (let done = 0; done < length; offset = 0) {
      const bytes = this.buckets.view(bucket);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const used = view.getInt32(4);
      const count = Math.min(length - done, used - offset);
      if (offset < 0 || used > bytes.length - PREFIX || count < 0 || (count === 0 && done > 0)) {
        this.bad('a text refers to a place that is not used');
      }
      target.set(bytes.subarray(PREFIX + offset, PREFIX + offset + count), done);
      done += count;
      if (done < length) bucket = view.getInt32(12);
    }
    return target;
  }

  text(place: HeapPlace): string {
    return decodeText(this.read(place));
  }

  /** Stores bytes and returns where. */
  write(content: Uint8Array): HeapPlace {
    const room = this.buckets.bucketBytes - PREFIX;
    if (this.lastBucket < 0) this.begin();
    let used = this.header(this.lastBucket).getInt32(4);
    if (content.length > room - used && room - used < SMALL_ROOM) {
      this.begin();
      used = 0;
    }
    const place = { bucket: this.lastBucket, offset: used, length: content.length };
    for (let done = 0; done < content.length; ) {
      const bucket = this.lastBucket;
      const count = Math.min(content.length - done, room - used);
      const bytes = this.buckets.edit(bucket);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      bytes.set(content.subarray(done, done + count), PREFIX + used);
      used += count;
      view.setInt32(4, used);
      view.setInt32(8, view.getInt32(8) - count);
      done += count;
      if (done < content.length) {
        this.begin();
        this.header(bucket, true).setInt32(12, this.lastBucket);
        used = 0;
      }
    }
    return place;
  }

  /** Gives the room of a text back; an empty bucket goes to the free list. */
  remove(place: HeapPlace): void {
    const room = this.buckets.bucketBytes - PREFIX;
    let { bucket, offset, length } = place;
    while (length > 0) {
      const view = this.header(bucket, true);
      const count = Math.min(length, room - offset);
      const deleted = view.getInt32(8) + count;
      view.setInt32(8, deleted);
      if (offset + count === view.getInt32(4)) view.setInt32(4, offset);
      const next = view.getInt32(12);
      length -= count;
      if (length > 0) view.setInt32(12, -1);
      if (deleted >= room) {
        this.buckets.free(bucket);
        if (bucket === this.lastBucket) this.lastBucket = -1;
      }
      if (count <= 0) this.bad('the chain of text buckets is broken');
      bucket = next;
      offset = 0;
    }
  }

  private begin(): void {
    this.lastBucket = this.buckets.add();
    const view = this.header(this.lastBucket, true);
    view.setInt32(8, this.buckets.bucketBytes - PREFIX);
    view.setInt32(12, -1);
  }

  private header(bucket: number, isEdit = false): DataView {
    const bytes = isEdit ? this.buckets.edit(bucket) : this.buckets.view(bucket);
    return new DataView(bytes.buffer, bytes.byteOffset, PREFIX);
  }

  private bad(sentence: string): never {
    return fail('bad-format', `The texts of the storage manager are damaged: ${sentence}.`, { file: this.file });
  }
}

/** Bytes of an array of texts: its shape (number of axes, axes fast to slow, 1 = filled) when asked for, then length + text each. */
export function encodeTexts(
  texts: readonly string[],
  at: number,
  count: number,
  shape?: readonly number[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const number = (value: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value);
    parts.push(bytes);
  };
  if (shape) {
    number(shape.length);
    for (const length of shape.toReversed()) number(length);
    number(1);
  }
  for (let k = 0; k < count; k++) {
    const text = encodeText(texts[at + k]);
    number(text.length);
    parts.push(text);
  }
  const total = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let done = 0;
  for (const part of parts) {
    total.set(part, done);
    done += part.length;
  }
  return total;
}
