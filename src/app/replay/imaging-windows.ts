import type { CalibratedLine, CalibratedWindow } from '../../pipeline/simulation/index.ts';
import { axisFrequency, axisWidth, type GridRequest, type ImageRequest, type ImagingNeeds } from './imaging-needs.ts';
import { FULL_CHANNELS, nearestCount } from './selection-numbers.ts';

/** A line that some cubes are about. */
export interface LineDemand extends CalibratedLine {
  /** Names of the cubes. */
  readonly images: readonly string[];
  /** Edges of all that the cubes show, LSRK Hz. */
  readonly low: number;
  readonly high: number;
  /** Finest channel of the cubes, Hz; undefined: that of the data. */
  readonly width?: number;
}

/** Windows of an input in which nothing says where they are, Hz. */
const CENTRES = [229.6e9, 231.45e9, 215.4e9, 213.6e9];
const FULL_WIDTH = { large: 1.875e9, small: 1.992e9 };
/** Windows without lines are so much beside the first line. */
const BESIDE = 1.02;
const DEFAULT_COUNT = 4;
const DEFAULT_CHANNELS = 16;
/** Channels of a window that a single line needs. */
const LINE_CHANNELS = 32;
/** A line in channels of its cube. */
const LINE_WIDTH = 6;
/** Where a cube has no end, the line is so many of its channels from the start. */
const OPEN_CHANNELS = 24;
/** The rotation of the Earth shifts frequencies by less than this share within a day. */
const DAILY = 3e-6;
/** Channels of the data over those to which they are brought. */
const FINER = 0.999;
/** A window has no more, whatever is asked of it. */
const MOST_CHANNELS = 8192;

/** The lines that a script's cubes are about; those that lie within each other's profiles are one. */
export function lineDemands({ images }: ImagingNeeds): LineDemand[] {
  const demands: LineDemand[] = [];
  for (const image of images) {
    const one = demandOf(image);
    if (!one) continue;
    const index = demands.findIndex(
      (other) => Math.abs(other.centreHz - one.centreHz) < 4 * Math.max(other.fwhmHz, one.fwhmHz),
    );
    if (index < 0) demands.push(one);
    else demands[index] = join(demands[index], one);
  }
  return demands;
}

function join(a: LineDemand, b: LineDemand): LineDemand {
  const widths = [a.width, b.width].filter((width) => width !== undefined);
  return {
    ...a,
    images: [...a.images, ...b.images],
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    fwhmHz: Math.max(a.fwhmHz, b.fwhmHz),
    width: widths.length > 0 ? Math.min(...widths) : undefined,
  };
}

function demandOf({ axis, channelCount, imagename }: ImageRequest): LineDemand | undefined {
  if (!axis) return undefined;
  const start = axis.start ?? (axis.quantity === 'frequency' ? axis.restHz : 0);
  if (!start && !axis.restHz) return undefined;
  const own = axisWidth(axis);
  const width = own ?? axisFrequency(axis, start) * 5e-6;
  // Towards higher velocity is towards lower frequency.
  const sign = (axis.quantity === 'frequency' ? 1 : -1) * Math.sign(axis.width ?? 1);
  const from = axisFrequency(axis, start);
  const count = channelCount > 0 ? channelCount : OPEN_CHANNELS;
  // Without a start the line is where its rest frequency says.
  const edges =
    axis.start === undefined
      ? [from - (count * width) / 2, from + (count * width) / 2]
      : [from, from + sign * count * width];
  const [low, high] = edges.sort((a, b) => a - b);
  return {
    images: [imagename],
    low,
    high,
    width: own,
    centreHz: (low + high) / 2,
    fwhmHz: LINE_WIDTH * width,
    peakJy: 1,
  };
}

/** Demands as the array sees them: `toTopo` is the frequency of TOPO over that of LSRK. */
export function demandsSeen(demands: readonly LineDemand[], toTopo: number): LineDemand[] {
  return demands.map((demand) => ({
    ...demand,
    ...{ low: demand.low * toTopo, high: demand.high * toTopo, centreHz: demand.centreHz * toTopo },
  }));
}

