import { fileNameToUid, type ReadmeContent, type ReadmeTable } from '../../../pipeline/delivery/index.ts';
import {
  beamText,
  commonFluxNotes,
  flaggedText,
  fluxText,
  goalLines,
  productText,
  type QaReport,
  sharedDecisions,
  windowIn,
} from '../../../pipeline/qa/index.ts';
import { PROGRAM_VERSION } from './program.ts';
import type { MemberResults } from './steps.ts';

/** Most Execution Blocks that get a column of their own in the table of fluxes. */
const MOST_COLUMNS = 2;

/** What the README of a Member says. */
export function readmeContent(results: MemberResults, report: QaReport, tree: readonly string[]): ReadmeContent {
  return {
    names: results.names,
    title: results.goal.title,
    pi: results.goal.pi,
    programVersion: PROGRAM_VERSION,
    verdict: report.verdict.state,
    reasons: report.verdict.reasons,
    goal: goalTable(report),
    blocks: blockTable(report),
    fluxes: fluxTable(report),
    images: imageTable(report),
    comments: sharedDecisions(report).map(({ topic, choice, reason, blocks }) => {
      const where = blocks.length > 0 ? ` (${blocks.map(fileNameToUid).join(', ')})` : '';
      return `${topic}${where}: ${choice}. ${reason}`;
    }),
    hasFluxScript: results.flux !== undefined,
    tree,
  };
}

function goalTable(report: QaReport): ReadmeTable {
  return {
    heads: ['', 'requested', 'achieved'],
    rows: goalLines(report).map(({ what, requested, achieved }) => [what, requested, achieved]),
    notes: report.achieved ? [`Judged on ${report.achieved.file}.`] : [],
  };
}

function blockTable(report: QaReport): ReadmeTable {
  const hasScatter = report.ebs.some((block) => block.phaseRmsDeg !== undefined);
  return {
    heads: ['Execution Block', 'observed (UTC)', '>antennas', '>flagged', ...(hasScatter ? ['>phase rms (deg)'] : [])],
    rows: report.ebs.map(({ uid, observed, antennas, flaggedFraction, phaseRmsDeg }) => [
      fileNameToUid(uid),
      observed,
      String(antennas),
      flaggedText(flaggedFraction),
      ...(hasScatter
        ? [phaseRmsDeg ? `${phaseRmsDeg.withoutWvr.toFixed(1)} -> ${phaseRmsDeg.withWvr.toFixed(1)}` : '-']
        : []),
    ]),
    notes: hasScatter ? ['phase rms: on the bandpass calibrator, without and with the radiometers.'] : [],
  };
}

/** Each calibrator and window: what the Execution Blocks found, and what was adopted for all. */
function fluxTable(report: QaReport): ReadmeTable {
  const hasCommon = report.commonFluxes.length > 0;
  const shown = hasCommon && report.ebs.length > MOST_COLUMNS ? [] : report.ebs;
  const rows = hasCommon ? report.commonFluxes : (report.ebs[0]?.fluxes ?? []);
  const outliers = new Set(report.commonFluxes.flatMap((flux) => flux.outliers));
  const found = ({ field, spw }: (typeof rows)[number], block: QaReport['ebs'][number]) => {
    const common = report.commonFluxes.find((entry) => entry.field === field && entry.spw === spw);
    const window = common ? windowIn(common, block.uid) : spw;
    const own = block.fluxes.find((entry) => entry.field === field && entry.spw === window);
    if (!own) return '-';
    const isOut = common?.outliers.includes(block.uid) ?? false;
    return `${own.fluxJy.toFixed(4)}${isOut ? '*' : own.isReference ? 'm' : ' '}`;
  };
  return {
    heads: [
      'calibrator',
      '>spw',
      '>GHz',
      ...shown.map((block) => `>${fileNameToUid(block.uid).replace(/^uid:\/\//, '')}`),
      ...(hasCommon ? ['>common', '>error'] : []),
    ],
    rows: rows.map((flux, index) => [
      index > 0 && rows[index - 1].field === flux.field ? '' : flux.field,
      String(flux.spw),
      (flux.frequencyHz / 1e9).toFixed(3),
      ...shown.map((block) => found(flux, block)),
      ...(hasCommon ? [flux.fluxJy.toFixed(4), flux.errorJy.toFixed(4)] : []),
    ]),
    notes: [
      ...(shown.length > 0 ? ['m: model of the flux scale.'] : []),
      ...(hasCommon ? ['common: weighted mean of the Execution Blocks; all data were rescaled with it.'] : []),
      ...[...outliers].map((uid) => `*: ${fileNameToUid(uid)} has outliers, which the mean leaves out.`),
      ...commonFluxNotes(report),
    ],
  };
}

function imageTable(report: QaReport): ReadmeTable {
  return {
    heads: ['file', '>beam', '>rms (mJy/beam)'],
    rows: report.products.map((product) => [
      product.file.replace(/^product\//, ''),
      beamText({ ...product, beamPaDeg: undefined }),
      fluxText(product.rmsJyPerBeam).replace(/ mJy\/beam$/, ''),
    ]),
    notes: [
      ...report.products.map(
        (product) => `${product.file.replace(/^product\//, '').replace(/\.fits$/, '')}: ${productText(product)}.`,
      ),
    ],
  };
}
