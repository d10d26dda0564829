import { fail, SECONDS_PER_DAY } from '../../../foundation/base/index.ts';
import {
  type AxisProperty,
  type CoordinateSystem,
  directionNames,
  parseProjection,
  type SpectralAxis,
  telescopePlace,
  withAxisValue,
} from '../../../pipeline/images/index.ts';
import { type ToolArguments, type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { coordinatesFrom, coordinatesRecord, DEFAULT_SPECTRAL, defaultCoordinates } from './coordinate-records.ts';
import { coordsysMethod as ask, type CoordsysState, chosenAxes, openedCoordinates } from './coordsys-state.ts';
import type { AxisInfo } from './image-axes.ts';
import { quantityIn } from './quantities.ts';
import { numberList, textList } from './reply-values.ts';

/** Numbers for axes: a list of numbers in their units or of quantities, one of them, or a record of cs. */
function valuesFor(axes: readonly AxisInfo[], given: TaskValue, label: string, hasUnits = true): number[] {
  const record = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : undefined;
  const isQuantity = record !== undefined && 'value' in record;
  const quantities =
    record && typeof record.quantity === 'object' ? Object.values(record.quantity as object) : undefined;
  const list = isQuantity ? [given] : record ? (record.numeric ?? quantities) : Array.isArray(given) ? given : [given];
  if (!Array.isArray(list) || list.length !== axes.length)
    return fail(
      'usage',
      `cs.${label}(): ${axes.length} values are needed, for ${axes.map(({ name }) => name).join(', ')}.`,
    );
  return list.map((value: TaskValue, index) => {
    if (typeof value === 'number') return value;
    if (!hasUnits || axes[index].unit === '') return Number(value);
    return quantityIn(value, axes[index].unit);
  });
}

/** The pixel axis of one that cs names; undefined for the list of Stokes parameters. */
function pixelAxisOf({ direction, spectral, linear }: CoordinateSystem, { kind, name }: AxisInfo): number | undefined {
  if (kind === 'direction') return direction?.pixelAxes[name === directionNames(direction.system)[0] ? 0 : 1];
  if (kind === 'spectral') return spectral?.pixelAxis;
  return kind === 'linear' ? linear.find((one) => one.name === name)?.pixelAxis : undefined;
}

/** The coordinates with a property of axes set to other values. */
function withValues(
  coordinates: CoordinateSystem,
  axes: readonly AxisInfo[],
  property: AxisProperty,
  values: readonly number[],
): CoordinateSystem {
  return axes.reduce((found, one, index) => {
    const axis = pixelAxisOf(found, one);
    return axis === undefined ? found : withAxisValue(found, axis, property, values[index]);
  }, coordinates);
}

const setter = (label: string, property: AxisProperty, signature: string): ToolMethod<CoordsysState> =>
  ask(signature, (state, args) => {
    const coordinates = openedCoordinates(state);
    // The list of Stokes parameters is changed by setstokes alone.
    const axes = chosenAxes(state, args);
    const values = valuesFor(axes, args.value, label, property !== 'referencePixel');
    state.coordinates = withValues(coordinates, axes, property, values);
    return true;
  });

function changed(state: CoordsysState, change: (coordinates: CoordinateSystem) => CoordinateSystem): boolean {
  state.coordinates = change(openedCoordinates(state));
  return true;
}

function setReferenceCode(state: CoordsysState, args: ToolArguments): boolean {
  const code = textArgument(args, 'value').toUpperCase();
  const kind = textArgument(args, 'type').toLowerCase();
  return changed(state, (coordinates) => {
    const { direction, spectral } = coordinates;
    if (kind.startsWith('dir') && direction) return { ...coordinates, direction: { ...direction, system: code } };
    if (kind.startsWith('spec') && spectral) return { ...coordinates, spectral: { ...spectral, system: code } };
    return fail('usage', `cs.setreferencecode(): the image has no coordinate of type ${kind}.`);
  });
}

const isGiven = (value: TaskValue | undefined) =>
  value !== undefined && value !== '' && !(Array.isArray(value) && (value.length === 0 || value[0] === -1));

/** Numbers of a list, or of words in a text, for both axes of the sky. */
function pairOf(value: TaskValue, name: string): [number, number] {
  const list = typeof value === 'string' ? value.trim().split(/[\s,]+/) : Array.isArray(value) ? value : [];
  if (list.length !== 2) return fail('usage', `cs.setdirection(): ${name} has two values.`);
  const [x, y] = list.map((one) => quantityIn(one, 'rad'));
  return [x, y];
}

/** The sky with what is given in the place of what was; the projection's poles are those of the new reference. */
function withDirection(coordinates: CoordinateSystem, args: ToolArguments): CoordinateSystem {
  const direction = coordinates.direction ?? fail('usage', 'cs: the image has no sky.');
  if (isGiven(args.xform) || isGiven(args.poles))
    fail('unsupported', 'cs.setdirection(): only xform=[] and poles=[] are available.');
  const [lon, lat] = isGiven(args.refval)
    ? pairOf(args.refval, 'refval')
    : [direction.reference.lon, direction.reference.lat];
  const refpix = isGiven(args.refpix) ? numberList(args.refpix, 'refpix') : direction.referencePixel;
  const projection = isGiven(args.proj) ? parseProjection(String(args.proj)) : direction.projection;
  const parameters = isGiven(args.projpar) ? numberList(args.projpar, 'projpar') : direction.parameters;
  return {
    ...coordinates,
    direction: {
      ...direction,
      system: isGiven(args.refcode) ? String(args.refcode).toUpperCase() : direction.system,
      projection,
      parameters,
      reference: { lon, lat },
      referencePixel: [refpix[0], refpix[1]],
      increment: isGiven(args.incr) ? pairOf(args.incr, 'incr') : direction.increment,
      latPole: isGiven(args.refval) ? (lat * 180) / Math.PI : direction.latPole,
    },
  };
}

/** The axis of frequency with what is given in the place of what was. */
function withSpectral(coordinates: CoordinateSystem, args: ToolArguments): CoordinateSystem {
  const spectral = coordinates.spectral ?? fail('usage', 'cs.setspectral(): the image has no spectral axis.');
  if (isGiven(args.velocities)) fail('unsupported', 'cs.setspectral(): give frequencies; velocities are not handled.');
  const system = isGiven(args.refcode) ? String(args.refcode).toUpperCase() : spectral.system;
  const restFrequency = isGiven(args.restfreq) ? quantityIn(args.restfreq, 'Hz') : spectral.restFrequency;
  const table = isGiven(args.frequencies) ? tabulated(args.frequencies) : {};
  return { ...coordinates, spectral: { ...spectral, system, restFrequency, ...table } };
}

/** Frequencies as a table, or as a step where they are even. */
function tabulated(value: TaskValue): Pick<SpectralAxis, 'reference' | 'increment' | 'referencePixel' | 'frequencies'> {
  const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  const list = (record ? record.value : value) as TaskValue[];
  const frequencies = list.map((one) => quantityIn(record ? { value: one, unit: record.unit } : one, 'Hz'));
  if (frequencies.length < 2) return fail('usage', 'cs.setspectral(): give two frequencies or more.');
  const increment = frequencies[1] - frequencies[0];
  const isEven = frequencies.every(
    (one, k) => Math.abs(one - frequencies[0] - k * increment) < 1e-6 * Math.abs(increment),
  );
  return { reference: frequencies[0], increment, referencePixel: 0, frequencies: isEven ? undefined : frequencies };
}

/** New coordinates of the kinds that are asked for. */
function newCoordinates(args: ToolArguments): CoordsysState {
  if (args.tabular === true) fail('unsupported', 'cs.newcoordsys(): only tabular=False is available.');
  const stokes = textList(args.stokes);
  const found = defaultCoordinates([1, 1]);
  let axisCount = 0;
  const next = () => axisCount++;
  const direction =
    args.direction === true && found.direction
      ? { ...found.direction, referencePixel: [0, 0] as const, pixelAxes: [next(), next()] as const }
      : undefined;
  const stokesAxis = stokes.length > 0 ? { stokes, pixelAxis: next() } : undefined;
  const spectral = args.spectral === true ? { ...DEFAULT_SPECTRAL, pixelAxis: next() } : undefined;
  const linear = Array.from({ length: Number(args.linear) }, (_, index) => ({
    name: `Axis${index + 1}`,
    unit: 'km',
    reference: 0,
    increment: 1,
    referencePixel: 0,
    pixelAxis: next(),
  }));
  return { coordinates: { ...found, direction, stokes: stokesAxis, spectral, linear }, axisCount };
}

/** Number of pixel axes of coordinates. */
function axisCountOf({ direction, spectral, stokes, linear }: CoordinateSystem): number {
  return (direction ? 2 : 0) + (spectral ? 1 : 0) + (stokes ? 1 : 0) + linear.length;
}

/** cs: coordinates made anew, copied and changed. An image takes them by ia.setcoordsys(cs.torecord()). */
export const changingMethods = {
  newcoordsys: ask('direction=False, spectral=False, stokes=[], linear=0, tabular=False', (_state, args, host) =>
    host.adopt('cs', newCoordinates(args)),
  ),
  torecord: ask('', (state) => coordinatesRecord(openedCoordinates(state))),
  fromrecord: ask('record', (state, args) => {
    const coordinates = coordinatesFrom(args.record, 'record');
    if (!coordinates) return fail('usage', 'cs.fromrecord(): the record is empty.');
    state.coordinates = coordinates;
    state.axisCount = axisCountOf(coordinates);
    return true;
  }),
  copy: ask('', (state, _args, host) =>
    host.adopt('cs', { coordinates: openedCoordinates(state), axisCount: state.axisCount } satisfies CoordsysState),
  ),
  setreferencevalue: setter('setreferencevalue', 'reference', "value=[], type=''"),
  setincrement: setter('setincrement', 'increment', "value=[], type=''"),
  setreferencepixel: setter('setreferencepixel', 'referencePixel', "value, type=''"),
  setrestfrequency: ask('value=[], which=0, append=False', (state, args) => {
    if (args.append === true || Number(args.which) !== 0)
      fail('unsupported', 'cs.setrestfrequency(): one rest frequency is kept: which=0, append=False.');
    const [given] = Array.isArray(args.value) ? args.value : [args.value];
    const restFrequency = quantityIn(given, 'Hz');
    return changed(state, (coordinates) =>
      coordinates.spectral
        ? { ...coordinates, spectral: { ...coordinates.spectral, restFrequency } }
        : fail('usage', 'cs.setrestfrequency(): the image has no spectral axis.'),
    );
  }),
  setunits: ask("value, type='', overwrite=False, which=-10", (state, args) => {
    const axes = chosenAxes(state, args);
    const { value } = args;
    const units = Array.isArray(value)
      ? value.map(String)
      : textArgument(args, 'value')
          .trim()
          .split(/[\s,]+/);
    if (units.length !== axes.length)
      fail('usage', `cs.setunits(): ${axes.length} units are needed, for ${axes.map(({ name }) => name).join(', ')}.`);
    const other = axes.findIndex(({ unit }, index) => unit !== units[index]);
    if (other >= 0) {
      if (axes[other].unit === '' || units[other] === '')
        fail('usage', `"${units[other]}" is no unit of ${axes[other].name}.`);
      quantityIn(`1${units[other]}`, axes[other].unit);
      fail(
        'unsupported',
        `cs.setunits(): ${axes[other].name} is in ${axes[other].unit} here, not ${units[other]}; give quantities such as "1${units[other]}".`,
      );
    }
    return true;
  }),
  setdirection: ask(
    "refcode='', proj='', projpar=[-1.0], refpix=[-1.0], refval=[], incr=[], xform=[], poles=[]",
    (state, args) => changed(state, (coordinates) => withDirection(coordinates, args)),
  ),
  setprojection: ask('type, parameters=[-1.0]', (state, args) =>
    changed(state, ({ direction, ...others }) =>
      withDirection(
        { ...others, direction: direction && { ...direction, parameters: [] } },
        { proj: args.type, projpar: args.parameters },
      ),
    ),
  ),
  setspectral: ask("refcode='', restfreq=[], frequencies=[], doppler='', velocities=[]", (state, args) =>
    changed(state, (coordinates) => withSpectral(coordinates, args)),
  ),
  setreferencecode: ask("value, type='direction', adjust=True", setReferenceCode),
  settelescope: ask('value', (state, args) =>
    changed(state, (coordinates) => {
      const telescope = textArgument(args, 'value');
      return { ...coordinates, telescope, telescopePosition: telescopePlace(telescope) };
    }),
  ),
  setobserver: ask('value', (state, args) =>
    changed(state, (coordinates) => ({ ...coordinates, observer: textArgument(args, 'value') })),
  ),
  setepoch: ask('value', (state, args) => {
    const measure = args.value as { m0?: TaskValue } | null;
    const days = quantityIn(typeof measure === 'object' && measure?.m0 ? measure.m0 : args.value, 'd');
    return changed(state, (coordinates) => ({ ...coordinates, observedMjdSec: days * SECONDS_PER_DAY }));
  }),
  setstokes: ask('stokes', (state, args) =>
    changed(state, (coordinates) =>
      coordinates.stokes
        ? {
            ...coordinates,
            stokes: { ...coordinates.stokes, stokes: textList(args.stokes).flatMap((text) => text.split(/[\s,]+/)) },
          }
        : fail('usage', 'cs.setstokes(): the image has no Stokes axis.'),
    ),
  ),
};
