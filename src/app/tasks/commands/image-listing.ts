import type { Table } from '../../../formats/tables/index.ts';
import { silentContext } from '../../../foundation/base/index.ts';
import { baseName } from '../../../foundation/bytes/index.ts';
import { imhead, openImage } from '../../../pipeline/images/index.ts';
import type { Listing } from './inspect.ts';
import { keywordLines } from './table-listing.ts';

/** A CASA image: axes, units, beams, masks. */
export function imageListing(table: Table, isVerbose: boolean): Listing {
  const entries = imhead(silentContext(), { imagename: table.path, mode: 'list' }) as Record<string, unknown>;
  const image = openImage(table.path);
  const { beams } = image.info;
  const text = [
    `CASA image ${baseName(table.path)}, ${table.isLittleEndian ? 'little' : 'big'}-endian`,
    ...Object.entries(entries).map(([name, value]) => `  ${name.padEnd(14)} ${valueText(value)}`),
    ...(beams.length > 1 ? [`  ${beams.length} beams, one a plane`] : []),
    ...(isVerbose ? ['', 'Keywords', ...keywordLines(table.keywords)] : []),
  ].join('\n');
  return { kind: 'image', path: table.path, text, facts: entries };
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
