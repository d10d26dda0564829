import { requireFinished } from '../../../astronomy/visibility/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import type { ToolArguments } from '../tool-types.ts';
import type { ArrayReply, EngineValue } from '../values.ts';
import { chosenRows, columnsOf, type MsState, metadataOf, msOf, windowOf } from './ms-state.ts';
import { dictionary, floatArray, intArray } from './reply-values.ts';

/** Values that one getdata may hold: 1.6 GB of complex numbers are too many for Python. */
const LARGEST = 5e7;

/** Visibility-like items: column and the part of the complex number. */
const VISIBILITIES: Readonly<Record<string, readonly [column: string, part: Part]>> = Object.fromEntries(
  (
    [
      ['', 'DATA'],
      ['corrected_', 'CORRECTED_DATA'],
      ['model_', 'MODEL_DATA'],
    ] as const
  ).flatMap(([prefix, column]) => [
    [`${prefix}data`, [column, 'complex']],
    [`${prefix}amplitude`, [column, 'amplitude']],
    [`${prefix}phase`, [column, 'phase']],
    [`${prefix}real`, [column, 'real']],
    [`${prefix}imaginary`, [column, 'imaginary']],
  ]),
);
type Part = 'complex' | 'amplitude' | 'phase' | 'real' | 'imaginary';

/** Numeric columns with one value a row. */
const SCALARS: Readonly<Record<string, readonly [column: string, type: 'int' | 'float' | 'bool']>> = {
  time: ['TIME', 'float'],
  exposure: ['EXPOSURE', 'float'],
  interval: ['INTERVAL', 'float'],
  antenna1: ['ANTENNA1', 'int'],
  antenna2: ['ANTENNA2', 'int'],
  array_id: ['ARRAY_ID', 'int'],
  data_desc_id: ['DATA_DESC_ID', 'int'],
  feed1: ['FEED1', 'int'],
  feed2: ['FEED2', 'int'],
  field_id: ['FIELD_ID', 'int'],
  observation_id: ['OBSERVATION_ID', 'int'],
  scan_number: ['SCAN_NUMBER', 'int'],
  state_id: ['STATE_ID', 'int'],
  flag_row: ['FLAG_ROW', 'bool'],
};

/** Rows of the chosen data description, every `increment`th. */
export function dataRows(state: MsState, increment = 1): { rows: Int32Array; dataDescription: number } {
  const all = chosenRows(state);
  const [ids] = columnsOf(state, ['DATA_DESC_ID'], all);
  state.dataDescription ??= smallest(ids);
  const rows = all
    .filter((_, index) => ids[index] === state.dataDescription)
    .filter((_, index) => index % increment === 0);
  return { rows, dataDescription: state.dataDescription };
}

function smallest(values: ArrayLike<number>): number {
  let least = values.length > 0 ? Number.POSITIVE_INFINITY : 0;
  for (let index = 0; index < values.length; index++) least = Math.min(least, values[index]);
  return least;
}

/** How rows fill the answer: one after the other, or on a grid of interferometers and times. */
interface Layout {
  readonly rows: Int32Array;
  /** Length of the last axes, fast to slow: [row], or [interferometer, time]. */
  readonly shape: readonly number[];
  /** Where a row goes. */
  readonly slots: Int32Array;
  /** Interferometers as 1000 · antenna1 + antenna2, ascending. */
  readonly interferometers: readonly number[];
  readonly times: readonly number[];
}

function layoutOf(state: MsState, rows: Int32Array, hasAxis: boolean, gap: number): Layout {
  const [first, second, times] = columnsOf(state, ['ANTENNA1', 'ANTENNA2', 'TIME'], rows);
  const codes = Array.from(rows, (_, index) => first[index] * 1000 + second[index]);
  const interferometers = [...new Set(codes)].sort((a, b) => a - b);
  const instants = [...new Set(Array.from(times))].sort((a, b) => a - b);
  if (!hasAxis) {
    const slots = Int32Array.from(rows, (_, index) => index);
    return { rows, shape: [rows.length], slots, interferometers, times: instants };
  }
  // With a gap, empty places part the interferometers of one first antenna from the next.
  const firsts = [...new Set(interferometers.map((code) => Math.floor(code / 1000)))];
  const ifrAt = new Map(
    interferometers.map((code, index) => [code, index + gap * firsts.indexOf(Math.floor(code / 1000))]),
  );
  const length = interferometers.length + gap * Math.max(0, firsts.length - 1);
  const timeAt = new Map(instants.map((time, index) => [time, index]));
  const slots = Int32Array.from(
    codes,
    (code, index) => (timeAt.get(times[index]) ?? 0) * length + (ifrAt.get(code) ?? 0),
  );
  return { rows, shape: [length, instants.length], slots, interferometers, times: instants };
}

