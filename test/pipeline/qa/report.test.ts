import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseReport, reportSchema, reportText } from '../../../src/pipeline/qa/report.ts';
import { smallReport } from './small-report.ts';

describe('the report', () => {
  it('comes back from its JSON as it was', () => {
    const report = smallReport();
    expect(parseReport(reportText(report))).toEqual(report);
  });

  it('has null where a number is not finite, and can still be read', () => {
    const report = smallReport();
    const [product] = report.products;
    report.products = [{ ...product, rmsJyPerBeam: Number.NaN, peakJyPerBeam: Number.POSITIVE_INFINITY }];
    const text = reportText(report);
    expect(JSON.parse(text).products[0]).toMatchObject({ rmsJyPerBeam: null, peakJyPerBeam: null });
    expect(parseReport(text).products[0].rmsJyPerBeam).toBeNull();
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

  it('is refused when something is missing', () => {
    expect(() => parseReport('{"program":"x"}')).toThrow();
  });
});
