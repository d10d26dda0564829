import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { toolCaller } from './tool-session.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/casa-caltables', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'analysis-tool-'));
for (const name of ['bandpass.b', 'gain.g']) cpSync(join(fixtures, name), join(folder, name), { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('aU.plotbandpass', () => {
  const aU = toolCaller('aU', folder);
  const pictures = () => readdirSync(folder).filter((name) => name.endsWith('.png'));

  it('draws pages under names of antennas and windows, also where a script wants them joined', async () => {
    const asked = { overlay: 'time', subplot: 11, antenna: '0,1', spw: '0', yaxis: 'amp', buildpdf: true };
    await aU('plotbandpass', ['bandpass.b'], { ...asked, figfile: 'b.png' });
    expect(pictures()).toEqual(['b.DA41.spw00.png', 'b.DA42.spw00.png']);
  });

  it('refuses what it cannot draw', async () => {
    await expect(aU('plotbandpass', ['gain.g'], { figfile: 'g.png' })).rejects.toThrow(/gain.g has solutions of one/);
    await expect(aU('plotbandpass', ['bandpass.b'], { showimage: true })).rejects.toThrow(/only showimage=False/);
  });
});
