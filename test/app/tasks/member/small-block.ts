import { mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { CasaLog, createPlanRunner, EngineSession } from '../../../../src/app/tasks/index.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';
import {
  type BlockCalibration,
  calibrateBlock,
  calibrateFluxes,
  checkScienceGoal,
  type FluxCalibration,
} from '../../../../src/pipeline/reduction/index.ts';
import { type SimulateOptions, simulate } from '../../../../src/pipeline/simulation/index.ts';

/** What truth.json says that these tests use. */
export interface SmallTruth {
  readonly fields: readonly {
    readonly role: string;
    readonly name: string;
    readonly fluxPerSpw: Record<string, number>;
  }[];
}

/** One small simulated Execution Block, calibrated in this process. */
export interface SmallBlock {
  readonly calibration: BlockCalibration;
  readonly directory: string;
  readonly truth: SmallTruth;
  readonly truthFile: string;
}

/** Simulates one Execution Block of the tiny preset with some parameters changed, and calibrates it. */
export async function calibrateSmallBlock(changes: Omit<SimulateOptions, 'out'>): Promise<SmallBlock> {
  const [block] = await calibrateSmallBlocks({ executionCount: 1, ...changes });
  return block;
}

/** The same for all Execution Blocks of a simulated Member. */
export async function calibrateSmallBlocks(changes: Omit<SimulateOptions, 'out'>): Promise<SmallBlock[]> {
  const folder = mkdtempSync(join(tmpdir(), 'qa2-block-'));
  const made = simulate(silentContext(folder), { out: 'sim', preset: 'tiny', ...changes });
  const truth = JSON.parse(readFileSync(made.truth, 'utf8'));
  const goal = checkScienceGoal(parse(readFileSync(made.goal, 'utf8')), made.goal);
  const blocks: SmallBlock[] = [];
  const directory = join(folder, 'work');
  mkdirSync(directory);
  for (const asdm of made.asdms) {
    const uid = basename(asdm);
    symlinkSync(asdm, join(directory, uid));
    const options = { uid, directory, goal, flux: [] };
    const calibration = await calibrateBlock(silentContext(directory), runnerIn(directory), options);
    blocks.push({ calibration, directory, truth, truthFile: made.truth });
  }
  return blocks;
}

/** Brings blocks of one Member to a common flux scale, as calibrated.ms in their directory. */
export function joinSmallBlocks(blocks: readonly SmallBlock[]): Promise<FluxCalibration> {
  const [{ directory }] = blocks;
  const calibrations = blocks.map(({ calibration }) => calibration);
  return calibrateFluxes(silentContext(directory), runnerIn(directory), calibrations);
}

function runnerIn(directory: string) {
  const session = new EngineSession({
    log: new CasaLog({ file: join(directory, 'casa.log') }),
    checkAbort() {},
    progress: { update() {} },
    casaVersion: '4.7.2',
  });
  return createPlanRunner(session, directory);
}

/** Differences of measured from true flux densities, in units of 1 % or 3 sigma, whichever is more. */
export function fluxDeviations({ calibration, truth }: SmallBlock): number[] {
  return calibration.fluxes
    .filter(({ isReference }) => !isReference)
    .map(({ field, spw, fluxJy, errorJy }) => {
      const known = truth.fields.find(({ name }) => name === field)?.fluxPerSpw[String(spw)] ?? Number.NaN;
      return Math.abs(fluxJy - known) / Math.max(0.01 * known, 3 * errorJy);
    });
}
