import { ARCSEC } from '../../../foundation/base/index.ts';
import type { ReadmeContent } from '../../../pipeline/delivery/index.ts';
import type { QaReport, ReportProduct } from '../../../pipeline/qa/index.ts';
import { decisionLine } from '../../../pipeline/reduction/index.ts';
import { PROGRAM_VERSION } from './program.ts';
import type { MemberResults } from './steps.ts';

/** What the README of a Member says. */
export function readmeContent(results: MemberResults, report: QaReport, tree: readonly string[]): ReadmeContent {
  return {
    names: results.names,
    title: results.goal.title,
    pi: results.goal.pi,
    programVersion: PROGRAM_VERSION,
    verdict: report.verdict.state,
    reasons: report.verdict.reasons,
    checks: requestLines(results, report),
    blocks: report.ebs.map((block) => ({
      uid: block.uid,
      observed: `${block.observed} UTC`,
      antennas: block.antennas,
    })),
    comments: [
      ...results.blocks.flatMap((block) =>
        block.decisions.map((decision) => `${block.uid}: ${decisionLine(decision)}`),
      ),
      ...(results.flux?.decisions ?? []).map(decisionLine),
      ...results.imaging.decisions.map(decisionLine),
    ],
    products: report.products.map((product) => ({
      file: product.file,
      description: product.line
        ? `cube of ${product.line}`
        : product.kind === 'cube'
          ? 'cube of the window'
          : 'continuum',
      beam: beamText(product),
      rms: milliJansky(product.rmsJyPerBeam),
    })),
    hasFluxScript: results.flux !== undefined,
    tree,
  };
}

function requestLines(results: MemberResults, report: QaReport): string[] {
  const { goal } = results;
  const best = report.products[0];
  const lines: string[] = [];
  if (goal.sensitivityJy !== undefined) {
    const bandwidth = goal.sensitivityBandwidthHz ? ` in ${(goal.sensitivityBandwidthHz / 1e6).toFixed(2)} MHz` : '';
    lines.push(`Sensitivity requested: ${milliJansky(goal.sensitivityJy)}${bandwidth}`);
  }
  if (goal.angularResolutionRad !== undefined)
    lines.push(`Angular resolution requested: ${(goal.angularResolutionRad / ARCSEC).toFixed(2)} arcsec`);
  if (best) lines.push(`Achieved in ${best.file}: rms ${milliJansky(best.rmsJyPerBeam)}, beam ${beamText(best)}`);
  return lines;
}

function beamText(product: ReportProduct): string {
  if (product.beamMajorArcsec === null || product.beamMinorArcsec === null) return 'unknown';
  return `${product.beamMajorArcsec.toFixed(2)} x ${product.beamMinorArcsec.toFixed(2)} arcsec`;
}

function milliJansky(jansky: number | null): string {
  return jansky === null || !Number.isFinite(jansky) ? 'unknown' : `${(jansky * 1e3).toPrecision(3)} mJy/beam`;
}
