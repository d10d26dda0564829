import { parseQuantity, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import {
  averagedChannels,
  gridOf,
  type InputUse,
  type Lineage,
  type PartWindows,
  partWindows,
  readWindows,
  textOf,
  traceLineages,
  usesOf,
} from './imaging-lineage.ts';
import { type Rehearsal, type RehearsedCall, textsOf } from './imaging-rehearsal.ts';
import { FULL_CHANNELS, readNumbers } from './selection-numbers.ts';

/** An image that a script makes, and what it is made from. */
export interface ImageRequest {
  readonly task: string;
  readonly imagename: string;
  readonly uses: readonly InputUse[];
  /** Field names that are selected, without wildcards; none where fields are selected by number or all are taken. */
  readonly names: readonly string[];
  readonly isMosaic: boolean;
  readonly isCube: boolean;
  /** As given: a direction, the number of a field, or ''. */
  readonly phaseCentre: string;
  readonly sizeX: number;
  readonly sizeY: number;
  /** rad */
  readonly cell: number;
  /** Jy */
  readonly threshold: number;
  /** Cubes: channels; 0 when the data say. */
  readonly channelCount: number;
  /** Cubes whose axis is told in velocity or frequency. */
  readonly axis?: CubeAxisRequest;
  /** Cubes by channel number: the first channel. */
  readonly firstChannel?: number;
  /** Whether the continuum was subtracted from its data, or all but the continuum. */
  readonly content: 'all' | 'lines' | 'continuum';
  /** Masks that it is given. */
  readonly masks: readonly string[];
  /** Whether the image itself is divided by the primary beam. */
  readonly isCorrected: boolean;
}

export interface CubeAxisRequest {
  readonly quantity: 'velocity' | 'frequency';
  readonly restHz: number;
  /** First channel, m/s or Hz; undefined: where the data begin. */
  readonly start?: number;
  /** m/s or Hz; undefined: the width of the data's channels. */
  readonly width?: number;
}

/** What a script needs of the MeasurementSets that it finds. */
export interface ImagingNeeds {
  readonly inputs: readonly string[];
  readonly images: readonly ImageRequest[];
  /** All that tasks read of the inputs. */
  readonly uses: readonly InputUse[];
  /** Names of fields that tasks select. */
  readonly names: readonly string[];
  /** Field numbers that stand for one source: those of several MeasurementSets that are imaged as one. */
  readonly sameFields: readonly (readonly number[])[];
  /** Whether a task takes the corrected column, which is then made beside DATA. */
  readonly wantsCorrected: boolean;
  /** Whether one continuum is fitted to several windows: away from the phase centre visibilities turn from window to window. */
  readonly fitsAcrossWindows: boolean;
  /** Observations, by the highest number that a task selects. */
  readonly observationCount: number;
  /** Names of antennas that tasks select or refer to. */
  readonly antennas: readonly string[];
  /** Channels that tasks bring windows of inputs to. */
  readonly grids: readonly GridRequest[];
}

/** Channels to which a window is brought. */
export interface GridRequest {
  readonly input: string;
  readonly window: number;
  /** Edges, LSRK Hz. */
  readonly low: number;
  readonly high: number;
  readonly channelCount: number;
}

const ANTENNA = /\b(?:DA|DV|PM|CM)\d{2}\b/g;
const CLEANING = new Set(['clean', 'tclean']);
/** Tasks whose data column is the corrected one unless they are told another. */
const CUTTING = new Set(['split', 'mstransform']);

/** Tasks whose selections are imaged, at once or later. */
const IMAGED = new Set([...CLEANING, ...CUTTING, 'uvcontsub', 'cvel', 'cvel2']);

/** Reads from a rehearsal what the observation must have. */
export function readNeeds({ calls, inputs }: Rehearsal): ImagingNeeds {
  const traced = traceLineages(calls);
  const selections = calls.map((call) => ({ call, ...selectionOf(call) }));
  const partsOf = partsOfJoined(selections.map(({ call, windows }) => ({ call, windows, of: traced.get(call) ?? [] })));
  const usesBy = (call: RehearsedCall): InputUse[] => {
    const of = traced.get(call) ?? [];
    const { windows, channels } = selectionOf(call);
    const fields = readNumbers(textOf(call.named.field));
    return of.flatMap((one) => usesOf(one, { windows, channels, fields }, partsOf));
  };
  const images = calls.filter(({ task }) => CLEANING.has(task)).map((call) => requestOf(call, usesBy(call)));
  const names = calls.flatMap(({ named }) => fieldNames(textOf(named.field)));
  const wantsCorrected = calls.some(
    ({ task, named }) =>
      CUTTING.has(task) && /^(?:|corrected)$/i.test(textOf(named.datacolumn)) && inputs.includes(textOf(named.vis)),
  );
  const fitsAcrossWindows = calls.some(
    ({ task, named }) => task.startsWith('uvcontsub') && /spw/.test(textOf(named.combine)),
  );
  const observations = calls.flatMap(({ named }) => readNumbers(textOf(named.observation)));
  const antennas = calls.flatMap(
    ({ named }) => `${textOf(named.antenna)} ${textOf(named.refant)}`.match(ANTENNA) ?? [],
  );
  return {
    inputs,
    images: lastOfEach(images),
    uses: calls.flatMap(usesBy),
    names: [...new Set(names)],
    sameFields: calls.flatMap(sameFieldsOf),
    antennas: [...new Set(antennas)],
    grids: calls.flatMap((call) => gridsOf(call, usesBy(call))),
    ...{ wantsCorrected, fitsAcrossWindows, observationCount: 1 + Math.max(0, ...observations) },
  };
}

/** Tasks that give windows and the highest channels of each, beside their selection. */
const FIT_PARAMETERS = ['fitspw', 'fitspec', 'chans'] as const;

function selectionOf({ task, named }: RehearsedCall): { windows: number[]; channels: Map<number, number> } {
  const all = readWindows(textOf(named.spw));
  // What is only drawn tells the channels of whole windows; for others, a plot of a channel that is not there is empty.
  const isTold = (last: number) => !task.startsWith('plot') || last + 1 >= FULL_CHANNELS;
  const channels = new Map([...all.channels].filter(([, last]) => isTold(last)));
  const note = (id: number, last: number) => void channels.set(id, Math.max(channels.get(id) ?? 0, last));
  const fitted = FIT_PARAMETERS.map((name) => (task.startsWith('uvcontsub') ? textOf(named[name]) : ''));
  for (const text of fitted) for (const [id, last] of readWindows(text).channels) note(id, last);
  // As many channels as are averaged to one are there.
  if (task === 'split') {
    all.windows.forEach((id, index) => {
      const averaged = averagedChannels(named.width, index);
      if (averaged > 1) note(id, averaged - 1);
    });
  }
  return { windows: all.windows, channels };
}

/** Windows of the parts of joined data, by what calls select from each. */
function partsOfJoined(calls: readonly { call: RehearsedCall; windows: readonly number[]; of: readonly Lineage[] }[]) {
  const byJoined = new Map<Lineage, { all: (readonly number[])[]; imaged: (readonly number[])[] }>();
  for (const { call, windows, of } of calls) {
    const fitted = call.task.startsWith('uvcontsub') ? [...readWindows(textOf(call.named.fitspw)).windows] : [];
    for (const lineage of of) {
      const joined = joinedBelow(lineage);
      if (!joined || windows.length + fitted.length === 0) continue;
      const known = byJoined.get(joined) ?? { all: [], imaged: [] };
      byJoined.set(joined, known);
      if (windows.length > 0) known.all.push(windows);
      if (fitted.length > 0) known.all.push(fitted);
      if (windows.length > 0 && IMAGED.has(call.task)) known.imaged.push(windows);
    }
  }
  return (joined: Lineage): readonly PartWindows[] => {
    if (joined.kind !== 'joined') return [];
    const { all, imaged } = byJoined.get(joined) ?? { all: [], imaged: [] };
    return partWindows(joined.of, all, imaged);
  };
}

/** The joined data whose windows a lineage still numbers. */
function joinedBelow(lineage: Lineage): Lineage | undefined {
  if (lineage.kind === 'joined') return lineage;
  return lineage.kind === 'cut' && lineage.windows.length === 0 ? joinedBelow(lineage.of) : undefined;
}

/** The field numbers of a single field in each of several MeasurementSets. */
function sameFieldsOf({ task, named: { vis, field } }: RehearsedCall): number[][] {
  if (!CLEANING.has(task) || !Array.isArray(vis) || !Array.isArray(field) || field.length !== vis.length) return [];
  const numbers = field.map((one) => readNumbers(textOf(one)));
  return numbers.every((ids) => ids.length === 1) ? [numbers.flat()] : [];
}

/** A later image of the same name replaces an earlier one. */
function lastOfEach(images: readonly ImageRequest[]): ImageRequest[] {
  return [...new Map(images.map((image) => [image.imagename, image])).values()];
}

const fieldNames = (selection: string): string[] =>
  selection
    .split(',')
    .map((part) => part.trim().replace(/\*$/, ''))
    .filter((part) => part !== '' && !/^[\d~ ]+$/.test(part));

function requestOf({ task, named }: RehearsedCall, uses: readonly InputUse[]): ImageRequest {
  const mode = textOf(named.specmode ?? named.mode) || (task === 'clean' ? 'mfs' : 'mfs');
  const [sizeX, sizeY] = pairOf(named.imsize, 100);
  const isMosaic = [named.imagermode, named.gridder, named.ftmachine].some((one) => /mosaic/.test(textOf(one)));
  const cell = parseQuantity(
    quantity(Array.isArray(named.cell) ? named.cell[0] : named.cell, '1arcsec'),
    'angle',
    'arcsec',
  );
  const [vis] = Array.isArray(named.vis) ? named.vis : [named.vis];
  // 'cont' is another name of it.
  const isCube = mode !== 'mfs' && mode !== 'cont';
  return {
    task,
    imagename: textOf(named.imagename),
    uses,
    names: fieldNames(textOf(named.field)),
    ...{ isMosaic, isCube, sizeX, sizeY, cell },
    isCorrected: task === 'clean' && named.pbcor === true,
    masks: textsOf(named.mask),
    phaseCentre: textOf(named.phasecenter),
    threshold: thresholdOf(named.threshold, task),
    channelCount: isCube ? Math.max(0, Number(named.nchan ?? -1)) : 1,
    ...(isCube ? axisOf(mode, named) : {}),
    content: contentOf(
      textOf(vis),
      uses.map(({ input }) => input),
    ),
  };
}

/** What is left in a MeasurementSet by its name; those that are given hold all, whatever they are called. */
function contentOf(vis: string, inputs: readonly string[]): ImageRequest['content'] {
  if (inputs.includes(vis)) return 'all';
  return vis.endsWith('.contsub') ? 'lines' : vis.endsWith('.cont') ? 'continuum' : 'all';
}

/** What windows must cover so that a task can bring them to the channels that it names. */
function gridsOf(call: RehearsedCall, uses: readonly InputUse[]): GridRequest[] {
  const { named } = call;
  if (!gridOf(call)) return [];
  const { axis } = axisOf(textOf(named.mode), named);
  const channelCount = Number(named.nchan ?? -1);
  if (axis?.start === undefined || axis.width === undefined || !(channelCount > 0)) return [];
  const ends = [axis.start, axis.start + channelCount * axis.width].map((value) => axisFrequency(axis, value));
  const [low, high] = ends.sort((a, b) => a - b);
  return uses.flatMap(({ input, windows }) => windows.map((window) => ({ input, window, low, high, channelCount })));
}

const quantity = (value: unknown, fallback: string): string | number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') ? value : fallback;

function pairOf(value: unknown, fallback: number): [number, number] {
  const values = (Array.isArray(value) ? value : [value]).map(Number).filter((one) => one > 0);
  const [first = fallback, second = first] = values;
  return [first, second];
}

/** Bare numbers are mJy in clean and Jy in tclean. */
function thresholdOf(value: unknown, task: string): number {
  try {
    return parseQuantity(quantity(value, 0 as never), 'flux', task === 'clean' ? 'mJy' : 'Jy');
  } catch {
    return 0;
  }
}

function axisOf(mode: string, named: RehearsedCall['named']): Pick<ImageRequest, 'axis' | 'firstChannel'> {
  const restHz = parseQuantity(
    quantity(Array.isArray(named.restfreq) ? named.restfreq[0] : named.restfreq, '0Hz'),
    'frequency',
  );
  const read = (value: unknown, dimension: string) =>
    typeof value === 'string' && value !== '' && /[a-z]/i.test(value) ? parseQuantity(value, dimension) : undefined;
  const kindOf = (value: unknown) =>
    /m\/s/.test(textOf(value)) ? 'velocity' : /Hz/.test(textOf(value)) ? 'frequency' : undefined;
  const told = mode === 'velocity' || mode === 'frequency' ? mode : (kindOf(named.start) ?? kindOf(named.width));
  if (!told) return { firstChannel: Number(named.start ?? 0) || 0 };
  return {
    axis: { quantity: told, restHz, start: read(named.start, told), width: read(named.width, told) },
  };
}

/** Frequency (Hz) of a place on a cube's axis. */
export function axisFrequency({ quantity: kind, restHz }: CubeAxisRequest, value: number): number {
  return kind === 'frequency' ? value : restHz * (1 - value / SPEED_OF_LIGHT);
}

/** Width of a cube's channels, Hz; undefined where the data say. */
export function axisWidth({ quantity: kind, restHz, width }: CubeAxisRequest): number | undefined {
  if (width === undefined) return undefined;
  return Math.abs(kind === 'frequency' ? width : (restHz * width) / SPEED_OF_LIGHT);
}
