#!/usr/bin/env node
import { ensureBuilt } from '../scripts/build.mjs';

await ensureBuilt();
const { main } = await import('../dist/js/qa2.js');
process.exitCode = await main(process.argv.slice(2));
