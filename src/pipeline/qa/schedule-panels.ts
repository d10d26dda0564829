import type { MsMetadata } from '../../astronomy/ms/index.ts';
import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { LegendEntry, Panel, Series } from '../../foundation/plotting/index.ts';

const DEGREES = 180 / Math.PI;

/** Fields in the order of observation: their place is their colour in all figures of a page. */
export function observedFields(metadata: MsMetadata): number[] {
  return [...new Set(metadata.scans.map((scan) => scan.fieldIds[0]))];
}

/** Legend of {@link observedFields}. */
export function fieldLegend(metadata: MsMetadata): LegendEntry[] {
  return observedFields(metadata).map((fieldId, colour) => ({
    label: metadata.fields[fieldId].name,
    colour,
    mark: 'disc',
  }));
}

/** Diagnostic 1: intent of every scan against time. */
export function schedulePanel(metadata: MsMetadata): Panel {
  const intents = [...new Set(metadata.scans.flatMap((scan) => scan.intents.map(shortIntent)))].sort().reverse();
  const series = observedFields(metadata).map((fieldId, colour): Series => {
    const x: number[] = [];
    const y: number[] = [];
    for (const scan of metadata.scans.filter((entry) => entry.fieldIds[0] === fieldId)) {
      for (const intent of new Set(scan.intents.map(shortIntent))) {
        x.push(scan.startSec, scan.endSec, Number.NaN);
        y.push(intents.indexOf(intent), intents.indexOf(intent), Number.NaN);
      }
    }
    return { kind: 'line', x, y, colour, size: 8 };
  });
  return {
    title: '1  Observing schedule',
    x: { label: 'UTC', kind: 'time' },
    y: { label: '', categories: intents },
    series,
    span: 7,
  };
}

/** Diagnostic 2, all fields: where they are in the sky, right ascension growing to the left. */
export function fieldPanel(metadata: MsMetadata): Panel {
  const fields = observedFields(metadata);
  const reference = metadata.fields[fields[0]].phaseDir[0];
  const series = fields.map((fieldId, colour): Series => {
    const { name, phaseDir } = metadata.fields[fieldId];
    return {
      kind: 'points',
      x: [DEGREES * (reference + turn(phaseDir[0] - reference))],
      y: [DEGREES * phaseDir[1]],
      texts: [name],
      size: 10,
      colour,
    };
  });
  return {
    title: '2  Pointing directions',
    x: { label: 'right ascension', kind: 'rightAscension', range: widened(series, 'x', true) },
    y: { label: 'declination', kind: 'declination', range: widened(series, 'y', false) },
    series,
    span: 5,
  };
}

/** Range of single points with much room for their names. */
function widened(series: readonly Series[], name: 'x' | 'y', isBackwards: boolean): [number, number] {
  const values = series.map((entry) => entry[name][0]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(0.16 * (high - low), 0.05);
  return isBackwards ? [high + margin, low - margin] : [low - margin, high + margin];
}

/**
 * Diagnostic 2, the target: its pointings as offsets from the first, with the half-power width of the primary beam.
 *
 * @param frequencyHz sets the width, 1.13 λ/D (ALMA Technical Handbook, section 3.2)
 */
export function pointingPanel(metadata: MsMetadata, frequencyHz: number): Panel {
  const targets = observedFields(metadata).filter((fieldId) =>
    metadata.scans.some(
      (scan) => scan.fieldIds.includes(fieldId) && scan.intents.some((intent) => /OBSERVE_TARGET/.test(intent)),
    ),
  );
  const centre = metadata.fields[targets[0] ?? 0].phaseDir;
  const diameter = Math.max(...metadata.antennas.map((antenna) => antenna.diameter), 1);
  const radius = (0.5 * 3600 * DEGREES * 1.13 * SPEED_OF_LIGHT) / frequencyHz / diameter;
  const colours = observedFields(metadata);
  const offsets = targets.map((fieldId) => {
    const [ra, dec] = metadata.fields[fieldId].phaseDir;
    return [turn(ra - centre[0]) * Math.cos(centre[1]), dec - centre[1]].map((rad) => rad * DEGREES * 3600);
  });
  const series = targets.flatMap((fieldId, index): Series[] => {
    const [x, y] = offsets[index];
    const angles = Array.from({ length: 73 }, (_, step) => (step * Math.PI) / 36);
    return [
      {
        kind: 'line',
        x: angles.map((angle) => x + radius * Math.cos(angle)),
        y: angles.map((angle) => y + radius * Math.sin(angle)),
        colour: colours.indexOf(fieldId),
        size: 1.4,
      },
      {
        kind: 'points',
        x: [x],
        y: [y],
        texts: targets.length <= 12 ? [metadata.fields[fieldId].name] : undefined,
        size: 7,
        colour: colours.indexOf(fieldId),
      },
    ];
  });
  const reach = 1.15 * (radius + Math.max(0, ...offsets.flat().map(Math.abs)));
  return {
    title: '2  Target pointings and primary beam',
    x: { label: 'right ascension offset (arcsec)', range: [reach, -reach] },
    y: { label: 'declination offset (arcsec)', range: [-reach, reach] },
    isEqualScale: true,
    series,
    span: 4,
  };
}

/** Diagnostic 3: antennas on the ground, in local east and north. */
export function arrayPanel(metadata: MsMetadata): Panel {
  const centre = [0, 1, 2].map(
    (axis) => metadata.antennas.reduce((sum, antenna) => sum + antenna.position[axis], 0) / metadata.antennas.length,
  );
  const radius = Math.hypot(...centre);
  const longitude = Math.atan2(centre[1], centre[0]);
  const latitude = Math.asin(centre[2] / radius);
  const east: number[] = [];
  const north: number[] = [];
  for (const antenna of metadata.antennas) {
    const [dx, dy, dz] = antenna.position.map((value, axis) => value - centre[axis]);
    east.push(-Math.sin(longitude) * dx + Math.cos(longitude) * dy);
    north.push(-Math.sin(latitude) * (Math.cos(longitude) * dx + Math.sin(longitude) * dy) + Math.cos(latitude) * dz);
  }
  const reach = 1.12 * Math.max(1, ...[...east, ...north].map(Math.abs));
  return {
    title: '3  Antenna configuration',
    x: { label: 'east (m)', range: [-reach, reach] },
    y: { label: 'north (m)', range: [-reach, reach] },
    isEqualScale: true,
    series: [
      {
        kind: 'points',
        x: east,
        y: north,
        size: 8,
        colour: 0,
        texts: metadata.antennas.map((antenna) =>
          metadata.antennas.length > 24 ? antenna.name : `${antenna.name} ${antenna.station}`,
        ),
      },
    ],
    span: 4,
  };
}

/** An angle brought to −π…π. */
function turn(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

function shortIntent(intent: string): string {
  return intent
    .replace(/#.*$/, '')
    .replace(/^CALIBRATE_/, '')
    .replace(/^OBSERVE_/, '');
}