/**
 * Windows of one input.
 *
 * @param demands lines as the array sees them
 * @param circumstances whether it has the 7 m dishes, and TOPO frequency over that of LSRK
 */
export function planWindows(
  needs: ImagingNeeds,
  input: string,
  demands: readonly LineDemand[],
  { isSmall, toTopo }: { readonly isSmall: boolean; readonly toTopo: number },
): CalibratedWindow[] {
  const uses = needs.uses.filter((use) => use.input === input);
  const channels = new Map<number, number>();
  for (const use of uses) {
    for (const [id, last] of use.channels) channels.set(id, Math.max(channels.get(id) ?? 0, last + 1));
  }
  for (const image of needs.images) {
    if (image.firstChannel === undefined) continue;
    for (const use of image.uses.filter((one) => one.input === input)) {
      const last = image.firstChannel + image.channelCount;
      for (const id of use.windows) channels.set(id, Math.max(channels.get(id) ?? 0, last));
    }
  }
  const named = [...uses.flatMap((use) => use.windows), ...channels.keys()];
  const asked = demands.map((demand) => ({ demand, windows: windowsOf(needs, input, demand) }));
  const free = asked.filter(({ windows }) => windows === 'all').map(({ demand }) => demand);
  const least = free.length > 0 && channels.size === 0 ? free.length : DEFAULT_COUNT;
  const told = Math.max(0, ...named.map((id) => id + 1), ...uses.map(({ leastWindows }) => leastWindows));
  const count = told || least;
  const own = Array.from({ length: count }, (_, id) =>
    asked.filter(({ windows }) => windows !== 'all' && windows?.includes(id)).map(({ demand }) => demand),
  );
  const grids = needs.grids.filter((grid) => grid.input === input);
  const isFree = (id: number) => grids.length === 0 || grids.some(({ window }) => window === id);
  shareOut(
    free,
    own.filter((_, id) => isFree(id)),
  );
  const known = Math.max(0, ...channels.values());
  // In the band of the lines, and beside them.
  const line = demands[0]?.centreHz ?? grids[0]?.low;
  const reference = line === undefined ? CENTRES[0] : BESIDE * line;
  const used = new Set(named);
  return own.map((list, id) => {
    const grid = grids.find(({ window }) => window === id);
    if (grid) return windowForGrid(grid, toTopo);
    // Windows that are there so that others have their numbers.
    if (grids.length > 0 && !used.has(id))
      return { ...windowFor([], { id, known: 1, least: 0, isSmall, reference }), block: 0 };
    // Where there are as many windows for some lines as lines, each line has its own.
    const alike = own.flatMap((other, index) => (other.length > 0 && sameList(other, list) ? [index] : []));
    const channelCount = known >= FULL_CHANNELS ? nearestCount(known) : 0;
    const told = channels.get(id) ?? 0;
    const facts = {
      id,
      known: channelCount,
      least: told > DEFAULT_CHANNELS ? nearestCount(told) : 0,
      isSmall,
      reference,
    };
    const place = Math.max(0, alike.indexOf(id));
    // Else windows for the same lines are those of several Execution Blocks: together they see the source at many hour angles.
    const isLineEach = channelCount === 0 && alike.length >= list.length && list.length > 0;
    if (!isLineEach) return { ...windowFor(list, facts), block: place };
    const line = windowFor([list[place % list.length]], facts);
    return { ...line, block: Math.floor(place / list.length) };
  });
}

/** A window that has all the channels to which a task brings it; its own are a little finer, or they could not be brought there. */
function windowForGrid({ low, high, channelCount }: GridRequest, toTopo: number): CalibratedWindow {
  const centreHz = (toTopo * (low + high)) / 2;
  const span = toTopo * (high - low);
  const stepHz = (FINER * span) / channelCount;
  // The ends are inside all day long.
  return { centreHz, stepHz, channelCount: Math.ceil((span + 2 * DAILY * centreHz) / stepHz) };
}

