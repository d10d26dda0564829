import { dopplerRatio, dopplerValue } from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { type ToolArguments, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { ArrayReply, EngineValue } from '../values.ts';
import { coordsysMethod as ask, type CoordsysState, openedCoordinates } from './coordsys-state.ts';
import { type AxisInfo, axesOf, pixelOf, worldOf } from './image-axes.ts';
import { convert, quantityIn, scalar } from './quantities.ts';
import { dictionary, floatArray, intArray, numberList, quantityReply } from './reply-values.ts';

/** Offset [x, y] of a direction from a reference, in the frame whose equator and meridian cross there, as casacore has it. */
function skyOffset([lon, lat]: readonly number[], [lon0, lat0]: readonly number[]): [number, number] {
  const [x, y, z] = [Math.cos(lat) * Math.cos(lon - lon0), Math.cos(lat) * Math.sin(lon - lon0), Math.sin(lat)];
  const [along, up] = [x * Math.cos(lat0) + z * Math.sin(lat0), z * Math.cos(lat0) - x * Math.sin(lat0)];
  const height = Math.asin(Math.max(-1, Math.min(1, up)));
  return [Math.cos(height) * Math.atan2(y, along), height];
}

/** The direction at an offset: the inverse of {@link skyOffset}. */
function skyAt([dx, dy]: readonly number[], [lon0, lat0]: readonly number[]): [number, number] {
  const turn = dx / Math.cos(dy);
  const [x, y, z] = [Math.cos(dy) * Math.cos(turn), Math.cos(dy) * Math.sin(turn), Math.sin(dy)];
  const [along, up] = [x * Math.cos(lat0) - z * Math.sin(lat0), x * Math.sin(lat0) + z * Math.cos(lat0)];
  // As casacore has longitudes, from -pi to pi.
  const lon = lon0 + Math.atan2(y, along);
  return [lon - 2 * Math.PI * Math.round(lon / (2 * Math.PI)), Math.asin(Math.max(-1, Math.min(1, up)))];
}

const axesIn = (state: CoordsysState) => axesOf(openedCoordinates(state), state.axisCount ?? 0);

/** World values (in the axes' units) as offsets from the reference, or back. */
function shifted(axes: readonly AxisInfo[], values: readonly number[], isBack: boolean): number[] {
  const sky = axes.flatMap(({ kind }, axis) => (kind === 'direction' ? [axis] : []));
  const reference = sky.map((axis) => axes[axis].reference);
  const move = isBack ? skyAt : skyOffset;
  const moved =
    sky.length === 2
      ? move(
          sky.map((axis) => values[axis]),
          reference,
        )
      : [];
  return axes.map(({ kind, reference: zero }, axis) => {
    if (kind === 'direction') return moved[sky.indexOf(axis)];
    // Stokes parameters have no offsets.
    return kind === 'stokes' ? values[axis] : values[axis] + (isBack ? zero : -zero);
  });
}

const recordOf = (value: TaskValue) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;

/** toabs and torel: a place as offset from the reference, or back, in the form in which it came. */
function moved(state: CoordsysState, args: ToolArguments, isBack: boolean, label: string): EngineValue {
  const axes = axesIn(state);
  const record = recordOf(args.value);
  const isWorld =
    record?.pw_type === undefined ? args.isworld === true || args.isworld === 1 : record.pw_type === 'world';
  const type = record?.ar_type as string | undefined;
  const from = isBack ? 'relative' : 'absolute';
  if (type !== undefined && type !== from) fail('usage', `cs.${label}(): the value is not ${from}.`);
  const quantities = recordOf(record?.quantity ?? null);
  const list = quantities ? Object.values(quantities) : (record?.numeric ?? args.value);
  if (!Array.isArray(list) || list.length !== axes.length)
    return fail('usage', `cs.${label}(): the value has a number for each of the ${axes.length} axes.`);
  const numbers = list.map((value: TaskValue, axis) =>
    typeof value === 'number' || axes[axis].unit === '' || !isWorld
      ? Number(recordOf(value)?.value ?? value)
      : quantityIn(value, axes[axis].unit),
  );
  const found = isWorld
    ? shifted(axes, numbers, isBack)
    : numbers.map((value, axis) => value + (isBack ? 1 : -1) * axes[axis].referencePixel);
  const isQuantity = list.some((value: TaskValue) => typeof value !== 'number');
  return dictionary([
    ['ar_type', isBack ? 'absolute' : 'relative'],
    ['pw_type', isWorld ? 'world' : 'pixel'],
    isQuantity
      ? [
          'quantity',
          dictionary(found.map((value, axis) => [`*${axis + 1}`, quantityReply(value, axes[axis].unit)] as const)),
        ]
      : ['numeric', floatArray(found)],
  ]);
}

/** How numbers of each axis are meant: pixels or a unit, absolute or from the reference. */
interface Meaning {
  readonly units: readonly string[];
  readonly isAbsolute: readonly boolean[];
  readonly doppler: string;
}

const isVelocity = (unit: string) => /m\/s$/.test(unit);

function meaningOf(axes: readonly AxisInfo[], args: ToolArguments, way: 'in' | 'out'): Meaning {
  const list = args[`units${way}`];
  const given = (Array.isArray(list) ? list : [list]).map(String);
  const isNative = given.length === 1 && given[0].toLowerCase() === 'native';
  const units = isNative ? axes.map(({ unit }) => unit) : given;
  const flags = args[`abs${way}`];
  const absolute = Array.isArray(flags) ? flags.map((flag) => flag === true || flag === 1) : [flags === true];
  const isAbsolute = absolute.length === 1 ? axes.map(() => absolute[0]) : absolute;
  if (units.length !== axes.length || isAbsolute.length !== axes.length)
    fail('usage', `cs.convert(): abs${way} and units${way} have an entry for each of the ${axes.length} axes.`);
  return { units, isAbsolute, doppler: textArgument(args, `doppler${way}`).toUpperCase() };
}

/** Hz of velocities of the line, or back. */
function lineOf(state: CoordsysState) {
  const rest = openedCoordinates(state).spectral?.restFrequency;
  return rest || fail('usage', 'cs.convert(): the image has no rest frequency, which velocities need.');
}

/** Pixels of numbers that mean `meaning`. */
function toPixels(
  state: CoordsysState,
  axes: readonly AxisInfo[],
  values: readonly number[],
  meaning: Meaning,
): number[] {
  const sky = axes.flatMap(({ kind }, axis) => (kind === 'direction' ? [axis] : []));
  const isPixel = (axis: number) => meaning.units[axis] === 'pix';
  if (sky.some(isPixel) !== sky.every(isPixel) || new Set(sky.map((axis) => meaning.isAbsolute[axis])).size > 1)
    fail('usage', 'cs.convert(): both axes of the sky are pixels, or both units; absolute, or both not.');
  const native = axes.map(({ unit, kind, reference }, axis) => {
    const [value, own] = [values[axis], meaning.units[axis]];
    if (isPixel(axis)) return Number.NaN;
    if (kind === 'spectral' && isVelocity(own)) {
      const rest = lineOf(state);
      const zero = meaning.isAbsolute[axis] ? 0 : SPEED_OF_LIGHT * dopplerValue(reference / rest, meaning.doppler);
      const velocity = convert(scalar(value, own), 'm/s').values[0] + zero;
      return rest * dopplerRatio(velocity / SPEED_OF_LIGHT, meaning.doppler);
    }
    const number = own === unit ? value : convert(scalar(value, own), unit).values[0];
    return meaning.isAbsolute[axis] || kind !== 'spectral' ? number : number + reference;
  });
  const isOffset = sky.length === 2 && !isPixel(sky[0]) && !meaning.isAbsolute[sky[0]];
  const moved = isOffset
    ? skyAt(
        sky.map((axis) => native[axis]),
        sky.map((axis) => axes[axis].reference),
      )
    : undefined;
  const world = axes.map(({ kind, reference }, axis) => {
    if (isPixel(axis)) return reference;
    if (kind === 'direction' && moved) return moved[sky.indexOf(axis)];
    return kind === 'linear' && !meaning.isAbsolute[axis] ? native[axis] + reference : native[axis];
  });
  const found = pixelOf(openedCoordinates(state), axes.length, world);
  return axes.map(({ referencePixel }, axis) =>
    isPixel(axis) ? values[axis] + (meaning.isAbsolute[axis] ? 0 : referencePixel) : found[axis],
  );
}

function fromPixels(
  state: CoordsysState,
  axes: readonly AxisInfo[],
  pixel: readonly number[],
  meaning: Meaning,
): number[] {
  const world = worldOf(openedCoordinates(state), axes.length, pixel);
  const offsets = shifted(axes, world, false);
  return axes.map(({ unit, kind, reference, referencePixel }, axis) => {
    const [own, isAbsolute] = [meaning.units[axis], meaning.isAbsolute[axis]];
    if (own === 'pix') return pixel[axis] - (isAbsolute ? 0 : referencePixel);
    if (kind === 'spectral' && isVelocity(own)) {
      const rest = lineOf(state);
      const velocity = (frequency: number) => SPEED_OF_LIGHT * dopplerValue(frequency / rest, meaning.doppler);
      return convert(scalar(velocity(world[axis]) - (isAbsolute ? 0 : velocity(reference)), 'm/s'), own).values[0];
    }
    return convert(scalar(isAbsolute ? world[axis] : offsets[axis], unit), own).values[0];
  });
}

const CONVERT =
  "absin=[True], dopplerin='radio', unitsin=['Native'], absout=[True], dopplerout='radio', unitsout=['Native'], shape=[-1]";

/** One place after the other, columns of an array. */
function manyPlaces(state: CoordsysState, args: ToolArguments): ArrayReply {
  const axes = axesIn(state);
  const rows = Array.isArray(args.coordin) ? args.coordin.map((row) => numberList(row, 'coordin')) : [];
  if (rows.length !== axes.length)
    fail('usage', `cs.convertmany(): coordin has a row for each of the ${axes.length} axes.`);
  const [from, to] = [meaningOf(axes, args, 'in'), meaningOf(axes, args, 'out')];
  const values = new Float64Array(axes.length * rows[0].length);
  for (let place = 0; place < rows[0].length; place++) {
    const pixel = toPixels(
      state,
      axes,
      rows.map((row) => row[place]),
      from,
    );
    values.set(fromPixels(state, axes, pixel, to), place * axes.length);
  }
  return { kind: 'array', type: 'float', shape: [axes.length, rows[0].length], values };
}

/** The coordinate that an axis belongs to, counted as casacore counts them, and its number there. */
function coordinateOf(axes: readonly AxisInfo[], axis: number) {
  const starts = axes.flatMap(({ kind }, at) => (at === 0 || axes[at - 1].kind !== kind ? [at] : []));
  const coordinate = starts.filter((start) => start <= axis).length - 1;
  return { coordinate, within: axis - starts[coordinate] };
}

/** cs: places in other units, and as offsets. */
export const convertingMethods = {
  toabs: ask('value=[], isworld=-1', (state, args) => moved(state, args, true, 'toabs')),
  torel: ask('value=[], isworld=-1', (state, args) => moved(state, args, false, 'torel')),
  convert: ask(`coordin, ${CONVERT}`, (state, args) => {
    const axes = axesIn(state);
    const values = numberList(args.coordin, 'coordin');
    if (values.length !== axes.length)
      fail('usage', `cs.convert(): coordin has a number for each of the ${axes.length} axes.`);
    const pixel = toPixels(state, axes, values, meaningOf(axes, args, 'in'));
    return floatArray(fromPixels(state, axes, pixel, meaningOf(axes, args, 'out')));
  }),
  convertmany: ask(`coordin=[], ${CONVERT}`, manyPlaces),
  axesmap: ask('toworld=True', (state) => intArray(axesIn(state).map((_, axis) => axis))),
  findaxis: ask('world=True, axis=0', (state, args) => {
    const axes = axesIn(state);
    const axis = Number(args.axis);
    if (axis < 0 || axis >= axes.length)
      fail('usage', `cs.findaxis(): there is no axis ${axis}; there are ${axes.length}.`);
    const { coordinate, within } = coordinateOf(axes, axis);
    return dictionary([
      ['coordinate', coordinate],
      ['axisincoordinate', within],
    ]);
  }),
  findaxisbyname: ask("axisname='', allowfriendlyname=True", (state, args) => {
    const axes = axesIn(state);
    const name = textArgument(args, 'axisname').toLowerCase();
    const friendly = args.allowfriendlyname !== false && name === 'spectral' ? 'frequency' : name;
    const found = axes.findIndex((axis) => axis.name.toLowerCase().startsWith(friendly));
    return found >= 0 && name !== '' ? found : fail('usage', `cs.findaxisbyname(): there is no axis "${name}".`);
  }),
};
