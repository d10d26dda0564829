import {
  compileSelection,
  listWindows,
  type MeasurementSet,
  openMs,
  readDescription,
  readNumbers,
  readTexts,
  type Selection,
  selectionTexts,
  selectRows,
} from '../../../astronomy/ms/index.ts';
import type { EngineValue } from '../values.ts';
import { dictionary, intArray, intSet, intTable } from './reply-values.ts';

/** ms.msseltoindex(): what each part of a selection means on its own. */
export function selectionIndices(
  { taql: _taql, ...selection }: Selection & { taql?: string },
  path: string,
  warn: (sentence: string) => void,
): EngineValue {
  const ms = openMs(path, 'read');
  try {
    return indicesOf(ms, selection, warn) as EngineValue;
  } finally {
    ms.close();
  }
}

/** Values of columns where one part of the selection holds; none when it is not given. */
function selectedValues(
  ms: MeasurementSet,
  selection: Selection,
  part: keyof Selection,
  ...names: string[]
): number[][] {
  if (selection[part] === undefined) return names.map(() => []);
  const { rows } = selectRows(ms, { [part]: selection[part] });
  return names.map((name) => {
    const all = ms.main.column(name).getRange(0, ms.main.rowCount) as ArrayLike<number>;
    return Array.from(rows, (row) => all[row]);
  });
}

function indicesOf(
  ms: MeasurementSet,
  selection: Selection,
  warn?: (sentence: string) => void,
): Record<string, EngineValue> {
  const { channels } = compileSelection(ms, selection, { warn, keepsEmptyWindows: true });
  const listed = listWindows(selectionTexts(selection).spw ?? '', readDescription(ms).spectralWindows, {
    keepsEmptyWindows: true,
  });
  const valuesOf = (part: keyof Selection, ...names: string[]) => selectedValues(ms, selection, part, ...names);
  const [first, second] = valuesOf('antenna', 'ANTENNA1', 'ANTENNA2');
  const pairs = [...new Set(first.map((one, index) => `${one},${second[index]}`))]
    .map((pair) => pair.split(',').map(Number))
    .filter(([one, other]) => one !== other)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  // CASA lists the antennas that the text names, and * names all of them.
  const named = /&\s*\*/.test(selection.antenna ?? '')
    ? Array.from(readTexts(ms.subtable('ANTENNA'), 'NAME').keys())
    : [];
  const hasSpw = selection.spw !== undefined;
  const spws = hasSpw ? [...channels.keys()] : [];
  const ranges = listed.flatMap(({ id, ranges: own }) =>
    own.map(({ first: from, last, step }) => [id, from, last, step]),
  );
  const windows = readNumbers(ms.subtable('DATA_DESCRIPTION'), 'SPECTRAL_WINDOW_ID');
  const descriptions = intArray(windows.flatMap((spw, id) => (spws.includes(spw) ? [id] : [])));
  return dictionary([
    ['antenna1', intSet(first)],
    ['antenna2', intSet([...second, ...named])],
    ['baselines', intTable(pairs)],
    ['channel', intTable(hasSpw && /:|Hz/i.test(String(selection.spw)) ? ranges : [])],
    ['dd', descriptions],
    ['field', intSet(valuesOf('field', 'FIELD_ID')[0])],
    ['obsids', intSet(valuesOf('observation', 'OBSERVATION_ID')[0])],
    ['poldd', intArray([])],
    ['scan', intSet(valuesOf('scan', 'SCAN_NUMBER')[0])],
    ['spw', intArray(spws)],
    ['spwdd', descriptions],
  ]) as Record<string, EngineValue>;
}

/** What msselectedindices tells of feeds, which CASA's selection does not take either. */
const NO_FEEDS = { feed1: intArray([]), feed2: intArray([]), feedpairs: intTable([]) };

/** ms.msselectedindices(): the same of the selection that the tool holds, under the names of that method. */
export function selectedIndices(ms: MeasurementSet, selection: Selection): EngineValue {
  const { obsids, ...found } = indicesOf(ms, selection);
  const stateid = intSet(selectedValues(ms, selection, 'intent', 'STATE_ID')[0]);
  return dictionary(Object.entries({ ...found, observationid: obsids, stateid, ...NO_FEEDS }));
}
