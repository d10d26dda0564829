import { ARCSEC, type Issue, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { fileNameToUid } from '../../../pipeline/delivery/index.ts';
import {
  checkCoherence,
  checkGoal,
  checkNoise,
  cycleLimits,
  judge,
  measureImage,
  type QaAchievement,
  type QaReport,
  type QaRequest,
  type ReportProduct,
} from '../../../pipeline/qa/index.ts';
import type { ImagingWindow, ProductPlan, ScienceGoal } from '../../../pipeline/reduction/index.ts';
import { PROGRAM_VERSION } from './program.ts';
import type { FailedBlock, MemberResults } from './steps.ts';

/** Measures the products, checks them against the goal, and gathers everything for qa2_report.json. */
export function buildReport(results: MemberResults): QaReport {
  const products = results.imaging.products.map((product): ReportProduct => {
    const numbers = measureImage(joinPath(results.member, 'calibrated', `${product.imagename}.image`));
    return {
      file: `product/${product.fits}`,
      kind: product.kind,
      spw: product.spwIds.join(','),
      target: product.target,
      line: product.line,
      beamMajorArcsec: numbers.beamMajorArcsec,
      beamMinorArcsec: numbers.beamMinorArcsec,
      beamPaDeg: numbers.beamPaDeg,
      rmsJyPerBeam: numbers.rmsJyPerBeam,
      predictedRmsJyPerBeam: product.predictedRmsJy,
      image: `${product.imagename}.image`,
      peakJyPerBeam: numbers.peakJyPerBeam,
      channelHz: product.kind === 'cube' ? numbers.channelHz : continuumBandwidth(results, product),
      frequencyHz: numbers.frequencyHz,
    };
  });
  const request = requestOf(results.goal);
  const representative = representativeProduct(products, request, results);
  const frequency = request.representativeFrequencyHz ?? representative?.frequencyHz ?? 230e9;
  const goal = checkGoal(request, achievementOf(representative, results), cycleLimits(frequency));
  const isMet = goal.some(({ code, severity }) => code === 'sensitivity' && severity === 'info');
  const losses = results.blocks.map(({ uid, coherenceLoss }) => ({ uid: fileNameToUid(uid), loss: coherenceLoss }));
  const checks = [
    ...results.failures.map(failureIssue),
    ...[...goal, ...checkNoise(products, isMet), ...checkCoherence(losses)],
  ];
  return {
    program: `alma-qa2 ${PROGRAM_VERSION}`,
    project: results.names.project,
    member: results.names.member,
    title: results.goal.title,
    pi: results.goal.pi,
    requested: {
      representativeFrequencyHz: request.representativeFrequencyHz,
      angularResolutionArcsec: request.angularResolutionRad && request.angularResolutionRad / ARCSEC,
      sensitivityJyPerBeam: request.sensitivityJy,
      sensitivityBandwidthHz: request.sensitivityBandwidthHz,
    },
    achieved: representative && achievedContent(representative, request),
    verdict: { ...judge(checks), reasons: [...judge(checks).reasons] },
    checks,
    ebs: results.blocks.map((block) => blockContent(results, block)),
    commonFluxes: (results.flux?.fluxes ?? []).map((flux) => ({
      ...flux,
      outliers: [...flux.outliers],
      without: [...flux.without],
    })),
    decisions: [...(results.flux?.decisions ?? []), ...results.imaging.decisions]
      .filter((decision) => decision.topic !== 'Common flux')
      .map((decision) => ({ ...decision })),
    products,
  };
}

function failureIssue({ uid, message }: FailedBlock): Issue {
  return {
    code: 'execution-block',
    severity: 'warning',
    path: uid,
    message: `Execution Block ${fileNameToUid(uid)} is left out, it could not be reduced: ${message}`,
  };
}

/** What the judged product reached, its noise scaled to the bandwidth of the request. */
function achievedContent(product: ReportProduct, request: QaRequest): NonNullable<QaReport['achieved']> {
  const { channelHz, rmsJyPerBeam } = product;
  const bandwidth = request.sensitivityBandwidthHz ?? channelHz;
  const factor = channelHz && bandwidth ? Math.sqrt(channelHz / bandwidth) : 1;
  return {
    file: product.file,
    beamMajorArcsec: product.beamMajorArcsec,
    beamMinorArcsec: product.beamMinorArcsec,
    rmsJyPerBeam: rmsJyPerBeam === null ? null : rmsJyPerBeam * factor,
    bandwidthHz: bandwidth,
  };
}

function blockContent(results: MemberResults, block: MemberResults['blocks'][number]): QaReport['ebs'][number] {
  const assessment = results.assessments.find((entry) => entry.uid === block.uid);
  return {
    uid: block.uid,
    observed: assessment?.observed ?? '',
    antennas: assessment?.antennaCount ?? 0,
    referenceAntenna: block.block.refants[0],
    fluxes: block.fluxes.map(({ field, spw, frequencyHz, fluxJy, errorJy, isReference }) => ({
      field,
      spw,
      frequencyHz,
      fluxJy,
      errorJy,
      isReference,
    })),
    phaseRmsDeg: assessment?.phaseRmsDeg,
    flaggedFraction: { ...block.flaggedFractions },
    decisions: block.decisions.map((decision) => ({ ...decision })),
  };
}

function requestOf(goal: ScienceGoal): QaRequest {
  return {
    representativeFrequencyHz: goal.representativeFrequencyHz,
    angularResolutionRad: goal.angularResolutionRad,
    sensitivityJy: goal.sensitivityJy,
    sensitivityBandwidthHz: goal.sensitivityBandwidthHz,
    lines: goal.lines.map((line) => ({
      name: line.name,
      skyHz: line.restFrequencyHz * (1 - (line.velocityMs ?? 0) / SPEED_OF_LIGHT),
    })),
  };
}

/** The cube that holds the representative frequency, unless the sensitivity is asked for over most of a window. */
function representativeProduct(
  products: readonly ReportProduct[],
  request: QaRequest,
  results: MemberResults,
): ReportProduct | undefined {
  const [{ windows, target }] = results.imaging.facts;
  const window = windows.find((entry) => {
    const [low, high] = edges(entry);
    return (
      request.representativeFrequencyHz !== undefined &&
      request.representativeFrequencyHz >= low &&
      request.representativeFrequencyHz <= high
    );
  });
  const isContinuum =
    request.sensitivityBandwidthHz === undefined ||
    !window ||
    request.sensitivityBandwidthHz > 0.5 * (edges(window)[1] - edges(window)[0]);
  const kind = isContinuum ? 'continuum' : 'cube';
  const holds = (product: ReportProduct) =>
    product.target === target && (!window || product.spw.split(',').map(Number).includes(window.spwIds[0]));
  return products.find((product) => product.kind === kind && holds(product)) ?? products[0];
}

function achievementOf(product: ReportProduct | undefined, results: MemberResults): QaAchievement {
  return {
    coverage: results.imaging.facts[0].windows.map(edges),
    beamMajorRad: product?.beamMajorArcsec ? product.beamMajorArcsec * ARCSEC : undefined,
    beamMinorRad: product?.beamMinorArcsec ? product.beamMinorArcsec * ARCSEC : undefined,
    rmsJy: product?.rmsJyPerBeam ?? undefined,
    rmsBandwidthHz: product?.channelHz ?? undefined,
  };
}

function edges(window: ImagingWindow): [number, number] {
  const first = window.chanFreqs[0];
  const last = window.chanFreqs[window.chanFreqs.length - 1];
  return [Math.min(first, last), Math.max(first, last)];
}

/** Bandwidth of the line-free channels that a continuum image averages, Hz. */
function continuumBandwidth(results: MemberResults, { target, spwIds }: ProductPlan): number {
  return results.imaging.facts
    .filter((facts) => facts.target === target)
    .flatMap(({ windows }) => windows)
    .filter((window) => spwIds.includes(window.spwIds[0]))
    .reduce((sum, window) => {
      const [low, high] = edges(window);
      const count = window.chanFreqs.length;
      const inLines = window.lines.reduce((total, line) => total + line.last - line.first + 1, 0);
      return sum + ((high - low) / (count - 1)) * (count - 2 * window.edge - inLines);
    }, 0);
}
