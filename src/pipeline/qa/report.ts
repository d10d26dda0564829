import * as z from 'zod';
import { fail } from '../../foundation/base/index.ts';

const flux = z.object({
  field: z.string(),
  spw: z.number().int().describe('window number in the ASDM'),
  frequencyHz: z.number(),
  fluxJy: z.number(),
  errorJy: z.number(),
  isReference: z.boolean().describe('true for the flux calibrator, whose value is the model'),
});

const decision = z.object({ topic: z.string(), choice: z.string(), reason: z.string() });

const block = z.object({
  uid: z.string(),
  observed: z.string().describe('start, UTC'),
  antennas: z.number().int(),
  referenceAntenna: z.string(),
  fluxes: z.array(flux),
  phaseRmsDeg: z.object({ withoutWvr: z.number(), withWvr: z.number() }).optional(),
  flaggedFraction: z.record(z.string(), z.number()),
  decisions: z.array(decision),
});

const commonFlux = z.object({
  field: z.string(),
  spw: z.number().int(),
  frequencyHz: z.number(),
  fluxJy: z.number(),
  errorJy: z.number(),
  windows: z.record(z.string(), z.number()).optional().describe('in each Execution Block; absent: spw in all'),
  outliers: z.array(z.string()),
  without: z.array(z.string()).optional().describe('Execution Blocks without a window at this frequency'),
  disagreement: z.string().optional(),
});

const product = z.object({
  file: z.string(),
  kind: z.enum(['continuum', 'cube']),
  spw: z.string().describe('window numbers in the calibrated MeasurementSet'),
  target: z.string(),
  line: z.string().optional(),
  beamMajorArcsec: z.number().nullable(),
  beamMinorArcsec: z.number().nullable(),
  beamPaDeg: z.number().nullable(),
  rmsJyPerBeam: z.number().nullable(),
  predictedRmsJyPerBeam: z.number().describe('thermal noise of natural weighting from the visibility weights'),
  image: z.string().describe('CASA image in calibrated/'),
  peakJyPerBeam: z.number().nullable(),
  channelHz: z.number().nullable(),
  frequencyHz: z.number().nullable(),
});

const issue = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  path: z.string(),
  message: z.string(),
  found: z.string().optional(),
  expected: z.string().optional(),
});

const request = z.object({
  representativeFrequencyHz: z.number().optional(),
  angularResolutionArcsec: z.number().optional(),
  sensitivityJyPerBeam: z.number().optional(),
  sensitivityBandwidthHz: z.number().optional(),
});

const achievement = z.object({
  file: z.string().describe('the product that was judged'),
  beamMajorArcsec: z.number().nullable(),
  beamMinorArcsec: z.number().nullable(),
  rmsJyPerBeam: z.number().nullable().describe('scaled to the bandwidth of the request'),
  bandwidthHz: z.number().nullable(),
});

const schema = z.object({
  program: z.string(),
  project: z.string(),
  member: z.string(),
  title: z.string().optional(),
  pi: z.string().optional(),
  requested: request.optional(),
  achieved: achievement.optional(),
  verdict: z.object({ state: z.enum(['PASS', 'SEMIPASS', 'FAIL']), reasons: z.array(z.string()) }),
  checks: z.array(issue),
  ebs: z.array(block),
  commonFluxes: z.array(commonFlux),
  decisions: z.array(decision).optional().describe('those that concern the whole Member'),
  products: z.array(product),
});

/** The content of qa/qa2_report.json. */
export type QaReport = z.infer<typeof schema>;
export type ReportBlock = QaReport['ebs'][number];
export type ReportProduct = QaReport['products'][number];

/** JSON schema of {@link QaReport}, delivered beside the report. */
export function reportSchema(): unknown {
  return z.toJSONSchema(schema);
}

/** JSON text of a report; numbers that are not finite become null. */
export function reportText(report: QaReport): string {
  return `${JSON.stringify(report, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value), 2)}\n`;
}

/**
 * Reads a report back, also one of an earlier run.
 *
 * @param file for the error
 * @throws bad-format
 */
export function parseReport(text: string, file: string): QaReport {
  const wrong = (what: string, cause?: unknown): never =>
    fail('bad-format', `This is no QA2 report (${what}); run qa2 run again to write it anew.`, { file }, cause);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return wrong('not JSON', error);
  }
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  return wrong(`${path.join('.') || 'content'}: ${message}`, read.error);
}

/** Number of the window of a common flux in an Execution Block; undefined where it has none. */
export function windowIn({ windows, spw }: QaReport['commonFluxes'][number], uid: string): number | undefined {
  return windows ? windows[uid] : spw;
}
