import { describe, expect, it } from 'vitest';
import { SubsetHeaderParser } from '../../../src/formats/asdm/bdf-header.ts';

const xmlOf = (number: number, { type = 'INT16_TYPE', interval = 6048000000, extra = '' } = {}) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<sdmDataSubsetHeader xmlns:xlink="http://www.w3.org/1999/xlink" projectPath="1/4/1/${number}/">
<schedulePeriodTime><time>${4880999597232000000n + BigInt(number)}</time><interval>${interval}</interval></schedulePeriodTime>
<dataStruct ref="sdmDataHeader"/>${extra}
<crossData xlink:href="1/4/1/${number}/crossData.bin" type="${type}"/>
</sdmDataSubsetHeader>`;
const expected = (number: number, crossDataType: string, more = {}) => ({
  projectPath: `1/4/1/${number}/`,
  timeNs: 4880999597232000000n + BigInt(number),
  intervalNs: 6048000000n,
  crossDataType,
  ...more,
});

describe('headers of the subsets of a BDF', () => {
  it('takes each for itself, though most differ from the one before in numbers alone', () => {
    const parser = new SubsetHeaderParser();
    const parse = (...given: Parameters<typeof xmlOf>) => parser.parse(xmlOf(...given), {});
    expect(parse(1)).toEqual(expected(1, 'INT16_TYPE'));
    expect(parse(2)).toEqual(expected(2, 'INT16_TYPE'));
    expect(parse(3, { type: 'INT32_TYPE' })).toEqual(expected(3, 'INT32_TYPE'));
    expect(parse(4, { interval: 17 })).toEqual(expected(4, 'INT16_TYPE', { intervalNs: 17n }));
    const extra = '<abortObservation><abortReason>8</abortReason></abortObservation>';
    expect(parse(5, { extra })).toEqual(expected(5, 'INT16_TYPE', { abortReason: '8' }));
    expect(parse(6, { extra: extra.replace('8', '9') })).toEqual(expected(6, 'INT16_TYPE', { abortReason: '9' }));
    expect(parse(7)).toEqual(expected(7, 'INT16_TYPE'));
  });

  it('refuses what is broken where the one before was whole', () => {
    const parser = new SubsetHeaderParser();
    parser.parse(xmlOf(1), {});
    expect(() => parser.parse(xmlOf(2).replace('</sdmDataSubsetHeader>', ''), {})).toThrow('broken');
    expect(() => parser.parse(xmlOf(2).replace('INT16', 'INT15'), {})).toThrow('INT15_TYPE');
  });
});
