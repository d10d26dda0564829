import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { type CoordinateSystem, parseBox, parseChannels } from '../../../pipeline/images/index.ts';
import { method, type ToolArguments, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { EngineValue } from '../values.ts';
import { coordinatesFrom } from './coordinate-records.ts';
import { boolArray, dictionary, floatArray, intArray, numberList } from './reply-values.ts';

/** casacore's record of a box of pixels, which count from 1 there. */
function boxRecord(blc: readonly number[], trc: readonly number[], comment: string): EngineValue {
  const no = boolArray(blc.map(() => 0));
  const ones = intArray(blc.map(() => 1));
  return dictionary([
    ['arblc', ones],
    ['artrc', ones],
    ['blc', floatArray(blc.map((pixel) => pixel + 1))],
    ['comment', comment],
    ['fracblc', no],
    ['fracinc', no],
    ['fractrc', no],
    ['inc', floatArray(blc.map(() => 1))],
    ['isRegion', 3],
    ['name', 'LCSlicer'],
    ['oneRel', true],
    ['trc', floatArray(trc.map((pixel) => pixel + 1))],
  ]);
}

/** A region told by a text, as a record; it means something to ia's methods here. */
function textRecord(text: string): EngineValue {
  if (!/\[/.test(text)) fail('usage', 'text is a region, e.g. circle[[10pix,10pix],5pix].');
  return dictionary([
    ['comment', ''],
    ['isRegion', 1],
    ['name', 'text'],
    ['text', text],
  ]);
}

/** First and last of numbers that follow each other. */
function spanOf(numbers: readonly number[], what: string): [number, number] {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  if (sorted.length !== last - first + 1)
    fail('unsupported', `rg.frombcs(): ${what} must follow each other; give one range.`);
  return [first, last];
}

/** The box of pixels, channels and Stokes parameters. */
function fromBoxes(args: ToolArguments): EngineValue {
  const coordinates: CoordinateSystem =
    coordinatesFrom(args.csys, 'csys') ?? fail('usage', 'rg.frombcs(): csys is what cs.torecord() gives.');
  const shape = numberList(args.shape, 'shape');
  const [blc, trc] = [shape.map(() => 0), shape.map((length) => length - 1)];
  const box = textArgument(args, 'box');
  if (box !== '') {
    parseBox(box);
    const corners = box.split(',').map(Number);
    if (corners.length !== 4) fail('unsupported', 'rg.frombcs(): box is "x1,y1,x2,y2"; give one box.');
    [blc[0], blc[1], trc[0], trc[1]] = corners;
  }
  const { spectral, stokes } = coordinates;
  const chans = String(args.chans);
  if (chans !== '' && spectral) {
    const axis = spectral.pixelAxis;
    [blc[axis], trc[axis]] = spanOf(parseChannels(chans, shape[axis]), 'channels');
  }
  const wanted = textArgument(args, 'stokes');
  if (wanted !== '' && stokes) {
    const names = stokes.stokes.flatMap((name, at) => (wanted.includes(name) ? [at] : []));
    if (names.length === 0)
      fail('usage', `rg.frombcs(): there is no Stokes ${wanted} among ${stokes.stokes.join(', ')}.`);
    [blc[stokes.pixelAxis], trc[stokes.pixelAxis]] = spanOf(names, 'Stokes parameters');
  } else if (stokes && args.stokescontrol === 'f') trc[stokes.pixelAxis] = 0;
  if (blc.some((first, axis) => first < 0 || first > trc[axis] || trc[axis] >= shape[axis]))
    fail('usage', `rg.frombcs(): [${blc}] to [${trc}] does not fit the shape [${shape}].`);
  return boxRecord(blc, trc, '');
}

/** rg: regions as dictionaries, which ia's methods take. */
export const regionTool: ToolDeclaration<object> = {
  name: 'rg',
  summary: 'Regions of an image',
  create: () => ({}),
  close: () => {},
  methods: {
    box: method("blc=[0.0], trc=[-1.0], inc=[1.0], absrel='abs', frac=False, comment=''", (_state, args) => {
      if (args.absrel !== 'abs' || args.frac === true)
        fail('unsupported', "rg.box(): only absrel='abs' and frac=False are available.");
      const [blc, trc] = [numberList(args.blc, 'blc'), numberList(args.trc, 'trc')];
      const given = numberList(args.inc, 'inc');
      if (blc.length !== trc.length || blc.length < 2)
        fail('usage', 'rg.box(): blc and trc are lists of the same length, a number for each axis.');
      if (blc.some((first, axis) => first > trc[axis]))
        fail('usage', `rg.box(): blc [${blc}] lies behind trc [${trc}].`);
      if (given.some((step) => step !== 1)) fail('unsupported', 'rg.box(): only inc=1 is available.');
      return boxRecord(blc, trc, textArgument(args, 'comment'));
    }),
    frombcs: method(
      "csys={}, shape=[0], box='', chans='', stokes='', stokescontrol='a', region=[]",
      (_state, args): EngineValue => {
        const { region } = args;
        const isGiven = typeof region === 'string' ? region !== '' : Object.keys((region ?? {}) as object).length > 0;
        if (!isGiven) return fromBoxes(args);
        return typeof region === 'string' ? textRecord(region) : (region as EngineValue);
      },
    ),
    fromtext: method("text='', shape=[1], csys={}", (_state, args) => textRecord(textArgument(args, 'text'))),
    fromtextfile: method("filename='', shape=[0], csys={}", (_state, args, { context }) =>
      textRecord(disk().readText(joinPath(context.cwd, textArgument(args, 'filename')))),
    ),
    selectedchannels: method("specification='', shape=[0]", (_state, args) => {
      const shape = numberList(args.shape, 'shape');
      return intArray(parseChannels(textArgument(args, 'specification'), shape[shape.length - 1]));
    }),
    done: method('', () => true),
  },
};
