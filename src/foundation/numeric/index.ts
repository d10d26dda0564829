export * from './angles.ts';
export * from './apply-gains-kernels.ts';
export { chauvenetRange, chauvenetScore } from './chauvenet.ts';
export * from './clean-kernels.ts';
export { fourier2dInPlace, transformSize } from './fft-kernels.ts';
export * from './flag-kernels.ts';
export { type ComplexArrays, fourierInPlace } from './fourier.ts';
export * from './gain-solve-kernels.ts';
export * from './grid-image-kernels.ts';
export * from './grid-kernels.ts';
export * from './ingest-kernels.ts';
export * from './kernel-memory.ts';
export * from './least-squares.ts';
export {
  casacoreMedian,
  MAD_TO_SIGMA,
  median,
  type Quartiles,
  quartilesOf,
  robustScatter,
  selectRank,
} from './quantiles.ts';
export * from './radial-profile-kernels.ts';
export * from './streaming-kernels.ts';
export * from './water-layer-kernels.ts';
