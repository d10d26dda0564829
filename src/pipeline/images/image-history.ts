import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { openImage } from './image.ts';

/** Parameters of CASA's imhistory. */
export interface ImhistoryOptions {
  readonly imagename: string;
  /** 'list' or 'append', or their beginnings. */
  readonly mode?: string;
  /** Lists in the log, too. */
  readonly verbose?: boolean;
  readonly origin?: string;
  readonly message?: string;
}

/**
 * Lists the history of an image, or adds a line to it: CASA 6.7's imhistory.
 *
 * @returns the lines, or true
 */
export function imhistory(context: Context, options: ImhistoryOptions): string[] | true {
  const mode = (options.mode ?? 'list').toLowerCase();
  const isAppend = mode.startsWith('a');
  if (!isAppend && !mode.startsWith('l')) fail('usage', `mode="${options.mode}" is not known; use list or append.`);
  const image = openImage(joinPath(context.cwd, options.imagename), isAppend ? 'update' : 'read');
  try {
    if (isAppend) {
      if (options.message) image.addHistory([options.message], options.origin ?? 'imhistory');
      return true;
    }
    const lines = image.history();
    if (options.verbose ?? true) for (const line of lines) context.log.post(line, 'INFO', 'imhistory');
    return lines;
  } finally {
    image.close();
  }
}
