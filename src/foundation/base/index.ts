export * from './constants.ts';
export * from './context.ts';
export * from './crew.ts';
export * from './errors.ts';
export * from './issues.ts';
export * from './pool.ts';
export * from './units.ts';
