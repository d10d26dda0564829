import type { MsMetadata } from '../../astronomy/ms/index.ts';
import type { Panel, Series } from '../../foundation/plotting/index.ts';

/** Diagnostic 1: intent of every scan against time. */
export function schedulePanel(metadata: MsMetadata): Panel {
  const intents = [...new Set(metadata.scans.flatMap((scan) => scan.intents.map(shortIntent)))].sort().reverse();
  const fields = [...new Set(metadata.scans.map((scan) => scan.fieldIds[0]))];
  const series: Series[] = fields.map((fieldId, colour) => {
    const x: number[] = [];
    const y: number[] = [];
    for (const scan of metadata.scans.filter((entry) => entry.fieldIds[0] === fieldId)) {
      for (const intent of new Set(scan.intents.map(shortIntent))) {
        x.push(scan.startSec, scan.endSec, Number.NaN);
        y.push(intents.indexOf(intent), intents.indexOf(intent), Number.NaN);
      }
    }
    return { kind: 'line', x, y, label: metadata.fields[fieldId].name, colour, size: 7 };
  });
  return {
    title: '1  Observing schedule',
    x: { label: 'UTC', kind: 'time' },
    y: { label: '', categories: intents },
    series,
    hasLegend: false,
  };
}

/** The fields with the colours of {@link schedulePanel}, as a list. */
export function fieldPanel(metadata: MsMetadata): Panel {
  const fields = [...new Set(metadata.scans.map((scan) => scan.fieldIds[0]))];
  const degrees = 180 / Math.PI;
  const series: Series[] = fields.map((fieldId, colour) => ({
    kind: 'points',
    x: [metadata.fields[fieldId].phaseDir[0] * degrees],
    y: [metadata.fields[fieldId].phaseDir[1] * degrees],
    texts: [metadata.fields[fieldId].name],
    size: 10,
    colour,
  }));
  return {
    title: '2  Pointing directions',
    x: { label: 'right ascension (deg)' },
    y: { label: 'declination (deg)' },
    series,
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
  return {
    title: '3  Antenna configuration',
    x: { label: 'east (m)' },
    y: { label: 'north (m)' },
    isEqualScale: true,
    series: [
      {
        kind: 'points',
        x: east,
        y: north,
        size: 9,
        texts: metadata.antennas.map((antenna) => `${antenna.name} ${antenna.station}`),
      },
    ],
  };
}

function shortIntent(intent: string): string {
  return intent
    .replace(/#.*$/, '')
    .replace(/^CALIBRATE_/, '')
    .replace(/^OBSERVE_/, '');
}
