// npm run replay -- DIR: runs delivered scripts on observations that are made for them; see docs/delivered-scripts.md.
import { ensureBuilt } from './build.mjs';

await ensureBuilt();
const { main } = await import('../dist/js/replay.js');
process.exitCode = await main(process.argv.slice(2));
