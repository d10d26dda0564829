import type { PyodideAPI } from 'pyodide';
import { fail, isQa2Error } from '../../foundation/base/index.ts';
import { ArrayKernels } from './array-kernels.ts';
import { type Lent, operandCount } from './array-layout.ts';
import type { HostServices } from './host-device.ts';

/** Name of the device that works on arrays in Python's own memory. */
export const ARRAY_DEVICE = '/dev/qa2-arrays';

/** Emscripten's numbers of errors. */
const EINVAL = 28;
const ENOMEM = 48;

/** What we need of Emscripten beyond what Pyodide declares. */
interface Program {
  readonly memory: WebAssembly.Memory;
  readonly SYSCALLS: { getStreamFromFD(descriptor: number): unknown };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

interface Files {
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: unknown): void;
  mkdev(path: string, mode: number, device: number): void;
  ErrnoError: new (number: number) => Error;
}

/**
 * Makes a device file through which Python has its arrays worked on: one `readv` lends the request and the memory of every
 * array, which is used in place and forgotten when the call ends.
 *
 * @param wasm bytes of `dist/array-kernels.wasm`; compiled when Python first asks for the operations
 * @returns the service that names them
 */
export function connectArrays(python: PyodideAPI, wasm: Uint8Array): HostServices {
  const files = python.FS as unknown as Files;
  const program = (python as unknown as { _module: Program })._module;
  let kernels: ArrayKernels | undefined;
  const call = new ArrayCall(program.memory);
  const device = files.makedev(64, 1);
  files.registerDevice(device, {
    open() {},
    close() {},
    read(_stream: unknown, _heap: Int8Array, pointer: number, bytes: number) {
      try {
        call.take(kernels ?? fail('usage', 'Arrays: nobody asked for the operations.'), pointer, bytes);
        return bytes;
      } catch (error) {
        throw new files.ErrnoError(isQa2Error(error, 'no-space') ? ENOMEM : EINVAL);
      }
    },
  });
  files.mkdev(ARRAY_DEVICE, 0o666, device);
  const find = program.SYSCALLS.getStreamFromFD;
  program.SYSCALLS.getStreamFromFD = (descriptor) => {
    call.begin();
    return find(descriptor);
  };
  return {
    arrayOperations() {
      kernels ??= new ArrayKernels(wasm, {
        memory: program.memory,
        mathematics: mathematics(program),
        allocate: (bytes) => program._malloc(bytes) >>> 0,
        free: (pointer) => program._free(pointer),
      });
      return { value: kernels.operations };
    },
  };
}

const FUNCTIONS =
  'sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp log log10 log2 log1p expm1 pow fmod atan2 hypot'.split(
    ' ',
  );

/** The functions of Python's own C library, so that a number is the same whoever calculates it. */
function mathematics(program: Program): Record<string, unknown> {
  const named = program as unknown as Record<string, unknown>;
  return Object.fromEntries(FUNCTIONS.map((name) => [name, named[`_${name}`]]));
}

/** Collects the memory that one system call lends and runs the request when it is complete: its first part is the request itself. */
export class ArrayCall {
  private readonly memory: WebAssembly.Memory;
  private request: Lent | undefined;
  private readonly lent: Lent[] = [];

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** Forgets what was lent; called when a system call begins, since Python may have freed it. */
  begin(): void {
    this.request = undefined;
    this.lent.length = 0;
  }

  /** Takes the next part. A complete request's answer goes into its second word; its first is inverted, as no file would do it. */
  take(kernels: ArrayKernels, pointer: number, bytes: number): void {
    if (this.request) this.lent.push({ pointer, bytes });
    else this.request = { pointer, bytes };
    const words = this.words(this.request);
    if (this.lent.length < operandCount(words)) return;
    const answer = kernels.run(words.slice(), this.lent);
    const answered = this.words(this.request);
    answered[0] = ~(answered[0] as number);
    answered[1] = answer;
    this.begin();
  }

  /** The request's words, where the memory is now: it may have grown. */
  private words({ pointer, bytes }: Lent): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, Math.floor(bytes / 4));
  }
}
