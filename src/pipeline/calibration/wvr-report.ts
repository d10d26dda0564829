import type { WvrData } from './wvr-data.ts';
import { largestBaselineScatter, type Segment, type Sensitivity, thermalPathError } from './wvr-path.ts';
import type { Retrieval } from './wvr-retrieval.ts';

/** One line of the table of antennas. */
export interface WvrStatistics {
  readonly id: number;
  readonly name: string;
  readonly hasWvr: boolean;
  readonly isFlagged: boolean;
  /** Scatter of the zenith path, µm. */
  readonly rmsMicron: number;
  /** Scatter of the difference between the paths of two channels, µm. */
  readonly discrepancyMicron: number;
}

/** A number as C's %g writes it. */
export function formatG(value: number, digits = 6): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa, power] = value.toExponential(digits - 1).split('e');
    const short = mantissa.includes('.') ? mantissa.replace(/0+$/, '').replace(/\.$/, '') : mantissa;
    return `${short}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  }
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/0+$/, '').replace(/\.$/, '') : fixed;
}

/** Joins words at tab stops of eight, as CASA's logger shows them. */
function tabbed(words: readonly string[]): string {
  let line = '';
  words.forEach((word, index) => {
    if (index > 0) line = line.padEnd((Math.floor(line.length / 8) + 1) * 8);
    line += word;
  });
  return line;
}

const RULE = '-'.repeat(64);
const LONG_RULE = '-'.repeat(71);

/** The table of retrieved parameters. */
export function retrievalLines(retrievals: readonly Retrieval[]): string[] {
  return [
    '       Retrieved parameters      ',
    RULE,
    tabbed(['Evidence', 'PWV', 'PWV Error', 'dT1dL', 'dT2dL', 'dT3dL', 'dT4dL']),
    ...retrievals.map(({ evidence, pwv, pwvError, slopes }) =>
      tabbed([evidence, pwv, pwvError, ...slopes].map((value) => formatG(value))),
    ),
    ...retrievals.flatMap(({ cloud }) =>
      cloud ? [`Opacity of clouds at 183.3 GHz: ${formatG(cloud.opacity)} +/- ${formatG(cloud.error)}`] : [],
    ),
    '',
  ];
}

/** The times of the statistics and the table of antennas, in the columns that CASA prints. */
export function statisticsLines(
  statistics: readonly WvrStatistics[],
  segments: readonly Segment[],
  start: number,
): string[] {
  const yesNo = (value: boolean) => (value ? 'Yes' : 'No');
  return [
    'Times used for the statistics calculation (in seconds from first astro datum) ',
    '-'.repeat(77),
    ...segments.map(([first, last]) => `(${formatG(first - start)}, ${formatG(last - start)})`),
    '     Antenna/WVR information:                     ',
    LONG_RULE,
    tabbed(['#', 'Name', 'WVR?', 'Flag?', 'RMS (um)', 'Disc (um)']),
    ...statistics.map((entry) =>
      tabbed([
        String(entry.id),
        entry.name,
        yesNo(entry.hasWvr),
        yesNo(entry.isFlagged),
        formatG(entry.rmsMicron, 3).padStart(4),
        '',
        formatG(entry.discrepancyMicron, 3).padStart(4),
      ]),
    ),
  ];
}

/** How well the correction should work. */
export function performanceLines(
  data: WvrData,
  paths: Float64Array,
  sensitivities: readonly Sensitivity[],
  segments: readonly Segment[],
): string[] {
  const { slopes, errors } = sensitivities[Math.floor(sensitivities.length / 2)];
  const scatter = largestBaselineScatter(data, paths, segments);
  return [
    '  Expected performance ',
    '-'.repeat(66),
    `* Estimated WVR thermal contribution to path fluctuations (micron per antenna): ${formatG(thermalPathError(slopes) * 1e6)}`,
    `* Greatest Estimated path fluctuation is (micron on a baseline): ${formatG(scatter * 1e6)}`,
    `* Rough estimate path error due to coefficient error (micron on a baseline): ${formatG((scatter * errors[1] * 1e6) / slopes[1])}`,
    '',
  ];
}
