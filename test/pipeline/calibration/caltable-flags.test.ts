import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { flagCalTable, readCalTable } from '../../../src/pipeline/calibration/index.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'caltable-flags-'));
const context = silentContext(folder);
beforeEach(() => cpSync(join(fixtures, 'bandpass.b'), join(folder, 'b'), { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('flagCalTable', () => {
  it('flags channels of an antenna and of no other', () => {
    const before = readCalTable(join(folder, 'b')).rows;
    const name = readCalTable(join(folder, 'b')).antennas[before.antenna1[2]].name;
    flagCalTable(context, { vis: 'b', mode: 'manual', spw: '0:2~4;19~40', antenna: name });
    const { rows } = readCalTable(join(folder, 'b'));
    for (let row = 0; row < rows.count; row++) {
      const isChosen = rows.antenna1[row] === before.antenna1[2];
      for (let chan = 0; chan < 21; chan++) {
        const cell = rows.offsets[row] + 2 * chan;
        const isCut = isChosen && ((chan >= 2 && chan <= 4) || chan >= 19);
        expect([rows.flag[cell], rows.flag[cell + 1]]).toEqual(
          isCut ? [1, 1] : [before.flag[cell], before.flag[cell + 1]],
        );
      }
    }
  });

  it('unflags, counts without writing, and knows nothing else', () => {
    const { changed } = flagCalTable(context, { vis: 'b', spw: '0', action: 'calculate' });
    expect(changed).toBeGreaterThan(0);
    expect(flagCalTable(context, { vis: 'b', spw: '0' }).changed).toBe(changed);
    expect(flagCalTable(context, { vis: 'b', spw: '0' }).changed).toBe(0);
    flagCalTable(context, { vis: 'b', mode: 'unflag' });
    expect(readCalTable(join(folder, 'b')).rows.flag.every((flag) => flag === 0)).toBe(true);
    expect(() => flagCalTable(context, { vis: 'b', mode: 'clip' })).toThrow(/not with clip/);
    expect(() => flagCalTable(context, { vis: 'b', antenna: 'DZ99' })).toThrow(/DZ99/);
  });
});