/** Cells of rows put where the layout wants them; `fill` where there is no row. */
function spread(
  state: MsState,
  layout: Layout,
  column: string,
  fill = 0,
): { cell: readonly number[]; values: Float64Array } {
  const ms = msOf(state);
  requireFinished(ms, [column]);
  const source = ms.main.column(column);
  const { rows, slots } = layout;
  const cell = rows.length === 0 ? [] : (source.cellShape(rows[0]) ?? []);
  const isComplex = /Complex/.test(source.description.type);
  const size = cell.reduce((total, length) => total * length, 1) * (isComplex ? 2 : 1);
  const places = layout.shape.reduce((total, length) => total * length, 1);
  if (places * size > LARGEST)
    fail('usage', `ms: ${column} of ${rows.length} rows are too many values for a script; select fewer rows.`);
  const values = new Float64Array(places * size).fill(fill);
  for (let at = 0; at < rows.length; ) {
    let count = 1;
    while (at + count < rows.length && rows[at + count] === rows[at] + count) count++;
    const part = source.getRange(rows[at], count) as ArrayLike<number>;
    for (let index = 0; index < count; index++)
      for (let item = 0; item < size; item++)
        values[slots[at + index] * size + item] = Number(part[index * size + item]);
    at += count;
  }
  return { cell, values };
}

/** Visibilities and flags of the chosen correlations and channels: flat [place, chan, corr]. */
interface Visibilities {
  readonly shape: readonly number[];
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly flags: Uint8Array;
}

/** Factors of each correlation in a Stokes parameter of linear feeds. */
const STOKES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  I: { XX: 0.5, YY: 0.5, RR: 0.5, LL: 0.5 },
  Q: { XX: 0.5, YY: -0.5 },
};

/** For each wanted correlation the stored ones with their factors. */
function recipes(state: MsState, dataDescription: number): [corr: number, factor: number][][] {
  const { dataDescriptions, polarizations } = metadataOf(state);
  const stored = polarizations[dataDescriptions[dataDescription].polId].corrTypes;
  return (state.polarizations ?? stored).map((name) => {
    if (stored.includes(name)) return [[stored.indexOf(name), 1]];
    const parts = stored.flatMap((type, corr): [number, number][] =>
      STOKES[name]?.[type] === undefined ? [] : [[corr, STOKES[name][type]]],
    );
    if (parts.length < 2) fail('usage', `The polarization ${name} cannot be made of ${stored.join(', ')}.`);
    return parts;
  });
}

function readVisibilities(state: MsState, layout: Layout, dataDescription: number, column: string): Visibilities {
  const { cell, values } = spread(state, layout, column);
  const flags = spread(state, layout, 'FLAG', 1).values;
  const [chanCount, corrCount] = [cell[0] ?? 0, cell[1] ?? 0];
  const choice = state.channels ?? { count: chanCount, start: 0, width: 1, step: 1 };
  const wanted = recipes(state, dataDescription);
  const places = layout.shape.reduce((total, length) => total * length, 1);
  const outSize = choice.count * wanted.length;
  const isFloat = column === 'FLOAT_DATA';
  const found = {
    re: new Float64Array(places * outSize),
    im: new Float64Array(places * outSize),
    flags: new Uint8Array(places * outSize),
  };
  for (let place = 0; place < places; place++) {
    for (let chan = 0; chan < choice.count; chan++) {
      for (const [corr, parts] of wanted.entries()) {
        const out = place * outSize + chan * wanted.length + corr;
        const first = choice.start + chan * choice.step;
        let [re, im, good] = [0, 0, 0];
        // Flagged channels count only where all are flagged.
        for (const onlyGood of [true, false]) {
          for (let part = first; part < first + choice.width && part < chanCount; part++) {
            const at = (place * chanCount + part) * corrCount;
            const isFlagged = parts.some(([stored]) => flags[at + stored] !== 0);
            if (isFlagged && onlyGood) continue;
            good++;
            for (const [stored, factor] of parts) {
              re += factor * (isFloat ? values[at + stored] : values[2 * (at + stored)]);
              im += isFloat ? 0 : factor * values[2 * (at + stored) + 1];
            }
          }
          found.flags[out] = onlyGood && good === 0 ? 1 : found.flags[out];
          if (good > 0) break;
        }
        found.re[out] = re / Math.max(1, good);
        found.im[out] = im / Math.max(1, good);
      }
    }
  }
  return { shape: [wanted.length, choice.count, ...layout.shape], ...found };
}

