import type { Issue } from '../../foundation/base/index.ts';
import type { ReportProduct } from './report.ts';

export type VerdictState = 'PASS' | 'SEMIPASS' | 'FAIL';

export interface Verdict {
  readonly state: VerdictState;
  /** One sentence per reason, the gravest first. */
  readonly reasons: readonly string[];
}

/** What was asked for; what is undefined is not judged. */
export interface QaRequest {
  readonly representativeFrequencyHz?: number;
  readonly angularResolutionRad?: number;
  readonly sensitivityJy?: number;
  readonly sensitivityBandwidthHz?: number;
  /** Rest frequencies at the source's velocity, Hz, with names. */
  readonly lines: readonly { readonly name: string; readonly skyHz: number }[];
}

/** What was reached. */
export interface QaAchievement {
  /** Sky frequency ranges with unflagged target data, Hz. */
  readonly coverage: readonly (readonly [low: number, high: number])[];
  readonly beamMajorRad?: number;
  readonly beamMinorRad?: number;
  /** rms of the representative image, Jy/beam, and the bandwidth of one of its channels, Hz. */
  readonly rmsJy?: number;
  readonly rmsBandwidthHz?: number;
}

/** Highest ratios of achieved to requested values for PASS and SEMIPASS. */
export interface QaLimits {
  readonly sensitivity: readonly [pass: number, semipass: number];
  readonly beamArea: readonly [pass: number, semipass: number];
}

/**
 * Limits of Cycles 1 and 2 by frequency (ALMA knowledgebase, "criteria for data to be considered successful"):
 * sensitivity 1.1/1.4 below 275 GHz (Bands 3, 4, 6), 1.15/1.5 to 500 GHz (7, 8), 1.2/1.6 above (9); beam area 1.2/1.5.
 */
export function cycleLimits(frequencyHz: number): QaLimits {
  const sensitivity: [number, number] =
    frequencyHz < 275e9 ? [1.1, 1.4] : frequencyHz < 500e9 ? [1.15, 1.5] : [1.2, 1.6];
  return { sensitivity, beamArea: [1.2, 1.5] };
}

/** Bandwidth-scaled rms over the requested sensitivity, or undefined when one of them is not known. */
export function sensitivityRatio(request: QaRequest, achieved: QaAchievement): number | undefined {
  if (request.sensitivityJy === undefined || achieved.rmsJy === undefined || achieved.rmsBandwidthHz === undefined)
    return undefined;
  const bandwidth = request.sensitivityBandwidthHz ?? achieved.rmsBandwidthHz;
  return (achieved.rmsJy * Math.sqrt(achieved.rmsBandwidthHz / bandwidth)) / request.sensitivityJy;
}

/** Area of the beam over that of a round one of the requested width, or undefined. */
export function beamAreaRatio(request: QaRequest, achieved: QaAchievement): number | undefined {
  if (
    request.angularResolutionRad === undefined ||
    achieved.beamMajorRad === undefined ||
    achieved.beamMinorRad === undefined
  )
    return undefined;
  return (achieved.beamMajorRad * achieved.beamMinorRad) / request.angularResolutionRad ** 2;
}

/**
 * Checks frequency set-up, resolution and sensitivity against what was asked for.
 *
 * @returns one issue for each check: info = met, warning = semi-pass, error = not met
 */
export function checkGoal(request: QaRequest, achieved: QaAchievement, limits: QaLimits): Issue[] {
  const issues: Issue[] = [];
  const wanted = [
    ...(request.representativeFrequencyHz
      ? [{ name: 'the representative frequency', skyHz: request.representativeFrequencyHz }]
      : []),
    ...request.lines,
  ];
  for (const { name, skyHz } of wanted) {
    const isCovered = achieved.coverage.some(([low, high]) => skyHz >= low && skyHz <= high);
    issues.push({
      code: 'frequency',
      severity: isCovered ? 'info' : 'error',
      path: 'frequency set-up',
      message: `Frequency: ${name}, ${(skyHz / 1e9).toFixed(3)} GHz, ${isCovered ? 'lies in' : 'is outside all'} observed windows.`,
    });
  }
  const area = beamAreaRatio(request, achieved);
  if (area !== undefined) issues.push(ratioIssue('resolution', 'Beam area', area, limits.beamArea));
  const noise = sensitivityRatio(request, achieved);
  if (noise !== undefined) issues.push(ratioIssue('sensitivity', 'Sensitivity (rms)', noise, limits.sensitivity));
  return issues;
}

