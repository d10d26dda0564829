import { BDF_PARTS, type BdfPartName, type BdfSubsetHeader, type CrossDataType } from './bdf-header.ts';

const CROSS_TYPES = [undefined, 'INT16_TYPE', 'INT32_TYPE', 'FLOAT32_TYPE'] as const;

/** Numbers of one subset: its byte and those of its parts. */
const WIDTH = 1 + BDF_PARTS.length;

/**
 * What was found of the subsets of a BDF, as numbers: a BDF may have 10⁵ of them and stays open while all its rows are made, so
 * objects for each part would be most of what an import leaves to the garbage collector.
 */
export class SubsetIndex {
  length = 0;
  /** [subset]: byte where it starts, then those of its parts; 0 for what is not attached. */
  private places = new Float64Array(16 * WIDTH);
  /** [subset]: midpoint and interval, ns. */
  private moments = new BigInt64Array(16 * 2);
  private crossTypes = new Uint8Array(16);
  private readonly paths: string[] = [];
  private readonly abortReasons = new Map<number, string>();

  add(head: BdfSubsetHeader, byte: number, offsets: ReadonlyMap<BdfPartName, number>): void {
    const index = this.length++;
    if (index === this.crossTypes.length) this.grow();
    this.places[index * WIDTH] = byte;
    BDF_PARTS.forEach((name, part) => {
      this.places[index * WIDTH + 1 + part] = offsets.get(name) ?? 0;
    });
    this.moments[2 * index] = head.timeNs;
    this.moments[2 * index + 1] = head.intervalNs;
    this.crossTypes[index] = CROSS_TYPES.indexOf(head.crossDataType);
    this.paths.push(ownText(head.projectPath));
    if (head.abortReason !== undefined) this.abortReasons.set(index, head.abortReason);
  }

  head(index: number): BdfSubsetHeader {
    const crossDataType = this.crossType(index);
    const [timeNs, intervalNs] = this.times(index);
    const abortReason = this.abortReasons.get(index);
    return {
      projectPath: this.paths[index],
      timeNs,
      intervalNs,
      ...(crossDataType && { crossDataType }),
      ...(abortReason !== undefined && { abortReason }),
    };
  }

  /** Midpoint and interval, ns. */
  times(index: number): readonly [bigint, bigint] {
    return [this.moments[2 * index], this.moments[2 * index + 1]];
  }

  crossType(index: number): CrossDataType | undefined {
    return CROSS_TYPES[this.crossTypes[index]];
  }

  byte(index: number): number {
    return this.places[index * WIDTH];
  }

  /** Byte where a part starts; 0 when it is not attached. */
  offset(index: number, name: BdfPartName): number {
    return this.places[index * WIDTH + 1 + BDF_PARTS.indexOf(name)];
  }

  private grow(): void {
    const { places, moments, crossTypes } = this;
    this.places = new Float64Array(2 * places.length);
    this.moments = new BigInt64Array(2 * moments.length);
    this.crossTypes = new Uint8Array(2 * crossTypes.length);
    this.places.set(places);
    this.moments.set(moments);
    this.crossTypes.set(crossTypes);
  }
}

/** A copy: what the XML parser hands out may be a view that keeps the whole XML. */
const ownText = (text: string) => decoder.decode(encoder.encode(text));
const encoder = new TextEncoder();
const decoder = new TextDecoder();
