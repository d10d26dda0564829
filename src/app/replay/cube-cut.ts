import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { ImagedSky } from './image-check.ts';
import { axisFrequency, type ImageRequest } from './imaging-needs.ts';
import type { LineDemand } from './imaging-windows.ts';

/** Parameters of a call of clean or tclean that are replaced, so that a cube has fewer channels. */
export interface CubeCut {
  readonly start: string | number;
  readonly nchan: number;
}

/** Pixels of all planes of one cube, and of all cubes together, that are made as they are. */
const CUBE_PIXELS = 60e6;
const ALL_PIXELS = 100e6;
const LEAST_CHANNELS = 3;
/** Cubes of all channels that there are begin so far from the edge when they are cut. */
const EDGE_CHANNELS = 4;
/** Windows may have been averaged by this before they are imaged. */
const MOST_AVERAGED = 16;

/**
 * Cubes of more pixels than a test can make, by name: they get the channels around their line alone, as many as all cubes together
 * can have.
 *
 * @param inputs tell how many channels a cube of all channels has
 */
export function planCuts(
  images: readonly ImageRequest[],
  demands: readonly LineDemand[],
  inputs: ImagedSky['inputs'],
): ReadonlyMap<string, CubeCut> {
  const channelsOf = (image: ImageRequest) => image.channelCount || leastChannels(image, inputs);
  const pixels = (image: ImageRequest) => channelsOf(image) * image.sizeX * image.sizeY;
  const cubes = images.filter((image) => image.isCube && channelsOf(image) > LEAST_CHANNELS);
  const total = cubes.reduce((sum, image) => sum + pixels(image), 0);
  const share = total > ALL_PIXELS ? Math.min(CUBE_PIXELS, ALL_PIXELS / cubes.length) : CUBE_PIXELS;
  const cuts = new Map<string, CubeCut>();
  for (const image of cubes.filter((one) => pixels(one) > share)) {
    const nchan = Math.max(LEAST_CHANNELS, Math.floor(share / (image.sizeX * image.sizeY)));
    const demand = demands.find((one) => one.images.includes(image.imagename));
    const cut = cutOf(image, demand, Math.min(nchan, channelsOf(image)));
    if (cut) cuts.set(image.imagename, cut);
  }
  return cuts;
}

/** Channels that a cube of all channels by number has at least; 0 where that is not known. */
function leastChannels({ firstChannel, uses }: ImageRequest, inputs: ImagedSky['inputs']): number {
  if (firstChannel === undefined) return 0;
  const counts = uses.flatMap(({ input, windows }) => {
    const all = inputs.find(({ name }) => name === input)?.spec.windows ?? [];
    return all.filter((_, id) => windows.length === 0 || windows.includes(id)).map(({ channelCount }) => channelCount);
  });
  return counts.length === 0 ? 0 : Math.floor(Math.min(...counts) / MOST_AVERAGED) - firstChannel - EDGE_CHANNELS;
}

function cutOf(image: ImageRequest, demand: LineDemand | undefined, nchan: number): CubeCut | undefined {
  if (image.firstChannel !== undefined) {
    if (image.channelCount === 0) return { start: image.firstChannel + EDGE_CHANNELS, nchan };
    return { start: image.firstChannel + Math.floor((image.channelCount - nchan) / 2), nchan };
  }
  const { axis } = image;
  if (!axis || axis.width === undefined || !demand) return undefined;
  if (axis.quantity === 'frequency')
    return { start: `${(demand.centreHz - (nchan / 2) * axis.width) / 1e6}MHz`, nchan };
  const velocity = SPEED_OF_LIGHT * (1 - demand.centreHz / axisFrequency(axis, 0));
  return { start: `${((velocity - (nchan / 2) * axis.width) / 1e3).toFixed(4)}km/s`, nchan };
}

/** Python that stands before a script: calls of clean and tclean for these images get other channels. */
export function cutPrelude(cuts: ReadonlyMap<string, CubeCut>): string {
  const text = JSON.stringify(JSON.stringify(Object.fromEntries(cuts)));
  return `
import json, qa2_engine
def _cut_cubes():
    cuts, real = json.loads(${text}), qa2_engine.ask
    def ask(request):
        if request['kind'] == 'task' and request['name'] in ('clean', 'tclean'):
            request['named'].update(cuts.get(request['named'].get('imagename'), {}))
        return real(request)
    qa2_engine.ask = ask
_cut_cubes()
`;
}
