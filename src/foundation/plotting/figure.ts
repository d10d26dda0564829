/** Points, a line, or bars in one panel; x and y have equal length, NaN leaves a gap. */
export interface Series {
  readonly kind: 'points' | 'line' | 'bars';
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Names the series in the legend; series without a label are not listed. */
  readonly label?: string;
  /** Index into the palette; default: position among the series. */
  readonly colour?: number;
  /** Diameter of points or width of lines, px. */
  readonly size?: number;
  readonly isDashed?: boolean;
  /** Written beside each point. */
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
  readonly unit: string;
  /** Drawn in the lower left corner, in axis units; angle from +y towards +x (position angle), rad. */
  readonly beam?: { readonly major: number; readonly minor: number; readonly angle: number };
}

export interface Axis {
  readonly label: string;
  /** 'time': MJD seconds shown as UTC hh:mm. */
  readonly kind?: 'linear' | 'log' | 'time';
  readonly range?: readonly [number, number];
  /** Words in place of numbers, at 0, 1, 2… */
  readonly categories?: readonly string[];
}

/** One set of axes with what is drawn in it. */
export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly raster?: Raster;
  readonly hasLegend?: boolean;
  /** Equal scales on both axes. */
  readonly isEqualScale?: boolean;
}

/** A page of panels as data: PNG and browser draw the same. */
export interface Figure {
  readonly title: string;
  readonly subtitle?: string;
  /** px */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly panels: readonly Panel[];
}
