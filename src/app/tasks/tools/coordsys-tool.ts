import { fail } from '../../../foundation/base/index.ts';
import type { CoordinateSystem } from '../../../pipeline/images/index.ts';
import { method, type ToolArguments, type ToolDeclaration, type ToolMethod } from '../tool-types.ts';
import type { EngineValue } from '../values.ts';
import { type AxisInfo, axesOf, coordinateReply, pixelOf, worldOf } from './image-axes.ts';
import { dictionary, floatArray, numberList, quantityReply, scalarMeasure } from './reply-values.ts';

interface CoordsysState {
  coordinates?: CoordinateSystem;
  axisCount?: number;
}

const ask = (signature: string, run: ToolMethod<CoordsysState>['run']) => method<CoordsysState>(signature, run);

function opened({ coordinates }: CoordsysState): CoordinateSystem {
  return coordinates ?? fail('usage', 'These are no coordinates of an image; take them from ia.coordsys().');
}

/** The axes of a kind, all for ''. */
function chosen(state: CoordsysState, args: ToolArguments): AxisInfo[] {
  const kind = String(args.type ?? '').toLowerCase();
  const axes = axesOf(opened(state), state.axisCount ?? 0);
  const found = axes.filter((axis) => kind === '' || axis.kind === kind);
  return found.length > 0 ? found : fail('usage', `The image has no coordinate of type ${kind}.`);
}

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
    numbers(chosen(state, args), (axis) => axis.reference, args.format),
  ),
  increment: ask("format='n', type=''", (state, args) =>
    numbers(chosen(state, args), (axis) => axis.increment, args.format),
  ),
  referencepixel: ask("type=''", (state, args) =>
    numbers(chosen(state, args), (axis) => axis.referencePixel, 'n', 'pixel'),
  ),
  names: ask("type=''", (state, args) => chosen(state, args).map(({ name }) => name)),
  units: ask("type=''", (state, args) => chosen(state, args).map(({ unit }) => unit)),
  naxes: ask('world=True', (state) => chosen(state, {}).length),
  axiscoordinatetypes: ask('world=True', (state) =>
    chosen(state, {}).map(({ kind }) => kind[0].toUpperCase() + kind.slice(1)),
  ),
};

const others = {
  restfrequency: ask('', (state) => {
    const { spectral } = opened(state);
    if (!spectral) return fail('usage', 'The image has no spectral axis.');
    return dictionary([
      ['unit', 'Hz'],
      ['value', floatArray([spectral.restFrequency])],
    ]);
  }),
  referencecode: ask("type='', list=False", (state, args) => {
    const { direction, spectral } = opened(state);
    const codes = { direction: direction?.system, spectral: spectral?.system };
    const kind = String(args.type).toLowerCase();
    if (kind === '') return [direction?.system, spectral?.system].filter((code) => code !== undefined);
    const code = codes[kind as keyof typeof codes];
    return code === undefined ? fail('usage', `The image has no coordinate of type ${kind}.`) : [code];
  }),
  projection: ask("type=''", (state) => {
    const { direction } = opened(state);
    return direction
      ? dictionary([
          ['type', direction.projection],
          ['parameters', floatArray([...direction.parameters])],
        ])
      : fail('usage', 'The image has no sky.');
  }),
  stokes: ask('', (state) => [...(opened(state).stokes?.stokes ?? [])]),
  telescope: ask('', (state) => opened(state).telescope),
  observer: ask('', (state) => opened(state).observer),
  epoch: ask('', (state) => scalarMeasure('epoch', opened(state).observedMjdSec / 86_400, 'd', 'UTC')),
  toworld: ask("value=[], format='n'", (state, args) => {
    if (args.format !== 'n') fail('unsupported', "cs.toworld(): only format='n' is available.");
    return coordinateReply(worldOf(opened(state), state.axisCount ?? 0, numberList(args.value, 'value')), 'world');
  }),
  topixel: ask('value=[]', (state, args) =>
    coordinateReply(pixelOf(opened(state), state.axisCount ?? 0, args.value), 'pixel'),
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
  methods: { ...axes, ...others },
};
