export * from './casts';
export * from './complex-loops';
export * from './float-loops';
export * from './folds';
export * from './integer-loops';
export * from './ordering';
