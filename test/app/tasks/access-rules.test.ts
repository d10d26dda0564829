import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessRules } from '../../../src/app/tasks/access-rules.ts';

let top: string;
let rules: AccessRules;
const at = (...parts: string[]) => join(top, ...parts);

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'qa2-rules-')));
  for (const name of ['secret', 'tree/script', 'tree/calibrated', 'tree/raw']) mkdirSync(at(name), { recursive: true });
  writeFileSync(at('secret', 'key'), 'secret');
  rules = new AccessRules([
    { path: at('tree'), mode: 'read' },
    { path: at('tree/raw'), mode: 'read' },
    { path: at('tree/script'), mode: 'write' },
    { path: at('tree/calibrated'), mode: 'write' },
  ]);
});
afterEach(() => rmSync(top, { recursive: true }));

describe('links of scripts', () => {
  it('lead within the allowed directories, down or first up', () => {
    for (const target of ['../raw', '../../tree/raw/x', 'below/deeper', './here', at('tree/raw')]) {
      expect(() => rules.checkLink(target, at('tree/script/link'))).not.toThrow();
    }
    for (const target of ['../../secret', at('secret'), '../..', '/etc/passwd']) {
      expect(() => rules.checkLink(target, at('tree/script/link'))).toThrow(/may not lead out/);
    }
  });

  it('do not go down and up again, where a link could later bend the way', () => {
    for (const target of ['a/../b', '../a/b/../../raw', `${at('tree/script')}/a/../b`, './a/..']) {
      expect(() => rules.checkLink(target, at('tree/script/link'))).toThrow(/down and up/);
    }
  });

  it('are not moved to where they would lead out, alone or in a directory', () => {
    mkdirSync(at('tree/script/a/b'), { recursive: true });
    symlinkSync('../../../secret', at('tree/script/a/b/link'));
    expect(() => rules.checkMove(at('tree/script/a/b/link'), at('tree/script/link'))).toThrow(/may not lead out/);
    expect(() => rules.checkMove(at('tree/script/a/b'), at('tree/script/b'))).toThrow(/may not lead out/);
    expect(() => rules.checkMove(at('tree/script/a/b'), at('tree/script/a/c'))).not.toThrow();
    symlinkSync('../../raw', at('tree/script/a/inside'));
    expect(() => rules.checkMove(at('tree/script/a/inside'), at('tree/calibrated/link'))).toThrow(/may not lead out/);
  });
});

it('a path through a file is judged as any other: whoever opens it finds nothing there', () => {
  writeFileSync(at('tree/script/file'), '');
  expect(() => rules.check(at('tree/script/file/below'), 'write')).not.toThrow();
  expect(() => rules.check(at('secret/key/below'), 'read')).toThrow(/not one of the directories|may not/);
});

describe('what holds a read-only directory', () => {
  it('is neither removed nor moved', () => {
    const wide = new AccessRules([
      { path: at('tree'), mode: 'write' },
      { path: at('tree/raw'), mode: 'read' },
    ]);
    for (const path of ['tree', 'tree/raw']) expect(() => wide.checkRemoval(at(path))).toThrow(/read-only/);
    expect(() => wide.checkMove(at('tree'), at('tree/script/x'))).toThrow(/read-only/);
    expect(() => wide.checkRemoval(at('tree/calibrated'))).not.toThrow();
  });
});

it('a refusal names the folder that would have to be allowed, and never the whole disk', () => {
  expect(() => rules.check(at('secret/key'), 'write')).toThrow(`casapy --allow ${at('secret')}:rw would let it`);
  expect(() => rules.check('/secret', 'read')).toThrow('casapy --allow /secret would let it');
});
