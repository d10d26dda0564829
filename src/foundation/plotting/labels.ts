import type { Box } from './layout.ts';
import { textWidth } from './text-width.ts';

/** A text beside a point, px; a leader line is drawn when it stands apart. */
export interface PlacedLabel {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  /** The point, and where on the text its leader ends. */
  readonly leader?: readonly [fromX: number, fromY: number, toX: number, toY: number];
}

const HEIGHT = 12;
const DIRECTIONS = [0, 4, 2, 6, 1, 7, 3, 5].map((eighth) => (eighth * Math.PI) / 4);
const DISTANCES = [9, 16, 26, 38, 52, 70];

/**
 * Places texts beside their points: inside the box, clear of one another and of all points where that is possible.
 *
 * Greedy: each text takes the nearest of 48 places with the least overlap; order decides ties, so results repeat.
 *
 * @param points [x, y] px
 */
export function placeLabels(
  points: readonly (readonly [number, number])[],
  texts: readonly string[],
  box: Box,
  fontSize: number,
): PlacedLabel[] {
  const taken: Box[] = points.map(([x, y]) => ({ left: x - 5, top: y - 5, width: 10, height: 10 }));
  return texts.map((text, index) => {
    const [x, y] = points[index];
    const width = textWidth(text, fontSize) + 2;
    let best: { place: Box; cost: number; distance: number } | undefined;
    for (const distance of DISTANCES) {
      for (const angle of DIRECTIONS) {
        const place = beside(x, y, width, distance, angle);
        const cost = overlapOf(place, taken) + 20 * outsideOf(place, box) + distance;
        if (!best || cost < best.cost) best = { place, cost, distance };
      }
    }
    const { place, distance } = best as { place: Box; distance: number };
    taken.push(place);
    const end = [clamp(x, place.left, place.left + width), clamp(y, place.top + 2, place.top + HEIGHT - 2)] as const;
    return {
      text,
      left: place.left,
      top: place.top,
      ...(distance > DISTANCES[1] ? { leader: [x, y, end[0], end[1]] as const } : {}),
    };
  });
}

function beside(x: number, y: number, width: number, distance: number, angle: number): Box {
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const left = x + dx * distance - (dx > 0.1 ? 0 : dx < -0.1 ? width : width / 2);
  return { left, top: y - dy * distance - HEIGHT / 2, width, height: HEIGHT };
}

function overlapOf(place: Box, taken: readonly Box[]): number {
  let sum = 0;
  for (const other of taken) {
    const width = Math.min(place.left + place.width, other.left + other.width) - Math.max(place.left, other.left);
    const height = Math.min(place.top + place.height, other.top + other.height) - Math.max(place.top, other.top);
    if (width > 0 && height > 0) sum += 10 + width * height;
  }
  return sum;
}

/** How far a place reaches out of the box, px. */
function outsideOf(place: Box, box: Box): number {
  return (
    Math.max(0, box.left + 2 - place.left) +
    Math.max(0, place.left + place.width - box.left - box.width + 2) +
    Math.max(0, box.top + 2 - place.top) +
    Math.max(0, place.top + place.height - box.top - box.height + 2)
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
