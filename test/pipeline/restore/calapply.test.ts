import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCalapply } from '../../../src/pipeline/restore/index.ts';

const path = join(mkdtempSync(join(tmpdir(), 'qa2-calapply-')), 'u.ms.calapply.txt');

function read(...lines: string[]) {
  writeFileSync(path, `# Apply file for u.ms\n${lines.join('\n')}\n`);
  return readCalapply(path);
}

describe('a calapply file', () => {
  it('gives each table its own values, without directories of the pipeline', () => {
    const [target] = read(
      "applycal(vis='/lustre/w/u.ms', field='T,\"a b\"', intent='TARGET,CHECK', spw='17,19', antenna='0~41', gaintable=['/lustre/w/u.ms.t.tbl', '../w/u.ms.b.tbl'], gainfield=['nearest', ''], spwmap=[[0, 1, 9], []], interp=['linear,linear', 'nearest'], calwt=[True, False])",
    );
    expect(target).toEqual({
      line: 2,
      vis: 'u.ms',
      field: 'T,"a b"',
      spw: '17,19',
      intent: 'TARGET,CHECK',
      antenna: '0~41',
      tables: [
        { name: 'u.ms.t.tbl', gainfield: 'nearest', interp: 'linear,linear', spwmap: [0, 1, 9], calwt: true },
        { name: 'u.ms.b.tbl', gainfield: '', interp: 'nearest', spwmap: [], calwt: false },
      ],
    });
  });

  it('may name a single table without lists', () => {
    const [line] = read(
      "applycal(vis='u.ms', field='', intent='', spw='', antenna='', gaintable='t.tbl', gainfield='', spwmap=[0, 0], interp='', calwt=True)",
    );
    expect(line.tables).toEqual([{ name: 't.tbl', gainfield: '', interp: '', spwmap: [0, 0], calwt: true }]);
  });

  it.each([
    ["flagdata(vis='u.ms')", /Expected a call of applycal and found flagdata.*line 2/],
    ["applycal(vis=__import__('os').system('id'))", /Expected a string.*found __import__/],
    ["applycal(vis='u.ms', gaintable=['a' + 'b'])", /Expected "," and found \+/],
    ["applycal(vis='u.ms', gaintable=['a', 'b'], calwt=[True])", /gaintable has 2 tables and calwt has 1 values/],
    ["applycal(vis='u.ms', gaintable=['a'], parang=True)", /The parameter parang is not known/],
    ["applycal(vis='u.ms'", /found the end/],
    ['', /has no applycal call/],
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
