import type { Colour, RightScale, Series } from '../../foundation/plotting/index.ts';
import { skyTemperatureOf, transmissionOf } from './transmission.ts';
import type { AxisValues, Cell, PlotAxis, Sums } from './visibility-axes.ts';

/** A curve of what the sky does at frequencies (Hz), seen at an elevation (rad). */
export interface SkyCurve {
  /** With its unit. */
  readonly label: string;
  readonly colour: Colour;
  /** Smallest and largest value that can be. */
  readonly within: readonly [number, number];
  /** Smaller differences are not drawn larger than this one. */
  readonly leastSpan: number;
  readonly at: (frequencies: Float64Array, elevation: number) => Float64Array;
}

/** Frequencies (Hz) of one window, and where they are drawn. */
export interface SkyWindow {
  readonly frequencies: Float64Array;
  readonly places: ArrayLike<number>;
}

/** A curve is drawn in this share of the height of a panel, which is left to it above the data. */
const FROM = 0.8;
const TO = 0.97;
/** Lowest elevation that is taken seriously. */
const LOWEST = 0.05;

/** What of the sky is drawn over spectra, under CASA's names; the transmission where both are asked for, as in CASA. */
export function skyCurveOf(showatm: boolean, showtsky: boolean, waterMm: number): SkyCurve | undefined {
  const airAt = (elevation: number) => ({ waterMm, airmass: 1 / Math.max(LOWEST, Math.sin(elevation)) });
  if (showatm)
    return {
      ...{ label: 'transmission (%)', colour: '#c4008f', within: [0, 100], leastSpan: 5 },
      at: kept((frequencies, elevation) => transmissionOf(frequencies, airAt(elevation)).map((share) => 100 * share)),
    };
  if (!showtsky) return undefined;
  return {
    ...{ label: 'sky (K)', colour: '#8a5a00', within: [0, Number.POSITIVE_INFINITY], leastSpan: 10 },
    at: kept((frequencies, elevation) => skyTemperatureOf(frequencies, airAt(elevation))),
  };
}

/** Elevations, rad, that are so near one another have one curve. */
const ELEVATION_STEP = 2e-3;

/** Keeps the curves of the windows of a table, which many panels share. */
function kept(at: SkyCurve['at']): SkyCurve['at'] {
  const byWindow = new WeakMap<Float64Array, Map<number, Float64Array>>();
  return (frequencies, elevation) => {
    const step = Math.round(elevation / ELEVATION_STEP);
    const curves = byWindow.get(frequencies) ?? new Map<number, Float64Array>();
    byWindow.set(frequencies, curves);
    const curve = curves.get(step) ?? at(frequencies, step * ELEVATION_STEP);
    curves.set(step, curve);
    return curve;
  };
}

/** The range of a y axis with room for a curve above the data. */
export function withSkyRoom([low, high]: readonly [number, number]): [number, number] {
  return [low, low + (high - low) / FROM];
}

/** A curve over the windows of a panel whose y axis has a range, and the scale that belongs to it. */
export function drawSky(
  curve: SkyCurve,
  windows: readonly SkyWindow[],
  elevation: number,
  [bottom, top]: readonly [number, number],
): { series: Series[]; right: RightScale } | undefined {
  const values = windows.map(({ frequencies }) => curve.at(frequencies, elevation));
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values.flatMap((some) => Array.from(some))) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (!(least <= most)) return undefined;
  const span = Math.max(most - least, curve.leastSpan);
  const low = most - (span * TO) / (TO - FROM);
  const high = low + span / (TO - FROM);
  const series = windows.map(({ places }, index): Series => {
    const y = values[index].map((value) => bottom + ((value - low) / (high - low)) * (top - bottom));
    return { kind: 'line', x: places, y, colour: curve.colour, size: 1 };
  });
  const { label, within, colour } = curve;
  return { series, right: { label, range: [low, high], within, colour } };
}

interface Seen {
  /** Where a frequency (Hz) is drawn, of each window. */
  readonly places: Map<number, Map<number, number>>;
  elevationSum: number;
  count: number;
}

/** Collects the frequencies and elevations behind the points of each panel, and draws a curve over them. */
export class SkyCollector {
  private readonly curve: SkyCurve | undefined;
  private readonly values: AxisValues;
  private readonly byPanel = new Map<string, Seen>();

  constructor(curve: SkyCurve | undefined, xaxis: PlotAxis, values: AxisValues) {
    this.curve = xaxis === 'chan' || xaxis === 'freq' ? curve : undefined;
    this.values = values;
  }

  add(panel: string, sums: Sums, cell: Cell, x: number): void {
    if (!this.curve) return;
    let seen = this.byPanel.get(panel);
    if (!seen) {
      seen = { places: new Map(), elevationSum: 0, count: 0 };
      this.byPanel.set(panel, seen);
    }
    const { spwId } = sums.row;
    const places = seen.places.get(spwId) ?? new Map<number, number>();
    seen.places.set(spwId, places);
    if (!places.has(cell.frequency)) places.set(cell.frequency, x);
    seen.elevationSum += this.values.value('elevation', sums, cell);
    seen.count++;
  }

  /** The curve over a panel whose y axis has a range. */
  over(panel: string, range: readonly [number, number]): ReturnType<typeof drawSky> {
    const seen = this.byPanel.get(panel);
    if (!seen || !this.curve) return undefined;
    const windows = [...seen.places.values()].map((found): SkyWindow => {
      const places = [...found].sort(([one], [other]) => one - other);
      return {
        frequencies: Float64Array.from(places, ([frequency]) => frequency),
        places: places.map(([, x]) => x),
      };
    });
    return drawSky(this.curve, windows, (seen.elevationSum / seen.count / 180) * Math.PI, range);
  }
}
