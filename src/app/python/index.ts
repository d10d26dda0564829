export * from './blocking-bridge.ts';
export * from './guarded-files.ts';
export type { HostReply, HostServices } from './host-device.ts';
export * from './interpreter.ts';
export * from './python2-syntax.ts';
export { isBlank, readTokens, type Token } from './python2-tokens.ts';
export * from './snapshot.ts';
export { lockThread } from './thread-lock.ts';
