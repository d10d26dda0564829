import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { errorSentence, silentContext } from '../../foundation/base/index.ts';
import { simulateTwin } from '../../pipeline/simulation/index.ts';
import { solarBodies } from '../../pipeline/skymodel/index.ts';
import type { FieldTruth } from './calibrated-check.ts';
import { asdmOf, type Delivery, FLUX_CALIBRATION } from './deliveries.ts';
import { readFacts, type ScriptFacts } from './script-facts.ts';
import { readScaledFluxes } from './script-fluxes.ts';
import { planTwin } from './twin-plan.ts';

/** An execution block of a replayed delivery. */
export interface ReplayBlock {
  readonly asdm: string;
  /** Name of its scriptForCalibration.py. */
  readonly script: string;
  /** What the calibrated visibilities must be, [field]. */
  readonly truths: readonly FieldTruth[];
  /** Names of calibrators that the script leaves at 1 Jy. */
  readonly unscaled: readonly string[];
  /** How many steps the script has. */
  readonly stepCount: number;
}

/** A script that cannot be replayed, and why: one sentence. */
export interface UnreadScript {
  readonly name: string;
  readonly reason: string;
}

/** A delivery tree made for some scripts. */
export interface ReplayMember {
  /** Directory with raw/, script/ and, after the run, calibrated/. */
  readonly root: string;
  readonly blocks: readonly ReplayBlock[];
  readonly unread: readonly UnreadScript[];
  /** Name of scriptForPI.py, where there is one. */
  readonly forPi?: string;
  readonly hasFluxCalibration: boolean;
  /** Blocks that scriptForFluxCalibration.py names too; the first calibrated one stands in for each. */
  readonly missing: readonly string[];
}

const isBody = (name: string) => solarBodies.some((body) => body.toLowerCase() === name.toLowerCase());

/**
 * Makes a delivery tree: the scripts as they are in script/, and in raw/ an ASDM made for each calibration script. Scripts
 * whose observation cannot be made are left out, so that the others go on.
 */
export function layOutMember(delivery: Delivery, root: string): ReplayMember {
  const { files, calibrations, control, missing } = delivery;
  const script = join(root, 'script');
  mkdirSync(script, { recursive: true });
  mkdirSync(join(root, 'raw'));
  // scriptForPI since 2016 wants it, with whatever is in it.
  mkdirSync(join(root, 'calibration'));
  const scaling = files.get(FLUX_CALIBRATION);
  const fluxes = scaling === undefined ? undefined : readFileSync(scaling, 'utf8');
  const blocks: ReplayBlock[] = [];
  const unread: UnreadScript[] = [];
  for (const name of calibrations) {
    try {
      const facts = readFacts(readFileSync(files.get(name) ?? name, 'utf8'));
      const asdm = asdmOf(name);
      blocks.push(
        makeBlock(
          root,
          { asdm, script: name },
          fluxes === undefined ? facts : { ...facts, ...readScaledFluxes(fluxes, facts) },
        ),
      );
    } catch (error) {
      unread.push({ name, reason: errorSentence(error) });
    }
  }
  for (const [name, path] of files) {
    if (!unread.some((one) => one.name === name)) copyFileSync(path, join(script, name));
  }
  return { root, blocks, unread, forPi: control, hasFluxCalibration: fluxes !== undefined, missing };
}

function makeBlock(
  root: string,
  { asdm, script }: Pick<ReplayBlock, 'asdm' | 'script'>,
  facts: ScriptFacts,
): ReplayBlock {
  const spec = planTwin(facts);
  const truths = spec.fields.map(({ name, fluxes }, id): FieldTruth => {
    const isLeft = facts.defaultFluxFields.includes(id);
    return { name, isBody: isBody(name), fluxes: fluxes.map(({ hz, jy }) => ({ hz, jy: isLeft ? 1 : jy })) };
  });
  const made = simulateTwin(silentContext(root), { spec, out: `twin-${asdm}` });
  renameSync(made.asdm, join(root, 'raw', `${asdm}.asdm.sdm`));
  const unscaled = facts.defaultFluxFields.map((id) => spec.fields[id].name);
  return { asdm, script, truths, unscaled, stepCount: facts.stepCount };
}

/** A MeasurementSet with calibrated visibilities of one block, and the column that has them. */
export interface CalibratedMs {
  readonly path: string;
  readonly column: 'DATA' | 'CORRECTED_DATA';
}

/** The calibrated MeasurementSet of a block, where a run left it. */
export function calibratedMs(member: ReplayMember, asdm: string): CalibratedMs | undefined {
  const calibrated = join(member.root, 'calibrated');
  const places = [
    join(calibrated, `${asdm}.ms.split.cal`),
    join(calibrated, `${asdm}.calibration`, `${asdm}.ms.split.cal`),
  ];
  const path = places.find((one) => existsSync(one));
  return path === undefined ? undefined : { path, column: member.hasFluxCalibration ? 'CORRECTED_DATA' : 'DATA' };
}
