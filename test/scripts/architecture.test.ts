import { describe, expect, it } from 'vitest';
import {
  checkImports,
  checkLengths,
  checkLoops,
  checkRooms,
  checkTests,
  checkWords,
} from '../../scripts/gate/architecture.mjs';

const messages = (findings: { message: string }[]) => findings.map((entry) => entry.message).join('\n');

describe('the architecture gate finds', () => {
  it('an import from a floor below', () => {
    const found = checkImports({ 'src/formats/fits/a.ts': "import { x } from '../../pipeline/images/index.ts';" });
    expect(messages(found)).toContain('that floor is below');
  });

  it('a neighbour that is not in the row', () => {
    const found = checkImports({ 'src/pipeline/imaging/a.ts': "import { x } from '../calibration/index.ts';" });
    expect(messages(found)).toContain('not in its row');
  });

  it('a room entered by the window', () => {
    const found = checkImports({ 'src/pipeline/ingest/a.ts': "import { x } from '../../formats/asdm/bdf.ts';" });
    expect(messages(found)).toContain('entered by its index.ts');
  });

  it('the disk opened outside the door', () => {
    const found = checkImports({ 'src/formats/asdm/a.ts': "import * as fs from 'node:fs';" });
    expect(messages(found)).toContain('node:fs');
  });

  it('nothing in an allowed import', () => {
    expect(checkImports({ 'src/pipeline/imaging/a.ts': "import { x } from '../images/index.ts';" })).toEqual([]);
  });

  it('loops, but not through types', () => {
    const looped = { 'src/a.ts': "import { b } from './b.ts';", 'src/b.ts': "import { a } from './a.ts';" };
    expect(messages(checkLoops(looped))).toContain('import loop');
    const typed = { 'src/a.ts': "import type { b } from './b.ts';", 'src/b.ts': "import { a } from './a.ts';" };
    expect(checkLoops(typed)).toEqual([]);
  });

  it('long files and functions', () => {
    const body = 'x();\n'.repeat(120);
    expect(messages(checkLengths({ 'src/a.ts': `function f() {\n${body}}\n` }))).toContain('f has 122 lines');
    expect(messages(checkLengths({ 'src/a.ts': '\n'.repeat(700) }))).toContain('600 is the limit');
  });

  it('empty names, bare errors, second constants, promises', () => {
    const bare = `throw new ${'Error'}('x')`;
    const promise = `// ${'TODO'} later`;
    const found = messages(checkWords({ 'src/pipeline/utils.ts': `const c = 299${'792458'};\n${bare}\n${promise}` }));
    expect(found).toContain('"utils" says nothing');
    expect(found).toContain('bare Error');
    expect(found).toContain('SPEED_OF_LIGHT');
    expect(found).toContain('promise');
    expect(messages(checkWords({ 'src/pipeline/BadName.ts': '' }))).toContain('kebab-case');
  });

  it('tests that assert nothing, are switched off, or mirror nothing', () => {
    const off = `it.${'skip'}('x', () => expect(1).toBe(1))`;
    const found = messages(
      checkTests({}, { 'test/formats/fits/a.test.ts': 'it("x", () => {})', 'test/formats/fits/b.test.ts': off }),
    );
    expect(found).toContain('without an assertion');
    expect(found).toContain('switched off');
    expect(found).toContain('to mirror');
  });

  it('rooms without door or page', () => {
    const found = messages(checkRooms({ 'src/formats/fits/card.ts': '' }, []));
    expect(found).toContain('no index.ts');
    expect(found).toContain('no README.md');
  });
});
