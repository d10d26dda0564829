import { describe, expect, it } from 'vitest';
import { parseDateTime } from '../../../src/astronomy/ms/time-selection.ts';
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
    const command = parseFlagCommand("mode='quack' quackinterval=7.5 quackmode='endb' scan='4'");
    expect(parseFlagCommand(formatFlagCommand(command))).toEqual(command);
  });

  it('reads what CASA saves of a clip', () => {
    const line =
      "datacolumn='DATA' clipoutside=True channelavg=False chanbin=1 timeavg=False timebin='0s' clipzeros=False clipminmax=[0.0, 5.0] mode='clip'";
    expect(parseFlagCommand(line)).toEqual({
      mode: 'clip',
      datacolumn: 'DATA',
      clipoutside: true,
      channelavg: false,
      clipzeros: false,
      clipminmax: [0, 5],
    });
  });

  it('writes limits as Python does', () => {
    const command = parseFlagCommand("mode='clip' clipminmax=[0,0.05]");
    expect(formatFlagCommand(command)).toBe("clipminmax=[0.0, 0.05] mode='clip'");
  });

  it('has ranges of times that can be widened, all ends with a date then', () => {
    const first = parseDateTime('2013/06/15/01:00:00', 0);
    const widened = (timerange: string, margins: readonly [number, number] = [3, 0.5]) =>
      widenTimerange({ mode: 'manual', timerange }, margins, first).timerange;
    expect(widened('2013/06/15/00:00:01~2013/06/15/03:00:10.25')).toBe(
      '2013/06/14/23:59:58.000~2013/06/15/03:00:10.750',
    );
    expect(widened('01:15:00~01:22:00')).toBe('2013/06/15/01:14:57.000~2013/06/15/01:22:00.500');
    expect(widened('2013-06-15T01:00:00~15-Jun-2013/01:01:00')).toBe('2013/06/15/00:59:57.000~2013/06/15/01:01:00.500');
    // Two fields are minutes and seconds.
    expect(widened('01:00~02:00')).toBe('2013/06/15/00:00:57.000~2013/06/15/00:02:00.500');
    expect(widened('2013/06/15/00:00:00~23:59:58', [5, 5])).toBe('2013/06/14/23:59:55.000~2013/06/16/00:00:03.000');
    expect(widened('00:00:02~23:00:00', [5, 0])).toBe('2013/06/14/23:59:57.000~2013/06/15/23:00:00.000');
    expect(widened('01:15:00~01:16:00,01:20:00~01:21:00', [0, 1])).toBe(
      '2013/06/15/01:15:00.000~2013/06/15/01:16:01.000,2013/06/15/01:20:00.000~2013/06/15/01:21:01.000',
    );
    for (const text of ['>01:25:00', '2.5[01:00:00~01:01:00]', '01:00:02~01:00:00', 'noon~night'])
      expect(widened(text)).toBe(text);
    for (const text of ['01:00~02:00', '2013-07-20T01:00:00~01:00:00.12345']) expect(widened(text, [0, 0])).toBe(text);
    expect(widenTimerange({ mode: 'manual' }, [3, 3], first)).toEqual({ mode: 'manual' });
  });

  it('says what it does not understand', () => {
    expect(() => parseFlagCommand("colour='red'")).toThrow(/colour/);
    expect(() => parseFlagCommand('antenna')).toThrow(/cannot be read/);
    expect(() => parseFlagCommand('mode=clip timeavg=True')).toThrow(/averages before it judges/);
    expect(() => parseFlagCommand("mode='sing'")).toThrow(/not a flagging mode/);
    expect(() => parseFlagCommand("mode='quack' quackinterval=soon")).toThrow(/not a number/);
  });
});
