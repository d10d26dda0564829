/** Reads `input` and fills `output`; it depends on nothing else, so that any thread may do it, and twice does no harm. */
export type NumberWork = (input: Float64Array, output: Float64Array) => void;

/** Pieces of one kind of work, in memory that threads share. */
export interface SharedWork {
  readonly kind: string;
  /** [piece, number] */
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
  /** Of each piece: nobody has begun it, somebody has, it is done. */
  readonly states: Int32Array;
}

const [FREE, BEGUN, DONE] = [0, 1, 2];
/** A piece that another thread has begun is waited for so many times as long as the longest took here, and at least so long. */
const PATIENCE = 3;
const LEAST_WAIT_MS = 300;

/** Starts threads that call {@link doFreePieces}, at most so many. */
export type StartCrew = (work: SharedWork, count: number) => void;

let startCrew: StartCrew = () => {};

/** Gives this thread others that can help it; without them it does all itself, with the same results. */
export function installCrew(start: StartCrew): void {
  startCrew = start;
}

/**
 * Does pieces of work that take a tenth of a second and more, together with other threads.
 *
 * @param kind name under which the crew knows `work`
 * @param inputs of each piece, equally many numbers
 * @param width numbers that a piece gives
 * @param checkAbort called before each piece
 * @returns the numbers of each piece, the same bits whoever made them
 * @throws what `work` and `checkAbort` throw, in this thread
 */
export function doTogether(
  kind: string,
  work: NumberWork,
  inputs: readonly ArrayLike<number>[],
  width: number,
  checkAbort: () => void,
): Float64Array[] {
  const count = inputs.length;
  const inputWidth = inputs[0]?.length ?? 0;
  const doubles = (length: number) => new Float64Array(new SharedArrayBuffer(8 * length));
  const shared: SharedWork = {
    kind,
    inputs: doubles(count * inputWidth),
    outputs: doubles(count * width),
    states: new Int32Array(new SharedArrayBuffer(4 * count)),
  };
  inputs.forEach((input, piece) => {
    shared.inputs.set(input, piece * inputWidth);
  });
  if (count > 1) startCrew(shared, count - 1);
  let longest = LEAST_WAIT_MS;
  const timed: NumberWork = (input, output) => {
    const start = performance.now();
    work(input, output);
    longest = Math.max(longest, performance.now() - start);
  };
  try {
    doFreePieces(shared, timed, checkAbort);
  } catch (error) {
    for (let piece = 0; piece < count; piece++) Atomics.compareExchange(shared.states, piece, FREE, BEGUN);
    throw error;
  }
  for (let piece = 0; piece < count; piece++) {
    Atomics.wait(shared.states, piece, BEGUN, PATIENCE * longest);
    // Whoever began it may have ended early; should it go on, its numbers are the same.
    if (Atomics.load(shared.states, piece) !== DONE) doPiece(shared, timed, piece);
  }
  return inputs.map((_, piece) => shared.outputs.subarray(piece * width, (piece + 1) * width));
}

/** Does pieces until all are begun; one that fails is left to others. */
export function doFreePieces(shared: SharedWork, work: NumberWork, checkAbort?: () => void): void {
  const { states } = shared;
  for (let piece = 0; piece < states.length; piece++) {
    checkAbort?.();
    if (Atomics.compareExchange(states, piece, FREE, BEGUN) === FREE) doPiece(shared, work, piece);
  }
}

function doPiece({ inputs, outputs, states }: SharedWork, work: NumberWork, piece: number): void {
  const [inputWidth, width] = [inputs.length / states.length, outputs.length / states.length];
  const result = new Float64Array(width);
  let state = FREE;
  try {
    work(inputs.slice(piece * inputWidth, (piece + 1) * inputWidth), result);
    outputs.set(result, piece * width);
    state = DONE;
  } finally {
    Atomics.store(states, piece, state);
    Atomics.notify(states, piece);
  }
}
