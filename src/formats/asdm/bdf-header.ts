import { SaxesParser } from 'saxes';
import { fail, isQa2Error, type Place } from '../../foundation/base/index.ts';
import { localName } from './xml-rows.ts';

/** Binary parts that a data subset can have. */
export type BdfPartName =
  | 'flags'
  | 'actualTimes'
  | 'actualDurations'
  | 'weights'
  | 'zeroLags'
  | 'crossData'
  | 'autoData';

/** Parts in the order in which they follow one another in a subset. */
export const BDF_PARTS: readonly BdfPartName[] = [
  'flags',
  'actualTimes',
  'actualDurations',
  'weights',
  'zeroLags',
  'crossData',
  'autoData',
];

/** Number format of crossData; the other parts have fixed ones. */
export type CrossDataType = 'INT16_TYPE' | 'INT32_TYPE' | 'FLOAT32_TYPE';

/** One spectral window of a baseband as the header describes it. */
export interface BdfSpectralWindow {
  /** Number within the baseband, from 1. */
  readonly sw: string;
  /** e.g. XX, YY; empty for AUTO_ONLY. */
  readonly crossPolProducts: readonly string[];
  /** e.g. XX, YY or XX, XY, YY; empty when there are no autocorrelations. */
  readonly sdPolProducts: readonly string[];
  /** Stored number / scaleFactor = value; undefined for AUTO_ONLY. */
  readonly scaleFactor?: number;
  readonly numSpectralPoint: number;
  readonly numBin: number;
  readonly sideband: string;
}

export interface BdfBaseband {
  readonly name: string;
  readonly spectralWindows: readonly BdfSpectralWindow[];
}

/** What the header announces of a part: how many numbers, in which order. */
export interface BdfPartSpec {
  /** Count of numbers in each subset; a complex value counts two. */
  readonly size: number;
  /** e.g. BAL, BAB, SPP, POL: slowest first. */
  readonly axes: readonly string[];
}

/** Head of a BDF. */
export interface BdfHeader {
  readonly isLittleEndian: boolean;
  readonly schemaVersion: string;
  /** e.g. `1/4/1/` */
  readonly projectPath: string;
  readonly startTimeNs: bigint;
  readonly dataOid: string;
  readonly title: string;
  /** Number of packed samples in the one subset, or 0 when every subset is one integration. */
  readonly numTime: number;
  readonly execBlockUid: string;
  readonly numAntenna: number;
  readonly correlationMode: 'AUTO_ONLY' | 'CROSS_ONLY' | 'CROSS_AND_AUTO';
  readonly spectralResolution: string;
  readonly processorType: string;
  /** Atmospheric phase corrections stored side by side, e.g. AP_UNCORRECTED, AP_CORRECTED; empty for AUTO_ONLY. */
  readonly apc: readonly string[];
  readonly basebands: readonly BdfBaseband[];
  readonly parts: Readonly<Partial<Record<BdfPartName, BdfPartSpec>>>;
}

