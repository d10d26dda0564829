#!/usr/bin/env node
import { ensureBuilt } from '../scripts/build.mjs';

await ensureBuilt();
const { main } = await import('../dist/js/casapy.js');
process.exitCode = await main(process.argv.slice(2));
