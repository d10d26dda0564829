import { fail } from '../../../foundation/base/index.ts';
import { baseName, joinPath } from '../../../foundation/bytes/index.ts';
import {
  type Beam,
  beamEntry,
  beamOf,
  beamPixels,
  choosePixels,
  type Image,
  openImage,
  planeBeams,
  worldText,
} from '../../../pipeline/images/index.ts';
import { recordReply } from '../table-values.ts';
import { type ToolDeclaration, textArgument } from '../tool-types.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import { axesOf, coordinateReply, pixelOf, worldReply } from './image-axes.ts';
import { profileMethods } from './image-axis-profile.ts';
import { componentMethods } from './image-components.ts';
import { creationMethods } from './image-creation.ts';
import { derivedMethods } from './image-derived.ts';
import { editingMethods } from './image-editing.ts';
import { fittingMethods } from './image-fitting.ts';
import { makingMethods } from './image-making.ts';
import { pixelMethods, selectionOf } from './image-pixels.ts';
import { alongFrequencyMethods } from './image-profiles.ts';
import { samplingMethods } from './image-sampling.ts';
import { ask, change, closeState, type ImageState, opened, shapeOf } from './image-state.ts';
import { dictionary, floatArray, intArray, numberList, textList } from './reply-values.ts';

const opening = {
  open: ask('infile, cache=True', (state, args, { context }) => {
    closeState(state);
    state.image = openImage(joinPath(context.cwd, textArgument(args, 'infile')));
    return true;
  }),
  close: ask('', (state) => {
    closeState(state);
    return true;
  }),
  done: ask('remove=False, verbose=True', (state, args) => {
    if (args.remove === true) fail('unsupported', 'ia.done(): only remove=False is available; use rmtables.');
    closeState(state);
    return true;
  }),
  isopen: ask('', (state) => state.image !== undefined),
  name: ask('strippath=False', (state, args) => {
    const { path } = opened(state);
    return args.strippath === true ? baseName(path) : path;
  }),
  shape: ask('', (state) => intArray(shapeOf(opened(state)))),
};

const typed = typedReply({ integers: ['nChannels', 'nStokes'] });
const beamReply = (beam: Beam) => typed(beamEntry(beam) as unknown as TaskValue);

function beamEntries(image: Image): [string, EngineValue][] {
  const { beams } = image.info;
  if (beams.length === 0) return [];
  return beams.length === 1
    ? [['restoringbeam', beamReply(beams[0])]]
    : [['perplanebeams', typed(planeBeams(image) as unknown as TaskValue)]];
}

const header = {
  brightnessunit: ask('', (state) => opened(state).unit),
  setbrightnessunit: ask('unit', (state, args) => change(state, (image) => image.setUnit(textArgument(args, 'unit')))),
  restoringbeam: ask("channel=-1, polarization=-1, mbret='list'", (state, args): EngineValue => {
    const image = opened(state);
    const { beams } = image.info;
    if (beams.length === 0) return {};
    if (beams.length === 1) return beamReply(beams[0]);
    const [channel, stokes] = [Number(args.channel), Number(args.polarization)];
    if (channel < 0 && stokes < 0) return typed(planeBeams(image) as unknown as TaskValue);
    return beamReply(beams[Math.max(0, channel) * image.stokesCount + Math.max(0, stokes)]);
  }),
  miscinfo: ask('', (state) => recordReply(opened(state).miscInfo)),
  history: ask('list=True', (state) => opened(state).history()),
  sethistory: ask("origin='', history=[]", (state, args) =>
    change(state, (image) => image.addHistory(textList(args.history), textArgument(args, 'origin'))),
  ),
  haslock: ask('', (state) => {
    opened(state);
    return [true, false];
  }),
  pixeltype: ask('', (state) => {
    opened(state);
    return 'float';
  }),
  type: ask('', () => 'image'),
  beamarea: ask('channel=-1, polarization=-1', (state, args) => {
    const image = opened(state);
    const [channel, stokes] = [Math.max(0, Number(args.channel)), Math.max(0, Number(args.polarization))];
    const beam = beamOf(image.info, channel, stokes, image.stokesCount);
    if (!beam) return fail('usage', 'The image has no beam.', { file: image.path });
    const [stepX, stepY] = image.coordinates.direction?.increment ?? [1, 1];
    const area = (Math.PI / (4 * Math.LN2)) * beam.major * beam.minor;
    return dictionary([
      ['arcsec2', area],
      ['pixels', beamPixels(beam, stepX, stepY)],
    ]);
  }),
  maskhandler: ask("op='default', name=[]", (state, args) => {
    const image = opened(state);
    // 'T', all good, and '' stand in CASA for no mask.
    if (args.op === 'get') return image.maskNames.length > 0 ? [...image.maskNames] : ['T'];
    if (args.op === 'default') return [image.hasMask ? image.maskName : ''];
    return fail('unsupported', "ia.maskhandler(): only the operations 'get' and 'default' are available.");
  }),
};

