import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../../src/foundation/plotting/labels.ts';
import { textWidth } from '../../../src/foundation/plotting/text-width.ts';

const box = { left: 100, top: 50, width: 360, height: 360 };

describe('placeLabels', () => {
  it('keeps the names of forty antennas inside the axes and apart', () => {
    const points = Array.from({ length: 40 }, (_, index): [number, number] => {
      const radius = 12 + 160 * ((index * 0.618) % 1);
      return [280 + radius * Math.cos(2.4 * index), 230 + radius * Math.sin(2.4 * index)];
    });
    const texts = points.map((_, index) => `DV${String(index + 1).padStart(2, '0')}`);
    const labels = placeLabels(points, texts, box, 10.5);
    let overlaps = 0;
    labels.forEach((label, index) => {
      const width = textWidth(label.text, 10.5);
      expect(label.left).toBeGreaterThanOrEqual(box.left);
      expect(label.left + width).toBeLessThanOrEqual(box.left + box.width);
      expect(label.top).toBeGreaterThanOrEqual(box.top);
      expect(label.top + 12).toBeLessThanOrEqual(box.top + box.height);
      for (const other of labels.slice(index + 1)) {
        const isApart =
          Math.abs(other.top - label.top) >= 12 ||
          other.left >= label.left + width ||
          label.left >= other.left + textWidth(other.text, 10.5);
        if (!isApart) overlaps++;
      }
    });
    expect(overlaps).toBeLessThanOrEqual(2);
  });

  it('puts a lone name to the right of its point, to the left at the right edge', () => {
    const [right] = placeLabels([[200, 100]], ['DA41'], box, 10);
    expect(right.left).toBeGreaterThan(200);
    expect(right.leader).toBeUndefined();
    const [left] = placeLabels([[455, 100]], ['DA41'], box, 10);
    expect(left.left + textWidth('DA41', 10)).toBeLessThan(455);
  });

  it('draws a leader to a name that had to go far', () => {
    const points = Array.from({ length: 12 }, (): [number, number] => [280, 230]);
    const labels = placeLabels(
      points,
      points.map(() => 'DA41 A075'),
      box,
      10,
    );
    expect(labels.some((label) => label.leader !== undefined)).toBe(true);
  });
});
