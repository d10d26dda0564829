import { fail } from '../../foundation/base/index.ts';
import { type ByteSource, disk, swapBytesInPlace } from '../../foundation/bytes/index.ts';
import {
  BDF_PARTS,
  type BdfHeader,
  type BdfPartName,
  type BdfSubsetHeader,
  type BdfValueType,
  type CrossDataType,
  isPartName,
  parseBdfHeader,
  partValueType,
  SubsetHeaderParser,
  valueBytes,
} from './bdf-header.ts';
import { LineScanner, mimeBoundary, readMimeHeaders } from './line-scanner.ts';
import { NearReader } from './near-reader.ts';
import { SubsetIndex } from './subset-index.ts';

/** Where a binary part lies in the file. */
export interface BdfPart {
  readonly name: BdfPartName;
  readonly offset: number;
  readonly bytes: number;
  readonly type: BdfValueType;
  /** Count of numbers; a complex value counts two. */
  readonly valueCount: number;
}

/** One data subset: an integration, a sub-integration, or all packed samples. */
export interface BdfSubset extends BdfSubsetHeader {
  readonly index: number;
  /** Byte in the file where the subset starts. */
  readonly byte: number;
  /** Only what is attached; the header may announce parts that are not. */
  readonly parts: Readonly<Partial<Record<BdfPartName, BdfPart>>>;
}

/** Numbers of a part as they are stored: Int16, Int32 or Float32 cross data, Float32 auto data and zero lags, Uint32 flags, BigInt64 times. */
export type BdfValues = Int16Array | Int32Array | Uint32Array | Float32Array | BigInt64Array;

/** An open BDF: its header, the places of its parts, and reads by range. Never holds more than what is asked for. */
export interface BdfReader {
  readonly name: string;
  readonly header: BdfHeader;
  /** Subsets in file order; the places found are kept, so a second pass reads no text again. */
  subsets(): Iterable<BdfSubset>;
  /** How many subsets there are; finds them all. */
  countSubsets(): number;
  /** A subset that was found before. */
  subset(index: number): BdfSubset;
  /** Its midpoint and interval alone, ns; an import asks so often that the rest would be most of its garbage. */
  subsetTimes(index: number): readonly [timeNs: bigint, intervalNs: bigint];
  /** One of its parts alone; undefined when it is not attached. */
  part(index: number, name: BdfPartName): BdfPart | undefined;
  /**
   * Reads numbers of a part.
   *
   * @param part from a subset
   * @param first index of the first number
   * @param count how many; the rest of the part when left out
   */
  read(part: BdfPart, first?: number, count?: number): BdfValues;
  /** Reads into a given array of the stored width; as many numbers as it holds, from number `first`. */
  readInto(part: BdfPart, target: BdfValues, first?: number): void;
  close(): void;
}

const XML_LINES = 1000;
/** Parts up to this size are read together with those that follow, bytes. */
const SHORT_PART = 4096;

/**
 * Opens a BDF and reads its header.
 *
 * @param input path or byte source; a source is closed by the reader's close
 * @throws missing, bad-format (with the byte)
 */
