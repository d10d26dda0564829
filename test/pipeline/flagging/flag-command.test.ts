import { describe, expect, it } from 'vitest';
import { formatFlagCommand, parseFlagCommand } from '../../../src/pipeline/flagging/index.ts';

describe('parseFlagCommand', () => {
  it('reads what importasdm writes and what lists hold', () => {
    expect(
      parseFlagCommand("antenna='DV01&&*' timerange='2013/06/15/03:00:00~2013/06/15/03:00:10' reason='off'"),
    ).toEqual({
      mode: 'manual',
      antenna: 'DV01&&*',
      timerange: '2013/06/15/03:00:00~2013/06/15/03:00:10',
      reason: 'off',
    });
    expect(parseFlagCommand('mode="clip" clipminmax=[0, 2.5] clipoutside=False spw=0')).toEqual({
      mode: 'clip',
      clipminmax: [0, 2.5],
      clipoutside: false,
      spw: '0',
    });
  });

  it('returns to itself through its text', () => {
    const command = parseFlagCommand("mode='quack' quackinterval=7.5 quackmode='endb' autocorr=True");
    expect(parseFlagCommand(formatFlagCommand(command))).toEqual(command);
  });

  it('says what it does not understand', () => {
    expect(() => parseFlagCommand("colour='red'")).toThrow(/colour/);
    expect(() => parseFlagCommand('antenna')).toThrow(/cannot be read/);
    expect(() => parseFlagCommand("mode='sing'")).toThrow(/not a flagging mode/);
    expect(() => parseFlagCommand("mode='quack' quackinterval=soon")).toThrow(/not a number/);
  });
});
