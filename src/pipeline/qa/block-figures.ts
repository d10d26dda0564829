import { type MsMetadata, openMs, readMetadata } from '../../astronomy/ms/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import type { Figure, Panel } from '../../foundation/plotting/index.ts';
import { type CalTable, readCalTable } from '../calibration/index.ts';
import { imagePanel } from './image-panels.ts';
import { measurePhaseScatter, type PhaseScatter } from './phase-scatter.ts';
import { arrayPanel, fieldPanel, schedulePanel } from './schedule-panels.ts';
import { bandpassPanels, gainPanels, tsysPanels } from './solution-panels.ts';
import { gatherTargetData, targetSpectrumPanels, uvPanel } from './target-panels.ts';

/** Files of one Execution Block that diagnostics look at; absolute paths. */
export interface BlockFiles {
  readonly uid: string;
  /** uid….ms */
  readonly vis: string;
  /** uid….ms.split.cal */
  readonly calibrated: string;
  readonly wvrTable?: string;
  readonly tsysTable?: string;
  readonly bandpassTable: string;
  readonly amplitudeTable: string;
  readonly phaseTable: string;
  /** Bright calibrator and science window on which the radiometers are judged. */
  readonly bandpassField: string;
  readonly scienceSpw: string;
  readonly target: string;
  /** CASA image and PSF of the target. */
  readonly image?: string;
  readonly psf?: string;
}

/** The three pages of an Execution Block, and what was measured for them. */
export interface BlockPages {
  readonly pages: readonly [Figure, Figure, Figure];
  readonly scatter?: PhaseScatter;
  /** MJD seconds UTC */
  readonly startSec: number;
  readonly antennaCount: number;
}

const WIDTH = 1800;

/** Draws diagnostics 1–9 and 13–15 of an Execution Block as three pages. */
export function blockPages(context: Context, files: BlockFiles): BlockPages {
  const ms = openMs(files.vis, 'read');
  try {
    return drawPages(context, files, readMetadata(ms));
  } finally {
    ms.close();
  }
}

function drawPages(context: Context, files: BlockFiles, metadata: MsMetadata): BlockPages {
  const scatter = existing(files.wvrTable)
    ? measurePhaseScatter(context, files.vis, files.bandpassField, files.scienceSpw)
    : undefined;
  const target = gatherTargetData(context, files.calibrated, files.target);
  const amplitude = readCalTable(files.amplitudeTable);
  const phase = readCalTable(files.phaseTable);
  const observing = [
    schedulePanel(metadata),
    fieldPanel(metadata),
    arrayPanel(metadata),
    ...(scatter ? [scatterPanel(scatter)] : []),
  ];
  const solutions = [...gainPanels(amplitude, 'amplitude', '5'), ...gainPanels(phase, 'phase', '6')];
  const spectra = [...bandpassPanels(readCalTable(files.bandpassTable)), ...tsysOf(files)];
  const imaging = [
    ...targetSpectrumPanels(target),
    uvPanel(target),
    ...(existing(files.image) ? [imagePanel(files.image as string, `14  Test image of ${files.target}`)] : []),
    ...(existing(files.psf) ? [imagePanel(files.psf as string, '15  Synthesized beam (PSF)', 4)] : []),
  ];
  return {
    startSec: Math.min(...metadata.scans.map((scan) => scan.startSec)),
    antennaCount: metadata.antennas.length,
    scatter,
    pages: [
      page(files.uid, 'observation and temporal gains', [...observing, ...solutions], 4, 330),
      page(files.uid, 'bandpass and system temperature', spectra, 4, 420),
      page(files.uid, 'target', imaging, 4, 440),
    ],
  };
}

/** One page per calibration table, for `<uid>.calibration.plots/`. */
export function tablePages(files: BlockFiles): { name: string; figure: Figure }[] {
  const make = (name: string, path: string | undefined, panels: (table: CalTable) => Panel[]) =>
    existing(path)
      ? [{ name, figure: page(files.uid, name.replace(/_/g, ' '), panels(readCalTable(path as string)), 4, 330) }]
      : [];
  return [
    ...make('wvr_phase', files.wvrTable, (table) => gainPanels(table, 'phase', 'WVR')),
    ...make('tsys', files.tsysTable, tsysPanels),
    ...make('bandpass', files.bandpassTable, bandpassPanels),
    ...make('gain_amplitude', files.amplitudeTable, (table) => gainPanels(table, 'amplitude', 'G')),
    ...make('gain_phase', files.phaseTable, (table) => gainPanels(table, 'phase', 'G')),
  ];
}

function tsysOf(files: BlockFiles): Panel[] {
  return existing(files.tsysTable) ? tsysPanels(readCalTable(files.tsysTable as string)) : [];
}

function existing(path: string | undefined): boolean {
  return path !== undefined && disk().exists(path);
}

function page(uid: string, subtitle: string, panels: readonly Panel[], columns: number, rowHeight: number): Figure {
  const used = Math.min(columns, panels.length);
  return {
    title: uid,
    subtitle,
    width: WIDTH,
    height: 74 + Math.ceil(panels.length / used) * rowHeight,
    columns: used,
    panels,
  };
}

/** Diagnostic 4: phase scatter of each antenna before and after the radiometers. */
function scatterPanel(scatter: PhaseScatter): Panel {
  const degrees = (values: Float64Array) => values.map((radians) => (radians * 180) / Math.PI);
  const x = scatter.antennas.map((_, index) => index);
  return {
    title: '4  Phase rms without and with the radiometers',
    x: { label: '', categories: scatter.antennas },
    y: { label: 'phase rms (deg)' },
    hasLegend: true,
    series: [
      { kind: 'points', x, y: degrees(scatter.before), label: 'without', colour: 1, size: 9 },
      { kind: 'points', x, y: degrees(scatter.after), label: 'with', colour: 2, size: 9 },
    ],
  };
}
