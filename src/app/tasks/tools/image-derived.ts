import { fail } from '../../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../../foundation/bytes/index.ts';
import {
  type Beam,
  type CoordinateSystem,
  commonBeam,
  createImage,
  deconvolvedBeam,
  exportfits,
  type Image,
  type ImdevOptions,
  imdev,
  impbcor,
  importfits,
  imsmooth,
  imsubimage,
  openImage,
  rebin,
  regrid,
  rotateImage,
} from '../../../pipeline/images/index.ts';
import { type ToolArguments, type ToolHost, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { coordinatesFrom, DEFAULT_SPECTRAL } from './coordinate-records.ts';
import { selectionOf } from './image-pixels.ts';
import { adopt, ask, closeState, type ImageState, opened, outputOf, shapeOf } from './image-state.ts';
import { quantityIn } from './quantities.ts';
import { dictionary, numberList, quantityReply } from './reply-values.ts';

/** Parameters of a call that are not offered must have their defaults. */
function requireDefaults(label: string, args: ToolArguments, defaults: Readonly<Record<string, TaskValue>>): void {
  for (const [name, value] of Object.entries(defaults))
    if (JSON.stringify(args[name]) !== JSON.stringify(value))
      fail('unsupported', `ia.${label}(): only ${name}=${JSON.stringify(value)} is available.`);
}

/** A quantity as the text that tasks take. */
const sizeText = (value: TaskValue, unit: string) => `${quantityIn(value, unit)}${unit}`;

function withDegenerateAxes(image: Image, args: ToolArguments): { coordinates: CoordinateSystem; shape: number[] } {
  const shape = shapeOf(image);
  let { coordinates } = image;
  const there = (what: string) => fail('usage', `The image has a ${what} axis already.`, { file: image.path });
  if (args.spectral === true) {
    if (coordinates.spectral) there('spectral');
    coordinates = { ...coordinates, spectral: { ...DEFAULT_SPECTRAL, pixelAxis: shape.length } };
    shape.push(1);
  }
  if (textArgument(args, 'stokes') !== '') {
    if (coordinates.stokes) there('Stokes');
    const stokes = [textArgument(args, 'stokes').toUpperCase()];
    coordinates = { ...coordinates, stokes: { stokes, pixelAxis: shape.length } };
    shape.push(1);
  }
  return { coordinates, shape };
}

function addDegenerateAxes(image: Image, path: string, args: ToolArguments): void {
  requireDefaults('adddegaxes', args, { direction: false, linear: false, tabular: false });
  const { coordinates, shape } = withDegenerateAxes(image, args);
  writeWhole(path, args.overwrite === true, (staged) => {
    const { unit, info, miscInfo } = image;
    const made = createImage(staged, { shape: shape.toReversed(), coordinates, unit, info, miscInfo });
    try {
      for (let plane = 0; plane < image.planeCount; plane++) {
        made.writePlane(plane, image.readPlane(plane));
        const mask = image.readMask(plane);
        if (mask) made.writeMask(plane, mask);
      }
    } finally {
      made.close();
    }
  });
}

/** A beam from [major, minor, angle] or a dictionary. */
function beamFrom(value: TaskValue, name: string): Beam {
  const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  const parts = Array.isArray(value)
    ? value
    : record
      ? [record.major, record.minor, record.positionangle ?? record.pa]
      : [];
  if (parts.length < 2 || parts.some((part) => part === undefined))
    return fail('usage', `${name} is [major, minor, position angle], or a dictionary of them.`);
  return {
    major: quantityIn(parts[0] as TaskValue, 'arcsec'),
    minor: quantityIn(parts[1] as TaskValue, 'arcsec'),
    positionAngle: parts[2] === undefined ? 0 : quantityIn(parts[2] as TaskValue, 'deg'),
  };
}

const beamSizes = ({ major, minor, positionAngle }: Beam) =>
  dictionary([
    ['major', quantityReply(major, 'arcsec')],
    ['minor', quantityReply(minor, 'arcsec')],
    ['pa', quantityReply(positionAngle, 'deg')],
  ]);

const POINT: Beam = { major: 0, minor: 0, positionAngle: 0 };

/** Copies (a part of) another image. */
function copyPart(label: string, args: ToolArguments, { context }: ToolHost): string {
  const outfile = outputOf(label, args);
  const region = Array.isArray(args.region) && args.region.length === 0 ? {} : args.region;
  const { dropdeg, overwrite } = args as { dropdeg: boolean; overwrite: boolean };
  const imagename = textArgument(args, 'infile');
  imsubimage(context, { ...selectionOf({ ...args, region }), imagename, outfile, dropdeg, overwrite });
  return joinPath(context.cwd, outfile);
}

/** ia: images on other grids, of other sharpness or form. */
export const derivedMethods = {
  regrid: ask(
    "outfile='', shape=[-1], csys={}, axes=[-1], region={}, mask='', method='linear', decimate=10, replicate=False, doref=True, dropdeg=False, overwrite=False, force=False, asvelocity=False, stretch=False",
    (state, args, host) => {
      requireDefaults('regrid', args, {
        region: {},
        mask: '',
        doref: true,
        dropdeg: false,
        stretch: false,
      });
      const image = opened(state);
      const output = outputOf('regrid', args);
      const lengths = numberList(args.shape, 'shape').filter((length) => length > 0);
      const coordinates = coordinatesFrom(args.csys, 'csys') ?? image.coordinates;
      const grid = { coordinates, shape: lengths.length > 0 ? lengths : shapeOf(image) };
      const axes = numberList(args.axes, 'axes');
      const { asvelocity, replicate, overwrite } = args as Record<'asvelocity' | 'replicate' | 'overwrite', boolean>;
      const interpolation = textArgument(args, 'method');
      const how = { axes, interpolation, asvelocity, replicate, overwrite };
      regrid(host.context, { imagename: image.path, output, grid, ...how });
      return adopt(host, output);
    },
  ),
  rotate: ask(
    "outfile='', shape=[-1], pa='0deg', region={}, mask='', method='cubic', decimate=0, replicate=False, dropdeg=False, overwrite=False, stretch=False",
    (state, args, host) => {
      requireDefaults('rotate', args, { region: {}, mask: '', replicate: false, dropdeg: false, stretch: false });
      const imagename = opened(state).path;
      const output = outputOf('rotate', args);
      const shape = numberList(args.shape, 'shape').filter((length) => length > 0);
      const angle = quantityIn(args.pa, 'rad');
      const interpolation = textArgument(args, 'method').toLowerCase();
      rotateImage(host.context, { imagename, output, shape, angle, interpolation, overwrite: args.overwrite === true });
      return adopt(host, output);
    },
  ),
  rebin: ask(
    "outfile, bin, region='', mask='', dropdeg=False, overwrite=False, stretch=False, crop=False",
    (state, args, host) => {
      requireDefaults('rebin', args, { region: '', mask: '', dropdeg: false, stretch: false });
      const outfile = outputOf('rebin', args);
      const factor = numberList(args.bin, 'bin');
      const { overwrite, crop } = args as { overwrite: boolean; crop: boolean };
      rebin(host.context, { imagename: opened(state).path, outfile, factor, crop, overwrite });
      return adopt(host, outfile);
    },
  ),
  deviation: ask(
    "outfile='', region='', mask='', overwrite=False, stretch=False, grid=[1, 1], anchor='ref', xlength='1pix', ylength='1pix', interp='cubic', stattype='sigma', statalg='classic', zscore=-1.0, maxiter=-1",
    (state, args, host) => {
      requireDefaults('deviation', args, { stretch: false });
      const outfile = outputOf('deviation', args);
      const options = { ...args, ...selectionOf(args), imagename: opened(state).path, outfile } as ImdevOptions;
      imdev(host.context, options);
      return adopt(host, outfile);
    },
  ),
  convolve2d: ask(
    "outfile='', axes=[0, 1], type='gaussian', major='0deg', minor='0deg', pa='0deg', scale=-1.0, region={}, mask='', overwrite=False, stretch=False, targetres=False, beam={}",
    (state, args, host) => {
      requireDefaults('convolve2d', args, { axes: [0, 1], scale: -1, region: {}, mask: '', stretch: false });
      if (!/^gauss/i.test(textArgument(args, 'type')))
        fail('unsupported', "ia.convolve2d(): only type='gaussian' is available.");
      const outfile = outputOf('convolve2d', args);
      const isGiven = Object.keys((args.beam ?? {}) as object).length > 0;
      const given = isGiven ? beamFrom(args.beam, 'beam') : undefined;
      const [major, minor, pa] = given
        ? [`${given.major}arcsec`, `${given.minor}arcsec`, `${given.positionAngle}deg`]
        : [sizeText(args.major, 'arcsec'), sizeText(args.minor, 'arcsec'), sizeText(args.pa, 'deg')];
      const { overwrite, targetres } = args as { overwrite: boolean; targetres: boolean };
      const imagename = opened(state).path;
      imsmooth(host.context, { imagename, outfile, kernel: 'gauss', major, minor, pa, targetres, overwrite });
      return adopt(host, outfile);
    },
  ),
  pbcor: ask(
    "pbimage='', outfile='', overwrite=False, box='', region='', chans='', stokes='', mask='', mode='divide', cutoff=-1.0, stretch=False",
    (state, args, host) => {
      requireDefaults('pbcor', args, { stretch: false });
      const outfile = outputOf('pbcor', args);
      const pbimage = textArgument(args, 'pbimage');
      const { overwrite, mode, cutoff } = args as { overwrite: boolean; mode: string; cutoff: number };
      const imagename = opened(state).path;
      impbcor(host.context, { ...selectionOf(args), imagename, pbimage, outfile, mode, cutoff, overwrite });
      return adopt(host, outfile);
    },
  ),
  adddegaxes: ask(
    "outfile='', direction=False, spectral=False, stokes='', linear=False, tabular=False, overwrite=False, silent=False",
    (state, args, host) => {
      const outfile = outputOf('adddegaxes', args);
      addDegenerateAxes(opened(state), joinPath(host.context.cwd, outfile), args);
      return adopt(host, outfile);
    },
  ),
  tofits: ask(
    "outfile='', velocity=False, optical=True, bitpix=-32, minpix=1.0, maxpix=-1.0, region={}, mask='', overwrite=False, dropdeg=False, deglast=False, dropstokes=False, stokeslast=True, wavelength=False, airwavelength=False, stretch=False, history=True",
    (state, args, { context }) => {
      const only = { region: {}, mask: '', deglast: false, wavelength: false, airwavelength: false, stretch: false };
      requireDefaults('tofits', args, only);
      const imagename = opened(state).path;
      const fitsimage = outputOf('tofits', args);
      const { velocity, optical, dropdeg, dropstokes, stokeslast, overwrite, history } = args as Record<
        string,
        boolean
      >;
      const [bitpix, minpix, maxpix] = [args.bitpix, args.minpix, args.maxpix].map(Number);
      const form = { velocity, optical, bitpix, minpix, maxpix, dropdeg, dropstokes, stokeslast };
      exportfits(context, { imagename, fitsimage, ...form, overwrite, history });
      return true;
    },
  ),
  commonbeam: ask('', (state) => {
    const image = opened(state);
    const { beams } = image.info;
    if (beams.length === 0) return fail('usage', 'The image has no beam.', { file: image.path });
    return beamSizes(beams.length === 1 ? beams[0] : commonBeam(beams));
  }),
  deconvolvefrombeam: ask('source=[], beam=[]', (_state, args) => {
    const [source, beam] = [beamFrom(args.source, 'source'), beamFrom(args.beam, 'beam')];
    const found = deconvolvedBeam(source, beam);
    const isPoint = found === undefined;
    const { major, minor, pa } = beamSizes(found ?? POINT) as Record<string, TaskValue>;
    return dictionary([
      [
        'fit',
        dictionary([
          ['major', major],
          ['minor', minor],
          ['pa', pa],
          ['success', !isPoint],
        ]),
      ],
      ['return', isPoint],
    ]);
  }),
  newimagefromfile: ask('infile', (_state, args, { context, adopt: give }) =>
    give('ia', { image: openImage(joinPath(context.cwd, textArgument(args, 'infile'))) } satisfies ImageState),
  ),
  newimagefromimage: ask(
    "infile='', outfile='', region={}, mask='', dropdeg=False, overwrite=False",
    (_state, args, host) => host.adopt('ia', { image: openImage(copyPart('newimagefromimage', args, host)) }),
  ),
  fromimage: ask("outfile='', infile='', region=[], mask='', dropdeg=False, overwrite=False", (state, args, host) => {
    const path = copyPart('fromimage', args, host);
    closeState(state);
    state.image = openImage(path);
    return true;
  }),
  newimagefromfits: ask(
    "outfile='', infile='', whichrep=0, whichhdu=0, zeroblanks=False, overwrite=False",
    (_state, args, host) => {
      const outfile = outputOf('newimagefromfits', args);
      const [whichrep, whichhdu] = [args.whichrep, args.whichhdu].map(Number);
      const { overwrite, zeroblanks } = args as { overwrite: boolean; zeroblanks: boolean };
      const fitsimage = textArgument(args, 'infile');
      importfits(host.context, { fitsimage, imagename: outfile, whichrep, whichhdu, overwrite, zeroblanks });
      return adopt(host, outfile);
    },
  ),
};
