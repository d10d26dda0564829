import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  autoLayout,
  type BdfHeader,
  type BdfSpectralWindow,
  type BdfValues,
  baselineIndex,
  createBdf,
  crossLayout,
  flagLayout,
  openBdf,
} from '../../../src/formats/asdm/index.ts';
import type { ByteSource } from '../../../src/foundation/bytes/index.ts';
import { disk } from '../../../src/foundation/bytes/index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bdf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ANTENNAS = 3;
const BASELINES = 3;

function window(chanCount: number, products = ['XX', 'YY'], scaleFactor = 1000): BdfSpectralWindow {
  return {
    sw: '1',
    crossPolProducts: products,
    sdPolProducts: products,
    scaleFactor,
    numSpectralPoint: chanCount,
    numBin: 1,
    sideband: 'USB',
  };
}

function header(changes: Partial<BdfHeader> = {}): BdfHeader {
  const windows = (changes.basebands ?? [{ name: 'BB_1', spectralWindows: [window(4)] }]).flatMap(
    (b) => b.spectralWindows,
  );
  const apcCount = changes.apc?.length ?? 1;
  const cross =
    BASELINES * windows.reduce((sum, w) => sum + w.numSpectralPoint * w.crossPolProducts.length * 2 * apcCount, 0);
  const auto =
    ANTENNAS *
    windows.reduce(
      (sum, w) => sum + w.numSpectralPoint * (w.sdPolProducts.length === 3 ? 4 : w.sdPolProducts.length),
      0,
    );
  const flags = (BASELINES + ANTENNAS) * windows.reduce((sum, w) => sum + w.sdPolProducts.length, 0);
  return {
    isLittleEndian: true,
    schemaVersion: '2',
    projectPath: '1/4/1/',
    startTimeNs: 4877982154560000000n,
    dataOid: 'uid://A002/X1/X2',
    title: 'some <data> & more',
    numTime: 0,
    execBlockUid: 'uid://A002/X1/X1',
    numAntenna: ANTENNAS,
    correlationMode: 'CROSS_AND_AUTO',
    spectralResolution: 'FULL_RESOLUTION',
    processorType: 'CORRELATOR',
    apc: ['AP_UNCORRECTED'],
    basebands: [{ name: 'BB_1', spectralWindows: [window(4)] }],
    parts: {
      flags: { size: flags, axes: ['BAL', 'ANT', 'BAB', 'POL'] },
      actualTimes: { size: flags, axes: ['BAL', 'ANT', 'BAB', 'POL'] },
      crossData: { size: cross, axes: ['BAL', 'BAB', 'SPP', 'POL'] },
      autoData: { size: auto, axes: ['ANT', 'BAB', 'SPP', 'POL'] },
    },
    ...changes,
  };
}

/** Numbers that differ everywhere. */
function fill<T extends BdfValues>(values: T, seed: number): T {
  for (let at = 0; at < values.length; at++) {
    const value = ((at * 7919 + seed * 104_729) % 30_011) - 15_000;
    values[at] = (
      values instanceof BigInt64Array ? BigInt(value) : values instanceof Uint32Array ? Math.abs(value) : value
    ) as never;
  }
  return values;
}

function write(name: string, head: BdfHeader, subsets: readonly { tail: string; cross: BdfValues }[]): string {
  const path = join(folder, name);
  const bdf = createBdf(path, head);
  subsets.forEach(({ tail, cross }, index) => {
    const size = (part: keyof BdfHeader['parts']) => head.parts[part]?.size ?? 0;
    bdf.subset(
      { timeNs: head.startTimeNs + BigInt(index), intervalNs: 6048000000n, pathTail: tail },
      {
        flags: fill(new Uint32Array(size('flags')), index),
        actualTimes: fill(new BigInt64Array(size('actualTimes')), index),
        crossData: cross,
        autoData: fill(new Float32Array(size('autoData')), index),
      },
    );
  });
  expect(bdf.close()).toBe(disk().info(path)?.size);
  return path;
}

