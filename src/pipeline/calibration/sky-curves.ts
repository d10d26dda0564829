import type { Series } from '../../foundation/plotting/index.ts';
import type { AxisValues, Cell, PlotAxis, Sums } from './visibility-axes.ts';

/** A curve of what the sky does at frequencies (Hz), seen at an elevation (rad). */
export interface SkyCurve {
  /** For the legend, with what the height of a panel means. */
  readonly label: string;
  readonly colour: string;
  /** Its scale goes from 0 to this over the height of a panel. */
  readonly most: number;
  readonly at: (frequencies: Float64Array, elevation: number) => Float64Array;
}

interface Seen {
  /** Where a frequency (Hz) is drawn. */
  readonly places: Map<number, number>;
  elevationSum: number;
  count: number;
}

/** Collects the frequencies and elevations behind the points of each panel, and draws curves over them. */
export class SkyCurves {
  private readonly curves: readonly SkyCurve[];
  private readonly values: AxisValues;
  private readonly byPanel = new Map<string, Seen>();

  constructor(curves: readonly SkyCurve[], xaxis: PlotAxis, values: AxisValues) {
    this.curves = xaxis === 'chan' || xaxis === 'freq' ? curves : [];
    this.values = values;
  }

  add(panel: string, sums: Sums, cell: Cell, x: number): void {
    if (this.curves.length === 0) return;
    let seen = this.byPanel.get(panel);
    if (!seen) {
      seen = { places: new Map(), elevationSum: 0, count: 0 };
      this.byPanel.set(panel, seen);
    }
    if (!seen.places.has(cell.frequency)) seen.places.set(cell.frequency, x);
    seen.elevationSum += this.values.value('elevation', sums, cell);
    seen.count++;
  }

  /** Curves over a panel whose y axis has a range. */
  seriesOf(panel: string, [low, high]: readonly [number, number]): Series[] {
    const seen = this.byPanel.get(panel);
    if (!seen) return [];
    const places = [...seen.places].sort(([one], [other]) => one - other);
    const frequencies = Float64Array.from(places, ([frequency]) => frequency);
    const elevation = (seen.elevationSum / seen.count / 180) * Math.PI;
    return this.curves.map(({ colour, most, at }): Series => {
      const y = at(frequencies, elevation).map((value) => low + (value / most) * (high - low));
      return { kind: 'line', x: places.map(([, x]) => x), y, colour, size: 1 };
    });
  }
}
