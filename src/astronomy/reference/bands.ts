/** One receiver band of ALMA. */
export interface Band {
  readonly number: number;
  /** Hz */
  readonly lowest: number;
  readonly highest: number;
  /** Sideband separating, double sideband or single sideband receiver. */
  readonly receiver: '2SB' | 'DSB' | 'SSB';
}

/** Receiver ranges: ALMA Technical Handbook (Cycle 1: bands 3, 6, 7, 9; later ones as of Cycle 10), table of receivers. */
export const BANDS: readonly Band[] = [
  { number: 1, lowest: 35e9, highest: 50e9, receiver: 'SSB' },
  { number: 2, lowest: 67e9, highest: 84e9, receiver: '2SB' },
  { number: 3, lowest: 84e9, highest: 116e9, receiver: '2SB' },
  { number: 4, lowest: 125e9, highest: 163e9, receiver: '2SB' },
  { number: 5, lowest: 163e9, highest: 211e9, receiver: '2SB' },
  { number: 6, lowest: 211e9, highest: 275e9, receiver: '2SB' },
  { number: 7, lowest: 275e9, highest: 373e9, receiver: '2SB' },
  { number: 8, lowest: 385e9, highest: 500e9, receiver: '2SB' },
  { number: 9, lowest: 602e9, highest: 720e9, receiver: 'DSB' },
  { number: 10, lowest: 787e9, highest: 950e9, receiver: 'DSB' },
];

/** The band that a sky frequency lies in; the nearest one when it lies between two. @param frequencyHz Hz */
export function bandOfFrequency(frequencyHz: number): Band {
  const distance = (band: Band) => Math.max(band.lowest - frequencyHz, frequencyHz - band.highest, 0);
  return BANDS.reduce((best, band) => (distance(band) < distance(best) ? band : best));
}
