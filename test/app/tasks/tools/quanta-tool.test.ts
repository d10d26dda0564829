import { describe, expect, it } from 'vitest';
import type { ToolHost } from '../../../../src/app/tasks/index.ts';
import { bindArguments } from '../../../../src/app/tasks/tool-types.ts';
import { quantaTool } from '../../../../src/app/tasks/tools/quanta-tool.ts';
import type { TaskValue } from '../../../../src/app/tasks/types.ts';

function call(name: string, ...given: TaskValue[]): unknown {
  const { signature, run } = quantaTool.methods[name];
  return run(null, bindArguments(`qa.${name}`, signature, given, {}), undefined as unknown as ToolHost);
}

const value = (found: unknown) => Number((found as { value: { $float: number } }).value.$float);

describe('qa', () => {
  it('reads quantities as text, number and record', () => {
    expect(call('quantity', '3.5arcsec')).toEqual({ unit: 'arcsec', value: { $float: 3.5 } });
    expect(call('quantity', 2, 'GHz')).toEqual({ unit: 'GHz', value: { $float: 2 } });
    expect(value(call('quantity', '12:30:00.0'))).toBeCloseTo(187.5, 10);
    expect(value(call('quantity', '-10.30.00.0'))).toBeCloseTo(-10.5, 10);
  });

  it('converts within a kind, and between times and angles', () => {
    expect(value(call('convert', '1deg', 'arcsec'))).toBeCloseTo(3600, 8);
    expect(value(call('convert', { value: 115.27, unit: 'GHz' }, 'Hz'))).toBeCloseTo(115.27e9, 2);
    expect(value(call('convert', '6h', 'deg'))).toBeCloseTo(90, 10);
    expect(() => call('convert', '1deg', 'Hz')).toThrow('cannot be converted');
  });

  it('adds, compares and formats', () => {
    expect(value(call('add', '1deg', '30arcmin'))).toBeCloseTo(1.5, 12);
    expect(call('gt', '1deg', '59arcmin')).toBe(true);
    expect(call('formxxx', '187.5deg', 'hms', 1)).toBe('12:30:00.0');
    expect(call('getunit', '3mm')).toBe('mm');
  });
});
