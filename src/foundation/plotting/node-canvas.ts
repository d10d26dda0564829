import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Canvas, createCanvas, GlobalFonts } from '@napi-rs/canvas';
import * as echarts from 'echarts';
import { chartOption, FONT } from './chart-option.ts';
import { rasterPixels } from './colours.ts';
import type { Figure, Raster } from './figure.ts';
import { layoutPanels } from './layout.ts';

let isReady = false;

/** Registers the font that comes with the program, so that figures look the same on every machine. */
function prepare(): void {
  if (isReady) return;
  const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  GlobalFonts.registerFromPath(join(fonts, 'DejaVuSans.ttf'), FONT);
  GlobalFonts.registerFromPath(join(fonts, 'DejaVuSans-Bold.ttf'), FONT);
  echarts.setPlatformAPI({
    createCanvas: (width?: number, height?: number) =>
      createCanvas(width ?? 32, height ?? 32) as unknown as HTMLCanvasElement,
  });
  isReady = true;
}

/** Draws a figure as PNG; the same figure gives the same bytes. */
export function renderPng(figure: Figure): Uint8Array {
  prepare();
  const { width, height } = figure;
  const axes = createCanvas(width, height);
  const chart = echarts.init(axes as unknown as HTMLElement, undefined, { width, height, devicePixelRatio: 1 });
  chart.setOption(chartOption(figure));
  const page = createCanvas(width, height);
  const context = page.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  const boxes = layoutPanels(figure);
  figure.panels.forEach((panel, index) => {
    const box = boxes[index];
    if (panel.raster) context.drawImage(picture(panel.raster), box.left, box.top, box.width, box.height);
  });
  context.drawImage(axes, 0, 0);
  chart.dispose();
  return new Uint8Array(page.toBuffer('image/png'));
}

function picture(raster: Raster): Canvas {
  const canvas = createCanvas(raster.width, raster.height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(raster.width, raster.height);
  image.data.set(rasterPixels(raster));
  context.putImageData(image, 0, 0);
  return canvas;
}
