import type { QaReport, ReportProduct } from './report.ts';

/** One line of the comparison of what was asked for with what was reached. */
export interface GoalLine {
  readonly what: string;
  readonly requested: string;
  readonly achieved: string;
}

/** Sensitivity, resolution and frequency, requested and achieved; 'not stated' where the goal says nothing. */
export function goalLines(report: QaReport): GoalLine[] {
  const { requested, achieved } = report;
  const bandwidth = requested?.sensitivityBandwidthHz ?? achieved?.bandwidthHz;
  const frequencies = report.checks.filter((check) => check.code === 'frequency');
  const missed = frequencies.filter((check) => check.severity === 'error').length;
  return [
    {
      what: `Sensitivity${bandwidth ? ` in ${bandwidthText(bandwidth)}` : ''}`,
      requested: fluxText(requested?.sensitivityJyPerBeam ?? null, 'not stated'),
      achieved: fluxText(achieved?.rmsJyPerBeam ?? null),
    },
    {
      what: 'Angular resolution',
      requested: requested?.angularResolutionArcsec ? `${requested.angularResolutionArcsec.toFixed(2)}"` : 'not stated',
      achieved: achieved ? beamText(achieved) : 'unknown',
    },
    {
      what: 'Representative frequency',
      requested: requested?.representativeFrequencyHz
        ? `${(requested.representativeFrequencyHz / 1e9).toFixed(3)} GHz`
        : 'not stated',
      achieved:
        frequencies.length === 0
          ? 'not checked'
          : missed === 0
            ? 'observed'
            : `${missed} of ${frequencies.length} not observed`,
    },
  ];
}

/** '1.04" x 0.55"', with the position angle where it is given. */
export function beamText(beam: {
  readonly beamMajorArcsec: number | null;
  readonly beamMinorArcsec: number | null;
  readonly beamPaDeg?: number | null;
}): string {
  const { beamMajorArcsec: major, beamMinorArcsec: minor, beamPaDeg: angle } = beam;
  if (!isKnown(major) || !isKnown(minor)) return 'unknown';
  return `${major.toFixed(2)}" x ${minor.toFixed(2)}"${isKnown(angle) ? `, ${angle.toFixed(0)} deg` : ''}`;
}

/** Three digits in mJy/beam, or µJy/beam (written uJy) when small. */
export function fluxText(jansky: number | null | undefined, unknown = 'unknown'): string {
  if (!isKnown(jansky)) return unknown;
  const milli = jansky * 1e3;
  const text = (value: number) => (Math.abs(value) < 999.5 ? value.toPrecision(3) : value.toFixed(0));
  return Math.abs(milli) < 0.1 && milli !== 0 ? `${text(milli * 1e3)} uJy/beam` : `${text(milli)} mJy/beam`;
}

export function bandwidthText(hertz: number): string {
  return hertz >= 1e9
    ? `${(hertz / 1e9).toFixed(2)} GHz`
    : hertz >= 1e6
      ? `${(hertz / 1e6).toFixed(2)} MHz`
      : `${(hertz / 1e3).toFixed(1)} kHz`;
}

/** 'continuum of T, windows 0, 1', 'line cube of CO(2-1) in T, window 2', 'cube of T, window 3'. */
export function productText(product: ReportProduct): string {
  const ids = product.spw.split(',').map(Number);
  const windows = `window${ids.length > 1 ? 's' : ''} ${ids.sort((a, b) => a - b).join(', ')}`;
  if (product.kind === 'continuum') return `continuum of ${product.target}, ${windows}`;
  return product.line
    ? `line cube of ${product.line} in ${product.target}, ${windows}`
    : `cube of ${product.target}, ${windows}`;
}

/** Sentences about common fluxes whose Execution Blocks disagree, or of which some have no such window. */
export function commonFluxNotes({ commonFluxes }: QaReport): string[] {
  const lonely = commonFluxes.flatMap(({ field, spw, windows, without }) =>
    windows && without?.length ? [`${field} in window ${spw} of ${Object.keys(windows)[0]}: ${lackText(without)}`] : [],
  );
  return [...commonFluxes.flatMap(({ disagreement }) => disagreement ?? []), ...lonely];
}

function lackText(blocks: readonly string[]): string {
  return `${blocks.join(', ')} ${blocks.length > 1 ? 'have' : 'has'} no window near its frequency and no part in its common flux.`;
}

/** Mean share of flagged data over antennas, '3.6 %'. */
export function flaggedText(fractions: Readonly<Record<string, number>>): string {
  const shares = Object.values(fractions);
  if (shares.length === 0) return 'unknown';
  return `${((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length).toFixed(1)} %`;
}

export function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}