/** Head of one data subset. */
export interface BdfSubsetHeader {
  readonly projectPath: string;
  /** Midpoint, ns since MJD 0 (UTC). */
  readonly timeNs: bigint;
  readonly intervalNs: bigint;
  readonly crossDataType?: CrossDataType;
  /** Reason that the observation was aborted, if it was. */
  readonly abortReason?: string;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
type Attributes = Readonly<Record<string, string>>;

/**
 * Parses `sdmDataHeader`. Namespaces and prefixes are ignored, as are elements that are not known.
 *
 * @param xml text of the header part
 * @param place for messages
 */
export function parseBdfHeader(xml: string, place: Place): BdfHeader {
  const draft = emptyHeader();
  const basebands: { name: string; spectralWindows: BdfSpectralWindow[] }[] = [];
  const parts: Partial<Record<BdfPartName, BdfPartSpec>> = {};
  parseElements(xml, place, {
    open(name, attributes) {
      if (name === 'sdmDataHeader') {
        draft.isLittleEndian = attributes.byteOrder !== 'Big_Endian';
        draft.schemaVersion = attributes.schemaVersion ?? '';
        draft.projectPath = attributes.projectPath ?? '';
      } else if (name === 'dataOID') {
        draft.dataOid = attributes.href ?? '';
        draft.title = attributes.title ?? '';
      } else if (name === 'execBlock') draft.execBlockUid = attributes.href ?? '';
      else if (name === 'dataStruct') draft.apc = list(attributes.apc);
      else if (name === 'baseband') basebands.push({ name: attributes.name ?? '', spectralWindows: [] });
      else if (name === 'spectralWindow') basebands.at(-1)?.spectralWindows.push(parseWindow(attributes, place));
      else if (isPartName(name))
        parts[name] = { size: count(attributes.size, `size of ${name}`, place), axes: list(attributes.axes) };
    },
    close(name, text) {
      if (name === 'startTime') draft.startTimeNs = nanoseconds(text, place);
      else if (name === 'numTime') draft.numTime = count(text, name, place);
      else if (name === 'numAntenna') draft.numAntenna = count(text, name, place);
      else if (name === 'correlationMode') draft.correlationMode = correlationMode(text, place);
      else if (name === 'spectralResolution') draft.spectralResolution = text;
      else if (name === 'processorType') draft.processorType = text;
    },
  });
  const windowCount = basebands.reduce((sum, baseband) => sum + baseband.spectralWindows.length, 0);
  if (draft.numAntenna === 0 || windowCount === 0) {
    fail('bad-format', 'The BDF header states no antennas or no spectral windows.', place);
  }
  return { ...draft, basebands, parts };
}

/** Numbers that stand alone between tags, quotes or slashes: what differs from one subset's XML to the next. */
const LONE_NUMBERS = /(?<=[>"/])\d+(?=[<"/])/g;
const TIME = /<time>(\d{1,19})<\/time>/;
const INTERVAL = /<interval>(\d{1,19})<\/interval>/;
const PROJECT_PATH = /\sprojectPath="([^"&]*)"/;

/** Parses the `sdmDataSubsetHeader`s of a BDF. They are alike but for some numbers, so the XML is taken apart only once. */
export class SubsetHeaderParser {
  private alike = '';
  private known: BdfSubsetHeader | undefined;

  /** @throws bad-format, unsupported */
  parse(xml: string, place: Place): BdfSubsetHeader {
    const alike = xml.replace(LONE_NUMBERS, '');
    const quick = this.known && alike === this.alike ? quickHeader(xml, this.known) : undefined;
    if (quick) return quick;
    const head = parseSubsetHeader(xml, place);
    // Only where the quick way finds the same: prefixes and spaces are left to the parser.
    const again = quickHeader(xml, head);
    const hasSameTimes = again?.timeNs === head.timeNs && again.intervalNs === head.intervalNs;
    const isUsual = hasSameTimes && again.projectPath === head.projectPath && head.abortReason === undefined;
    this.known = isUsual ? head : undefined;
    this.alike = alike;
    return head;
  }
}

/** The numbers of an XML that differs from that of `like` in lone numbers only; undefined where they do not stand as expected. */
function quickHeader(xml: string, like: BdfSubsetHeader): BdfSubsetHeader | undefined {
  const time = TIME.exec(xml)?.[1];
  const interval = INTERVAL.exec(xml)?.[1];
  const projectPath = PROJECT_PATH.exec(xml)?.[1];
  if (time === undefined || interval === undefined || projectPath === undefined) return undefined;
  return { ...like, projectPath, timeNs: BigInt(time), intervalNs: BigInt(interval) };
}

/** Parses `sdmDataSubsetHeader`. */
function parseSubsetHeader(xml: string, place: Place): BdfSubsetHeader {
  const draft: Mutable<BdfSubsetHeader> = { projectPath: '', timeNs: 0n, intervalNs: 0n };
  parseElements(xml, place, {
    open(name, attributes) {
      if (name === 'sdmDataSubsetHeader') draft.projectPath = attributes.projectPath ?? '';
      else if (name === 'crossData') draft.crossDataType = crossDataType(attributes.type, place);
    },
    close(name, text) {
      if (name === 'time') draft.timeNs = nanoseconds(text, place);
      else if (name === 'interval') draft.intervalNs = nanoseconds(text, place);
      else if (name === 'abortReason') draft.abortReason = text;
    },
  });
  return draft;
}

/** Number formats of binary parts. */
export type BdfValueType = 'int16' | 'int32' | 'uint32' | 'float32' | 'int64';