export function openBdf(input: string | ByteSource): BdfReader {
  const source = typeof input === 'string' ? disk().open(input) : input;
  try {
    return new MimeBdf(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

class MimeBdf implements BdfReader {
  readonly header: BdfHeader;
  private readonly source: ByteSource;
  private readonly scanner: LineScanner;
  private readonly near: NearReader;
  private readonly boundary: string;
  private readonly found = new SubsetIndex();
  private readonly headers = new SubsetHeaderParser();
  private isIndexed = false;

  constructor(source: ByteSource) {
    this.source = source;
    this.scanner = new LineScanner(source);
    this.near = new NearReader(source);
    const { headers } = readMimeHeaders(this.scanner);
    const boundary = mimeBoundary(headers);
    if (boundary === undefined) this.refuse('The file is no BDF: its first lines state no MIME boundary.', 0);
    this.boundary = boundary;
    this.skipToLine(`--${boundary}`);
    readMimeHeaders(this.scanner);
    const byte = this.scanner.offset;
    const xml = this.readXml('</sdmDataHeader>', 'sdmDataHeader');
    this.header = parseBdfHeader(xml, { file: source.name, byte });
  }

  get name(): string {
    return this.source.name;
  }

  *subsets(): Generator<BdfSubset> {
    for (let index = 0; index < this.found.length || this.findNext(); index++) yield this.subset(index);
  }

  countSubsets(): number {
    while (this.findNext());
    return this.found.length;
  }

  subset(index: number): BdfSubset {
    const parts: Partial<Record<BdfPartName, BdfPart>> = {};
    for (const name of BDF_PARTS) {
      const part = this.part(index, name);
      if (part) parts[name] = part;
    }
    return { ...this.found.head(index), index, byte: this.found.byte(index), parts };
  }

  subsetTimes(index: number): readonly [bigint, bigint] {
    return this.found.times(index);
  }

  part(index: number, name: BdfPartName): BdfPart | undefined {
    const offset = this.found.offset(index, name);
    return offset > 0 ? this.partAt(name, offset, this.found.crossType(index)) : undefined;
  }

  read(part: BdfPart, first = 0, count = part.valueCount - first): BdfValues {
    this.checkRange(part, first, count);
    const values = allocate(part.type, count);
    this.readInto(part, values, first);
    return values;
  }

  readInto(part: BdfPart, target: BdfValues, first = 0): void {
    this.checkRange(part, first, target.length);
    const width = valueBytes(part.type);
    if (target.BYTES_PER_ELEMENT !== width) {
      fail('internal', `Numbers of ${width} bytes cannot be read into ${target.BYTES_PER_ELEMENT}.`);
    }
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const offset = part.offset + first * width;
    if (bytes.length > SHORT_PART) this.source.read(offset, bytes);
    else bytes.set(this.near.read(offset, bytes.length));
    if (!this.header.isLittleEndian) swapBytesInPlace(bytes, width);
  }

  close(): void {
    this.scanner.release();
    this.near.release();
    this.source.close();
  }

  private checkRange(part: BdfPart, first: number, count: number): void {
    if (first < 0 || count < 0 || first + count > part.valueCount) {
      fail('internal', `Numbers ${first} to ${first + count} lie outside the part's ${part.valueCount}.`, {
        file: this.name,
        byte: part.offset,
      });
    }
  }

  /** Scans one subset further; false at the closing boundary. */
  private findNext(): boolean {
    if (this.isIndexed) return false;
    const { scanner } = this;
    const byte = scanner.offset;
    const { headers, endedBy } = readMimeHeaders(scanner);
    if (headers.size === 0 && endedBy === undefined) {
      this.refuse(
        `The BDF ends without its closing boundary; it is truncated after ${this.found.length} subsets.`,
        byte,
      );
    }
    const inner = mimeBoundary(headers);
    if (inner === undefined) this.refuse('A data subset states no MIME boundary.', byte);
    if (!endedBy?.startsWith(`--${inner}`)) this.skipToLine(`--${inner}`);
    readMimeHeaders(scanner);
    const xmlByte = scanner.offset;
    const { xml, closing } = this.readXmlUntil(`--${inner}`);
    const head = this.headers.parse(xml, { file: this.name, byte: xmlByte });
    this.found.add(head, byte, this.findParts(inner, closing, head));
    const line = this.nextBoundary(`--${this.boundary}`);
    if (line.startsWith(`--${this.boundary}--`)) this.isIndexed = true;
    return true;
  }

  /** Places of the binary parts up to the subset's closing boundary. */
  private findParts(inner: string, firstLine: string, head: BdfSubsetHeader): ReadonlyMap<BdfPartName, number> {
    const offsets = new Map<BdfPartName, number>();
    let line = firstLine;
    while (!line.startsWith(`--${inner}--`)) {
      const byte = this.scanner.offset;
      const { headers } = readMimeHeaders(this.scanner);
      const location = headers.get('content-location') ?? '';
      const name = location.slice(location.lastIndexOf('/') + 1).replace(/\.bin$/, '');
      if (!isPartName(name)) this.refuse(`A binary part is named "${location}", which is no known part.`, byte);
      const { offset, bytes } = this.placePart(name, head);
      this.scanner.skip(bytes, `${name} of subset ${head.projectPath}`);
      offsets.set(name, offset);
      line = this.nextBoundary(`--${inner}`);
    }
    return offsets;
  }

  private placePart(name: BdfPartName, head: BdfSubsetHeader): BdfPart {
    const { offset } = this.scanner;
    if (name === 'crossData' && !head.crossDataType) this.refuse('Cross data are attached without their type.', offset);
    return this.partAt(name, offset, head.crossDataType);
  }

  private partAt(name: BdfPartName, offset: number, crossType: CrossDataType | undefined): BdfPart {
    const spec = this.header.parts[name];
    if (!spec) this.refuse(`The part ${name} is attached but the header does not announce it.`, offset);
    const type = partValueType(name, crossType);
    return { name, offset, bytes: spec.size * valueBytes(type), type, valueCount: spec.size };
  }

  /** The boundary line that must follow, after at most the line end of what was before. */
  private nextBoundary(boundary: string): string {
    const byte = this.scanner.offset;
    for (let count = 0; count < 3; count++) {
      const line = this.scanner.readLine();
      if (line === undefined) this.refuse('The BDF ends inside a data subset; it is truncated.', byte);
      if (line.startsWith(boundary)) return line;
      if (line.trim() !== '') break;
    }
    return this.refuse(`The boundary ${boundary} does not follow where the announced size ends.`, byte);
  }

  private skipToLine(start: string): void {
    const byte = this.scanner.offset;
    for (let count = 0; count < XML_LINES; count++) {
      const line = this.scanner.readLine();
      if (line === undefined) break;
      if (line.startsWith(start)) return;
    }
    this.refuse(`The boundary ${start} is not found.`, byte);
  }

  /** Text up to the closing element, then the boundary line behind it. */
  private readXml(closing: string, what: string): string {
    const byte = this.scanner.offset;
    const { xml } = this.readXmlUntil(`--${this.boundary}`);
    if (!xml.includes(closing)) this.refuse(`The XML of ${what} does not end.`, byte);
    return xml;
  }

  private readXmlUntil(boundary: string): { xml: string; closing: string } {
    const byte = this.scanner.offset;
    const lines: string[] = [];
    for (let count = 0; count < XML_LINES; count++) {
      const line = this.scanner.readLine();
      if (line === undefined) this.refuse('The BDF ends inside an XML part; it is truncated.', byte);
      if (line.startsWith(boundary)) return { xml: lines.join('\n').trim(), closing: line };
      lines.push(line);
    }
    return this.refuse(`An XML part of the BDF is longer than ${XML_LINES} lines.`, byte);
  }

  private refuse(message: string, byte: number): never {
    return fail('bad-format', message, { file: this.source.name, byte });
  }
}

function allocate(type: BdfValueType, count: number): BdfValues {
  switch (type) {
    case 'int16':
      return new Int16Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'float32':
      return new Float32Array(count);
    case 'int64':
      return new BigInt64Array(count);
  }
}