describe('BDF round trip', () => {
  for (const [type, make] of [
    ['INT16_TYPE', (n: number) => new Int16Array(n)],
    ['INT32_TYPE', (n: number) => new Int32Array(n)],
    ['FLOAT32_TYPE', (n: number) => new Float32Array(n)],
  ] as const) {
    for (const isLittleEndian of [true, false]) {
      it(`gives ${type} back, ${isLittleEndian ? 'little' : 'big'} endian`, () => {
        const head = header({ isLittleEndian });
        const size = head.parts.crossData?.size ?? 0;
        const subsets = ['1/', '2/1/', '2/2/'].map((tail, index) => ({ tail, cross: fill(make(size), index) }));
        const bdf = openBdf(write(`${type}${isLittleEndian}`, head, subsets));
        expect(bdf.header).toEqual(head);
        const found = [...bdf.subsets()];
        expect(found.map((subset) => subset.projectPath)).toEqual(['1/4/1/1/', '1/4/1/2/1/', '1/4/1/2/2/']);
        found.forEach((subset, index) => {
          expect(subset.crossDataType).toBe(type);
          expect(subset.timeNs).toBe(head.startTimeNs + BigInt(index));
          const { crossData, autoData, flags, actualTimes } = subset.parts;
          expect(bdf.read(crossData!)).toEqual(subsets[index].cross);
          expect(bdf.read(crossData!, 5, 7)).toEqual(subsets[index].cross.slice(5, 12));
          expect(bdf.read(autoData!)).toEqual(fill(new Float32Array(head.parts.autoData!.size), index));
          expect(bdf.read(flags!)).toEqual(fill(new Uint32Array(head.parts.flags!.size), index));
          expect(bdf.read(actualTimes!)).toEqual(fill(new BigInt64Array(head.parts.actualTimes!.size), index));
          expect(subset.parts.zeroLags).toBeUndefined();
        });
        bdf.close();
      });
    }
  }

  it('does not take binary bytes for boundaries', () => {
    const head = header();
    const text = new TextEncoder().encode('\n--MIME_boundary-2--\n--MIME_boundary-1--\n\n--MIME_boundary-2\n');
    const cross = new Int16Array(head.parts.crossData!.size);
    new Uint8Array(cross.buffer).set(text.subarray(0, Math.min(text.length, cross.byteLength)));
    const bdf = openBdf(
      write('boundary', head, [
        { tail: '1/', cross },
        { tail: '2/', cross },
      ]),
    );
    const found = [...bdf.subsets()];
    expect(found).toHaveLength(2);
    expect(bdf.read(found[1].parts.crossData!)).toEqual(cross);
    bdf.close();
  });

  it('reads no more of a long part than is asked for', () => {
    const head = header({ basebands: [{ name: 'BB_1', spectralWindows: [window(20_000)] }] });
    const cross = fill(new Int16Array(head.parts.crossData!.size), 1);
    const path = write('long', head, [{ tail: '1/', cross }]);
    const inner = disk().open(path);
    let bytesRead = 0;
    const counting: ByteSource = {
      name: inner.name,
      length: inner.length,
      read(offset, target) {
        bytesRead += target.length;
        inner.read(offset, target);
      },
      close: () => inner.close(),
    };
    const bdf = openBdf(counting);
    const [subset] = [...bdf.subsets()];
    bdf.read(subset.parts.crossData!, 1000, 10);
    expect(inner.length).toBeGreaterThan(900_000);
    expect(bytesRead).toBeLessThan(300_000);
    bdf.close();
  });
});

describe('BDF layout', () => {
  it('places windows of different length one behind the other, with two phase corrections', () => {
    const basebands = [
      { name: 'BB_1', spectralWindows: [window(4)] },
      { name: 'BB_2', spectralWindows: [window(2, ['XX', 'XY', 'YX', 'YY'])] },
    ];
    const head = { ...header({ basebands, apc: ['AP_UNCORRECTED', 'AP_CORRECTED'] }), parts: {} };
    const cross = crossLayout(head);
    expect(cross.windows.map((place) => [place.first, place.apcStride])).toEqual([
      [0, 16],
      [32, 16],
    ]);
    expect(cross.stride).toBe(64);
    expect(cross.total).toBe(64 * BASELINES);
    expect(autoLayout(head).windows.map((place) => place.valuesPerChannel)).toEqual([2, 4]);
    expect(flagLayout(header())).toEqual({ crossStride: 2, autoStart: 6, autoStride: 2, total: 12 });
  });

  it('orders baselines with the second antenna slowest', () => {
    expect([baselineIndex(0, 1), baselineIndex(0, 2), baselineIndex(1, 2), baselineIndex(0, 3)]).toEqual([0, 1, 2, 3]);
  });

  it('refuses sizes that contradict the windows', () => {
    const head = header({ parts: { crossData: { size: 47, axes: [] } } });
    expect(() => crossLayout(head)).toThrow(/announces 47 numbers of crossData/);
    expect(() => crossLayout(head, 'a.bdf')).toThrow('(a.bdf)');
  });
});

