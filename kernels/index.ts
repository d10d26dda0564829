export * from './streaming';
export * from './apply-gains';
export * from './gridding';
export * from './fourier';
export * from './clean';
export * from './gain-solve';
export * from './ingest';
export * from './flags';