/** Flagged rows of each correlation and channel. */
function flagSums({ shape, flags }: Visibilities): ArrayReply {
  const size = shape[0] * shape[1];
  const values = new Int32Array(size);
  for (let at = 0; at < flags.length; at++) values[at % size] += flags[at];
  return { kind: 'array', type: 'int', shape: [shape[0], shape[1]], values };
}

/** A part of the visibilities as CASA gives it: float32 numbers. */
function partReply({ shape, re, im }: Visibilities, part: Part): ArrayReply {
  if (part === 'complex') {
    const values = new Float32Array(2 * re.length);
    for (let index = 0; index < re.length; index++) {
      values[2 * index] = re[index];
      values[2 * index + 1] = im[index];
    }
    return { kind: 'array', type: 'complex', shape, values };
  }
  const of = {
    amplitude: (index: number) => Math.hypot(re[index], im[index]),
    phase: (index: number) => Math.atan2(im[index], re[index]),
    real: (index: number) => re[index],
    imaginary: (index: number) => im[index],
  }[part];
  return { kind: 'array', type: 'float', shape, values: Float32Array.from(re, (_, index) => of(index)) };
}

/** Frequencies and widths of the chosen channels, Hz. */
export function channelFrequencies(state: MsState, dataDescription: number): { centres: number[]; widths: number[] } {
  const { chanFreqs, resolutions } = windowOf(metadataOf(state), dataDescription);
  const choice = state.channels ?? { count: chanFreqs.length, start: 0, width: 1, step: 1 };
  const mean = (values: readonly number[], from: number) =>
    values.slice(from, from + choice.width).reduce((sum, value) => sum + value, 0) / choice.width;
  const starts = Array.from({ length: choice.count }, (_, index) => choice.start + index * choice.step);
  return {
    centres: starts.map((from) => mean(chanFreqs, from)),
    widths: starts.map((from) => mean(resolutions, from)),
  };
}

const column = (values: readonly number[]): ArrayReply => ({
  kind: 'array',
  type: 'float',
  shape: [values.length, 1],
  values: Float64Array.from(values),
});

export function correlationNames(state: MsState, dataDescription: number): readonly string[] {
  const { dataDescriptions, polarizations } = metadataOf(state);
  return state.polarizations ?? polarizations[dataDescriptions[dataDescription].polId].corrTypes;
}

function axisInfo(state: MsState, layout: Layout, dataDescription: number, hasAxis: boolean): EngineValue {
  const { centres, widths } = channelFrequencies(state, dataDescription);
  const entries: [string, EngineValue][] = [
    ['corr_axis', [...correlationNames(state, dataDescription)]],
    [
      'freq_axis',
      dictionary([
        ['chan_freq', column(centres)],
        ['resolution', column(widths)],
      ]),
    ],
  ];
  if (hasAxis) {
    const { antennas } = metadataOf(state);
    const pairs = layout.interferometers.map((code) => [antennas[Math.floor(code / 1000)], antennas[code % 1000]]);
    const short = (name: string) => name.replace(/^.*?(\d+)$/, '$1');
    entries.push(
      [
        'ifr_axis',
        dictionary([
          [
            'baseline',
            floatArray(
              pairs.map(([one, other]) =>
                Math.hypot(...one.position.map((value, axis) => value - other.position[axis])),
              ),
            ),
          ],
          ['ifr_name', pairs.map(([one, other]) => `${one.name}-${other.name}`)],
          ['ifr_number', intArray(layout.interferometers)],
          ['ifr_shortname', pairs.map(([one, other]) => `${short(one.name)}-${short(other.name)}`)],
        ]),
      ],
      ['time_axis', dictionary([['MJDseconds', floatArray(layout.times)]])],
    );
  }
  return dictionary(entries);
}

