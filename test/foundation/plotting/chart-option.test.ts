import { describe, expect, it } from 'vitest';
import { chartOption } from '../../../src/foundation/plotting/chart-option.ts';
import { PALETTE } from '../../../src/foundation/plotting/colours.ts';
import type { Figure } from '../../../src/foundation/plotting/index.ts';

const figure: Figure = {
  title: 'page',
  width: 800,
  sections: [
    {
      columns: 2,
      rowHeight: 300,
      panels: [
        {
          title: 'A title that is much too long for a panel of half a page in width, really',
          x: { label: 'right ascension', kind: 'rightAscension' },
          y: { label: 'Jy' },
          series: [
            { kind: 'line', x: [10, 20], y: [0, 1], isDashed: true, opacity: 0.5 },
            { kind: 'points', x: [10, 20], y: [0, 1], colour: 4, isHollow: true },
            { kind: 'bars', x: [10], y: [1], colour: '#123456' },
          ],
        },
        { title: 'short', x: { label: '' }, y: { label: '', kind: 'log' }, series: [] },
      ],
    },
  ],
};

interface Drawn {
  readonly title: { textStyle: { fontSize: number } }[];
  readonly xAxis: {
    inverse: boolean;
    min: number;
    max: number;
    axisLabel: { customValues: number[]; formatter: (value: number) => string };
  }[];
  readonly yAxis: { type: string }[];
  readonly series: {
    type: string;
    xAxisIndex: number;
    lineStyle?: { color: string; type: unknown };
    itemStyle?: { color: string; borderColor: string };
  }[];
}

describe('chartOption', () => {
  const option = chartOption(figure) as unknown as Drawn;

  it('lets right ascension grow to the left, with our own ticks', () => {
    const [axis] = option.xAxis;
    expect(axis.inverse).toBe(true);
    expect(axis.min).toBeLessThan(axis.max);
    expect(axis.axisLabel.customValues.length).toBeGreaterThanOrEqual(2);
    const [tick] = axis.axisLabel.customValues;
    expect(axis.axisLabel.formatter(tick * (1 + 1e-12))).toBe(axis.axisLabel.formatter(tick));
    expect(axis.axisLabel.formatter(tick)).toMatch(/h\d\dm|^\d\dh$/);
  });

  it('writes a long title smaller', () => {
    expect(option.title[0].textStyle.fontSize).toBeLessThan(option.title[1].textStyle.fontSize);
  });

  it('draws lines, rings and bars in their colours, each on its own axes', () => {
    const [line, rings, bars] = option.series;
    expect([line.type, rings.type, bars.type]).toEqual(['line', 'scatter', 'bar']);
    expect(line.lineStyle?.color).toBe(PALETTE[0]);
    expect(line.lineStyle?.type).toEqual([5, 3]);
    expect(rings.itemStyle?.borderColor).toBe(PALETTE[4]);
    expect(bars.itemStyle?.color).toBe('#123456');
    expect(option.yAxis[1].type).toBe('log');
  });
});
