import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'qa2-pylab-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCRIPT = `import pylab as pl
pl.figure(figsize=(5, 4))
pl.subplot(121)
pl.plot([1, 2, 3], [4, 5, 6], 'ro--', label='a', lw=2)
pl.plot([7, 8], '.', [9, 8, 7], 'b')
pl.xlim(0, 4); pl.ylim(ymin=1); pl.legend(); pl.title('left'); pl.xlabel('x')
pl.subplot(1, 2, 2)
print pl.hist([0, 0.1, 0.5, 1], bins=[0, 0.5, 1])[:2]
pl.errorbar([1, 2], [3, 4], yerr=[0.5, 0.25], fmt='s')
pl.axhline(2, color='k'); pl.text(1.5, 3, 'here'); pl.axis([0, 3, 1, 5]); pl.tight_layout()
left, right = [panel._data for _, panel in sorted(pl.gcf()._panels.items())]
for one in left['series']: print one['kind'], one['x'], one['y'], one['colour'], one['dashes'], one['label']
print left['xlim'], left['ylim'], left['title'], left['xlabel'], left['legend']
print right['series'][-2]['y'], right['spans'][0]['at'], right['series'][-1]['texts'], right['xlim'], right['ylim']
pl.savefig('page.png', dpi=50)
pl.savefig('page2')
pl.close()
print pl.gcf()._panels
for act in (lambda: pl.imshow([1]), lambda: pl.plot([1], nosuch=3), lambda: pl.savefig('x.pdf'), lambda: pl.plot([1, 2], [1]), lambda: pl.savefig('/etc/x.png')):
    try:
        act()
    except Exception, error:
        print type(error).__name__, str(error)[:48]
`;

describe('pylab of scripts', () => {
  let lines: string[] = [];
  beforeAll(() => {
    writeFileSync(join(folder, 'plot.py'), SCRIPT);
    const args = [join(root, 'bin/casapy.mjs'), '--nologfile', '-c', 'plot.py'];
    lines = spawnSync(process.execPath, args, { cwd: folder }).stdout.toString().split('\n');
  }, 120_000);

  it('takes curves, points, histograms, error bars and limits as pylab does', () => {
    expect(lines.slice(0, 8)).toEqual([
      '([2.0, 2.0], [0.0, 0.5, 1.0])',
      'points [1.0, 2.0, 3.0] [4.0, 5.0, 6.0] #d55e00 True a',
      'line [1.0, 2.0, 3.0] [4.0, 5.0, 6.0] #d55e00 True ',
      'points [0.0, 1.0] [7.0, 8.0] 0 False ',
      'line [0.0, 1.0, 2.0] [9.0, 8.0, 7.0] #0072b2 False ',
      '[0.0, 4.0] [1.0, None] left x True',
      "[2.5, 3.5, nan, 3.75, 4.25, nan] 2.0 ['here'] [0.0, 3.0] [1.0, 5.0]",
      '{}',
    ]);
  });

  it('writes PNG files of the size that was asked for', () => {
    const width = (name: string) => readFileSync(join(folder, name)).readUInt32BE(16);
    expect([width('page.png'), width('page2.png')]).toEqual([250, 500]);
    expect(readFileSync(join(folder, 'page.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(readdirSync(folder).filter((name) => name.endsWith('.png'))).toEqual(['page.png', 'page2.png']);
  });

  it('refuses everything else with a sentence', () => {
    expect(lines.slice(8, 13)).toEqual([
      'NotImplementedError pylab.imshow() is not available: scripts draw pl',
      'NotImplementedError plot() has no option nosuch here; it has alpha, ',
      'NotImplementedError savefig() writes PNG files here, not x.pdf.',
      'ValueError x and y must have same first dimension, but have',
      'CasaError This script may not write outside its own direct',
    ]);
  });
});