function uvwReply(state: MsState, layout: Layout, item: string): ArrayReply {
  const { values } = spread(state, layout, 'UVW');
  if (item === 'uvw') return { kind: 'array', type: 'float', shape: [3, ...layout.shape], values };
  const axis = 'uvw'.indexOf(item);
  const places = Float64Array.from({ length: values.length / 3 }, (_, index) =>
    axis >= 0 ? values[3 * index + axis] : Math.hypot(values[3 * index], values[3 * index + 1]),
  );
  return { kind: 'array', type: 'float', shape: layout.shape, values: places };
}

function scalarReply(state: MsState, layout: Layout, item: string, hasAxis: boolean): ArrayReply {
  if (hasAxis && item === 'time') return floatArray(layout.times);
  if (hasAxis && item.startsWith('antenna'))
    return intArray(
      layout.interferometers.map((code) => (item === 'antenna1' ? Math.floor(code / 1000) : code % 1000)),
    );
  const [name, type] = SCALARS[item];
  const { values } = spread(state, layout, name, type === 'bool' ? 1 : 0);
  if (type === 'int') return { kind: 'array', type, shape: layout.shape, values: Int32Array.from(values) };
  return type === 'bool'
    ? { kind: 'array', type, shape: layout.shape, values: Uint8Array.from(values) }
    : { kind: 'array', type, shape: layout.shape, values };
}

/** Weights of the chosen correlations: [corr, …rows]. */
function weightReply(state: MsState, layout: Layout, dataDescription: number, item: string): ArrayReply {
  const { cell, values } = spread(state, layout, item.toUpperCase());
  const { dataDescriptions, polarizations } = metadataOf(state);
  const stored = polarizations[dataDescriptions[dataDescription].polId].corrTypes;
  const wanted = state.polarizations?.map((name) => stored.indexOf(name)) ?? stored.map((_, corr) => corr);
  if (wanted.includes(-1)) fail('usage', `ms.getdata(): there is no ${item} of ${String(state.polarizations)}.`);
  const places = values.length / cell[0];
  const out = Float32Array.from({ length: places * wanted.length }, (_, index) => {
    const place = Math.floor(index / wanted.length);
    return values[place * cell[0] + wanted[index % wanted.length]];
  });
  return { kind: 'array', type: 'float', shape: [wanted.length, ...layout.shape], values: out };
}

/** ms.getdata(): the items of the chosen rows of one data description. */
export function getData(state: MsState, args: ToolArguments, warn: (message: string) => void): EngineValue {
  const hasAxis = args.ifraxis === true;
  const { rows, dataDescription } = dataRows(state, Number(args.increment));
  const layout = layoutOf(state, rows, hasAxis, Number(args.ifraxisgap ?? 0));
  const { main } = msOf(state);
  const items = (Array.isArray(args.items) ? args.items : [args.items]).map((item) => String(item).toLowerCase());
  const read = new Map<string, Visibilities>();
  const visibilities = (name: string) => {
    const found = read.get(name) ?? readVisibilities(state, layout, dataDescription, name);
    read.set(name, found);
    return found;
  };
  const dataName = main.hasColumn('DATA') ? 'DATA' : 'FLOAT_DATA';
  const answer = (item: string): EngineValue => {
    if (Object.hasOwn(VISIBILITIES, item)) {
      const [name, part] = VISIBILITIES[item];
      const stored = name === 'DATA' ? dataName : name;
      if (main.hasColumn(stored)) return partReply(visibilities(stored), part);
      warn(`There is no column ${stored}.`);
      return [];
    }
    if (item === 'flag') {
      const { shape, flags } = visibilities(dataName);
      return { kind: 'array', type: 'bool', shape, values: flags };
    }
    if (item === 'flag_sum') return flagSums(visibilities(dataName));
    if (['uvw', 'u', 'v', 'w', 'uvdist'].includes(item)) return uvwReply(state, layout, item);
    if (Object.hasOwn(SCALARS, item)) return scalarReply(state, layout, item, hasAxis);
    if (item === 'weight' || item === 'sigma') return weightReply(state, layout, dataDescription, item);
    if (item === 'axis_info') return axisInfo(state, layout, dataDescription, hasAxis);
    if (item === 'rows') return intArray(rows);
    if (item === 'ifr_number') return intArray(layout.interferometers);
    warn(`ms.getdata() does not know the item '${item}'.`);
    return undefined;
  };
  return dictionary(items.map((item) => [item, answer(item)] as const).filter(([, value]) => value !== undefined));
}
