import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runTask } from '../../../../src/app/tasks/task-run.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plotms-'));
const context = silentContext(folder);
for (const name of ['bandpass.b', 'gain.g']) cpSync(join(fixtures, name), join(folder, name), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('plotms', () => {
  it('draws calibration tables, a picture for each page of panels', async () => {
    const grid = { iteraxis: 'antenna', gridrows: 2, gridcols: 2, coloraxis: 'corr', showgui: false };
    await runTask('plotms', ['bandpass.b'], { xaxis: 'chan', yaxis: 'phase', plotfile: 'b.png', ...grid }, context);
    await runTask('plotms', ['gain.g'], { plotfile: 'g.png', plotrange: [0, 0, 0, 2], symbolsize: 5 }, context);
    expect(['b_1.png', 'b_2.png', 'g.png'].map((name) => existsSync(join(folder, name)))).toEqual([true, true, true]);
  });

  it('names what it can draw', async () => {
    const draw = (args: object) => runTask('plotms', ['gain.g'], { ...args }, context);
    await expect(draw({ yaxis: 'tec' })).rejects.toThrow(/plotms yaxis="tec" is none of amp, amplitude/);
    await expect(draw({ iteraxis: 'corr' })).rejects.toThrow(/into one panel/);
    await expect(draw({ showimage: true })).rejects.toThrow(/showimage/);
    await expect(draw({ msselect: 'ANTENNA1 == 0' })).rejects.toThrow(/rows of MeasurementSets/);
  });
});
