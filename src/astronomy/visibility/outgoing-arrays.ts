import { disk, type Loan } from '../../foundation/bytes/index.ts';
import { arena, type Lease } from '../../foundation/numeric/index.ts';

interface LentArray {
  readonly values: Float32Array;
  readonly loan: Loan;
}

/**
 * Two arrays in kernel memory that are filled and written in turn: a second thread hands one to the system, without a copy,
 * while this one fills the other.
 */
export class OutgoingArrays {
  private lease: Lease | undefined;
  private arrays: readonly LentArray[] = [];
  private turn = 0;

  /** An array to fill, and to leave alone once it is handed to a column; good until the call after the next. */
  next(length: number): Float32Array {
    if (this.arrays.length === 0 || this.arrays[0].values.length < length) this.allocate(length);
    const { values, loan } = this.arrays[this.turn++ % this.arrays.length];
    loan.reclaim();
    return values.subarray(0, length);
  }

  /** Waits until all is with the system, and gives the memory back. */
  end(): void {
    for (const { loan } of this.arrays) loan.end();
    this.arrays = [];
    this.lease?.release();
    this.lease = undefined;
  }

  private allocate(length: number): void {
    this.end();
    const lease = arena().lease();
    this.lease = lease;
    this.arrays = [lease.float32(length), lease.float32(length)].map((values) => ({
      values,
      loan: disk().lend(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    }));
  }
}