const sameList = (a: readonly LineDemand[], b: readonly LineDemand[]) =>
  a.length === b.length && a.every((one, index) => one === b[index]);

/** Windows of an input from which a line is imaged: their ids, or all. */
function windowsOf(needs: ImagingNeeds, input: string, demand: LineDemand): readonly number[] | 'all' | undefined {
  const uses = needs.images
    .filter(({ imagename }) => demand.images.includes(imagename))
    .flatMap(({ uses: all }) => all.filter((use) => use.input === input));
  if (uses.length === 0) return undefined;
  return uses.some(({ windows }) => windows.length === 0)
    ? 'all'
    : [...new Set(uses.flatMap(({ windows }) => windows))];
}

/**
 * Gives lines that are imaged from all windows to windows: to one that has a line nearby, else in order of frequency, parted where
 * they are furthest apart.
 */
function shareOut(free: readonly LineDemand[], own: LineDemand[][]): void {
  if (free.length === 0) return;
  const sorted = [...free].sort((a, b) => a.centreHz - b.centreHz);
  const empty = own.filter((list) => list.length === 0);
  if (empty.length === 0) {
    for (const demand of sorted) {
      const distance = (list: readonly LineDemand[]) =>
        Math.min(...list.map((other) => Math.abs(other.centreHz - demand.centreHz)));
      own.reduce((best, list) => (distance(list) < distance(best) ? list : best)).push(demand);
    }
    return;
  }
  const gaps = sorted
    .slice(1)
    .map((demand, index) => ({ index: index + 1, gap: demand.centreHz - sorted[index].centreHz }));
  const cuts = gaps
    .sort((a, b) => b.gap - a.gap)
    .slice(0, Math.min(empty.length, sorted.length) - 1)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  const groups = [0, ...cuts].map((from, index) => sorted.slice(from, cuts[index] ?? sorted.length));
  empty.forEach((list, index) => void list.push(...groups[index % groups.length]));
}

interface WindowFacts {
  readonly id: number;
  /** Channels; 0 where nothing tells. */
  readonly known: number;
  /** Channels that tasks name at least. */
  readonly least: number;
  readonly isSmall: boolean;
  /** Where windows of which nothing is known lie about, Hz. */
  readonly reference: number;
}

function windowFor(demands: readonly LineDemand[], facts: WindowFacts): CalibratedWindow {
  const { id, known, least, isSmall, reference } = facts;
  const full = isSmall ? FULL_WIDTH.small : FULL_WIDTH.large;
  if (demands.length === 0) {
    const channelCount = known || least || DEFAULT_CHANNELS;
    // No two are alike: concat would make one of them.
    const centreHz = reference * (CENTRES[id % 4] / CENTRES[0]) + 1e7 * Math.floor(id / 4);
    return { centreHz, stepHz: full / channelCount, channelCount };
  }
  const isOne = demands.length === 1 && known === 0;
  const lines = demands.flatMap(({ centreHz, fwhmHz }) => [centreHz - 2 * fwhmHz, centreHz + 2 * fwhmHz]);
  const ends = isOne ? lines : [...lines, ...demands.flatMap(({ low, high }) => [low, high])];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const centreHz = (low + high) / 2;
  const span = high - low + 2 * DAILY * centreHz;
  if (known > 0) {
    const finest = Math.min(...demands.map(({ width = Number.POSITIVE_INFINITY }) => width));
    let wide = Math.max(full, 1.05 * span);
    // Correlators halve the width of a window for finer channels.
    while (wide / known > finest && 1.05 * span <= wide / 2) wide /= 2;
    return { centreHz, stepHz: wide / known, channelCount: known };
  }
  const finest = Math.min(...demands.map(({ fwhmHz }) => fwhmHz)) / LINE_WIDTH;
  const wanted = Math.max(isOne ? LINE_CHANNELS : 0, least, Math.ceil(span / finest));
  const channelCount = Math.min(wanted, MOST_CHANNELS);
  return { centreHz, stepHz: (finest * wanted) / channelCount, channelCount };
}
