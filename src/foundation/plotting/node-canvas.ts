import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Canvas } from '@napi-rs/canvas';
import { chartOption } from './chart-option.ts';
import { rasterPixels } from './colours.ts';
import type { Figure, Raster } from './figure.ts';
import { FONT } from './font.ts';
import { encodeIndexedPng } from './indexed-png.ts';
import { layoutFigure } from './layout.ts';

type CanvasPackage = typeof import('@napi-rs/canvas');
type ChartPackage = typeof import('echarts');

interface Drawing {
  readonly canvas: CanvasPackage;
  readonly charts: ChartPackage;
}

let loaded: Drawing | undefined;

/**
 * Loads canvas and charts at the first figure (most commands draw none; they cost each thread 40 MB and a third of a second) and
 * registers the font that comes with the program, so that figures look the same on every machine.
 */
function drawing(): Drawing {
  if (loaded) return loaded;
  const load = createRequire(import.meta.url);
  const canvas = load('@napi-rs/canvas') as CanvasPackage;
  const charts = load('echarts') as ChartPackage;
  const { createCanvas, GlobalFonts } = canvas;
  const fonts = join(dirname(load.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  GlobalFonts.registerFromPath(join(fonts, 'DejaVuSans.ttf'), FONT);
  GlobalFonts.registerFromPath(join(fonts, 'DejaVuSans-Bold.ttf'), FONT);
  charts.setPlatformAPI({
    createCanvas: (width?: number, height?: number) =>
      createCanvas(width ?? 32, height ?? 32) as unknown as HTMLCanvasElement,
  });
  loaded = { canvas, charts };
  return loaded;
}

/** Draws a figure as PNG with a palette; the same figure gives the same bytes. */
export function renderPng(figure: Figure): Uint8Array {
  const { canvas, charts } = drawing();
  const { createCanvas } = canvas;
  const layout = layoutFigure(figure);
  const { width } = figure;
  const { height } = layout;
  const axes = createCanvas(width, height);
  const chart = charts.init(axes as unknown as HTMLElement, undefined, { width, height, devicePixelRatio: 1 });
  chart.setOption(chartOption(figure, layout));
  const page = createCanvas(width, height);
  const context = page.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  for (const { panel, box } of layout.panels) {
    if (panel.raster) context.drawImage(picture(panel.raster), box.left, box.top, box.width, box.height);
  }
  context.drawImage(axes, 0, 0);
  chart.dispose();
  const pixels = context.getImageData(0, 0, width, height).data;
  return encodeIndexedPng(pixels, width, height, (bytes) => deflateSync(bytes, { level: 9 }));
}

function picture(raster: Raster): Canvas {
  const canvas = drawing().canvas.createCanvas(raster.width, raster.height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(raster.width, raster.height);
  image.data.set(rasterPixels(raster));
  context.putImageData(image, 0, 0);
  return canvas;
}
