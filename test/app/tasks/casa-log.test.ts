import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CasaLog, sessionLogName } from '../../../src/app/tasks/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
const now = () => new Date('2013-06-15T03:00:07.5Z');

describe('CasaLog', () => {
  it("writes CASA's lines, later lines of a message with a plus", () => {
    const file = join(folder, 'a.log');
    const log = new CasaLog({ file, now });
    log.post('first\nsecond', 'WARN');
    log.post('text', 'INFO', 'fluxscale');
    log.post('hidden', 'DEBUG');
    expect(readFileSync(file, 'utf8')).toBe(
      '2013-06-15 03:00:07\tWARN\tcasa::::casa\tfirst\n' +
        '2013-06-15 03:00:07\tWARN\tcasa::::casa+\tsecond\n' +
        '2013-06-15 03:00:07\tINFO\tfluxscale::::casa\ttext\n',
    );
  });

  it('continues in another file, which exists from then on', () => {
    const log = new CasaLog({ now });
    log.setLogfile('b.log', folder);
    expect(log.logfile()).toBe(join(folder, 'b.log'));
    expect(readFileSync(join(folder, 'b.log'), 'utf8')).toBe('');
  });

  it('names a session log after its start', () => {
    expect(sessionLogName(now())).toBe('casa-20130615-030007.log');
  });
});
