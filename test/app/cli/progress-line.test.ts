import { describe, expect, it } from 'vitest';
import { durationText, ProgressLine } from '../../../src/app/cli/progress-line.ts';

describe('ProgressLine', () => {
  it('prints a line for every new title where lines cannot be overwritten', () => {
    let written = '';
    let time = 0;
    const line = new ProgressLine({ write: (text) => (written += text) }, () => time);
    line.update('calibrate', 0, 'import');
    time = 4;
    line.update('calibrate', 0.2, 'import · scan 3');
    line.update('calibrate', 0.25, 'flags');
    time = 16;
    line.update('calibrate', 0.5, 'flags · scan 9');
    line.update('calibrate', 1, 'flags');
    line.update('calibrate', 1, 'flags');
    expect(written.split('\n')).toEqual([
      '  0 %  calibrate: import',
      ' 25 %  calibrate: flags (12 s left)',
      ' 50 %  calibrate: flags · scan 9 (16 s left)',
      '100 %  calibrate (16 s)',
      '',
    ]);
  });

  it('keeps one line on a terminal', () => {
    let written = '';
    const line = new ProgressLine({ isTTY: true, columns: 60, write: (text) => (written += text) }, () => 0);
    line.update('image', 0.5, 'cube');
    line.finish();
    expect(written).toBe('\r\x1b[2K[##########..........]  50 %  image: cube\n');
  });

  it('writes durations for people', () => {
    expect([4, 200, 7500].map(durationText)).toEqual(['4 s', '3 min 20 s', '2 h 5 min']);
  });
});
