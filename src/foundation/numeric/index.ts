export * from './kernel-memory.ts';
export * from './streaming-kernels.ts';
export * from './apply-gains-kernels.ts';
export * from './gain-solve-kernels.ts';
export * from './clean-kernels.ts';
export * from './fft-kernels.ts';
export * from './grid-kernels.ts';
export * from './ingest-kernels.ts';
