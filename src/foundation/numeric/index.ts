export * from './kernel-memory.ts';
export * from './streaming-kernels.ts';
export * from './apply-gains-kernels.ts';
