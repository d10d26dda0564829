export { main } from './casapy.ts';
