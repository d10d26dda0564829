import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../../foundation/bytes/index.ts';
import {
  type Beam,
  type CoordinateSystem,
  createImage,
  type Image,
  type ImageInfo,
  openImage,
} from '../../../pipeline/images/index.ts';
import { keywordValue } from '../table-values.ts';
import { type ToolArguments, type ToolHost, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { coordinatesFrom, defaultCoordinates } from './coordinate-records.ts';
import { axesOf } from './image-axes.ts';
import { nestedShape, writeBox } from './image-pixels.ts';
import { ask, change, closeState, type ImageState, opened, outputOf, shapeOf } from './image-state.ts';
import { quantityIn } from './quantities.ts';
import { numberList } from './reply-values.ts';

/** Makes the image `outfile` of a shape, the first axis of the sky first; returns its path. */
function make(label: string, args: ToolArguments, host: ToolHost, shape: readonly number[]): string {
  const path = joinPath(host.context.cwd, outputOf(label, args));
  if (args.linear === true) fail('unsupported', `ia.${label}(): only linear=False is available.`);
  if (args.type !== 'f') fail('unsupported', `ia.${label}(): only type='f' (32-bit numbers) is available.`);
  if (shape.length < 2 || shape.some((length) => !Number.isInteger(length) || length < 1))
    fail('usage', `ia.${label}(): an image has two axes or more of one pixel or more, not [${shape}].`);
  const coordinates = coordinatesFrom(args.csys, 'csys') ?? defaultCoordinates(shape);
  checkAxes(coordinates, shape);
  writeWhole(path, args.overwrite === true, (staged) => {
    const image = createImage(staged, { shape: shape.toReversed(), coordinates, miscInfo: new Map() });
    try {
      if (args.pixels !== undefined) writeBox(image, { ...args, blc: [-1], inc: [1] });
    } finally {
      image.close();
    }
  });
  return path;
}

/** @throws bad-format, usage when the coordinates are not those of such an image */
function checkAxes(coordinates: CoordinateSystem, shape: readonly number[]): void {
  const axes = axesOf(coordinates, shape.length);
  const { stokes } = coordinates;
  if (axes.length !== shape.length) fail('usage', `csys has ${axes.length} axes, the image ${shape.length}.`);
  if (stokes && stokes.stokes.length !== shape[stokes.pixelAxis])
    fail(
      'usage',
      `csys names the Stokes parameters ${stokes.stokes.join(', ')}; the axis has ${shape[stokes.pixelAxis]} pixels.`,
    );
}

type Making = (args: ToolArguments, host: ToolHost) => string;

const fromShape =
  (label: string): Making =>
  (args, host) =>
    make(label, args, host, numberList(args.shape, 'shape'));

const fromArray =
  (label: string): Making =>
  (args, host) =>
    make(label, args, host, nestedShape(args.pixels));

/** As the image of this tool, or as a new tool. */
const opens = (making: Making, signature: string) =>
  ask(signature, (state, args, host) => {
    const path = making(args, host);
    closeState(state);
    state.image = openImage(path);
    return true;
  });
const adopts = (making: Making, signature: string) =>
  ask(signature, (_state, args, host) =>
    host.adopt('ia', { image: openImage(making(args, host)) } satisfies ImageState),
  );

const SHAPE = "outfile='', shape=[0], csys={}, linear=False, overwrite=False, log=True, type='f'";
const ARRAY = "outfile='', pixels=[], csys={}, linear=False, overwrite=False, log=True, type='f'";

/** Length of an axis of the beam or its angle; a bare number is in arcsec or deg. */
const beamPart = (value: TaskValue, unit: string) => quantityIn(value, unit);

function givenBeam(args: ToolArguments): Beam {
  const { beam } = args;
  const record = typeof beam === 'object' && beam !== null && !Array.isArray(beam) ? beam : {};
  const hasRecord = Object.keys(record).length > 0;
  const part = (name: string, other: string, unit: string) => {
    const value = hasRecord ? (record[name] ?? record[other]) : args[other === '' ? name : other];
    const isMissing = value === undefined || value === 'Not specified' || (Array.isArray(value) && value.length === 0);
    return isMissing ? fail('usage', `ia.setrestoringbeam(): ${other || name} is missing.`) : beamPart(value, unit);
  };
  const found = {
    major: part('major', 'major', 'arcsec'),
    minor: part('minor', 'minor', 'arcsec'),
    positionAngle: part('positionangle', 'pa', 'deg'),
  };
  if (!(found.major >= found.minor && found.minor > 0))
    fail(
      'usage',
      `ia.setrestoringbeam(): the beam ${found.major} by ${found.minor} arcsec is none; major is the larger one.`,
    );
  return found;
}

/** Beams with that of a plane replaced, or of all planes; the planes count by channel, then Stokes. */
function withBeam(image: Image, args: ToolArguments, beam: Beam): readonly Beam[] {
  const [channel, stokes] = [Number(args.channel), Number(args.polarization)];
  if (channel < 0 && stokes < 0) return [beam];
  if (channel >= image.chanCount || stokes >= image.stokesCount)
    fail('usage', `ia.setrestoringbeam(): there is no plane of channel ${channel} and polarization ${stokes}.`, {
      file: image.path,
    });
  const { beams } = image.info;
  if (beams.length === 1)
    fail('usage', 'ia.setrestoringbeam(): the image has one beam for all planes; remove it first (remove=True).', {
      file: image.path,
    });
  return Array.from({ length: image.chanCount * image.stokesCount }, (_, at) => {
    const [chan, pol] = [Math.floor(at / image.stokesCount), at % image.stokesCount];
    const isChosen = (channel < 0 || chan === channel) && (stokes < 0 || pol === stokes);
    // as in CASA the first beam is that of all planes until they get their own
    return isChosen || beams.length === 0 ? beam : beams[at];
  });
}

function beamsOf(image: Image, args: ToolArguments, cwd: string): ImageInfo {
  if (args.remove === true) return { ...image.info, beams: [] };
  if (args.imagename === '') return { ...image.info, beams: withBeam(image, args, givenBeam(args)) };
  const other = openImage(joinPath(cwd, textArgument(args, 'imagename')));
  const { beams } = other.info;
  other.close();
  if (beams.length > 1 && beams.length !== image.chanCount * image.stokesCount)
    fail('usage', `ia.setrestoringbeam(): ${other.path} has another number of planes.`, { file: image.path });
  return { ...image.info, beams };
}

/** ia: images made from nothing, and changes of what an image says of itself. */
export const creationMethods = {
  fromshape: opens(fromShape('fromshape'), SHAPE),
  fromarray: opens(fromArray('fromarray'), ARRAY),
  newimagefromshape: adopts(fromShape('newimagefromshape'), SHAPE),
  newimagefromarray: adopts(fromArray('newimagefromarray'), ARRAY),
  newimage: ask('infile', (_state, args, { context, adopt }) =>
    adopt('ia', { image: openImage(joinPath(context.cwd, textArgument(args, 'infile'))) } satisfies ImageState),
  ),
  setcoordsys: ask('csys', (state, args) => {
    const coordinates = coordinatesFrom(args.csys, 'csys');
    if (!coordinates) return fail('usage', 'ia.setcoordsys(): csys is empty; it is what cs.torecord() gives.');
    checkAxes(coordinates, shapeOf(opened(state)));
    return change(state, (image) => image.setCoordinates(coordinates));
  }),
  setrestoringbeam: ask(
    "major=[], minor=[], pa='Not specified', beam={}, remove=False, log=True, channel=-1, polarization=-1, imagename=''",
    (state, args, { context }) => change(state, (image) => image.setInfo(beamsOf(image, args, context.cwd))),
  ),
  setmiscinfo: ask('info', (state, args) => {
    const info = keywordValue(args.info);
    if (info.type !== 'Record') return fail('usage', 'ia.setmiscinfo(): info is a dictionary.');
    return change(state, (image) => image.setMiscInfo(info.record));
  }),
  remove: ask('done=False, verbose=True', (state) => {
    const { path } = opened(state);
    closeState(state);
    disk().remove(path);
    return true;
  }),
  rename: ask('name, overwrite=False', (state, args, { context }) => {
    const { path } = opened(state);
    const target = joinPath(context.cwd, textArgument(args, 'name'));
    if (disk().exists(target)) {
      if (args.overwrite !== true) fail('exists', 'This exists already; overwrite=True replaces it.', { file: target });
      disk().remove(target);
    }
    closeState(state);
    disk().rename(path, target);
    state.image = openImage(target);
    return true;
  }),
};
