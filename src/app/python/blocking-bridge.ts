import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { fail } from '../../foundation/base/index.ts';

/**
 * Asks another thread and sleeps until it has answered.
 *
 * The other side posts its answer on the port, stores 1 in `signal[0]` and notifies it. `signal[1]` is 1 while there is a
 * request: it may sleep on that instead of listening to the port.
 */
export class BlockingBridge {
  private readonly port: MessagePort;
  private readonly signal: Int32Array;

  constructor(port: MessagePort, signal: SharedArrayBuffer) {
    this.port = port;
    this.signal = new Int32Array(signal);
  }

  /** @returns the answer's message as it was posted */
  ask(request: unknown): unknown {
    Atomics.store(this.signal, 0, 0);
    this.port.postMessage(request);
    Atomics.store(this.signal, 1, 1);
    Atomics.notify(this.signal, 1);
    for (;;) {
      const answer = receiveMessageOnPort(this.port) as { message: unknown } | undefined;
      if (answer) return answer.message;
      const outcome = Atomics.wait(this.signal, 0, 0, 3_600_000);
      if (outcome === 'timed-out') continue;
      const late = receiveMessageOnPort(this.port) as { message: unknown } | undefined;
      if (late) return late.message;
      Atomics.store(this.signal, 0, 0);
    }
  }

  close(): void {
    this.port.close();
  }
}

/** Waits for a signal that never comes: for threads that must sleep a while. */
export function sleep(milliseconds: number): void {
  if (milliseconds < 0) fail('internal', 'sleep: a negative time.');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
