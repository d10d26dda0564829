import { type MsMetadata, openMs, readMetadata } from '../../astronomy/ms/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import type { Figure, Panel, Section } from '../../foundation/plotting/index.ts';
import { type CalTable, readCalTable } from '../calibration/index.ts';
import { gatherField, gatherModel, type ShownField } from './field-data.ts';
import { cubePanels, imagePanel, psfPanel } from './image-panels.ts';
import { measurePhaseScatter, type PhaseScatter } from './phase-scatter.ts';
import {
  arrayPanel,
  fieldLegend,
  fieldPanel,
  observedFields,
  pointingPanel,
  schedulePanel,
} from './schedule-panels.ts';
import { bandpassSection, type GainLook, gainSection, tsysSection } from './solution-panels.ts';
import { fluxSection, phaseCalibratorSection, targetSection, uvPanel } from './visibility-panels.ts';

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
  readonly target: ShownField;
  readonly fluxField?: ShownField;
  readonly phaseField?: ShownField;
  /** uid….ms.split, for the model of the flux calibrator. */
  readonly split?: string;
  /** Numbers in the ASDM of the windows of the split MeasurementSet. */
  readonly spws?: readonly number[];
  /** CASA images of the target: continuum, its PSF, and a line cube. */
  readonly image?: string;
  readonly psf?: string;
  readonly cube?: string;
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

/** Draws diagnostics 1–15 of an Execution Block as three pages. */
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
  const look = looksOf(files, metadata);
  return {
    startSec: Math.min(...metadata.scans.map((scan) => scan.startSec)),
    antennaCount: metadata.antennas.length,
    scatter,
    pages: [
      page(files.uid, 'Part 1: observation and temporal gains', [
        ...observationSections(files, metadata, scatter),
        gainSection(readCalTable(files.amplitudeTable), look.amplitude),
        gainSection(readCalTable(files.phaseTable), look.phase),
      ]),
      page(files.uid, 'Part 2: bandpass and system temperature', [
        bandpassSection(readCalTable(files.bandpassTable), files),
        ...(existing(files.tsysTable) ? [tsysSection(readCalTable(files.tsysTable as string))] : []),
      ]),
      page(files.uid, 'Part 3: calibrators and target', fieldSections(context, files)),
    ],
  };
}

function observationSections(files: BlockFiles, metadata: MsMetadata, scatter: PhaseScatter | undefined): Section[] {
  const window = metadata.spectralWindows[Number(files.scienceSpw)] ?? metadata.spectralWindows[0];
  return [
    {
      title: '1–4  Observation',
      note: `${metadata.antennas.length} antennas, ${metadata.scans.length} scans`,
      legend: fieldLegend(metadata),
      columns: 12,
      rowHeight: 320,
      panels: [schedulePanel(metadata), fieldPanel(metadata)],
    },
    {
      columns: 12,
      rowHeight: 460,
      panels: [
        arrayPanel(metadata),
        pointingPanel(metadata, window.refFrequency),
        ...(scatter ? [scatterPanel(scatter)] : []),
      ],
    },
  ];
}

/** Diagnostics 9–15. */
function fieldSections(context: Context, files: BlockFiles): Section[] {
  const calibrator = (field: ShownField | undefined) =>
    field === undefined ? undefined : gatherField(context, files.calibrated, field);
  const target = gatherField(context, files.calibrated, files.target);
  const flux = calibrator(files.fluxField);
  const phase = calibrator(files.phaseField);
  const model =
    flux && existing(files.split) ? gatherModel(context, files.split as string, files.fluxField?.selection ?? '') : [];
  return [
    targetSection(target, files),
    ...(flux ? [fluxSection(flux, model, files)] : []),
    ...(phase ? [phaseCalibratorSection(phase, files)] : []),
    {
      title: '13–15  Imaging',
      note: 'images of all Execution Blocks; contours at −4, 4, 8, 16, … times the rms, of the beam at half power; beam in the corner',
      columns: 3,
      rowHeight: 480,
      panels: [
        uvPanel(target),
        ...(existing(files.image) ? [imagePanel(files.image as string, `14  ${files.target.name}, continuum`)] : []),
        ...(existing(files.psf) ? [psfPanel(files.psf as string, '15  Synthesized beam (PSF)')] : []),
        ...(existing(files.cube) ? cubePanels(files.cube as string, files.target.name) : []),
      ],
    },
  ];
}

/** One page per calibration table, for `<uid>.calibration.plots/`. */
export function tablePages(files: BlockFiles): { name: string; figure: Figure }[] {
  const look = looksOf(files);
  const make = (name: string, path: string | undefined, section: (table: CalTable) => Section) =>
    existing(path)
      ? [{ name, figure: page(files.uid, name.replace(/_/g, ' '), [section(readCalTable(path as string))]) }]
      : [];
  return [
    ...make('wvr_phase', files.wvrTable, (table) => gainSection(table, look.wvr)),
    ...make('tsys', files.tsysTable, tsysSection),
    ...make('bandpass', files.bandpassTable, (table) => bandpassSection(table, files)),
    ...make('gain_amplitude', files.amplitudeTable, (table) => gainSection(table, look.amplitude)),
    ...make('gain_phase', files.phaseTable, (table) => gainSection(table, look.phase)),
  ];
}

/** How the three kinds of solutions against time are shown. */
function looksOf(files: BlockFiles, metadata?: MsMetadata): Record<'amplitude' | 'phase' | 'wvr', GainLook> {
  const names = metadata && observedFields(metadata).map((fieldId) => metadata.fields[fieldId].name);
  const fieldColour = names && ((name: string) => Math.max(0, names.indexOf(name)));
  return {
    amplitude: {
      spws: files.spws,
      fieldColour,
      title: '5  Gain amplitude',
      what: 'amplitude',
      axis: 'gain (√(K/Jy))',
    },
    phase: { spws: files.spws, fieldColour, title: '6  Gain phase', what: 'phase', axis: 'phase (deg)' },
    wvr: { title: 'Phase from the water-vapour radiometers', what: 'phase', axis: 'phase (deg)' },
  };
}

function existing(path: string | undefined): boolean {
  return path !== undefined && disk().exists(path);
}

function page(uid: string, subtitle: string, sections: readonly Section[]): Figure {
  return { title: uid, subtitle, width: WIDTH, sections };
}

/** Diagnostic 4: phase scatter of each antenna before and after the radiometers. */
function scatterPanel(scatter: PhaseScatter): Panel {
  const degrees = (values: Float64Array) => values.map((radians) => (radians * 180) / Math.PI);
  const x = scatter.antennas.map((_, index) => index);
  const before = degrees(scatter.before);
  const after = degrees(scatter.after);
  const highest = Math.max(1, ...[...before, ...after].filter(Number.isFinite));
  return {
    title: '4  Phase rms without and with the radiometers',
    x: { label: '', categories: scatter.antennas },
    y: { label: 'phase rms (deg)', range: [0, 1.08 * highest] },
    hasLegend: true,
    span: 4,
    series: [
      { kind: 'points', x, y: before, label: 'without', colour: 1, size: 9 },
      { kind: 'points', x, y: after, label: 'with', colour: 2, size: 9 },
    ],
  };
}
