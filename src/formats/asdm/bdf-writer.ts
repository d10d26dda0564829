import { fail } from '../../foundation/base/index.ts';
import { swapBytesInPlace } from '../../foundation/bytes/index.ts';
import {
  type BdfHeader,
  type BdfPartName,
  type BdfSpectralWindow,
  type CrossDataType,
  partValueType,
  valueBytes,
} from './bdf-header.ts';
import type { BdfValues } from './bdf-reader.ts';
import { BufferedSink, escapeXml } from './buffered-sink.ts';

const OUTER = 'MIME_boundary-1';
const INNER = 'MIME_boundary-2';
const NAMESPACES = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** When a subset was taken, and where it stands in the execution block. */
export interface SubsetTimes {
  /** Midpoint, ns since MJD 0 (UTC). */
  readonly timeNs: bigint;
  readonly intervalNs: bigint;
  /** What follows the header's path: `3/` for the third integration, `3/2/` for its second sub-integration, '' when packed. */
  readonly pathTail: string;
}

/** Streams one BDF, subset after subset. */
export interface BdfWriter {
  readonly path: string;
  /**
   * Appends a data subset.
   *
   * @param parts numbers of each part that the header announces, in the stored width; a part may be left out
   */
  subset(times: SubsetTimes, parts: Readonly<Partial<Record<BdfPartName, BdfValues>>>): void;
  /** Ends the file; returns its length in bytes. */
  close(): number;
}

/**
 * Begins a BDF.
 *
 * @param path file to write
 * @param header all of it is written; `parts` in the order of its keys, which is also the order within subsets
 */
export function createBdf(path: string, header: BdfHeader): BdfWriter {
  const sink = new BufferedSink(path);
  sink.text(topText(header));
  const names = Object.keys(header.parts) as BdfPartName[];
  return {
    path,
    subset(times, parts) {
      const present = names.filter((name) => parts[name] !== undefined);
      const projectPath = header.projectPath + times.pathTail;
      const crossType = parts.crossData && crossDataTypeOf(parts.crossData);
      sink.text(subsetText(times, projectPath, present, crossType));
      for (const name of present) {
        sink.text(`--${INNER}\nContent-Type: binary/octet-stream\nContent-Location: ${projectPath}${name}.bin\n\n`);
        sink.bytes(partBytes(header, name, parts[name] as BdfValues, crossType));
        sink.text('\n');
      }
      sink.text(`--${INNER}--\n`);
    },
    close() {
      sink.text(`--${OUTER}--\n`);
      const length = sink.position;
      sink.close();
      return length;
    },
  };
}

function topText(header: BdfHeader): string {
  return (
    `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${OUTER}"; type="text/xml";\n` +
    `Content-Description: ${header.title}\nContent-Location: ${header.dataOid}\n\n--${OUTER}\n` +
    'Content-Type: text/xml; charset="UTF-8"\nContent-Transfer-Encoding: 8bit\n' +
    `Content-Location: sdmDataHeader.xml\n\n${headerXml(header)}`
  );
}

