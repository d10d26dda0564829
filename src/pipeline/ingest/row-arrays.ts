import { arena, type Lease } from '../../foundation/numeric/index.ts';

interface HeldArray {
  readonly lease: Lease;
  readonly values: Int32Array | Float32Array | Float64Array | Uint8Array;
}

/**
 * Arrays that a block of rows is made in, used again for the next. They lie in kernel memory: garbage of this size would be most
 * of the memory of an import, and the holes that it leaves in the system's own most of its growth.
 */
export class RowArrays {
  private readonly held = new Map<string, HeldArray>();

  int32(name: string, length: number): Int32Array {
    return this.take(name, length, (lease) => lease.int32(length));
  }
  float32(name: string, length: number): Float32Array {
    return this.take(name, length, (lease) => lease.float32(length));
  }
  float64(name: string, length: number): Float64Array {
    return this.take(name, length, (lease) => lease.float64(length));
  }
  uint8(name: string, length: number): Uint8Array {
    return this.take(name, length, (lease) => lease.uint8(length));
  }

  /** Gives their memory back. */
  end(): void {
    for (const { lease } of this.held.values()) lease.release();
    this.held.clear();
  }

  /** With what was in them when the name was taken before, zeros where it was not. */
  private take<T extends HeldArray['values']>(name: string, length: number, allocate: (lease: Lease) => T): T {
    const before = this.held.get(name);
    if (before && before.values.length >= length) return before.values.subarray(0, length) as T;
    before?.lease.release();
    const lease = arena().lease();
    const values = allocate(lease).fill(0) as T;
    this.held.set(name, { lease, values });
    return values;
  }
}
