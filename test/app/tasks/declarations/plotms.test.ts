import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
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
    expect(
      ['b_AntennaDA41,DA42,DA43,DA45.png', 'b_AntennaDA46,DV02,DV03,DV05_2.png', 'g.png'].map((name) =>
        existsSync(join(folder, name)),
      ),
    ).toEqual([true, true, true]);
  });

  it('says False where it draws nothing, and keeps a picture unless told to replace it', async () => {
    const lines: string[] = [];
    const listening = { ...context, log: { ...context.log, post: (line: string) => void lines.push(line) } };
    const draw = (args: object) => runTask('plotms', ['gain.g'], { plotfile: 'kept.png', ...args }, listening);
    expect(await draw({})).toBe(true);
    const before = statSync(join(folder, 'kept.png')).mtimeMs;
    expect(await draw({})).toBe(false);
    expect(lines.join('\n')).toMatch(/kept.png is there already; overwrite=True/);
    expect(statSync(join(folder, 'kept.png')).mtimeMs).toBe(before);
    expect(await draw({ overwrite: true })).toBe(true);
    const pages = { plotfile: 'pages.png', iteraxis: 'antenna' };
    expect(await draw(pages)).toBe(true);
    expect(await draw(pages)).toBe(false);
    expect(lines.join('\n')).toMatch(/pages_AntennaDA41.*png is there already; overwrite=True/);
    expect(await draw({ ...pages, overwrite: true })).toBe(true);
    expect(await draw({ overwrite: true, scan: '999' })).toBe(false);
    expect(lines.join('\n')).toMatch(/no solutions of this selection/);
    await expect(draw({ overwrite: true, plotrange: [0, 1, 2] })).rejects.toThrow(/plotrange has 3 numbers/);
    await expect(draw({ overwrite: true, avgtime: 'all' })).rejects.toThrow(/avgtime must be a number, of seconds/);
  });

  it('names what it can draw', async () => {
    const draw = (args: object) => runTask('plotms', ['gain.g'], { ...args }, context);
    await expect(draw({ yaxis: 'tec' })).rejects.toThrow(/plotms yaxis="tec" is none of amp, amplitude/);
    await expect(draw({ iteraxis: 'corr' })).rejects.toThrow(/into one panel/);
    await expect(draw({ showimage: true })).rejects.toThrow(/showimage/);
    await expect(draw({ msselect: 'ANTENNA1 == 0' })).rejects.toThrow(/rows of MeasurementSets/);
  });
});
