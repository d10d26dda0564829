import type { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Pieces that wait to be written lie in a ring of slots, small enough that the second thread finds them in the processor's cache. */
const SLOT_BYTES = 256 * 1024;
const SLOT_COUNT = 8;
/** Shorter writes are left to the caller. */
const LEAST_BYTES = 64 * 1024;
/** A thread that writes less than this in all does without a second one. */
const START_BYTES = 8 * 1024 * 1024;

/** What the two threads share. */
interface Ring {
  /** Pieces queued, pieces written, 1 once the second thread runs. */
  readonly counts: Int32Array;
  /** Three numbers for each slot: descriptor, bytes, and the system's error number where it could not be written. */
  readonly pieces: Int32Array;
  /** Of each slot: where its piece goes in the file. */
  readonly offsets: Float64Array;
  readonly bytes: Uint8Array;
}

/** Places in `counts`. */
const [QUEUED, WRITTEN, IS_RUNNING] = [0, 1, 2];

/** The work of the second thread. It is started from its own text, so it knows nothing but its parameters. */
function writePieces(ring: Ring, slotCount: number, write: typeof writeSync): void {
  const { counts, pieces, offsets, bytes } = ring;
  const slotBytes = bytes.length / slotCount;
  Atomics.store(counts, 2, 1);
  for (let written = 0; ; ) {
    while (Atomics.load(counts, 0) === written) Atomics.wait(counts, 0, written);
    const slot = written % slotCount;
    const length = pieces[3 * slot + 1];
    try {
      for (let at = 0; at < length; )
        at += write(pieces[3 * slot], bytes, slot * slotBytes + at, length - at, offsets[slot] + at);
    } catch (error) {
      pieces[3 * slot + 2] = (error as { errno?: number }).errno ?? -5;
    }
    Atomics.store(counts, 1, ++written);
    Atomics.notify(counts, 1);
  }
}

/** An open file, some of whose bytes may still be on their way to the system. */
export interface PendingFile {
  readonly descriptor: number;
  /** The file's number in its file system. */
  readonly inode: number;
  /** How many pieces had been queued with its last one. */
  lastPiece: number;
  /** The system's error number of a piece that could not be written; 0: none. */
  errno: number;
}

/**
 * Lets a second thread hand long writes to the system while this one goes on: for a large column the system's copy takes about
 * as long as making it. At most 2 MiB are on their way; who has more waits, as for any write.
 */
export class WriteBehind {
  private readonly startBytes: number;
  private ring: Ring | undefined;
  /** Of each slot: the file that its piece belongs to. */
  private readonly owners: PendingFile[] = [];
  private seenBytes = 0;
  private queued = 0;
  private examined = 0;

  constructor(startBytes = START_BYTES) {
    this.startBytes = startBytes;
  }

  /** Takes bytes over, which the caller may change at once. @returns false when the caller has to write them itself */
  take(file: PendingFile, offset: number, bytes: Uint8Array): boolean {
    if (bytes.length < LEAST_BYTES) return false;
    this.seenBytes += bytes.length;
    if (this.seenBytes < this.startBytes) return false;
    this.ring ??= this.start();
    if (Atomics.load(this.ring.counts, IS_RUNNING) === 0) return false;
    for (let at = 0; at < bytes.length; at += SLOT_BYTES)
      this.queue(this.ring, file, offset + at, bytes.subarray(at, at + SLOT_BYTES));
    return true;
  }

  /** Waits until all of a file, or of every file, is with the system; says in `errno` what was refused. */
  settle(file?: PendingFile): void {
    if (this.ring) this.await(this.ring, file ? file.lastPiece : this.queued);
  }

  /** The same for the file of this number, by whatever name it was opened. @returns whether anything was on its way to it */
  settleInode(inode: number): boolean {
    if (!this.ring) return false;
    const written = Atomics.load(this.ring.counts, WRITTEN);
    for (let piece = this.queued; piece > written; piece--) {
      if (this.owners[(piece - 1) % SLOT_COUNT].inode !== inode) continue;
      this.await(this.ring, piece);
      return true;
    }
    return false;
  }

  /** Whether anything is on its way. */
  get isBusy(): boolean {
    return this.ring !== undefined && Atomics.load(this.ring.counts, WRITTEN) < this.queued;
  }

  private start(): Ring {
    const ring: Ring = {
      counts: new Int32Array(new SharedArrayBuffer(12)),
      pieces: new Int32Array(new SharedArrayBuffer(12 * SLOT_COUNT)),
      offsets: new Float64Array(new SharedArrayBuffer(8 * SLOT_COUNT)),
      bytes: new Uint8Array(new SharedArrayBuffer(SLOT_COUNT * SLOT_BYTES)),
    };
    const text = `(${writePieces})(require('node:worker_threads').workerData, ${SLOT_COUNT}, require('node:fs').writeSync);`;
    new Worker(text, { eval: true, workerData: ring, resourceLimits: { maxYoungGenerationSizeMb: 1 } }).unref();
    return ring;
  }

  private queue(ring: Ring, file: PendingFile, offset: number, bytes: Uint8Array): void {
    this.await(ring, this.queued + 1 - SLOT_COUNT);
    const slot = this.queued % SLOT_COUNT;
    ring.bytes.set(bytes, slot * SLOT_BYTES);
    ring.pieces.set([file.descriptor, bytes.length, 0], 3 * slot);
    ring.offsets[slot] = offset;
    this.owners[slot] = file;
    file.lastPiece = ++this.queued;
    Atomics.store(ring.counts, QUEUED, this.queued);
    Atomics.notify(ring.counts, QUEUED);
  }

  /** Waits until so many pieces are written. */
  private await({ counts, pieces }: Ring, count: number): void {
    let written = Atomics.load(counts, WRITTEN);
    for (; written < count; written = Atomics.load(counts, WRITTEN)) Atomics.wait(counts, WRITTEN, written);
    for (; this.examined < written; this.examined++) {
      const slot = this.examined % SLOT_COUNT;
      this.owners[slot].errno ||= pieces[3 * slot + 2];
    }
  }
}
