import type { Context } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { calibrateBlock, checkScienceGoal, EMPTY_GOAL, type PlanRunner } from '../../../pipeline/reduction/index.ts';
import { simulate } from '../../../pipeline/simulation/index.ts';
import { parseFluxSpec } from '../../../pipeline/skymodel/index.ts';

/** One flux density against its truth, in units of its error. */
export interface Pull {
  readonly seed: number;
  readonly field: string;
  readonly spw: number;
  /** (measured - true) / error */
  readonly pull: number;
  /** measured / true - 1 */
  readonly deviation: number;
}

/** Mean and width of pulls. */
export interface PullStatistics {
  readonly name: string;
  readonly pullCount: number;
  readonly mean: number;
  /** Standard deviation about the mean. */
  readonly width: number;
  /** rms of measured / true - 1. */
  readonly deviation: number;
}

interface Truth {
  readonly fields: readonly { readonly name: string; readonly fluxPerSpw: Readonly<Record<string, number>> }[];
}

/** Observations start within these hours (UTC): fields rise in some and set in others. */
const START_HOURS = [0, 4];
const FLUX = 'J1733-1304=1.85Jy@225GHz,-0.55';

/**
 * Simulates one small Execution Block, calibrates it, and compares the fluxes of its calibrators with the truth.
 *
 * @param folder for the block; removed in the end
 */
export async function measurePulls(
  context: Context,
  runnerIn: (directory: string) => PlanRunner,
  folder: string,
  seed: number,
): Promise<Pull[]> {
  const minutes = Math.round(60 * (START_HOURS[0] + (START_HOURS[1] - START_HOURS[0]) * ((0.618034 * seed) % 1)));
  const time = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  const made = simulate(context, {
    out: joinPath(folder, 'simulated'),
    preset: 'tiny',
    executionCount: 1,
    antennaCount: 7,
    cycleCount: 1,
    start: `2013/07/20/${time}:00`,
    seed,
    overwrite: true,
  });
  const directory = joinPath(folder, 'calibration');
  const [asdm] = made.asdms;
  const uid = asdm.slice(asdm.lastIndexOf('/') + 1);
  const truth = JSON.parse(disk().readText(made.truth)) as Truth & {
    readonly antennas: readonly { readonly name: string; readonly positionError: readonly number[] }[];
  };
  disk().makeDirectory(directory);
  disk().link(asdm, joinPath(directory, uid));
  const corrections = Object.fromEntries(truth.antennas.map(({ name, positionError }) => [name, positionError]));
  const goal = { ...EMPTY_GOAL, ...checkScienceGoal({ antennaPositionCorrections: corrections }, made.truth) };
  const options = { uid, directory, goal, flux: [parseFluxSpec(FLUX)] };
  const { fluxes } = await calibrateBlock(context, runnerIn(directory), options);
  disk().remove(folder);
  return fluxes
    .filter(({ isReference }) => !isReference)
    .map(({ field, spw, fluxJy, errorJy }) => {
      const known = truth.fields.find(({ name }) => name === field)?.fluxPerSpw[String(spw)] ?? Number.NaN;
      return { seed, field, spw, pull: (fluxJy - known) / errorJy, deviation: fluxJy / known - 1 };
    });
}

/** Statistics by calibrator, and of all. */
export function pullStatistics(pulls: readonly Pull[]): PullStatistics[] {
  const names = [...new Set(pulls.map(({ field }) => field))];
  const groups = names.map((name) => [name, pulls.filter(({ field }) => field === name)] as const);
  return [...groups, ['all', pulls] as const].map(([name, group]) => {
    const mean = meanOf(group.map(({ pull }) => pull));
    return {
      name,
      pullCount: group.length,
      mean,
      width: Math.sqrt(meanOf(group.map(({ pull }) => (pull - mean) ** 2))),
      deviation: Math.sqrt(meanOf(group.map(({ deviation }) => deviation ** 2))),
    };
  });
}

/**
 * The table that npm run ensemble prints, and whether the errors are those that the data show.
 *
 * @param blockCount independent Execution Blocks: windows and calibrators of one share the noise of its flux calibrator
 */
export function pullTable(
  statistics: readonly PullStatistics[],
  blockCount: number,
): { text: string; isGood: boolean } {
  const limits = { mean: 3 / Math.sqrt(blockCount), width: 3 / Math.sqrt(2 * blockCount) };
  const isGood = statistics.every(
    ({ mean, width }) => Math.abs(mean) < limits.mean && Math.abs(width - 1) < limits.width,
  );
  const lines = statistics.map(
    ({ name, pullCount, mean, width, deviation }) =>
      `${name.padEnd(12)} ${String(pullCount).padStart(6)} ${mean.toFixed(3).padStart(10)} ${width.toFixed(3).padStart(8)} ${(100 * deviation).toFixed(2).padStart(8)} %`,
  );
  const head = `${'calibrator'.padEnd(12)} ${'pulls'.padStart(6)} ${'mean pull'.padStart(10)} ${'width'.padStart(8)} ${'rms'.padStart(10)}`;
  const foot = `${blockCount} Execution Blocks: |mean| < ${limits.mean.toFixed(3)}, |width - 1| < ${limits.width.toFixed(3)}: ${isGood ? 'held' : 'NOT held'}`;
  return { text: [head, ...lines, foot].join('\n'), isGood };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