const places = {
  toworld: ask("value=[], format='n', dovelocity=True", (state, args) => {
    const { coordinates, shape } = opened(state);
    return worldReply(coordinates, shape.length, numberList(args.value, 'value'), String(args.format));
  }),
  topixel: ask('value=[]', (state, args) => {
    const { coordinates } = opened(state);
    return coordinateReply(pixelOf(coordinates, opened(state).shape.length, args.value), 'pixel');
  }),
  coordsys: ask('axes=[-1]', (state, args, host) => {
    if (numberList(args.axes, 'axes').some((axis) => axis >= 0))
      fail('unsupported', 'ia.coordsys(): only axes=[-1] is available.');
    const image = opened(state);
    return host.adopt('cs', { coordinates: image.coordinates, axisCount: image.shape.length });
  }),
  boundingbox: ask("region=''", (state, args, { context }) => {
    const image = opened(state);
    const chosen = choosePixels(image, selectionOf({ region: args.region }), context.cwd);
    chosen.close();
    const { blc, trc } = chosen.bounds;
    const lengths = intArray(blc.map((first, axis) => trc[axis] - first + 1));
    return dictionary([
      ['bbShape', lengths],
      ['blc', intArray(blc)],
      ['blcf', worldText(image, blc)],
      ['imageShape', intArray(shapeOf(image))],
      ['inc', intArray(blc.map(() => 1))],
      ['regionShape', lengths],
      ['trc', intArray(trc)],
      ['trcf', worldText(image, trc)],
    ]);
  }),
  summary: ask("doppler='RADIO', list=True, pixelorder=True, verbose=False", (state, _args, { log }) => {
    const image = opened(state);
    const axes = axesOf(image.coordinates, image.shape.length);
    const place = axes.map(({ name, reference, increment, referencePixel, unit }) =>
      [name, `reference ${reference} ${unit} at pixel ${referencePixel}, step ${increment} ${unit}`].join(': '),
    );
    log.post([`Image name: ${image.path}`, ...place].join('\n'), 'INFO', 'ia::summary');
    return dictionary([
      ['axisnames', axes.map(({ name }) => name)],
      ['axisunits', axes.map(({ unit }) => unit)],
      ['defaultmask', image.hasMask ? image.maskName : ''],
      ['hasmask', image.hasMask],
      ['imagetype', image.info.imageType],
      ['incr', floatArray(axes.map(({ increment }) => increment))],
      ['masks', [...image.maskNames]],
      ['ndim', image.shape.length],
      ['refpix', floatArray(axes.map(({ referencePixel }) => referencePixel))],
      ['refval', floatArray(axes.map(({ reference }) => reference))],
      ['shape', intArray(shapeOf(image))],
      ['unit', image.unit],
      ...beamEntries(image),
    ]);
  }),
};

/** ia: pixels and header of an image. */
export const imageTool: ToolDeclaration<ImageState> = {
  name: 'ia',
  summary: 'Pixels and header of an image',
  create: () => ({}),
  close: closeState,
  methods: {
    ...opening,
    ...pixelMethods,
    ...creationMethods,
    ...editingMethods,
    ...fittingMethods,
    ...profileMethods,
    ...makingMethods,
    ...samplingMethods,
    ...derivedMethods,
    ...componentMethods,
    ...alongFrequencyMethods,
    ...header,
    ...places,
  },
};
