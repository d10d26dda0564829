import type { LegendEntry, Series } from '../../foundation/plotting/index.ts';
import type { CalQuantity, CalSelection } from './caltable-selection.ts';
import type { SkyCurve } from './sky-curves.ts';

export type CalAxisX = 'time' | 'freq' | 'chan' | 'scan' | 'antenna' | CalQuantity;
export type CalPolarization = 'X' | 'Y' | '/';
export type CalIteration = 'antenna' | 'baseband' | 'spw' | 'field' | 'time' | 'scan';

/** What a plot of a calibration table shows. */
export interface CalPlot extends CalSelection {
  readonly xaxis: CalAxisX;
  readonly yaxis: CalQuantity;
  /** A panel for each combination. */
  readonly iteration: readonly CalIteration[];
  /** What colours tell; default polarizations. */
  readonly colour?: CalIteration | 'pol';
  /** Rows and columns of panels on a page; default 2 × 2. */
  readonly subplot?: readonly [rows: number, columns: number];
  /** One polarization alone, or the quotient of the first and the second; default both. */
  readonly polarization?: CalPolarization;
  readonly xrange?: readonly [number, number];
  readonly yrange?: readonly [number, number];
  /** One range for all panels. */
  readonly sharesX?: boolean;
  readonly sharesY?: boolean;
  /** Channels (first, last) of so many that set the y range of a spectrum; others may lie outside. */
  readonly rangeChannels?: (channelCount: number) => readonly [number, number];
  /** Titles say which baseband a window is of. */
  readonly namesBaseband?: boolean;
  /** Axis label of the values, such as 'Tsys (K)'. */
  readonly label?: string;
  /** Words below the x axis. */
  readonly xlabel?: string;
  /** Colour of flagged solutions; undefined: they are left out. */
  readonly flaggedColour?: string;
  /** Name of the table for the title of the pages; default that of its MeasurementSet. */
  readonly name?: string;
  readonly title?: string;
  /** Drawn over spectra, as seen towards their fields. */
  readonly sky?: SkyCurve;
  /** More curves for each window of a panel, at the lower end of a range of y that they may widen for it. */
  readonly overlay?: (spwId: number, range: readonly [number, number]) => Overlay;
  readonly legend?: readonly LegendEntry[];
}

/** Curves over those of a table, and the range of y with room for them. */
export interface Overlay {
  readonly series: readonly Series[];
  readonly range: readonly [number, number];
}