/** An image with so many times the noise that its data promise is limited by something else. */
const NOISY = 2;

/**
 * Tells images whose noise is well above the thermal one.
 *
 * @param isMet the noise that was asked for is reached all the same
 */
export function checkNoise(
  images: readonly Pick<ReportProduct, 'file' | 'rmsJyPerBeam' | 'predictedRmsJyPerBeam'>[],
  isMet: boolean,
): Issue[] {
  return images.flatMap(({ file, rmsJyPerBeam, predictedRmsJyPerBeam }) => {
    const ratio = (rmsJyPerBeam ?? 0) / predictedRmsJyPerBeam;
    if (!(ratio > NOISY) || !Number.isFinite(ratio)) return [];
    return [
      {
        code: 'noise',
        severity: isMet ? ('info' as const) : ('warning' as const),
        path: file,
        message: `Noise: ${file} has ${ratio.toFixed(1)} times the noise that its data promise; sidelobes that cleaning left, or faulty data, are in it.`,
        found: ratio.toFixed(4),
        expected: `<= ${NOISY}`,
      },
    ];
  });
}

/** Larger losses than this exceed what flux scales are good to. */
const LARGEST_LOSS = 0.05;

/**
 * Tells Execution Blocks in which phases that change between scans of the phase calibrator take much of the target.
 *
 * @param blocks share of a point target's amplitude that is lost; NaN where it is not known
 */
export function checkCoherence(blocks: readonly { readonly uid: string; readonly loss: number }[]): Issue[] {
  return blocks.flatMap(({ uid, loss }) => {
    if (!(loss > LARGEST_LOSS)) return [];
    return [
      {
        code: 'coherence',
        severity: 'warning' as const,
        path: uid,
        message: `Coherence: about ${(100 * loss).toFixed(0)} % of the target's amplitudes in ${uid} are lost to phases that turn between scans of the phase calibrator; flux densities are too low by that, more on long baselines.`,
        found: loss.toFixed(4),
        expected: `<= ${LARGEST_LOSS}`,
      },
    ];
  });
}

function ratioIssue(code: string, what: string, ratio: number, [pass, semipass]: readonly [number, number]): Issue {
  const severity = ratio <= pass ? 'info' : ratio <= semipass ? 'warning' : 'error';
  const word =
    severity === 'info' ? 'within' : severity === 'warning' ? 'above the limit of' : 'far above the limit of';
  return {
    code,
    severity,
    path: code,
    message: `${what} is ${ratio.toFixed(2)} of the request, ${word} ${pass.toFixed(2)}${severity === 'error' ? ` (and above ${semipass.toFixed(2)})` : ''}.`,
    found: ratio.toFixed(4),
    expected: `<= ${pass}`,
  };
}

/** PASS without warnings, SEMIPASS with some, FAIL with errors; a goal that asks nothing passes and says so. */
export function judge(issues: readonly Issue[]): Verdict {
  const of = (severity: Issue['severity']) =>
    issues.filter((issue) => issue.severity === severity).map((issue) => issue.message);
  const reasons = [...of('error'), ...of('warning'), ...of('info')];
  const state = of('error').length > 0 ? 'FAIL' : of('warning').length > 0 ? 'SEMIPASS' : 'PASS';
  return {
    state,
    reasons:
      reasons.length > 0 ? reasons : ['No science goal was given, so nothing was asked for that could be missed.'],
  };
}
