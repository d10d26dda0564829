import type { Asdm } from '../../formats/asdm/index.ts';
import type { Decision } from './plan-builder.ts';

/** What is said when files of binary data are missing, as in an ASDM that was copied in part; nothing when all are there. */
export function missingData(asdm: Asdm): Decision[] {
  let total = 0;
  const missing = new Map<number, number>();
  for (const row of asdm.table('Main').rows()) {
    if (row.number('dataSize') === 0) continue;
    total++;
    const scan = row.number('scanNumber');
    if (!asdm.hasBdf(row.text('dataUID'))) missing.set(scan, (missing.get(scan) ?? 0) + 1);
  }
  if (missing.size === 0) return [];
  const count = [...missing.values()].reduce((sum, files) => sum + files, 0);
  const scans = [...missing.keys()].sort((a, b) => a - b);
  return [
    {
      topic: 'Missing data',
      choice: `${count} of ${total} files of binary data ${count === 1 ? 'is' : 'are'} not in the ASDM`,
      reason: `Data are lacking in ${scans.length === 1 ? 'scan' : 'scans'} ${scans.join(', ')}; if the archive has them, fetch the ASDM anew.`,
    },
  ];
}
