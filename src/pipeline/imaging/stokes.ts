import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { ChannelSamples } from './channel-map.ts';

/** What one plane of an image may show: a Stokes parameter, I of whatever hand is there, or one correlation alone. */
export type ImagedStokes = 'I' | 'Q' | 'U' | 'V' | 'pseudoI' | (typeof SINGLE_HANDS)[number];

const SINGLE_HANDS = ['XX', 'YY', 'RR', 'LL'] as const;
const PARALLEL_HANDS: readonly string[] = SINGLE_HANDS;

/** Values of tclean's parameter stokes with the planes that they mean. */
const PLANES: Readonly<Record<string, readonly ImagedStokes[]>> = {
  ...{ I: ['I'], Q: ['Q'], U: ['U'], V: ['V'], pseudoI: ['pseudoI'] },
  ...{
    IV: ['I', 'V'],
    IQ: ['I', 'Q'],
    QU: ['Q', 'U'],
    UV: ['U', 'V'],
    IQU: ['I', 'Q', 'U'],
    IQUV: ['I', 'Q', 'U', 'V'],
  },
  ...{ XX: ['XX'], YY: ['YY'], RR: ['RR'], LL: ['LL'], XXYY: ['XX', 'YY'], RRLL: ['RR', 'LL'] },
};

/**
 * The planes that a value of the parameter stokes asks for.
 *
 * @throws usage
 */
export function planesOfStokes(stokes: string): readonly ImagedStokes[] {
  return PLANES[stokes] ?? fail('usage', `stokes="${stokes}" is unknown; use ${Object.keys(PLANES).join(', ')}.`);
}

/** Name of a plane on the Stokes axis of an image. */
export const stokesName = (plane: ImagedStokes): string => (plane === 'pseudoI' ? 'I' : plane);

/** How often CASA counts the weight of a sample: twice in images of Stokes I alone, whose grids of both hands it adds. */
export const handCount = (planes: readonly ImagedStokes[]): number =>
  planes.length === 1 && stokesName(planes[0]) === 'I' ? 2 : 1;

/** A correlation's share in a Stokes parameter, a complex number. */
export interface HandShare {
  /** Place of the correlation in the data. */
  readonly corr: number;
  readonly re: number;
  readonly im: number;
}

/** Names and shares of the correlations of each Stokes parameter (Hamaker & Bregman 1996, A&AS 117, 161). */
const LINEAR: Readonly<Record<string, readonly (readonly [string, number, number])[]>> = {
  I: [
    ['XX', 0.5, 0],
    ['YY', 0.5, 0],
  ],
  Q: [
    ['XX', 0.5, 0],
    ['YY', -0.5, 0],
  ],
  U: [
    ['XY', 0.5, 0],
    ['YX', 0.5, 0],
  ],
  V: [
    ['XY', 0, -0.5],
    ['YX', 0, 0.5],
  ],
};
const CIRCULAR: typeof LINEAR = {
  I: [
    ['RR', 0.5, 0],
    ['LL', 0.5, 0],
  ],
  Q: [
    ['RL', 0.5, 0],
    ['LR', 0.5, 0],
  ],
  U: [
    ['RL', 0, -0.5],
    ['LR', 0, 0.5],
  ],
  V: [
    ['RR', 0.5, 0],
    ['LL', -0.5, 0],
  ],
};

/**
 * The correlations that a plane is made of; of a single parallel hand, I is that hand.
 *
 * @throws bad-data when they are not there
 */
export function handsOf(corrTypes: readonly string[], stokes: ImagedStokes): readonly HandShare[] {
  const lack = () => fail('bad-data', `Stokes ${stokes} cannot be made of ${corrTypes.join(', ')}.`);
  const name = stokesName(stokes);
  if (PARALLEL_HANDS.includes(name)) {
    const corr = corrTypes.indexOf(name);
    return corr < 0 ? lack() : [{ corr, re: 1, im: 0 }];
  }
  const basis = corrTypes.some((type) => /[RL]/.test(type)) ? CIRCULAR : LINEAR;
  const found = basis[name].map(([type, re, im]) => ({ corr: corrTypes.indexOf(type), re, im }));
  const there = found.filter(({ corr }) => corr >= 0);
  if (there.length === found.length) return found;
  return name === 'I' && there.length === 1 ? [{ corr: there[0].corr, re: 1, im: 0 }] : lack();
}

