import { dopplerRatio, dopplerValue } from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import type { ToolArguments, ToolDeclaration } from '../tool-types.ts';
import type { ArrayReply, EngineValue } from '../values.ts';
import { changingMethods } from './coordsys-changes.ts';
import { convertingMethods } from './coordsys-conversions.ts';
import { coordsysMethod as ask, type CoordsysState, chosenAxes, openedCoordinates } from './coordsys-state.ts';
import { type AxisInfo, axesOf, coordinateReply, pixelOf, worldOf, worldReply } from './image-axes.ts';
import { quantityIn } from './quantities.ts';
import { dictionary, floatArray, intArray, numberList, quantityReply, scalarMeasure } from './reply-values.ts';

/** Numbers of the axes as CASA gives them: `numeric`, or quantities by axis for format 'q'. */
function numbers(
  axes: readonly AxisInfo[],
  of: (axis: AxisInfo) => number,
  format: unknown,
  kind: 'pixel' | 'world' = 'world',
): EngineValue {
  if (format === 'n') return coordinateReply(axes.map(of), kind);
  if (format !== 'q') fail('unsupported', "cs: only the formats 'n' and 'q' are available.");
  const parts = axes.map((axis, index) => [`*${index + 1}`, quantityReply(of(axis), axis.unit)] as const);
  return dictionary([
    ['ar_type', 'absolute'],
    ['pw_type', kind],
    ['quantity', dictionary(parts)],
  ]);
}

const axes = {
  referencevalue: ask("format='n', type=''", (state, args) =>
    numbers(chosenAxes(state, args), (axis) => axis.reference, args.format),
  ),
  increment: ask("format='n', type=''", (state, args) =>
    numbers(chosenAxes(state, args), (axis) => axis.increment, args.format),
  ),
  referencepixel: ask("type=''", (state, args) =>
    numbers(chosenAxes(state, args), (axis) => axis.referencePixel, 'n', 'pixel'),
  ),
  names: ask("type=''", (state, args) => chosenAxes(state, args).map(({ name }) => name)),
  units: ask("type=''", (state, args) => chosenAxes(state, args).map(({ unit }) => unit)),
  naxes: ask('world=True', (state) => chosenAxes(state, {}).length),
  axiscoordinatetypes: ask('world=True', (state) =>
    chosenAxes(state, {}).map(({ kind }) => kind[0].toUpperCase() + kind.slice(1)),
  ),
};

/** Columns of numbers, one a place, converted one by one. */
function many(
  state: CoordsysState,
  args: ToolArguments,
  kind: 'pixel' | 'world',
  convert: (place: number[]) => number[],
): EngineValue {
  const { value } = args;
  const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value.numeric : value;
  const count = state.axisCount ?? 0;
  if (!Array.isArray(given) || given.length !== count)
    return fail('usage', `cs: the places are an array of ${count} rows, one for each axis.`);
  const rows = given.map((row) => numberList(row, 'value'));
  const places = rows[0].map((_, place) => convert(rows.map((row) => row[place])));
  const values = new Float64Array(count * places.length);
  places.forEach((place, at) => {
    values.set(place, at * count);
  });
  const numeric: ArrayReply = { kind: 'array', type: 'float', shape: [count, places.length], values };
  return dictionary([
    ['ar_type', 'absolute'],
    ['numeric', numeric],
    ['pw_type', kind],
  ]);
}

/** Numbers with their own unit or in `unit`. */
function numbersOf(value: ToolArguments[string], unit: string, wanted: string): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => quantityIn(typeof one === 'number' ? { value: one, unit } : one, wanted));
}

function restOf(state: CoordsysState): number {
  const rest = openedCoordinates(state).spectral?.restFrequency;
  return rest ? rest : fail('usage', 'The image has no rest frequency, which velocities need.');
}

/** What one unit of velocity is in m/s. */
const velocityUnit = (args: ToolArguments) => quantityIn({ value: 1, unit: String(args.velunit) }, 'm/s');

