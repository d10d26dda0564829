import type { QaReport, ReportBlock, ReportProduct } from './report.ts';

const RULE = '-'.repeat(78);

/** The uid…_textfile.txt of one Execution Block: what was done, why, and what came out. */
export function blockText(report: QaReport, block: ReportBlock): string {
  const lines = [
    `QA2 report of Execution Block ${block.uid}`,
    RULE,
    `Observed:          ${block.observed} UTC`,
    `Antennas:          ${block.antennas}`,
    `Reference antenna: ${block.referenceAntenna}`,
    '',
    heading('Decisions of the reduction'),
    ...block.decisions.map((entry) => `* ${entry.topic}: ${entry.choice}\n    ${entry.reason}`),
    '',
    heading('Effect of the water-vapour radiometers'),
    ...(block.phaseRmsDeg
      ? [
          `Median phase rms on the bandpass calibrator: ${block.phaseRmsDeg.withoutWvr.toFixed(2)} deg without, ${block.phaseRmsDeg.withWvr.toFixed(2)} deg with the correction` +
            ` (improved ${(block.phaseRmsDeg.withoutWvr / block.phaseRmsDeg.withWvr).toFixed(1)} times)`,
        ]
      : ['No radiometer data.']),
    '',
    heading('Flagged data by antenna (science windows)'),
    ...Object.entries(block.flaggedFraction).map(
      ([name, share]) => `${name.padEnd(6)} ${(100 * share).toFixed(1).padStart(5)} %`,
    ),
    '',
    heading('Flux densities found in this Execution Block'),
    ...fluxTable(block),
    '',
    heading('Check of a target image and sensitivity'),
    ...report.products.flatMap(productLines),
    '',
    heading('Verdict of the Member'),
    `QA2 ${report.verdict.state}`,
    ...report.verdict.reasons.map((reason) => `* ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function heading(text: string): string {
  return `${text}\n${RULE.slice(0, text.length)}`;
}

function fluxTable(block: ReportBlock): string[] {
  const rows = block.fluxes.map((flux) => {
    const error = flux.isReference ? '   (model)' : ` +/- ${flux.errorJy.toFixed(4)}`;
    return `${flux.field.padEnd(16)} ${String(flux.spw).padStart(4)} ${(flux.frequencyHz / 1e9).toFixed(3).padStart(9)} GHz ${flux.fluxJy.toFixed(4).padStart(9)}${error} Jy`;
  });
  return ['field             spw   frequency    flux density', ...rows];
}

function productLines(product: ReportProduct): string[] {
  const beam = `${show(product.beamMajorArcsec, 3)} x ${show(product.beamMinorArcsec, 3)} arcsec at ${show(product.beamPaDeg, 0)} deg`;
  return [
    `${product.file}: ${product.kind}${product.line ? ` of ${product.line}` : ''}`,
    `    beam ${beam}; rms ${show(milli(product.rmsJyPerBeam), 3)} mJy/beam; peak ${show(milli(product.peakJyPerBeam), 2)} mJy/beam`,
  ];
}

const milli = (value: number | null) => (value === null ? null : value * 1e3);

function show(value: number | null, digits: number): string {
  return value === null || !Number.isFinite(value) ? 'unknown' : value.toFixed(digits);
}
