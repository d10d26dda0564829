import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { completeLine, LineEditor } from '../../../src/app/casapy/line-editor.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-lines-'));
writeFileSync(join(folder, 'uid___A.ms'), '');
afterAll(() => rmSync(folder, { recursive: true }));

const words = {
  parameters: new Map([['gaincal', ['vis', 'caltable', 'spw', 'spwmap']]]),
  methods: new Map([['tb', ['getcol', 'getcell', 'open']]]),
};
const request = { prompt: 'CASA <1>: ', names: ['gaincal', 'getattr', 'print'], cwd: folder };
const complete = (line: string) => completeLine(line, request, words);

describe('completeLine', () => {
  it('knows names, parameters, methods and files', () => {
    expect(complete('x = ga')).toEqual([['gaincal'], 'ga']);
    expect(complete("gaincal(vis='a', sp")).toEqual([['spw=', 'spwmap='], 'sp']);
    expect(complete('tb.getc')).toEqual([['getcol', 'getcell'], 'getc']);
    expect(complete("gaincal(vis='uid")).toEqual([['uid___A.ms'], 'uid']);
    expect(complete('nothing.')).toEqual([[], '']);
  });
});

describe('LineEditor', () => {
  /** Types one key after the other, as a terminal sends them. */
  const type = async (input: PassThrough, keys: readonly string[]) => {
    for (const key of keys) {
      input.write(key);
      await new Promise(setImmediate);
    }
  };
  const typed = async (keys: readonly string[], more: object = {}) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const editor = new LineEditor(input, output, words);
    const answer = editor.read({ ...request, ...more });
    await type(input, keys);
    return { answer: await answer, editor, input };
  };
  const [up, left] = ['\u001b[A', '\u001b[D'];

  it('edits with arrow keys and completes with the tab key', async () => {
    expect((await typed(['prnt', left, left, 'i', '\r'])).answer).toEqual({ line: 'print' });
    expect((await typed(['gai', '\t', '\r'])).answer).toEqual({ line: 'gaincal' });
  });

  it('goes back to earlier lines, also of earlier sessions', async () => {
    const { answer, editor, input } = await typed([up, up, '\r'], { history: ['first', 'second'] });
    expect(answer).toEqual({ line: 'first' });
    const next = editor.read(request);
    await type(input, [up, 'x', '\r']);
    expect(await next).toEqual({ line: 'firstx' });
  });

  it('keeps the lines that are pasted together, and the last one as far as it came', async () => {
    const { answer, editor, input } = await typed(['for i in x:\n    print i\n\nprint', ' ']);
    expect(answer).toEqual({ line: 'for i in x:' });
    expect(await editor.read(request)).toEqual({ line: '    print i' });
    expect(await editor.read(request)).toEqual({ line: '' });
    const last = editor.read(request);
    await type(input, ['3\r']);
    expect(await last).toEqual({ line: 'print 3' });
  });

  it('tells Ctrl-C and the end of the input', async () => {
    expect((await typed(['abc', '\u0003'])).answer).toEqual({ isInterrupted: true });
    expect((await typed(['\u0004'])).answer).toEqual({});
  });
});
