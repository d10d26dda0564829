import type { ByteSource } from '../../foundation/bytes/index.ts';

/** Read at a time where the next place is near, as over the samples of radiometers. */
const BLOCK_BYTES = 1 << 16;
const NEAR_BYTES = 1 << 13;
/** Bytes of a file, one block for all readers, of which few are at work at the same time: an ASDM has a thousand BDFs. */
const block = { bytes: new Uint8Array(BLOCK_BYTES), owner: undefined as NearReader | undefined, start: 0, length: 0 };

/** Reads short pieces of a file; those that lie near each other with one call of the system for many. */
export class NearReader {
  private readonly source: ByteSource;
  /** Where the piece before ended. */
  private end = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Bytes of the file, at most 64 KiB, good until the next call for any file. */
  read(offset: number, length: number): Uint8Array {
    const isHeld = block.owner === this && offset >= block.start && offset + length <= block.start + block.length;
    if (!isHeld) {
      const isNear = offset >= this.end && offset - this.end <= NEAR_BYTES;
      block.owner = undefined; // should reading fail, nobody takes what was there
      block.start = offset;
      block.length = isNear ? Math.max(length, Math.min(BLOCK_BYTES, this.source.length - offset)) : length;
      this.source.read(offset, block.bytes.subarray(0, block.length));
      block.owner = this;
    }
    this.end = offset + length;
    return block.bytes.subarray(offset - block.start, this.end - block.start);
  }

  /** Says that the file will be closed. */
  release(): void {
    if (block.owner === this) block.owner = undefined;
  }
}
