import type { LegendEntry, Panel, Section, Series } from '../../foundation/plotting/index.ts';
import type { FieldData, FieldWindow, ModelCurve } from './field-data.ts';
import { type WindowNaming, windowName } from './window-name.ts';

const ROW_HEIGHT = 270;

/** Diagnostics 9 and 11: the target's amplitude against frequency and against uv distance, a column per window. */
export function targetSection(target: FieldData, naming: WindowNaming = {}): Section {
  return section(`9, 11  Target ${target.field}`, 'amplitude of visibilities averaged over time', target, [
    ...target.windows.map((window) => spectrumPanel(window, 'amplitude', naming)),
    ...target.windows.map((window) => distancePanel(window, naming)),
  ]);
}

/** Diagnostic 10: the flux calibrator's amplitude against uv distance with the model (black). */
export function fluxSection(calibrator: FieldData, curves: readonly ModelCurve[], naming: WindowNaming = {}): Section {
  const made = section(
    `10  Flux calibrator ${calibrator.field}`,
    'calibrated amplitude of each baseline and scan, and the model of the flux scale',
    calibrator,
    calibrator.windows.map((window) => {
      const curve = curves.find((entry) => entry.spwId === window.spwId);
      return distancePanel(window, naming, curve);
    }),
  );
  const model: LegendEntry = { label: 'model', colour: '#000000', mark: 'line' };
  return curves.length > 0 ? { ...made, legend: [...(made.legend ?? []), model] } : made;
}

/** Diagnostic 12: the phase calibrator's amplitude and phase against frequency. */
export function phaseCalibratorSection(calibrator: FieldData, naming: WindowNaming = {}): Section {
  return section(`12  Phase calibrator ${calibrator.field}`, 'calibrated visibilities averaged over time', calibrator, [
    ...calibrator.windows.map((window) => spectrumPanel(window, 'amplitude', naming, around)),
    ...calibrator.windows.map((window) => spectrumPanel(window, 'phase', naming)),
  ]);
}

function section(title: string, note: string, data: FieldData, panels: readonly Panel[]): Section {
  const names = [...new Set(data.windows.flatMap((window) => window.corrTypes))];
  return {
    title,
    note,
    legend: names.map((label, colour) => ({ label, colour })),
    columns: Math.min(4, Math.max(2, data.windows.length)),
    rowHeight: ROW_HEIGHT,
    panels,
  };
}

function spectrumPanel(
  window: FieldWindow,
  what: 'amplitude' | 'phase',
  naming: WindowNaming,
  rangeOf: typeof fromZero = fromZero,
): Panel {
  const x = window.frequencies.map((hz) => hz / 1e9);
  return {
    title: windowName(window.spwId, window.frequencies, naming),
    x: { label: 'frequency (GHz)' },
    y:
      what === 'amplitude'
        ? { label: 'amplitude (Jy)', range: rangeOf(window.amplitude) }
        : { label: 'phase (deg)', kind: 'phase', range: phaseRange(window.phase) },
    series: window[what].map((y, colour): Series => ({ kind: 'line', x, y, colour, size: 1.1 })),
  };
}

function distancePanel(window: FieldWindow, naming: WindowNaming, curve?: ModelCurve): Panel {
  const series = window.scanAmplitude.map(
    (y, colour): Series => ({ kind: 'points', x: window.distance, y, colour, size: 4, opacity: 0.7 }),
  );
  const line: Series[] = curve
    ? [{ kind: 'line', x: curve.distance, y: curve.amplitude, colour: '#000000', size: 1.6 }]
    : [];
  return {
    title: windowName(window.spwId, window.frequencies, naming),
    x: { label: 'uv distance (m)', range: [0, 1.04 * Math.max(1, highest([window.distance]))] },
    y: {
      label: 'amplitude (Jy)',
      range: curve ? around([...window.scanAmplitude, curve.amplitude]) : fromZero(window.scanAmplitude),
    },
    series: [...series, ...line],
  };
}

function fromZero(lists: readonly Float64Array[]): [number, number] {
  const high = highest(lists);
  return [0, high > 0 ? 1.08 * high : 1];
}

/** About the values, at least 10 % to each side, so that noise does not look like a trend. */
function around(lists: readonly Float64Array[]): [number, number] {
  const high = highest(lists);
  const low = -highest(
    lists.map((list) => list.map((value) => -value)),
    Number.NEGATIVE_INFINITY,
  );
  if (!(low <= high)) return [0, 1];
  const centre = (low + high) / 2;
  const reach = Math.max(0.65 * (high - low), 0.1 * centre);
  return [Math.max(0, centre - reach), centre + reach];
}

/** Symmetric about 0, at least ±10 degrees, so that noise does not look like a slope. */
function phaseRange(lists: readonly Float64Array[]): [number, number] {
  const high = highest(lists.map((list) => list.map(Math.abs)));
  const reach = Math.min(190, Math.max(10, 1.1 * high));
  return [-reach, reach];
}

function highest(lists: readonly Float64Array[], floor = 0): number {
  let high = floor;
  for (const list of lists) for (const value of list) if (value > high) high = value;
  return high;
}

/** Diagnostic 13: uv coverage in kilowavelengths; the conjugate points are paler. */
export function uvPanel(target: FieldData): Panel {
  const u = target.uv.filter((_, index) => index % 2 === 0).map((wavelengths) => wavelengths / 1e3);
  const v = target.uv.filter((_, index) => index % 2 === 1).map((wavelengths) => wavelengths / 1e3);
  const reach = 1.05 * Math.max(1e-3, highest([u.map(Math.abs), v.map(Math.abs)]));
  return {
    title: `13  uv coverage of ${target.field}`,
    x: { label: 'u (kλ)', range: [-reach, reach] },
    y: { label: 'v (kλ)', range: [-reach, reach] },
    isEqualScale: true,
    series: [
      { kind: 'points', x: u.map((value) => -value), y: v.map((value) => -value), size: 2, colour: 5 },
      { kind: 'points', x: u, y: v, size: 2, colour: 0 },
    ],
  };
}
