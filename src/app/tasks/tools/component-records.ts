import { fail } from '../../../foundation/base/index.ts';
import type { ComponentShape, ListedComponent, ListedQuantity } from '../../../pipeline/skymodel/index.ts';
import type { TaskValue } from '../types.ts';
import { type EngineValue, real } from '../values.ts';
import { type Measure, makeMeasure, readMeasure, wrapped } from './measure-values.ts';
import { convert, quantityIn, readQuantity } from './quantities.ts';
import { dictionary, directionReply, floatArray, quantityReply, scalarMeasure } from './reply-values.ts';

type Fields = { [key: string]: TaskValue };

const fieldsOf = (value: TaskValue | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

/** A direction from a measure, from ['J2000', '1rad', '2rad'], or from such words in one text. */
export function readDirection(given: TaskValue): Measure {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return readMeasure(given, 'direction');
  const words = typeof given === 'string' ? given.trim().split(/\s+/) : Array.isArray(given) ? given : [];
  if (words.length === 2) return makeMeasure('direction', 'J2000', words);
  if (words.length === 3) return makeMeasure('direction', String(words[0]), words.slice(1));
  return fail('usage', `The direction is not understood; write 'J2000 17h33m02.7 -13d04m49.5'.`);
}

/** A frequency from a measure, from a quantity, or from ['TOPO', '100GHz']. */
export function readFrequency(given: TaskValue): { readonly frequencyGHz: number; readonly frequencyFrame: string } {
  const isEmpty = given === '' || (Array.isArray(given) && given.length === 0);
  const isList =
    Array.isArray(given) && given.length === 2 && typeof given[0] === 'string' && !/^[\d.+-]/.test(given[0]);
  const fields = fieldsOf(given);
  const measure = isEmpty
    ? makeMeasure('frequency', 'LSRK', ['1.42GHz'])
    : fields.type !== undefined
      ? readMeasure(given, 'frequency')
      : isList
        ? makeMeasure('frequency', String((given as TaskValue[])[0]), [(given as TaskValue[])[1]])
        : makeMeasure('frequency', 'LSRK', [given]);
  return { frequencyGHz: measure.values[0] / 1e9, frequencyFrame: measure.refer };
}

/** An angle as it is written; one without unit is in arcsec. */
export function readAngle(given: TaskValue, unit: string): ListedQuantity {
  const { values, unit: own } = readQuantity(given);
  if (own === '') return { value: values[0] ?? 0, unit };
  quantityIn(given, 'rad');
  return { value: values[0], unit: own };
}

/** Position angles turn within half a circle. */
export function positionAngle(given: TaskValue): ListedQuantity {
  const degrees = convert(readQuantity(given), 'deg').values[0];
  return { value: ((degrees % 180) + 180) % 180, unit: 'deg' };
}

/** I, Q, U, V from one number or a list. */
export function readStokes(given: TaskValue): number[] {
  const list = (Array.isArray(given) ? given : [given]).map((value) =>
    typeof value === 'number' ? value : fail('usage', 'A flux density is a number, or a list of up to four.'),
  );
  if (list.length === 0) return [1, 0, 0, 0];
  return [0, 1, 2, 3].map((at) => list[at] ?? 0);
}

const SHAPES: readonly ComponentShape[] = ['Point', 'Gaussian', 'Disk'];

export function readShape(given: TaskValue): ComponentShape {
  const name = String(given).toLowerCase();
  return (
    SHAPES.find((shape) => shape.toLowerCase() === name) ??
    fail('usage', `A component has the shape point, Gaussian or disk, not "${given}".`)
  );
}

/** The power of the spectrum; undefined for a constant one. */
export function readIndex(type: TaskValue, index: TaskValue): number | undefined {
  const kind = String(type).toLowerCase().trim();
  if (kind === 'constant') return undefined;
  if (kind !== 'spectral index')
    fail('unsupported', `Spectra are constant or have a spectral index here, not "${type}".`);
  const list = Array.isArray(index) ? index : [index];
  if (list.length > 1 && list.slice(1).some((one) => one !== 0))
    fail('unsupported', 'One spectral index, for all Stokes parameters, is available.');
  return Number(list[0] ?? 0);
}

/** The component as CASA's records have it. */
export function componentRecord(component: ListedComponent): EngineValue {
  return dictionary([
    [
      'flux',
      dictionary([
        ['error', floatArray(component.fluxError)],
        ['polarisation', 'Stokes'],
        ['unit', component.fluxUnit],
        ['value', floatArray(component.flux)],
      ]),
    ],
    ['label', component.label],
    [
      'shape',
      dictionary([['direction', placeRecord(component)], ...axisEntries(component), ['type', component.shape]]),
    ],
    ['spectrum', spectrumReply(component)],
  ]);
}

function placeRecord({ longitude, latitude, frame, directionError }: ListedComponent): EngineValue {
  const place = directionReply(longitude, latitude, frame) as Fields;
  const [lon, lat] = directionError;
  return { error: { latitude: quantityReply(lat, 'rad'), longitude: quantityReply(lon, 'rad') }, ...place };
}

/** Axes with their errors, name by name; nothing for a point. */
export function axisEntries({ axes, axisErrors }: ListedComponent): [string, EngineValue][] {
  return ['majoraxis', 'minoraxis', 'positionangle'].flatMap((name, at): [string, EngineValue][] => {
    if (!axes[at]) return [];
    const error = axisErrors[at] ?? { value: 0, unit: 'rad' };
    return [
      [name, quantityReply(axes[at].value, axes[at].unit)],
      [`${name}error`, quantityReply(error.value, error.unit)],
    ];
  });
}

export function spectrumReply({ frequencyGHz, frequencyFrame, spectralIndex }: ListedComponent): EngineValue {
  const frequency = scalarMeasure('frequency', frequencyGHz, 'GHz', frequencyFrame);
  if (spectralIndex === undefined) return { frequency, type: 'Constant' };
  return dictionary([
    ['error', real(0)],
    ['frequency', frequency],
    ['index', real(spectralIndex)],
    ['stokesindex', floatArray([spectralIndex])],
    ['type', 'Spectral Index'],
  ]);
}

/** A component from a record such as getcomponent() and fitcomponents() give. */
export function readComponent(given: TaskValue): ListedComponent {
  const { flux, shape, spectrum, label = '' } = fieldsOf(given);
  const [fluxFields, shapeFields, spectrumFields] = [flux, shape, spectrum].map(fieldsOf);
  if (fluxFields.value === undefined || shapeFields.direction === undefined)
    fail('usage', 'A component is a record with flux, shape and spectrum.');
  const direction = readMeasure(shapeFields.direction, 'direction');
  const kind = readShape(shapeFields.type ?? 'Point');
  const names = kind === 'Point' ? [] : ['majoraxis', 'minoraxis', 'positionangle'];
  const errors = fieldsOf(fieldsOf(shapeFields.direction).error);
  const angle = (value: TaskValue | undefined) => (value === undefined ? 0 : quantityIn(value, 'rad'));
  return {
    flux: readStokes(fluxFields.value),
    fluxError: fluxFields.error === undefined ? [0, 0, 0, 0] : readStokes(fluxFields.error),
    fluxUnit: String(fluxFields.unit ?? 'Jy'),
    longitude: wrapped(direction.values[0]),
    latitude: direction.values[1],
    frame: direction.refer,
    directionError: [angle(errors.longitude), angle(errors.latitude)],
    shape: kind,
    axes: names.map((name) => readAngle(shapeFields[name] ?? 0, name === 'positionangle' ? 'deg' : 'arcsec')),
    axisErrors: names.map((name) => readAngle(shapeFields[`${name}error`] ?? 0, 'rad')),
    ...readFrequency(spectrumFields.frequency ?? ''),
    ...(spectrumFields.type !== undefined && {
      spectralIndex: readIndex(spectrumFields.type, spectrumFields.index ?? 0),
    }),
    label: String(label),
  };
}
