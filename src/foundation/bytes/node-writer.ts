import type { writeSync } from 'node:fs';
import { type receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Loan } from './types.ts';

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
  /** Two numbers for each slot: where its piece goes in the file, and where it begins in lent memory; negative: it lies in the slot. */
  readonly places: Float64Array;
  readonly bytes: Uint8Array;
}

interface RingWorker {
  readonly ring: Ring;
  readonly thread: Worker;
  /** The memory that the second thread knows. */
  memory: ArrayBufferLike | undefined;
}

/** Places in `counts`. */
const [QUEUED, WRITTEN, IS_RUNNING] = [0, 1, 2];

/** The work of the second thread. It is started from its own text, so it knows nothing but its parameters. */
function writePieces(
  ring: Ring,
  slotCount: number,
  write: typeof writeSync,
  nextMemory: () => ReturnType<typeof receiveMessageOnPort>,
): void {
  const { counts, pieces, places, bytes } = ring;
  const slotBytes = bytes.length / slotCount;
  let lent = bytes;
  Atomics.store(counts, 2, 1);
  for (let written = 0; ; ) {
    while (Atomics.load(counts, 0) === written) Atomics.wait(counts, 0, written);
    for (let sent = nextMemory(); sent; sent = nextMemory()) lent = new Uint8Array(sent.message);
    const slot = written % slotCount;
    const length = pieces[3 * slot + 1];
    const [offset, place] = [places[2 * slot], places[2 * slot + 1]];
    const [memory, start] = place < 0 ? [bytes, slot * slotBytes] : [lent, place];
    try {
      for (let at = 0; at < length; ) at += write(pieces[3 * slot], memory, start + at, length - at, offset + at);
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

/** Memory that its owner leaves alone while pieces of it are on their way. */
interface LentMemory {
  readonly bytes: Uint8Array;
  /** How many pieces had been queued with its last one. */
  lastPiece: number;
}

/**
 * Lets a second thread hand long writes to the system while this one goes on: for a large column the system's copy takes about
 * as long as making it. At most 2 MiB are on their way, besides what is lent; who has more waits, as for any write.
 */
export class WriteBehind {
  private readonly startBytes: number;
  private worker: RingWorker | undefined;
  /** Memory that needs no copy. */
  private readonly lent = new Set<LentMemory>();
  /** Of each slot: the file that its piece belongs to. */
  private readonly owners: PendingFile[] = [];
  private seenBytes = 0;
  private queued = 0;
  private examined = 0;

  constructor(startBytes = START_BYTES) {
    this.startBytes = startBytes;
  }

  /** Takes bytes over, which the caller may change at once unless it has lent them. @returns false when the caller has to write them itself */
  take(file: PendingFile, offset: number, bytes: Uint8Array): boolean {
    if (bytes.length < LEAST_BYTES) return false;
    this.seenBytes += bytes.length;
    if (this.seenBytes < this.startBytes) return false;
    this.worker ??= this.start();
    if (Atomics.load(this.worker.ring.counts, IS_RUNNING) === 0) return false;
    const owner = this.ownerOf(bytes);
    if (owner) {
      this.queueLent(this.worker, file, offset, bytes);
      owner.lastPiece = this.queued;
      return true;
    }
    for (let at = 0; at < bytes.length; at += SLOT_BYTES)
      this.queue(this.worker.ring, file, offset + at, bytes.subarray(at, at + SLOT_BYTES));
    return true;
  }

  /** See {@link Disk.lend}. */
  lend(bytes: Uint8Array): Loan {
    const memory: LentMemory = { bytes, lastPiece: 0 };
    if (bytes.buffer instanceof SharedArrayBuffer) this.lent.add(memory);
    const reclaim = () => {
      if (this.worker) this.await(this.worker.ring, memory.lastPiece);
    };
    return {
      reclaim,
      end: () => {
        reclaim();
        this.lent.delete(memory);
      },
    };
  }

  /** Waits until all of a file, or of every file, is with the system; says in `errno` what was refused. */
  settle(file?: PendingFile): void {
    if (this.worker) this.await(this.worker.ring, file ? file.lastPiece : this.queued);
  }

  /** The same for the file of this number, by whatever name it was opened. @returns whether anything was on its way to it */
  settleInode(inode: number): boolean {
    if (!this.worker) return false;
    const { ring } = this.worker;
    const written = Atomics.load(ring.counts, WRITTEN);
    for (let piece = this.queued; piece > written; piece--) {
      if (this.owners[(piece - 1) % SLOT_COUNT].inode !== inode) continue;
      this.await(ring, piece);
      return true;
    }
    return false;
  }

  /** Whether anything is on its way. */
  get isBusy(): boolean {
    return this.worker !== undefined && Atomics.load(this.worker.ring.counts, WRITTEN) < this.queued;
  }

  private ownerOf({ buffer, byteOffset, byteLength }: Uint8Array): LentMemory | undefined {
    for (const memory of this.lent) {
      const { bytes } = memory;
      const from = byteOffset - bytes.byteOffset;
      if (bytes.buffer === buffer && from >= 0 && from + byteLength <= bytes.byteLength) return memory;
    }
    return undefined;
  }

  private start(): RingWorker {
    const ring: Ring = {
      counts: new Int32Array(new SharedArrayBuffer(12)),
      pieces: new Int32Array(new SharedArrayBuffer(12 * SLOT_COUNT)),
      places: new Float64Array(new SharedArrayBuffer(16 * SLOT_COUNT)),
      bytes: new Uint8Array(new SharedArrayBuffer(SLOT_COUNT * SLOT_BYTES)),
    };
    const text = `const { workerData, parentPort, receiveMessageOnPort } = require('node:worker_threads');
      (${writePieces})(workerData, ${SLOT_COUNT}, require('node:fs').writeSync, () => receiveMessageOnPort(parentPort));`;
    const limits = { maxYoungGenerationSizeMb: 1 };
    const thread = new Worker(text, { eval: true, workerData: ring, resourceLimits: limits });
    thread.unref();
    return { ring, thread, memory: undefined };
  }

  private queue(ring: Ring, file: PendingFile, offset: number, bytes: Uint8Array): void {
    const slot = this.freeSlot(ring);
    ring.bytes.set(bytes, slot * SLOT_BYTES);
    this.hand(ring, slot, file, bytes.length, offset, -1);
  }

  private queueLent(worker: RingWorker, file: PendingFile, offset: number, bytes: Uint8Array): void {
    const slot = this.freeSlot(worker.ring);
    if (worker.memory !== bytes.buffer) {
      this.await(worker.ring, this.queued);
      worker.thread.postMessage(bytes.buffer);
      worker.memory = bytes.buffer;
    }
    this.hand(worker.ring, slot, file, bytes.length, offset, bytes.byteOffset);
  }

  private freeSlot(ring: Ring): number {
    this.await(ring, this.queued + 1 - SLOT_COUNT);
    return this.queued % SLOT_COUNT;
  }

  private hand(ring: Ring, slot: number, file: PendingFile, length: number, offset: number, place: number): void {
    ring.pieces.set([file.descriptor, length, 0], 3 * slot);
    ring.places.set([offset, place], 2 * slot);
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
