export * from './blocking-bridge.ts';
export * from './interpreter.ts';
export * from './python2-syntax.ts';
export * from './snapshot.ts';
