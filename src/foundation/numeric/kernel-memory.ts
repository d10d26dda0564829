import { fail } from '../base/index.ts';

/** What `dist/kernels.wasm` exports; arguments that name arrays are byte offsets into the shared memory. */
export type KernelExports = Record<string, (...args: number[]) => number>;

const PAGE = 65_536;
const ALIGNMENT = 64;

interface Installed {
  readonly memory: WebAssembly.Memory;
  readonly exports: KernelExports;
  readonly arena: Arena;
}

let installed: Installed | undefined;

/**
 * Compiles the kernels on a fresh shared memory; entry points call it once per thread.
 *
 * @param wasm bytes of `dist/kernels.wasm`
 * @param budgetBytes size of the memory: reserved now, never grown; only touched pages cost
 */
export function installKernels(wasm: Uint8Array, budgetBytes = 768 * 1024 * 1024): void {
  if (installed) return;
  const pages = Math.ceil(budgetBytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const module = new WebAssembly.Module(wasm as unknown as BufferSource);
  const abort = () => fail('internal', 'A kernel stopped itself.');
  const instance = new WebAssembly.Instance(module, { env: { memory, abort } });
  installed = { memory, exports: instance.exports as unknown as KernelExports, arena: new Arena(memory, PAGE) };
}

function current(): Installed {
  return (
    installed ?? fail('internal', 'Kernels are not installed in this thread; the entry point must call installKernels.')
  );
}

/** The raw kernel functions; only the typed wrappers in this room call them. */
export function kernels(): KernelExports {
  return current().exports;
}

/** The arena of this thread's kernel memory. */
export function arena(): Arena {
  return current().arena;
}

/**
 * Byte offset of an array that lies in kernel memory.
 * @throws internal when it lies elsewhere
 */
export function pointer(array: ArrayBufferView): number {
  if (array.buffer !== current().memory.buffer) fail('internal', 'A kernel got an array outside the kernel memory.');
  return array.byteOffset;
}

/** True when the array can be passed to a kernel without a copy. */
export function isKernelArray(array: ArrayBufferView): boolean {
  return installed !== undefined && array.buffer === installed.memory.buffer;
}

/** A group of leases that end together. */
export interface Lease {
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
  int32(length: number): Int32Array;
  int16(length: number): Int16Array;
  uint8(length: number): Uint8Array;
  /** Gives all arrays of this lease back; they must not be used afterwards. */
  release(): void;
}

/** First-fit allocator over the kernel memory. Arrays come zero-filled only when `zeroed` says so: contents are undefined. */
export class Arena {
  private readonly memory: WebAssembly.Memory;
  /** Free ranges [start, end), sorted, never adjacent. */
  private free: [number, number][];

  constructor(memory: WebAssembly.Memory, reservedBytes: number) {
    this.memory = memory;
    this.free = [[reservedBytes, memory.buffer.byteLength]];
  }

  /** Bytes not leased. */
  get freeBytes(): number {
    return this.free.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** A new lease; each of its arrays is a view into kernel memory, aligned to 64 bytes. */
  lease(): Lease {
    const taken: [number, number][] = [];
    const take = (bytes: number) => {
      const range = this.allocate(bytes);
      taken.push(range);
      return range[0];
    };
    const buffer = this.memory.buffer;
    return {
      float32: (length) => new Float32Array(buffer, take(length * 4), length),
      float64: (length) => new Float64Array(buffer, take(length * 8), length),
      int32: (length) => new Int32Array(buffer, take(length * 4), length),
      int16: (length) => new Int16Array(buffer, take(length * 2), length),
      uint8: (length) => new Uint8Array(buffer, take(length), length),
      release: () => {
        for (const range of taken.splice(0)) this.give(range);
      },
    };
  }

  /** Runs `work` with a lease that ends when it returns or throws. */
  scope<T>(work: (lease: Lease) => T): T {
    const lease = this.lease();
    try {
      return work(lease);
    } finally {
      lease.release();
    }
  }

  private allocate(bytes: number): [number, number] {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.free.findIndex(([start, end]) => end - start >= size);
    if (index < 0) {
      fail(
        'unsupported',
        `The memory budget is used up: ${size} bytes more were needed. Raise --memory or make the problem smaller.`,
      );
    }
    const [start, end] = this.free[index];
    if (end - start === size) this.free.splice(index, 1);
    else this.free[index] = [start + size, end];
    return [start, start + size];
  }

  private give([start, end]: [number, number]): void {
    let index = this.free.findIndex(([other]) => other > start);
    if (index < 0) index = this.free.length;
    this.free.splice(index, 0, [start, end]);
    if (index + 1 < this.free.length && this.free[index + 1][0] === end) {
      this.free[index][1] = this.free[index + 1][1];
      this.free.splice(index + 1, 1);
    }
    if (index > 0 && this.free[index - 1][1] === start) {
      this.free[index - 1][1] = this.free[index][1];
      this.free.splice(index, 1);
    }
  }
}
