import { fail } from '../../foundation/base/index.ts';
import { correlationCode, type MsMetadata } from './metadata.ts';
import { reportUnknown, type SelectionManner, splitFilled } from './selection-text.ts';
import { parseSpw } from './spw-selection.ts';

/** Correlations that an expression chose. */
export interface CorrelationSelection {
  /** Places of the correlations by POLARIZATION row; none where one of them is lacking. */
  readonly corrs: ReadonlyMap<number, readonly number[]>;
  /** Data descriptions whose rows have them. */
  readonly dataDescIds: readonly number[];
}

/**
 * Reads a list of correlations such as `XX,YY`, also of some windows alone, `17:XX,YY`; statements are joined by `;`.
 *
 * @throws usage for a name that no correlation has, and when no data have all of them; when unknown correlations are forgiven those
 *   there are stay, and it may be none
 */
export function parseCorrelation(
  text: string,
  metadata: MsMetadata,
  manner: SelectionManner = {},
): CorrelationSelection {
  const isForgiving = manner.forgives?.includes('correlation') ?? false;
  const places = new Map(metadata.polarizations.map(({ id }) => [id, new Set<number>()]));
  const dataDescIds = new Set<number>();
  for (const statement of splitFilled(text, ';')) {
    const [list, windows = '*'] = statement.split(':').reverse();
    const spws = parseSpw(windows.trim(), metadata.spectralWindows);
    const names = splitFilled(list, ',').map((name) => name.toUpperCase());
    const unknown = names.filter((name) => isUnknown(name, metadata, isForgiving));
    if (unknown.length > 0) {
      reportUnknown('correlation', `There is no correlation ${unknown.join()} for the selection "${text}".`, manner);
    }
    const wanted = names.filter((name) => !unknown.includes(name));
    for (const { id, corrTypes } of metadata.polarizations) {
      if (!wanted.every((name) => corrTypes.includes(name))) continue;
      const found = corrTypes.flatMap((type, corr) => (wanted.includes(type) ? [corr] : []));
      for (const corr of found) places.get(id)?.add(corr);
      if (found.length === 0) continue;
      for (const { id: dataDescId, spwId, polId } of metadata.dataDescriptions) {
        if (polId === id && spws.has(spwId)) dataDescIds.add(dataDescId);
      }
    }
  }
  if (dataDescIds.size === 0 && !isForgiving) fail('usage', `No data have the correlations "${text}".`);
  const corrs = new Map([...places].map(([id, chosen]) => [id, [...chosen].sort((one, other) => one - other)]));
  return { corrs, dataDescIds: [...dataDescIds] };
}

/** True for what is no correlation at all, and, where those are forgiven, for one that no data have. */
function isUnknown(name: string, metadata: MsMetadata, isForgiving: boolean): boolean {
  if (correlationCode(name) === undefined) return true;
  return isForgiving && !metadata.polarizations.some(({ corrTypes }) => corrTypes.includes(name));
}
