import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { expect, it } from 'vitest';
import { FONT } from '../../../src/foundation/plotting/font.ts';
import { cutTo, fittedBold, textWidth } from '../../../src/foundation/plotting/text-width.ts';

it.each(['DA41 A075', '−180', 'SIDEBAND_RATIO', 'spw 17, 229.60 GHz', 'right ascension offset (arcsec)', 'J1924-2914'])(
  'knows the width of "%s" to 8 %%',
  (text) => {
    const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
    GlobalFonts.registerFromPath(join(fonts, 'DejaVuSans.ttf'), FONT);
    const context = createCanvas(10, 10).getContext('2d');
    context.font = `20px "${FONT}"`;
    const { width } = context.measureText(text);
    expect(Math.abs(textWidth(text, 20) / width - 1)).toBeLessThan(0.08);
  },
);

it('makes a text fit by smaller letters, then by leaving out its end', () => {
  expect(fittedBold('short', [20, 14], 300)).toEqual({ text: 'short', size: 20 });
  expect(fittedBold('a title of some length', [20, 14], 200)).toEqual({ text: 'a title of some length', size: 14 });
  const cut = fittedBold('a title of some length '.repeat(9), [20, 14], 300);
  expect(cut).toMatchObject({ size: 14, text: expect.stringMatching(/^a title of some length a.*…$/) });
  expect(cutTo('abc', 0, 10)).toBe('…');
});