function headerXml(header: BdfHeader): string {
  const apc = header.apc.length > 0 ? ` apc="${header.apc.join(' ')}"` : '';
  const time =
    header.numTime > 0 ? `<numTime>${header.numTime}</numTime>` : '<dimensionality axes="TIM">1</dimensionality>';
  const basebands = header.basebands.map(
    ({ name, spectralWindows }) =>
      `<baseband name="${name}">\n${spectralWindows.map((window) => windowXml(name, window)).join('')}</baseband>\n`,
  );
  const parts = Object.entries(header.parts).map(([name, spec]) => {
    const more = name === 'autoData' ? ' normalized="false"' : name === 'zeroLags' ? ' correlatorType="FXF"' : '';
    return `<${name} size="${spec.size}" axes="${spec.axes.join(' ')}"${more}/>\n`;
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<sdmDataHeader byteOrder="${header.isLittleEndian ? 'Little_Endian' : 'Big_Endian'}" schemaVersion="${header.schemaVersion}" ` +
    `${NAMESPACES} xmlns:xvers="http://Alma/xversion" xvers:schemaVersion="2" xvers:revision="0.0.97" ` +
    `mainHeaderId="sdmDataHeader" projectPath="${header.projectPath}">\n<startTime>${header.startTimeNs}</startTime>\n` +
    `<dataOID xlink:type="locator" xlink:href="${header.dataOid}" xlink:title="${escapeXml(header.title)}"/>\n${time}\n` +
    `<execBlock xlink:href="${header.execBlockUid}"/>\n<numAntenna>${header.numAntenna}</numAntenna>\n` +
    `<correlationMode>${header.correlationMode}</correlationMode>\n` +
    `<spectralResolution>${header.spectralResolution}</spectralResolution>\n` +
    `<processorType>${header.processorType}</processorType>\n` +
    `<dataStruct xsi:type="${structType(header)}"${apc}>\n${basebands.join('')}${parts.join('')}</dataStruct>\n` +
    '</sdmDataHeader>\n'
  );
}

function structType(header: BdfHeader): string {
  const mode = { AUTO_ONLY: 'AutoData', CROSS_ONLY: 'CrossData', CROSS_AND_AUTO: 'CrossAndAutoData' };
  const isFull = header.spectralResolution !== 'CHANNEL_AVERAGE';
  return mode[header.correlationMode] + (isFull ? 'FullResolution' : 'ChannelAverage');
}

function windowXml(baseband: string, window: BdfSpectralWindow): string {
  const cross = window.crossPolProducts.length > 0 ? ` crossPolProducts="${window.crossPolProducts.join(' ')}"` : '';
  const auto = window.sdPolProducts.length > 0 ? ` sdPolProducts="${window.sdPolProducts.join(' ')}"` : '';
  const scale = window.scaleFactor === undefined ? '' : ` scaleFactor="${window.scaleFactor}"`;
  return (
    `<spectralWindow sw="${window.sw}" swbb="${baseband}"${cross}${auto}${scale} ` +
    `numSpectralPoint="${window.numSpectralPoint}" numBin="${window.numBin}" sideband="${window.sideband}"/>\n`
  );
}

function subsetText(
  times: SubsetTimes,
  projectPath: string,
  names: readonly BdfPartName[],
  crossType: CrossDataType | undefined,
): string {
  const links = names.map((name) => {
    const type = name === 'crossData' ? ` type="${crossType}"` : '';
    return `<${name} xlink:href="${projectPath}${name}.bin"${type}/>\n`;
  });
  return (
    `--${OUTER}\nContent-Type: Multipart/Related; boundary="${INNER}"; type="text/xml"\n` +
    `Content-Description: Data and metadata subset\n--${INNER}\nContent-Type: text/xml; charset="UTF-8"\n` +
    `Content-Location: ${projectPath}desc.xml\n\n<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<sdmDataSubsetHeader ${NAMESPACES} projectPath="${projectPath}">\n<schedulePeriodTime><time>${times.timeNs}</time>` +
    `<interval>${times.intervalNs}</interval></schedulePeriodTime>\n<dataStruct ref="sdmDataHeader"/>\n` +
    `${links.join('')}</sdmDataSubsetHeader>\n`
  );
}

function crossDataTypeOf(values: BdfValues): CrossDataType {
  if (values instanceof Int16Array) return 'INT16_TYPE';
  return values instanceof Int32Array ? 'INT32_TYPE' : 'FLOAT32_TYPE';
}

function partBytes(
  header: BdfHeader,
  name: BdfPartName,
  values: BdfValues,
  crossType: CrossDataType | undefined,
): Uint8Array {
  const width = valueBytes(partValueType(name, crossType));
  const announced = header.parts[name]?.size;
  if (values.length !== announced || values.BYTES_PER_ELEMENT !== width) {
    fail(
      'internal',
      `${name} has ${values.length} numbers of ${values.BYTES_PER_ELEMENT} bytes; the BDF header announces ${announced} of ${width}.`,
    );
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (header.isLittleEndian) return bytes;
  const swapped = bytes.slice();
  swapBytesInPlace(swapped, width);
  return swapped;
}
