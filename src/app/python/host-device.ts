import type { PyodideAPI } from 'pyodide';

/** What a service answers: a JSON value, and bytes that do not go through JSON. */
export interface HostReply {
  readonly value: unknown;
  readonly buffers?: readonly Uint8Array[];
}

/** Functions that Python may call by name; their arguments are JSON values. */
export type HostServices = Readonly<Record<string, (...args: never[]) => HostReply>>;

interface DeviceStream {
  reply?: Uint8Array;
  /** Bytes of the reply that were read; `position` is the file system's own. */
  readBytes?: number;
}

/** Name of the device under which Python finds the host. */
export const HOST_DEVICE = '/dev/qa2';

/**
 * Makes a device file through which Python calls functions of this thread, so that no JavaScript object is ever in
 * Python's hands.
 *
 * A write is one request, `[name, …arguments]` as JSON. The reads after it give the reply: the count of its parts and
 * their lengths (little-endian uint32), then the parts: JSON, and buffers.
 */
export function connectHost(python: PyodideAPI, services: HostServices): void {
  const files = python.FS as unknown as {
    makedev(major: number, minor: number): number;
    registerDevice(device: number, operations: unknown): void;
    mkdev(path: string, mode: number, device: number): void;
  };
  const device = files.makedev(64, 0);
  files.registerDevice(device, {
    open() {},
    close() {},
    write(stream: DeviceStream, heap: Int8Array, offset: number, length: number) {
      stream.reply = answer(services, new Uint8Array(heap.buffer, heap.byteOffset + offset, length).slice());
      stream.readBytes = 0;
      return length;
    },
    read(stream: DeviceStream, heap: Int8Array, offset: number, length: number) {
      const position = stream.readBytes ?? 0;
      const part = stream.reply?.subarray(position, position + length) ?? new Uint8Array(0);
      new Uint8Array(heap.buffer, heap.byteOffset + offset, part.length).set(part);
      stream.readBytes = position + part.length;
      return part.length;
    },
  });
  files.mkdev(HOST_DEVICE, 0o666, device);
}

function answer(services: HostServices, request: Uint8Array): Uint8Array {
  try {
    const [name, ...args] = JSON.parse(new TextDecoder().decode(request)) as [string, ...never[]];
    if (!Object.hasOwn(services, name)) return packParts({ error: `There is no service ${name}.` }, []);
    const { value, buffers } = services[name](...args);
    return packParts({ value }, buffers ?? []);
  } catch (error) {
    return packParts({ error: error instanceof Error ? error.message : String(error) }, []);
  }
}

function packParts(head: unknown, buffers: readonly Uint8Array[]): Uint8Array {
  const parts = [new TextEncoder().encode(JSON.stringify(head)), ...buffers];
  const start = 4 * (parts.length + 1);
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, start));
  const lengths = new DataView(packed.buffer);
  lengths.setUint32(0, parts.length, true);
  let position = start;
  parts.forEach((part, index) => {
    lengths.setUint32(4 * (index + 1), part.length, true);
    packed.set(part, position);
    position += part.length;
  });
  return packed;
}
