import { listItem, wrapText } from './paragraphs.ts';
import type { QaReport, ReportBlock } from './report.ts';
import { beamText, fluxText, goalLines, productText } from './report-words.ts';
import { textTable } from './text-table.ts';

const WIDTH = 78;
const RULE = '-'.repeat(WIDTH);

/** The uid…_textfile.txt of one Execution Block: what was done, why, and what came out. */
export function blockText(report: QaReport, block: ReportBlock): string {
  const lines = [
    `QA2 report of Execution Block ${block.uid}`,
    RULE,
    `Project:           ${report.project}`,
    `Member ObsUnitSet: ${report.member}`,
    `Observed:          ${block.observed} UTC`,
    `Antennas:          ${block.antennas}`,
    `Reference antenna: ${block.referenceAntenna}`,
    '',
    ...heading('Decisions of the reduction'),
    ...decisionLines(block.decisions),
    '',
    ...heading('Effect of the water-vapour radiometers'),
    ...scatterLines(block),
    '',
    ...heading('Flagged data by antenna (science windows)'),
    ...Object.entries(block.flaggedFraction).map(
      ([name, share]) => `${name.padEnd(6)} ${(100 * share).toFixed(1).padStart(5)} %`,
    ),
    '',
    ...heading('Flux densities found in this Execution Block'),
    ...fluxTable(block),
    '',
    ...heading('Check of a target image and sensitivity'),
    ...textTable(
      ['', 'requested', 'achieved'],
      goalLines(report).map(({ what, requested, achieved }) => [what, requested, achieved]),
    ),
    ...(report.achieved ? [`Judged on ${report.achieved.file}.`] : []),
    '',
    ...heading('Images of the Member'),
    ...productTable(report),
    '',
    ...(report.decisions?.length
      ? [...heading('Decisions for the Member'), ...decisionLines(report.decisions), '']
      : []),
    ...heading('Verdict of the Member'),
    `QA2 ${report.verdict.state}`,
    ...report.verdict.reasons.flatMap((reason) => listItem(reason, WIDTH)),
  ];
  return `${lines.join('\n')}\n`;
}

function decisionLines(decisions: ReportBlock['decisions']): string[] {
  return decisions.flatMap(({ topic, choice, reason }) => [
    ...listItem(`${topic}: ${choice}`, WIDTH),
    ...wrapText(reason, WIDTH - 4).map((line) => `    ${line}`),
  ]);
}

function heading(text: string): string[] {
  return [text, RULE.slice(0, text.length)];
}

function scatterLines(block: ReportBlock): string[] {
  if (!block.phaseRmsDeg) return ['No radiometer data, or scans too short to tell.'];
  const { withoutWvr, withWvr } = block.phaseRmsDeg;
  return [
    'Median phase rms on the bandpass calibrator:',
    `  ${withoutWvr.toFixed(2)} deg without, ${withWvr.toFixed(2)} deg with the correction (improved ${(withoutWvr / withWvr).toFixed(1)} times)`,
  ];
}

function fluxTable(block: ReportBlock): string[] {
  return textTable(
    ['calibrator', '>spw', '>frequency (GHz)', '>flux density (Jy)', '>error (Jy)'],
    block.fluxes.map((flux) => [
      flux.field,
      String(flux.spw),
      (flux.frequencyHz / 1e9).toFixed(3),
      flux.fluxJy.toFixed(4),
      flux.isReference ? 'model' : flux.errorJy.toFixed(4),
    ]),
  );
}

function productTable(report: QaReport): string[] {
  return report.products.flatMap((product) => [
    ...wrapText(`${product.file}: ${productText(product)}`, WIDTH, '    '),
    `    beam ${beamText(product)}; rms ${fluxText(product.rmsJyPerBeam)}; peak ${fluxText(product.peakJyPerBeam)}`,
  ]);
}
