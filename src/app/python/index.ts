export * from './blocking-bridge.ts';
export * from './interpreter.ts';
export * from './python2-syntax.ts';
export { isBlank, readTokens, type Token } from './python2-tokens.ts';
export * from './snapshot.ts';
