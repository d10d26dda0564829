import { type Context, fail } from '../../../foundation/base/index.ts';
import { disk, unpackTar } from '../../../foundation/bytes/index.ts';
import { findMembers } from '../../../pipeline/delivery/index.ts';

/**
 * Unpacks the tars of a delivery into one directory.
 *
 * @returns the Members that are there afterwards
 * @throws missing for a tar that is not there, bad-format for a damaged one, denied for one that wants to write elsewhere
 */
export async function unpackDelivery(context: Context, tars: readonly string[], out: string): Promise<string[]> {
  for (const tar of tars) if (!disk().exists(tar)) fail('missing', 'No such tar.', { file: tar });
  disk().makeDirectory(out);
  for (const [index, tar] of tars.entries()) {
    const watch = (share: number) => {
      context.checkAbort();
      context.progress.update((index + share) / tars.length, tar.split('/').pop());
    };
    await unpackTar(tar, out, { watch });
  }
  context.progress.update(1);
  return findMembers(out);
}
