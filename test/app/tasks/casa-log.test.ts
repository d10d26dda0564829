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

  it('writes nothing before a log file is set and after it is set to none, as scripts do that borrow it', () => {
    const log = new CasaLog({ now });
    const before = log.logfile();
    expect(before).toBe('/dev/null');
    log.setLogfile('c.log', folder);
    log.setLogfile(before, folder);
    log.post('not kept');
    expect(log.logfile()).toBe('/dev/null');
    expect(readFileSync(join(folder, 'c.log'), 'utf8')).toBe('');
  });

  it('says which log file cannot be written, and keeps the one before', () => {
    const file = join(folder, 'd.log');
    const log = new CasaLog({ file, now });
    expect(() => log.setLogfile('missing/e.log', folder)).toThrow('The log file cannot be written.');
    expect(log.logfile()).toBe(file);
  });

  it('echoes the priorities that are asked for', () => {
    const shown: string[] = [];
    const log = new CasaLog({ now, echo: { from: 'WARN', upTo: 'WARN', write: (lines) => void shown.push(lines) } });
    for (const priority of ['INFO', 'WARN', 'SEVERE'] as const) log.post(priority, priority);
    expect(shown.map((line) => line.split('\t')[1])).toEqual(['WARN']);
  });

  it('names a session log after its start', () => {
    expect(sessionLogName(now())).toBe('casa-20130615-030007.log');
  });
});
