// The gain-solve kernel beside its slow definition, which is stopped as soon as it is as near to the minimum of chi².
// usage: node gain-solve.mjs kernels.wasm: prints [{ antCount, kernelMs, slowMs, times }] as JSON, CPU times.
import { readFileSync } from 'node:fs';
import { arena, installKernels, solveGainsInPlace } from '../src/foundation/numeric/index.ts';
import { chiSquare, observe, problemOf, randomGains, solveSlowly } from '../test/reference/gain-solve.ts';
import { symmetricNumbers } from '../test/reference/random.ts';

const REPEATS = 50;
/** Calls until both are compiled as well as they will be. */
const WARM_UP = 200;
/** Chi² that counts as the kernel's own. */
const SAME = 1 + 1e-12;

/** Milliseconds of CPU of one call, once warm. */
function cpuOf(work: () => void): number {
  for (let time = 0; time < WARM_UP; time++) work();
  const start = process.cpuUsage();
  for (let time = 0; time < REPEATS; time++) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3 / REPEATS;
}

function compare(antCount: number) {
  const next = symmetricNumbers(antCount);
  const truth = randomGains(antCount, next);
  const baselines = observe(truth, 0.5, next);
  const guess = truth.map((value, index) => value + 0.2 * ((index % 5) - 2) * next());
  const kernel = () =>
    arena().scope((lease) => {
      const problem = problemOf(lease, baselines, antCount, guess);
      solveGainsInPlace(problem);
      return Array.from(problem.gains);
    });
  const goal = chiSquare(baselines, kernel()) * SAME;
  let steps = 1;
  while (chiSquare(baselines, solveSlowly(baselines, guess, steps)) > goal) {
    if (++steps > 200)
      throw new Error(`The slow definition does not reach the kernel's minimum (${antCount} antennas).`);
  }
  const kernelMs = cpuOf(kernel);
  const slowMs = cpuOf(() => solveSlowly(baselines, guess, steps));
  return { antCount, kernelMs, slowMs, times: slowMs / kernelMs };
}

installKernels(readFileSync(process.argv[2]));
console.log(JSON.stringify([10, 30, 50].map(compare)));
