export { antennaDiameter } from './antennas.ts';
export { BANDS, type Band, bandOfFrequency } from './bands.ts';
export { type Pad, padPositions } from './pads.ts';