const kinds = {
  type: ask('', () => 'coordsys'),
  ncoordinates: ask('', (state) => kindsOf(state).length),
  coordinatetype: ask('which=-1', (state, args) => {
    const found = kindsOf(state);
    if (Number(args.which) < 0) return found;
    return [
      found[Number(args.which)] ?? fail('usage', `There is no coordinate ${args.which}; there are ${found.length}.`),
    ];
  }),
  findcoordinate: ask("type='direction', which=0", (state, args) => {
    const axes = axesOf(openedCoordinates(state), state.axisCount ?? 0);
    const kind = String(args.type).toLowerCase();
    const found = axes.map((axis, index) => (axis.kind === kind ? index : -1)).filter((index) => index >= 0);
    return dictionary([
      ['pixel', intArray(found)],
      ['return', found.length > 0],
      ['world', intArray(found)],
    ]);
  }),
  frequencytovelocity: ask("value, frequnit='', doppler='radio', velunit='km/s'", (state, args) => {
    const rest = restOf(state);
    const unit = velocityUnit(args);
    return floatArray(
      numbersOf(args.value, String(args.frequnit) || 'Hz', 'Hz').map(
        (frequency) => (SPEED_OF_LIGHT * dopplerValue(frequency / rest, String(args.doppler).toUpperCase())) / unit,
      ),
    );
  }),
  velocitytofrequency: ask("value, frequnit='', doppler='radio', velunit='km/s'", (state, args) => {
    const rest = restOf(state);
    const hertz = quantityIn({ value: 1, unit: String(args.frequnit) || 'Hz' }, 'Hz');
    return floatArray(
      numbersOf(args.value, String(args.velunit), 'm/s').map(
        (velocity) => (rest * dopplerRatio(velocity / SPEED_OF_LIGHT, String(args.doppler).toUpperCase())) / hertz,
      ),
    );
  }),
};

/** Kinds of the coordinates in the order of their axes, as CASA spells them. */
function kindsOf(state: CoordsysState): string[] {
  const found = axesOf(openedCoordinates(state), state.axisCount ?? 0).map(({ kind }) => kind);
  return found.filter((kind, axis) => kind !== found[axis - 1]).map((kind) => kind[0].toUpperCase() + kind.slice(1));
}

const others = {
  restfrequency: ask('', (state) => {
    const { spectral } = openedCoordinates(state);
    if (!spectral) return fail('usage', 'The image has no spectral axis.');
    return dictionary([
      ['unit', 'Hz'],
      ['value', floatArray([spectral.restFrequency])],
    ]);
  }),
  referencecode: ask("type='', list=False", (state, args) => {
    const { direction, spectral, stokes, linear } = openedCoordinates(state);
    const codes: Readonly<Record<string, string | undefined>> = {
      ...(direction ? { direction: direction.system } : {}),
      ...(stokes ? { stokes: '' } : {}),
      ...(spectral ? { spectral: spectral.system } : {}),
      ...(linear.length > 0 ? { linear: '' } : {}),
    };
    const kind = String(args.type).toLowerCase();
    if (kind === '') return Object.values(codes) as string[];
    const code = codes[kind];
    return code === undefined ? fail('usage', `The image has no coordinate of type ${kind}.`) : [code];
  }),
  projection: ask("type=''", (state) => {
    const { direction } = openedCoordinates(state);
    return direction
      ? dictionary([
          ['type', direction.projection],
          ['parameters', floatArray([...direction.parameters])],
        ])
      : fail('usage', 'The image has no sky.');
  }),
  stokes: ask('', (state) => [...(openedCoordinates(state).stokes?.stokes ?? [])]),
  telescope: ask('', (state) => openedCoordinates(state).telescope),
  observer: ask('', (state) => openedCoordinates(state).observer),
  epoch: ask('', (state) => scalarMeasure('epoch', openedCoordinates(state).observedMjdSec / 86_400, 'd', 'UTC')),
  toworld: ask("value=[], format='n'", (state, args) => {
    const [coordinates, pixel, format] = [
      openedCoordinates(state),
      numberList(args.value, 'value'),
      String(args.format),
    ];
    return dictionary([
      ['ar_type', 'absolute'],
      ['pw_type', 'world'],
      ...Object.entries(worldReply(coordinates, state.axisCount ?? 0, pixel, format) as Record<string, EngineValue>),
    ]);
  }),
  toworldmany: ask('value', (state, args) =>
    many(state, args, 'world', (pixel) => worldOf(openedCoordinates(state), state.axisCount ?? 0, pixel)),
  ),
  topixelmany: ask('value', (state, args) =>
    many(state, args, 'pixel', (world) => pixelOf(openedCoordinates(state), state.axisCount ?? 0, world)),
  ),
  topixel: ask('value=[]', (state, args) =>
    coordinateReply(pixelOf(openedCoordinates(state), state.axisCount ?? 0, args.value), 'pixel'),
  ),
  done: ask('', (state) => {
    state.coordinates = undefined;
    return true;
  }),
};

/** cs: where the pixels of an image are. */
export const coordsysTool: ToolDeclaration<CoordsysState> = {
  name: 'cs',
  summary: 'Coordinates of an image',
  create: () => ({}),
  close: () => {},
  methods: { ...axes, ...kinds, ...others, ...changingMethods, ...convertingMethods },
};
