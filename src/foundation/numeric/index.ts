export * from './kernel-memory.ts';
export * from './streaming-kernels.ts';
