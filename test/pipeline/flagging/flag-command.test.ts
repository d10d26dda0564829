import { describe, expect, it } from 'vitest';
import { widenTimerange } from '../../../src/pipeline/flagging/flag-command.ts';
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

  it('writes limits as Python does', () => {
    const command = parseFlagCommand("mode='clip' clipminmax=[0,0.05]");
    expect(formatFlagCommand(command)).toBe("mode='clip' clipminmax=[0.0, 0.05]");
  });

  it('has ranges of times that can be widened, with a date or without', () => {
    const widened = (timerange: string) => widenTimerange({ mode: 'manual', timerange }, 3, 0.5).timerange;
    expect(widened('2013/06/15/00:00:01~2013/06/15/03:00:10.25')).toBe(
      '2013/06/14/23:59:58.000~2013/06/15/03:00:10.750',
    );
    expect(widened('01:15:00~01:22:00')).toBe('01:14:57.000~01:22:00.500');
    expect(widened('>01:25:00')).toBe('>01:25:00');
    expect(widenTimerange({ mode: 'manual' }, 3, 3)).toEqual({ mode: 'manual' });
  });

  it('says what it does not understand', () => {
    expect(() => parseFlagCommand("colour='red'")).toThrow(/colour/);
    expect(() => parseFlagCommand('antenna')).toThrow(/cannot be read/);
    expect(() => parseFlagCommand("mode='sing'")).toThrow(/not a flagging mode/);
    expect(() => parseFlagCommand("mode='quack' quackinterval=soon")).toThrow(/not a number/);
  });
});
