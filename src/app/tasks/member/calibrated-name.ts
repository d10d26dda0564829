import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';

/** calibrated.ms, or the one uid….ms.split.cal that takes its place. */
export function calibratedIn(directory: string): string {
  const files = disk();
  if (!files.exists(directory))
    fail('missing', 'There is no calibrated/; run scriptForPI.py first.', { file: directory });
  const name =
    files.list(directory).find((entry) => entry === 'calibrated.ms') ??
    files.list(directory).find((entry) => entry.endsWith('.ms.split.cal'));
  return joinPath(directory, name ?? fail('missing', 'There is no calibrated MeasurementSet.', { file: directory }));
}