/** Number format of a part: cross data as the subset states, the others always the same. */
export function partValueType(name: BdfPartName, crossType: CrossDataType | undefined): BdfValueType {
  if (name === 'actualTimes' || name === 'actualDurations') return 'int64';
  if (name === 'flags') return 'uint32';
  if (name !== 'crossData' || crossType === 'FLOAT32_TYPE') return 'float32';
  return crossType === 'INT16_TYPE' ? 'int16' : 'int32';
}

/** Bytes of one number. */
export function valueBytes(type: BdfValueType): 2 | 4 | 8 {
  return type === 'int16' ? 2 : type === 'int64' ? 8 : 4;
}

export function isPartName(name: string): name is BdfPartName {
  return (BDF_PARTS as readonly string[]).includes(name);
}

function emptyHeader(): Mutable<Omit<BdfHeader, 'basebands' | 'parts'>> {
  return {
    isLittleEndian: true,
    schemaVersion: '',
    projectPath: '',
    startTimeNs: 0n,
    dataOid: '',
    title: '',
    numTime: 0,
    execBlockUid: '',
    numAntenna: 0,
    correlationMode: 'CROSS_AND_AUTO',
    spectralResolution: '',
    processorType: '',
    apc: [],
  };
}

interface ElementEvents {
  /** Names and attribute names come without their prefixes. */
  open(name: string, attributes: Attributes): void;
  close(name: string, text: string): void;
}

function parseElements(xml: string, place: Place, events: ElementEvents): void {
  const parser = new SaxesParser({ xmlns: false });
  let text = '';
  parser.on('error', (error) => {
    fail('bad-format', `The XML of the BDF is broken: ${error.message}`, place);
  });
  parser.on('opentag', (tag) => {
    text = '';
    const attributes: Record<string, string> = {};
    for (const name in tag.attributes) attributes[localName(name)] = tag.attributes[name];
    events.open(localName(tag.name), attributes);
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', (tag) => {
    events.close(localName(tag.name), text.trim());
    text = '';
  });
  try {
    parser.write(xml).close();
  } catch (error) {
    if (isQa2Error(error)) throw error;
    fail('bad-format', 'The XML of the BDF is broken.', place, error);
  }
}

function parseWindow(attributes: Attributes, place: Place): BdfSpectralWindow {
  const scale = attributes.scaleFactor === undefined ? undefined : Number(attributes.scaleFactor);
  if (scale !== undefined && !(Number.isFinite(scale) && scale !== 0)) {
    fail('bad-format', `The scale factor ${attributes.scaleFactor} is no number to divide by.`, place);
  }
  return {
    sw: attributes.sw ?? '1',
    crossPolProducts: list(attributes.crossPolProducts),
    sdPolProducts: list(attributes.sdPolProducts),
    ...(scale === undefined ? {} : { scaleFactor: scale }),
    numSpectralPoint: count(attributes.numSpectralPoint, 'numSpectralPoint', place),
    numBin: count(attributes.numBin ?? '1', 'numBin', place),
    sideband: attributes.sideband ?? 'NOSB',
  };
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function count(text: string | undefined, what: string, place: Place): number {
  const value = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    fail('bad-format', `The BDF states "${text}" as ${what}; expected a count.`, place);
  }
  return value;
}

function nanoseconds(text: string, place: Place): bigint {
  if (!/^\d{1,19}$/.test(text)) fail('bad-format', `"${text}" is no time in nanoseconds.`, place);
  return BigInt(text);
}

function correlationMode(text: string, place: Place): BdfHeader['correlationMode'] {
  if (text === 'AUTO_ONLY' || text === 'CROSS_ONLY' || text === 'CROSS_AND_AUTO') return text;
  return fail('unsupported', `The correlation mode ${text} is unknown.`, place);
}

const CROSS_TYPES: Readonly<Record<string, CrossDataType>> = {
  INT16_TYPE: 'INT16_TYPE',
  SHORT_TYPE: 'INT16_TYPE',
  INT32_TYPE: 'INT32_TYPE',
  INT_TYPE: 'INT32_TYPE',
  LONG_TYPE: 'INT32_TYPE',
  FLOAT32_TYPE: 'FLOAT32_TYPE',
  FLOAT_TYPE: 'FLOAT32_TYPE',
};

function crossDataType(text: string | undefined, place: Place): CrossDataType {
  return CROSS_TYPES[text ?? ''] ?? fail('unsupported', `Cross data of type "${text}" cannot be read.`, place);
}
