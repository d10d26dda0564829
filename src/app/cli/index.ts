export { main } from './qa2.ts';
