import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/app/casapy/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-options-'));
const script = join(folder, 'script.py');
writeFileSync(script, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('readOptions', () => {
  it('takes what CASA users type', () => {
    const options = readOptions(['--nogui', '--nologger', '--logfile', 'a.log', '-c', 'print 1', 'x']);
    expect(options.script).toEqual({ kind: 'code', text: 'print 1' });
    const indented = readOptions(['-c', '\n  if 1:\n    print 2\n']).script;
    expect(indented).toEqual({ kind: 'code', text: '\nif 1:\n  print 2\n' });
    expect(options.words).toEqual(['--nogui', '--nologger', '--logfile', 'a.log', '-c', 'print 1', 'x']);
    expect(options.words[options.scriptAt]).toBe('print 1');
    expect(options.logfile).toBe('a.log');
  });

  it('writes a log or none as the last option about it says', () => {
    expect(readOptions(['--nologfile', '--logfile', 'a.log', '-c', '1'])).toMatchObject({ hasLogfile: true });
    expect(readOptions(['--logfile', 'a.log', '--nologfile', '-c', '1'])).toMatchObject({ hasLogfile: false });
  });

  it('takes a file after -c or alone, and leaves its arguments alone', () => {
    expect(readOptions(['-c', script]).script).toEqual({ kind: 'file', path: script });
    const options = readOptions(['--trust', '--allow', '/tmp', '--nogui', script, '--nologger']);
    expect(options).toMatchObject({ words: ['--nogui', script, '--nologger'], scriptAt: 1 });
  });

  it.each([
    [['--nonsense'], 'does not know the option --nonsense'],
    [['-c', 'nothere.py'], 'There is no such script'],
    [['--memory', '1', '-c', 'x'], 'from 64 to 4096'],
    [['--logfile'], 'needs a value'],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
