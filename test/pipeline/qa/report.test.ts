import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reportPage } from '../../../src/pipeline/qa/page.ts';
import { parseReport, reportSchema, reportText, windowIn } from '../../../src/pipeline/qa/report.ts';
import { smallReport } from './small-report.ts';

describe('the report', () => {
  it('comes back from its JSON as it was', () => {
    const report = smallReport();
    expect(parseReport(reportText(report), 'r.json')).toEqual(report);
  });

  it('has null where a number is not finite, and can still be read', () => {
    const report = smallReport();
    const [product] = report.products;
    report.products = [{ ...product, rmsJyPerBeam: Number.NaN, peakJyPerBeam: Number.POSITIVE_INFINITY }];
    const text = reportText(report);
    expect(JSON.parse(text).products[0]).toMatchObject({ rmsJyPerBeam: null, peakJyPerBeam: null });
    expect(parseReport(text, 'r.json').products[0].rmsJyPerBeam).toBeNull();
  });

  it('is described by its JSON schema: all its keys, and the required ones are there', () => {
    const described = reportSchema() as { properties: Record<string, unknown>; required: string[] };
    const content = JSON.parse(reportText(smallReport())) as Record<string, unknown>;
    for (const key of Object.keys(content)) expect(Object.keys(described.properties)).toContain(key);
    for (const key of described.required) expect(content).toHaveProperty(key);
    const checker = z.fromJSONSchema(described as Parameters<typeof z.fromJSONSchema>[0]);
    expect(checker.safeParse(content).success).toBe(true);
    expect(checker.safeParse({ ...content, verdict: { state: 'MAYBE', reasons: [] } }).success).toBe(false);
  });

  it('of an earlier run has common fluxes of one window number in all Execution Blocks', () => {
    const report = smallReport();
    const earlier = { ...report, commonFluxes: report.commonFluxes.map(({ windows, ...flux }) => flux) };
    const [flux] = parseReport(reportText(earlier), 'r.json').commonFluxes;
    expect(windowIn(flux, report.ebs[1].uid)).toBe(17);
    expect(windowIn({ ...flux, windows: { a: 3 } }, 'b')).toBeUndefined();
    expect(reportPage(earlier, [])).toContain('J1751-1950');
  });

  it('is refused when something is missing', () => {
    const refused = (text: string) => expect(() => parseReport(text, 'qa/r.json'));
    refused('{"program":"x"}').toThrow(/^This is no QA2 report \(project: .*\).* \(qa\/r\.json\)/);
    refused('{').toThrow(/^This is no QA2 report \(not JSON\).* \(qa\/r\.json\)/);
  });
});
