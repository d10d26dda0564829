export * from './cards.ts';
export * from './checks.ts';
export * from './hdu.ts';
export * from './header.ts';
export * from './image.ts';
export * from './random-groups.ts';
export * from './stokes-codes.ts';
export type * from './table.ts';