/** What a correlation is of a plane of flux 1: the inverse of `handsOf`. */
export function handsFrom(corrTypes: readonly string[], stokes: ImagedStokes): readonly HandShare[] {
  const hands = handsOf(corrTypes, stokes);
  return hands.map(({ corr, re, im }) => ({ corr, re: hands.length * re, im: -hands.length * im }));
}

/** Correlations whose mean weight is that of a sample, also of a single hand: the parallel hands. */
function weighingHands(corrTypes: readonly string[], hands: readonly HandShare[]): readonly number[] {
  const parallel = corrTypes.flatMap((type, corr) => (PARALLEL_HANDS.includes(type) ? [corr] : []));
  return parallel.length > 0 ? parallel : hands.map(({ corr }) => corr);
}

/**
 * Samples of one Stokes parameter of a chunk, their weight the mean weight of the parallel hands, as CASA images; a sample counts
 * only when all its hands are unflagged, but for 'pseudoI' the hands that are count.
 *
 * @param channels data channels to take, in this order
 * @returns vis [row, channel, re/im], weight [row, channel]
 * @throws bad-data when the chunk lacks a correlation
 */
export function stokesSamples(
  chunk: VisibilityChunk,
  column: DataColumn,
  corrTypes: readonly string[],
  channels: ArrayLike<number>,
  stokes: ImagedStokes = 'I',
): ChannelSamples {
  const data = chunk.data[column] ?? fail('internal', `The chunk lacks ${column}.`);
  const hands = handsOf(corrTypes, stokes);
  const least = stokes === 'pseudoI' ? 1 : hands.length;
  const weighing = weighingHands(corrTypes, hands);
  // Fields are looked up once: the loop below sees every visibility of an image in each major cycle.
  const { rowCount, chanCount, corrCount, flag, weightSpectrum: spectrum } = chunk;
  const count = channels.length;
  const vis = new Float32Array(2 * rowCount * count);
  const weight = new Float32Array(rowCount * count);
  const [first, last] = [weighing[0], weighing[weighing.length - 1]];
  const isPair = hands.length === 2;
  const { corr: corrA, re: reA, im: imA } = hands[0];
  const { corr: corrB, re: reB, im: imB } = hands[hands.length - 1];
  for (let row = 0; row < rowCount; row++) {
    if (chunk.flagRow[row] || chunk.antenna1[row] === chunk.antenna2[row]) continue;
    const rowWeight = (chunk.weight[row * corrCount + first] + chunk.weight[row * corrCount + last]) / 2;
    for (let k = 0; k < count; k++) {
      const at = (row * chanCount + channels[k]) * corrCount;
      const hasA = flag[at + corrA] === 0;
      const hasB = isPair && flag[at + corrB] === 0;
      const used = (hasA ? 1 : 0) + (hasB ? 1 : 0);
      if (used < least) continue;
      let re = 0;
      let im = 0;
      if (hasA) {
        const from = 2 * (at + corrA);
        re += reA * data[from] - imA * data[from + 1];
        im += reA * data[from + 1] + imA * data[from];
      }
      if (hasB) {
        const from = 2 * (at + corrB);
        re += reB * data[from] - imB * data[from + 1];
        im += reB * data[from + 1] + imB * data[from];
      }
      const scale = hands.length / used;
      const mean = spectrum ? (spectrum[at + first] + spectrum[at + last]) / 2 : rowWeight;
      if (!(mean > 0) || !Number.isFinite(re + im)) continue;
      const to = row * count + k;
      vis[2 * to] = scale * re;
      vis[2 * to + 1] = scale * im;
      weight[to] = mean / scale;
    }
  }
  return { vis, weight, chanCount: count };
}
