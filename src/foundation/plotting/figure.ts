/** Position in the palette, or a CSS colour. */
export type Colour = number | string;

/** Points, a line, or bars in one panel; x and y have equal length, NaN leaves a gap. */
export interface Series {
  readonly kind: 'points' | 'line' | 'bars';
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Names the series in the panel's legend; series without a label are not listed. */
  readonly label?: string;
  /** Default: position among the series. */
  readonly colour?: Colour;
  /** Diameter of points or width of lines, px. */
  readonly size?: number;
  /** Points as rings. */
  readonly isHollow?: boolean;
  readonly isDashed?: boolean;
  /** 0…1, default 1 */
  readonly opacity?: number;
  /** Written beside each point, moved apart where they would overlap. */
  readonly texts?: readonly string[];
}

/** A picture in a panel: values on a regular grid, drawn in a colour map. */
export interface Raster {
  /** [y, x], y upwards; NaN is drawn in grey. */
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Axis values at the outer edges of the first and last pixel. */
  readonly xEdges: readonly [number, number];
  readonly yEdges: readonly [number, number];
  /** Values at the ends of the colour map. */
  readonly range: readonly [number, number];
  /** Stretches faint (negative) or bright (positive) values over more colours: powers of ten (see {@link stretch}). */
  readonly powerCycles?: number;
  readonly unit: string;
  /** Drawn in the lower left corner, in axis units; angle from +y towards +x (position angle), rad. */
  readonly beam?: { readonly major: number; readonly minor: number; readonly angle: number };
}

export interface Axis {
  readonly label: string;
  /**
   * 'time': MJD seconds shown as UTC; 'whole': numbers of channels, scans …; 'phase': degrees, ticks at multiples of 90 where they fit;
   * 'rightAscension' and 'declination': degrees shown sexagesimally.
   */
  readonly kind?: 'linear' | 'whole' | 'log' | 'time' | 'phase' | 'rightAscension' | 'declination';
  /** First and last value; descending when the axis runs backwards. */
  readonly range?: readonly [number, number];
  /** Words in place of numbers, at 0, 1, 2… */
  readonly categories?: readonly string[];
}

/** A second scale, on the right, for curves that are drawn in places of the y axis. */
export interface RightScale {
  readonly label: string;
  /** Values at the lower and upper end of the y axis. */
  readonly range: readonly [number, number];
  /** Where there are values at all: the scale has ticks only there. */
  readonly within: readonly [number, number];
  /** That of its curves. */
  readonly colour: Colour;
}

/** A stretch of the x axis with a tinted ground. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly colour: Colour;
}

/** One set of axes with what is drawn in it. */
export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly right?: RightScale;
  readonly bands?: readonly Band[];
  readonly raster?: Raster;
  /** Lists the labelled series above the axes. */
  readonly hasLegend?: boolean;
  /** Equal scales on both axes. */
  readonly isEqualScale?: boolean;
  /** Columns of its section that the panel takes; default 1. */
  readonly span?: number;
}

export interface LegendEntry {
  readonly label: string;
  readonly colour: Colour;
  /** Default 'disc'. */
  readonly mark?: 'disc' | 'ring' | 'line' | 'dashes' | 'band';
}

/** Panels that belong together, with one heading and one legend. */
export interface Section {
  readonly title?: string;
  /** Small print beside the title. */
  readonly note?: string;
  readonly legend?: readonly LegendEntry[];
  readonly columns: number;
  /** px, from title to axis label of a panel */
  readonly rowHeight: number;
  readonly panels: readonly Panel[];
}

/** A page of sections as data: PNG and browser draw the same; its height follows from its sections. */
export interface Figure {
  /** Empty for a page without heading. */
  readonly title: string;
  readonly subtitle?: string;
  /** px */
  readonly width: number;
  readonly sections: readonly Section[];
}