describe('bad and foreign BDFs', () => {
  it('names file and byte of a truncated file', () => {
    const head = header();
    const path = write('whole', head, [{ tail: '1/', cross: new Int16Array(head.parts.crossData!.size) }]);
    const bytes = readFileSync(path);
    for (let cut = 10; cut < bytes.length - 24; cut += 97) {
      const short = join(folder, 'short');
      writeFileSync(short, bytes.subarray(0, cut));
      expect(() => [...openBdf(short).subsets()]).toThrow(/short.*byte \d+/);
    }
  });

  it('reads the variant with unquoted boundaries, other prefixes, extra headers and announced but absent parts', () => {
    const values = new Float32Array(6).fill(0.5);
    const xml =
      '<sdmDataHeader xmlns:xl="http://www.w3.org/1999/xlink" xmlns="http://Alma/XASDM/sdmbin" byteOrder="Little_Endian" projectPath="0/7/1/">' +
      '<startTime xmlns:py="p" py:pytype="int">42</startTime><dataOID xl:type="locator" xl:href="uid:///evla/bdf/1" xl:title="t"/>' +
      '<dimensionality axes="TIM">1</dimensionality><execBlock xl:href="uid:///e"/><numAntenna>2</numAntenna>' +
      '<correlationMode>CROSS_AND_AUTO</correlationMode><spectralResolution>FULL_RESOLUTION</spectralResolution>' +
      '<processorType>CORRELATOR</processorType><dataStruct apc="AP_UNCORRECTED"><baseband name="AC_8BIT">' +
      '<spectralWindow sw="1" swbb="AC_8BIT" sdPolProducts="RR" crossPolProducts="RR" numSpectralPoint="3" numBin="1" scaleFactor="1.000000" sideband="NOSB"/>' +
      '</baseband><flags size="3" axes="BAL ANT BAB SPW BIN STO"/><crossData size="6" axes="BAL BAB SPW BIN SPP STO"/></dataStruct></sdmDataHeader>';
    const subset =
      '<sdmDataSubsetHeader xmlns:xl="http://www.w3.org/1999/xlink" projectPath="0/7/1/1/"><schedulePeriodTime><time>7</time>' +
      '<interval>5</interval></schedulePeriodTime><dataStruct ref="x"/><crossData xl:href="0/7/1/1/crossData.bin" type="FLOAT32_TYPE"/></sdmDataSubsetHeader>';
    const path = join(folder, 'foreign');
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.from(
          'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=one-1\nContent-Description: d\nContent-Location: l\n\n--one-1\n' +
            `Content-Type: text/xml; charset=utf-8\nContent-Location: sdmDataHeader.xml\n\n${xml}\n--one-1\nContent-Type: multipart/related; boundary=two-2\n` +
            `Content-Description: d\n\n--two-2\nContent-Type: text/xml\nContent-Location: 0/7/1/1/desc.xml\nX-pad: ****\n\n${subset}\n--two-2\n` +
            'Content-Type: application/octet-stream\nContent-Location: 0/7/1/1/crossData.bin\nX-pad: **\n\n',
        ),
        Buffer.from(values.buffer),
        Buffer.from('\n--two-2--\n--one-1--\n'),
      ]),
    );
    const bdf = openBdf(path);
    const [only] = [...bdf.subsets()];
    expect(bdf.header.dataOid).toBe('uid:///evla/bdf/1');
    expect(Object.keys(only.parts)).toEqual(['crossData']);
    expect(bdf.read(only.parts.crossData!)).toEqual(values);
    bdf.close();
  });
});
