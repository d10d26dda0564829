import { deflateSync } from 'node:zlib';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { encodeIndexedPng } from '../../../src/foundation/plotting/indexed-png.ts';

async function decoded(png: Uint8Array, width: number, height: number): Promise<Uint8ClampedArray> {
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(await loadImage(Buffer.from(png)), 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

function picture(width: number, height: number, colourAt: (pixel: number) => readonly [number, number, number]) {
  const rgba = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) rgba.set([...colourAt(pixel), 255], 4 * pixel);
  return rgba;
}

describe('encodeIndexedPng', () => {
  it('keeps a picture of few colours exactly', async () => {
    const rgba = picture(31, 17, (pixel) => [(pixel * 7) % 5, 255 - (pixel % 3), 40]);
    const png = encodeIndexedPng(rgba, 31, 17, deflateSync);
    expect([...(await decoded(png, 31, 17))]).toEqual([...rgba]);
  });

  it('comes near in a picture of many, the same bytes each time', async () => {
    const rgba = picture(128, 128, (pixel) => [2 * (pixel % 128), 2 * Math.floor(pixel / 128), (pixel * 13) % 32]);
    const png = encodeIndexedPng(rgba, 128, 128, deflateSync);
    const back = await decoded(png, 128, 128);
    let worst = 0;
    for (let at = 0; at < rgba.length; at++) worst = Math.max(worst, Math.abs(back[at] - rgba[at]));
    expect(worst).toBeLessThan(64);
    expect(encodeIndexedPng(rgba, 128, 128, deflateSync)).toEqual(png);
  });
});
