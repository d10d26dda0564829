import type { ImageSize } from './imaging-facts.ts';

/** What all images of a Member have in common. */
export function commonArguments(target: string, { imsize, cellArcsec }: ImageSize) {
  return {
    field: target,
    imsize: [imsize, imsize],
    cell: [`${cellArcsec}arcsec`],
    weighting: 'briggs',
    robust: 0.5,
    gridder: 'standard',
    pblimit: 0.1,
    pbcor: true,
    interactive: false,
  };
}

/** Text as a part of a file's name. */
export function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9+.-]+/g, '_').replace(/^_+|_+$/g, '');
}

/** A flux density as parameters of tasks have it. */
export function janskyText(jansky: number): string {
  return `${(jansky * 1e3).toPrecision(4)}mJy`;
}
