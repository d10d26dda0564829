// npm run ensemble [-- --count N]: flux densities of many small observations against the truth, in units of their errors.
import { ensureBuilt } from './build.mjs';

await ensureBuilt();
const { main } = await import('../dist/js/ensemble-run.js');
process.exitCode = await main(process.argv.slice(2));
