import {
  frequencyShiftFactor,
  observatoryPosition,
  parseCasaTime,
  parseDirection,
} from '../../astronomy/measures/index.ts';
import { DEGREE, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { CalibratedField, CalibratedSource, CalibratedSpec } from '../../pipeline/simulation/index.ts';
import type { ImageRequest, ImagingNeeds } from './imaging-needs.ts';
import { demandsSeen, lineDemands, planWindows } from './imaging-windows.ts';

/** The observation for an imaging script. */
export interface ImagingTwin {
  readonly inputs: readonly { readonly name: string; readonly spec: CalibratedSpec }[];
  /** One in the middle of each thing that is imaged. */
  readonly sources: readonly CalibratedSource[];
}

const DAY = '2014/07/01';
/** Where nothing tells a place: it culminates high over ALMA. */
const PLACE = { ra: 281 * DEGREE, dec: -26 * DEGREE };
const APART = 1.5 * DEGREE;
/** The source is so many cells east and north of the middle: what is turned or mirrored is found out. */
const OFFSET = { east: 6, north: 4 };
/** Where nothing is imaged, rad. */
const DEFAULT_CELL = 1e-6;
/** Pointings of a mosaic that have data. */
const POINTING_COUNT = 3;
/** Pointings are so far apart, primary beams. */
const SPACING = 0.5;
const PRIMARY_BEAM = 1.13;
/** Cells to a beam. */
const CELLS = 4;
/** Cells that are so many times finer than others of the same data have no say. */
const FINEST = 5;
const LARGE_DISH = 12;
/** What names of data of 7 m dishes have. */
const SMALL_NAME = /(?:^|[^0-9])7m|(?:^|[^a-z])aca(?:$|[^a-z])/i;
/** Channels that the correlator of the 7 m dishes alone gives. */
const SMALL_COUNTS: ReadonlySet<number> = new Set([510, 1020, 2040, 4080, 8160]);
const SMALL_DISH = { diameter: 7, longest: 45, nearest: 12 };
/** Flux over the highest threshold. */
const STRENGTH = 6;
const RELATIVE_NOISE = 0.01;
/** Continuum over the lines where a fit across windows leaves up to a fifth of it. */
const FAINT = 0.15;
/**
 * Antennas and hours, the best first: the first that has no more samples than wanted is taken. Few of them make a PSF with high
 * sidelobes, and CLEAN then needs a major cycle for every few iterations.
 */
const EFFORTS = [
  { antennaCount: 16, visitCount: 6 },
  { antennaCount: 12, visitCount: 5 },
  { antennaCount: 9, visitCount: 3 },
] as const;
const LEAST_EFFORT = { antennaCount: 7, visitCount: 2 } as const;
/** So many blocks that see the same windows are enough with one visit each. */
const MANY_BLOCKS = 4;
/** Samples of one MeasurementSet. */
const MOST_SAMPLES = 6e6;

/** The smallest observation on which a script can make its images. */
export function planImagingTwin(needs: ImagingNeeds, label: string): ImagingTwin {
  const demands = lineDemands(needs);
  const strength = Math.max(1, STRENGTH * Math.max(0, ...needs.images.map(({ threshold }) => threshold)));
  const lines = demands.map(({ centreHz, fwhmHz }) => ({ centreHz, fwhmHz, peakJy: strength }));
  const isShared = (name: string) => needs.uses.some((use) => use.input === name && use.isShared);
  const areAlike = needs.inputs.length === 1 || needs.inputs.every(isShared);
  const hasSmallCounts = (name: string) =>
    needs.uses.some(
      (use) => use.input === name && [...use.channels.values()].some((last) => SMALL_COUNTS.has(last + 1)),
    );
  const kinds = needs.inputs.map((name) =>
    SMALL_NAME.test(name) || hasSmallCounts(name) || (areAlike && /7m/i.test(label)) ? 7 : 12,
  );
  const { ra, dec } = placeOf(needs);
  const noon = parseCasaTime(`${DAY}/12:00:00`);
  const toTopo = frequencyShiftFactor(noon, ra, dec, observatoryPosition('ALMA'), 'LSRK', 'TOPO');
  const seen = demandsSeen(demands, toTopo);
  const windows = needs.inputs.map((name, index) => {
    const dish = isShared(name) ? kinds[needs.inputs.findIndex(isShared)] : kinds[index];
    return planWindows(needs, name, seen, { isSmall: dish === 7, toTopo });
  });
  const hz = windows[0]?.[0]?.centreHz ?? 230e9;
  const { fields, centres } = placeFields(needs, SPACING * PRIMARY_BEAM * (SPEED_OF_LIGHT / hz / Math.min(...kinds)));
  const cell = needs.images.length > 0 ? Math.min(...needs.images.map((image) => image.cell)) : DEFAULT_CELL;
  const sources = centres.map(
    ({ ra, dec }): CalibratedSource => ({
      ra: ra + (OFFSET.east * cell) / Math.cos(dec),
      dec: dec + OFFSET.north * cell,
      continuumJy: needs.fitsAcrossWindows ? FAINT * strength : strength,
      lines,
    }),
  );
  const inputs = needs.inputs.map((name, index) => {
    const spec = {
      windows: isShared(name) ? windows[index] : shifted(windows[index], index),
      fields,
      sources,
      dish: kinds[index],
      seed: index + 1,
      strength,
      hasCorrected: needs.wantsCorrected,
      blockCount: isShared(name) ? needs.inputs.filter(isShared).length : 1,
      observationCount: needs.observationCount,
      antennaNames: needs.antennas
        .filter((antenna) => antenna.startsWith('CM') === (kinds[index] === 7))
        .slice(0, EFFORTS[0].antennaCount),
    };
    const own = needs.images.filter(({ uses }) => uses.some(({ input }) => input === name));
    return { name, spec: specOf(spec, beamCell(own.length > 0 ? own : needs.images)) };
  });
  return { inputs, sources };
}

/** Each block sees the sky from another part of the Earth's orbit: its channels are not quite those of another (concat would join them). */
function shifted(windows: readonly CalibratedSpec['windows'][number][], index: number): CalibratedSpec['windows'] {
  return windows.map((window) => {
    const channels = 0.37 * index + 0.13 * (window.block ?? 0);
    return { ...window, centreHz: window.centreHz + channels * window.stepHz };
  });
}

interface Parts
  extends Pick<
    CalibratedSpec,
    'windows' | 'fields' | 'sources' | 'seed' | 'hasCorrected' | 'observationCount' | 'antennaNames'
  > {
  readonly dish: number;
  readonly strength: number;
  /** MeasurementSets with the same windows, this one among them. */
  readonly blockCount: number;
}

function specOf({ dish, strength, blockCount, ...parts }: Parts, cell: number): CalibratedSpec {
  const { windows, observationCount = 1, antennaNames = [] } = parts;
  const effort = effortFor({ ...parts, blockCount });
  const wanted = SPEED_OF_LIGHT / windows[0].centreHz / (CELLS * cell);
  const longest = dish === 7 ? Math.min(wanted, SMALL_DISH.longest) : Math.max(wanted, 5 * dish);
  const finest = Math.min(...windows.map(({ stepHz }) => Math.abs(stepHz)));
  return {
    day: DAY,
    dishDiameter: dish,
    longestBaseline: Math.max(longest, 4 * dish),
    antennaCount: Math.max(effort.antennaCount, antennaNames.length),
    visitCount: Math.max(effort.visitCount, observationCount),
    ...parts,
    // Smaller dishes collect less, and their data weigh less.
    noiseJy: RELATIVE_NOISE * strength * (LARGE_DISH / dish) ** 2 * Math.sqrt(finest / 1e6),
  };
}

function effortFor({ windows, fields, blockCount }: Pick<Parts, 'windows' | 'fields' | 'blockCount'>) {
  const channels = windows.reduce((sum, { channelCount }) => sum + channelCount, 0);
  const observed = fields.filter(({ isObserved }) => isObserved).length;
  const isSmallEnough = ({ antennaCount, visitCount }: (typeof EFFORTS)[number]) =>
    ((antennaCount * (antennaCount - 1)) / 2) * visitCount * observed * channels <= MOST_SAMPLES;
  const effort = EFFORTS.find(isSmallEnough) ?? LEAST_EFFORT;
  return blockCount < MANY_BLOCKS ? effort : { ...effort, visitCount: 1 };
}

/** The coarsest of the cells, rad, so that no image has a beam within one; finer ones have a beam of many. */
function beamCell(images: readonly ImageRequest[]): number {
  const cells = images.map(({ cell }) => cell);
  return cells.length > 0 ? Math.min(Math.max(...cells), FINEST * Math.min(...cells)) : DEFAULT_CELL;
}

/** Where the script looks, if it says so. */
function placeOf({ images }: ImagingNeeds): { readonly ra: number; readonly dec: number } {
  const told = images.map(({ phaseCentre }) => phaseCentre).find((text) => /\s/.test(text.trim()));
  return told ? parseDirection(told) : PLACE;
}

/** Fields by their numbers and names, and what is imaged: the middle of each mosaic or single field. */
function placeFields(needs: ImagingNeeds, spacing: number) {
  const middle = middleField(needs.images);
  const ids = [...new Set(needs.uses.flatMap((use) => use.fields))].sort((a, b) => a - b);
  const named = needs.names.length > 0 ? needs.names : ['target'];
  const isMosaic = needs.images.some((image) => image.isMosaic);
  const first = placeOf(needs);
  const place = (index: number) => ({ ra: first.ra + (index * APART) / Math.cos(first.dec), dec: first.dec });
  const fields: CalibratedField[] = [];
  const centres: { ra: number; dec: number }[] = [];
  const last = ids.at(-1) ?? -1;
  // Fields below and between those that are selected are calibrators, and have no part in this; where fields are also selected by the
  // name of a mosaic, they are of that mosaic.
  for (let id = 0; id <= last; id++)
    fields.push(
      isMosaic && needs.names.length > 0
        ? { name: named[0], ...pointing(place(0), id, spacing), isObserved: id < POINTING_COUNT }
        : { name: `calibrator-${id}`, ...place(id + 2), isObserved: false },
    );
  if (ids.length > 0) {
    centres.push(place(0));
    const outer = ids.filter((id) => id !== middle);
    const placeIds = ids.map((id) => firstAlike(id, needs.sameFields));
    (ids.includes(middle) && isMosaic ? [middle, ...outer] : ids).forEach((id, index) => {
      const at = isMosaic ? pointing(place(0), index, spacing) : place(ids.indexOf(placeIds[index]));
      fields[id] = {
        name: named[isMosaic ? 0 : index % named.length],
        ...at,
        isObserved: !isMosaic || index < POINTING_COUNT,
      };
      if (!isMosaic && index > 0 && placeIds[index] === id) centres.push(at);
    });
    return { fields, centres };
  }
  named.forEach((name, index) => {
    const centre = place(index);
    centres.push(centre);
    const count = isMosaic ? Math.max(POINTING_COUNT, middle + 1) : 1;
    for (let one = 0; one < count; one++) {
      const ring = one === middle ? 0 : one < middle ? one + 1 : one;
      fields.push({ name, ...pointing(centre, ring, spacing), isObserved: ring < POINTING_COUNT });
    }
  });
  return { fields, centres };
}

/** The lowest of the fields that are where this one is. */
function firstAlike(id: number, groups: readonly (readonly number[])[]): number {
  const alike = new Set([id]);
  for (let before = 0; before < alike.size; ) {
    before = alike.size;
    for (const group of groups) if (group.some((one) => alike.has(one))) for (const one of group) alike.add(one);
  }
  return Math.min(...alike);
}

/** The field that images have their phase centre of, where one tells it by number; else the first. */
function middleField(images: readonly ImageRequest[]): number {
  const told = images.map(({ phaseCentre }) => phaseCentre.trim()).find((text) => /^\d+$/.test(text));
  return told === undefined ? 0 : Number(told);
}

/** Places of a hexagonal mosaic, the middle first, ring by ring. */
function pointing(centre: { ra: number; dec: number }, index: number, spacing: number) {
  let ring = 0;
  while (1 + 3 * ring * (ring + 1) <= index) ring++;
  if (ring === 0) return centre;
  const place = index - (1 + 3 * ring * (ring - 1));
  const turn = (place / (6 * ring)) * 2 * Math.PI;
  const [east, north] = [ring * spacing * Math.cos(turn), ring * spacing * Math.sin(turn)];
  return { ra: centre.ra + east / Math.cos(centre.dec), dec: centre.dec + north };
}
