export { isAbsence } from './absence.ts';
export * from './byte-order.ts';
export * from './cursor.ts';
export * from './disk.ts';
export { latin1Text } from './latin1.ts';
export * from './paths.ts';
export * from './staging.ts';
export * from './tar.ts';
export type * from './types.ts';
