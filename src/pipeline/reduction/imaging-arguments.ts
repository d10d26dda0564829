import type { ImageSize, ImagingFacts } from './imaging-facts.ts';
import type { PlanValue } from './plan-types.ts';

/**
 * What all images of a target have in common.
 *
 * @param vis what they are made of: all data, or those of the target alone, where its fields have other numbers
 */
export function commonArguments(
  facts: ImagingFacts,
  { imsize, cellArcsec }: ImageSize,
  vis: string,
): Record<string, PlanValue> {
  const { target, field, mosaic, isMoving } = facts;
  return {
    field: vis === facts.vis || field === target ? field : '',
    ...(mosaic ? { phasecenter: `${facts.frame} ${angleText(facts.ra)} ${angleText(facts.dec)}` } : {}),
    ...(isMoving ? { phasecenter: 'TRACKFIELD' } : {}),
    imsize: [imsize, imsize],
    cell: [`${cellArcsec}arcsec`],
    weighting: 'briggs',
    robust: 0.5,
    gridder: mosaic ? 'mosaic' : 'standard',
    pblimit: 0.1,
    pbcor: true,
    interactive: false,
  };
}

/** A mosaic is cleaned down to this response: its outermost pointings see sources well there, and left in they spoil the rest. */
const MOSAIC_EDGE = 0.2;

/** Where cleaning looks for emission unless the noise tells: within a circle around the centre, or in all of a mosaic but its rim. */
export function wideMask(facts: ImagingFacts, { imsize, maskArcsec }: ImageSize): Record<string, PlanValue> {
  if (facts.mosaic) return { usemask: 'pb', pbmask: MOSAIC_EDGE };
  const centre = facts.isMoving ? [`${imsize / 2}pix`, `${imsize / 2}pix`] : [facts.ra, facts.dec].map(angleText);
  return { mask: `circle[[${centre.join(', ')}], ${maskArcsec}arcsec]` };
}

const angleText = (rad: number) => `${rad.toFixed(10)}rad`;

/** Text as a part of a file's name. */
export function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9+.-]+/g, '_').replace(/^_+|_+$/g, '');
}

/** A flux density as parameters of tasks have it. */
export function janskyText(jansky: number): string {
  return `${(jansky * 1e3).toPrecision(4)}mJy`;
}
