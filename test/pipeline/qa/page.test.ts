import { describe, expect, it } from 'vitest';
import { reportPage } from '../../../src/pipeline/qa/page.ts';
import { smallReport } from './small-report.ts';

const png = Uint8Array.of(137, 80, 78, 71);
const pictures = [
  { subject: 'product/T.cont.fits', caption: 'small', png },
  { subject: 'uid___A002_X2_X1', caption: 'Part 1 <big>', png },
];

describe('reportPage', () => {
  const page = reportPage(smallReport(), pictures);

  it('says verdict, request, fluxes, images and decisions, each once', () => {
    expect(page).toContain('<span class="badge SEMIPASS">SEMIPASS</span>');
    expect(page).toContain('6.60 mJy/beam');
    expect(page).toContain('1.04&quot; × 0.55&quot;');
    expect(page).toContain('0.7090 ± 0.0020 outlier');
    expect(page).toContain('1.8300 (model)');
    expect(page).toContain('continuum of T, windows 0, 3');
    expect(page.split('It stands near the centre.')).toHaveLength(2);
    expect(page.match(/<img /g)).toHaveLength(2);
  });

  it('escapes what comes from data', () => {
    expect(page).toContain('Gas &amp; &lt;dust&gt;');
    expect(page).toContain('Part 1 &lt;big&gt;');
    expect(page).not.toContain('<dust>');
  });

  it('needs no other file and no network, and every link inside it leads somewhere', () => {
    expect(page).not.toMatch(/(src|href)="(?!#|data:)/);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
  });

  it('has balanced markup', () => {
    for (const tag of ['div', 'section', 'table', 'tr', 'td', 'figure', 'dl', 'ul', 'main', 'header'])
      expect([tag, page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length]).toEqual([
        tag,
        page.match(new RegExp(`</${tag}>`, 'g'))?.length,
      ]);
  });

  it('does without common fluxes, checks and pictures', () => {
    const bare = reportPage(
      { ...smallReport(), commonFluxes: [], checks: [], achieved: undefined, requested: undefined },
      [],
    );
    expect(bare).toContain('No common flux calibration was made.');
    expect(bare).toContain('not stated');
    expect(bare).not.toContain('<img');
  });

  it('finds the windows of a common flux by their number in each Execution Block', () => {
    const report = smallReport();
    const [first, second] = report.ebs;
    const renumbered = {
      ...second,
      fluxes: second.fluxes.map((flux) => (flux.isReference ? flux : { ...flux, spw: 16 })),
    };
    const commonFluxes = report.commonFluxes.map((flux) => ({
      ...flux,
      windows: { [first.uid]: 17, [second.uid]: 16 },
    }));
    const rows = (page: string) => page.slice(page.indexOf('id="fluxes"')).split('</table>')[0];
    expect(rows(reportPage({ ...report, ebs: [first, renumbered], commonFluxes }, []))).toBe(
      rows(reportPage(report, [])),
    );
  });
});
