/** What kind of thing went wrong; callers branch on this, people read the message. */
export type ErrorTag =
  | 'usage' // the user asked for something that cannot be asked (wrong parameter, unknown name)
  | 'missing' // a file, table, column or row that must exist does not
  | 'bad-format' // bytes or text that contradict their format
  | 'bad-data' // well-formed input whose content cannot be used (all flagged, no solution)
  | 'unsupported' // legal input that this program does not handle
  | 'exists' // an output is in the way
  | 'no-space' // the disk or the memory is full
  | 'io' // the operating system refused
  | 'denied' // an act that the sandbox refuses
  | 'aborted' // the user stopped the run
  | 'internal'; // our own defect

/** Where it went wrong, as precisely as known. */
export interface Place {
  readonly file?: string;
  readonly table?: string;
  readonly column?: string;
  readonly row?: number;
  readonly byte?: number;
  readonly line?: number;
}

const NAME = 'Qa2Error';

/** The one error class of the program: a tag for code, one sentence for people, a place for both. */
export class Qa2Error extends Error {
  readonly tag: ErrorTag;
  /** What is wrong, without the place; `message` has both. */
  readonly sentence: string;
  readonly place: Place;

  constructor(tag: ErrorTag, sentence: string, place: Place = {}, cause?: unknown) {
    super(describePlace(sentence, place), cause === undefined ? undefined : { cause });
    this.name = NAME;
    this.tag = tag;
    this.sentence = sentence;
    this.place = place;
  }
}

/**
 * The same error, told of the path that the user gave where the program worked through a link.
 *
 * @param given path that the user knows, for each path in its stead
 */
export function withGivenPaths(error: unknown, given: ReadonlyMap<string, string>): unknown {
  if (!isQa2Error(error)) return error;
  const { tag, sentence, place } = error;
  for (const [link, path] of given) {
    if (place.file !== link && !place.file?.startsWith(`${link}/`)) continue;
    return new Qa2Error(tag, sentence, { ...place, file: path + place.file.slice(link.length) }, error);
  }
  return error;
}

/**
 * Throws a {@link Qa2Error}.
 *
 * @param tag kind of failure
 * @param sentence what was wrong, what was expected, what to do
 * @param place file, table, column, row, byte or line
 * @param cause the lower error, if any
 */
export function fail(tag: ErrorTag, sentence: string, place: Place = {}, cause?: unknown): never {
  throw new Qa2Error(tag, sentence, place, cause);
}

/** True when `error` is one of ours, optionally with a certain tag. Bundles made apart have a class each, of one name. */
export function isQa2Error(error: unknown, tag?: ErrorTag): error is Qa2Error {
  if (!(error instanceof Error) || error.name !== NAME) return false;
  return tag === undefined || (error as Qa2Error).tag === tag;
}

/** One sentence for any thrown value; never a stack trace. */
export function errorSentence(error: unknown): string {
  if (isQa2Error(error)) return error.message;
  return error instanceof Error ? `Internal error: ${error.message}` : `Internal error: ${String(error)}`;
}

function describePlace(message: string, place: Place): string {
  const parts: string[] = [];
  if (place.file !== undefined) parts.push(place.file);
  if (place.table !== undefined) parts.push(`table ${place.table}`);
  if (place.column !== undefined) parts.push(`column ${place.column}`);
  if (place.row !== undefined) parts.push(`row ${place.row}`);
  if (place.line !== undefined) parts.push(`line ${place.line}`);
  if (place.byte !== undefined) parts.push(`byte ${place.byte}`);
  return parts.length === 0 ? message : `${message} (${parts.join(', ')})`;
}
