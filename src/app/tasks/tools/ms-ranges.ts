import { correlationCode } from '../../../astronomy/ms/index.ts';
import type { ArrayReply, EngineValue } from '../values.ts';
import { channelFrequencies, correlationNames, dataRows, getData } from './ms-data.ts';
import { chosenRows, columnsOf, type MsState, metadataOf, windowOf } from './ms-state.ts';
import { dictionary, floatArray, intArray, intSet, textArray } from './reply-values.ts';

/** Items that are the distinct values of a column. */
const DISTINCT: Readonly<Record<string, string>> = {
  antenna1: 'ANTENNA1',
  antenna2: 'ANTENNA2',
  array_id: 'ARRAY_ID',
  data_desc_id: 'DATA_DESC_ID',
  feed1: 'FEED1',
  feed2: 'FEED2',
  field_id: 'FIELD_ID',
  observation_id: 'OBSERVATION_ID',
  scan_number: 'SCAN_NUMBER',
  state_id: 'STATE_ID',
};

const LIMITS = /^(?:corrected_|model_)?(?:amplitude|phase|real|imaginary)$/;

function limits(values: ArrayLike<number>, isCounted: (index: number) => boolean = () => true): ArrayReply {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index++) {
    if (!isCounted(index)) continue;
    low = Math.min(low, values[index]);
    high = Math.max(high, values[index]);
  }
  return floatArray([low, high]);
}

function uvwRange(state: MsState, item: string): ArrayReply {
  const [uvw] = columnsOf(state, ['UVW']);
  const axis = 'uvw'.indexOf(item);
  const values = Array.from({ length: uvw.length / 3 }, (_, row) =>
    axis >= 0 ? uvw[3 * row + axis] : Math.hypot(uvw[3 * row], uvw[3 * row + 1]),
  );
  return limits(values);
}

/** Data descriptions that the items about channels speak of. */
function descriptions(state: MsState): number[] {
  if (state.dataDescription !== undefined) return [state.dataDescription];
  const [ids] = columnsOf(state, ['DATA_DESC_ID']);
  return [...new Set(Array.from(ids))].sort((a, b) => a - b);
}

function described(state: MsState, item: string): EngineValue {
  const ids = descriptions(state);
  const metadata = metadataOf(state);
  const { fields, antennas } = metadata;
  switch (item) {
    case 'num_chan':
      return intArray(ids.map((id) => windowOf(metadata, id).chanFreqs.length));
    case 'num_corr':
      return intArray(ids.map((id) => correlationNames(state, id).length));
    case 'ref_frequency':
      return floatArray(ids.map((id) => windowOf(metadata, id).refFrequency));
    case 'corr_names':
      // A table of names needs the same number of correlations everywhere.
      if (ids.some((id) => correlationNames(state, id).length !== correlationNames(state, ids[0]).length))
        return undefined;
      return correlationNames(state, ids[0]).map((_, corr) => ids.map((id) => correlationNames(state, id)[corr] ?? ''));
    case 'corr_types':
      return correlationNames(state, ids[0]).map((_, corr) =>
        ids.map((id) => correlationCode(correlationNames(state, id)[corr] ?? '') ?? 0),
      );
    case 'chan_freq': {
      const all = ids.map((id) => channelFrequencies(state, id).centres);
      const count = Math.max(...all.map(({ length }) => length));
      const values = all.flatMap((list) => Array.from({ length: count }, (_, chan) => list[chan] ?? 0));
      // [chan, window], the first axis fastest
      return { kind: 'array', type: 'float', shape: [count, ids.length], values: Float64Array.from(values) };
    }
    case 'fields':
      return textArray(fields.map(({ name }) => name));
    case 'antennas':
      return antennas.map(({ name }) => name);
    case 'phase_dir': {
      const values = Float64Array.from(fields.flatMap(({ phaseDir }) => [...phaseDir]));
      const direction: ArrayReply = { kind: 'array', type: 'float', shape: [2, fields.length], values };
      return dictionary([
        ['direction', direction],
        ['epoch', fields[0]?.frame ?? 'J2000'],
      ]);
    }
    default:
      return undefined;
  }
}

/** One item of ms.range(); undefined for what it does not know. */
export function rangeOf(state: MsState, item: string, useFlags: boolean): EngineValue {
  if (Object.hasOwn(DISTINCT, item)) return intSet(Array.from(columnsOf(state, [DISTINCT[item]])[0]));
  if (['u', 'v', 'w', 'uvdist'].includes(item)) return uvwRange(state, item);
  if (item === 'time') return limits(columnsOf(state, ['TIME'])[0]);
  if (item === 'times') {
    const [times] = columnsOf(state, ['TIME']);
    return floatArray([...new Set(Array.from(times))].sort((a, b) => a - b));
  }
  if (item === 'weight' || item === 'sigma') {
    const found = getData(state, { items: [item], increment: 1 }, () => {}) as unknown as Record<string, ArrayReply>;
    return limits(found[item].values as Float32Array);
  }
  if (item === 'rows') return intArray(state.dataDescription === undefined ? chosenRows(state) : dataRows(state).rows);
  if (item === 'ifr_number') {
    const [first, second] = columnsOf(state, ['ANTENNA1', 'ANTENNA2']);
    return intSet(Array.from(first, (one, row) => one * 1000 + second[row]));
  }
  if (LIMITS.test(item)) {
    const found = getData(state, { items: [item, 'flag'], increment: 1 }, () => {}) as unknown as Record<
      string,
      ArrayReply
    >;
    const flags = found.flag.values as Uint8Array;
    return limits(found[item].values as Float32Array, (index) => !useFlags || flags[index] === 0);
  }
  return described(state, item);
}
