import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silentContext } from '../../foundation/base/index.ts';
import { type SimulateTwinResult, simulateTwin, type TwinSpec } from '../../pipeline/simulation/index.ts';
import { readFacts } from './script-facts.ts';
import { planTwin } from './twin-plan.ts';

/** End of a calibration script's name; what is before is the name of its ASDM's MeasurementSet. */
const CALIBRATION = '.ms.scriptForCalibration.py';

/** An execution block of a replayed delivery. */
export interface ReplayBlock {
  readonly asdm: string;
  readonly spec: TwinSpec;
  /** Field whose flux comes from a model of the body, which may be resolved; the others show whether it is right. */
  readonly body?: number;
}

/** A delivery tree made for some scripts. */
export interface ReplayMember {
  /** Directory with raw/, script/ and, after the run, calibrated/. */
  readonly root: string;
  readonly blocks: readonly ReplayBlock[];
  readonly scripts: readonly string[];
}

/** Names of the calibration scripts of a directory. */
export function calibrationScripts(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(CALIBRATION) && name.startsWith('uid'))
    .sort();
}

/** Directories at or below one that hold calibration scripts; each is taken as the script/ of one delivery. */
export function findScriptFolders(top: string): string[] {
  const below = readdirSync(top)
    .sort()
    .map((name) => join(top, name))
    .filter((path) => statSync(path).isDirectory())
    .flatMap(findScriptFolders);
  return calibrationScripts(top).length > 0 ? [top, ...below] : below;
}

/**
 * Makes a delivery tree: the scripts as they are in script/, and in raw/ an ASDM made for each calibration script.
 *
 * @throws what `readFacts` and `simulateTwin` throw
 */
export function layOutMember(folder: string, root: string): ReplayMember {
  const script = join(root, 'script');
  mkdirSync(script, { recursive: true });
  mkdirSync(join(root, 'raw'));
  const scripts = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  for (const name of scripts) copyFileSync(join(folder, name), join(script, name));
  const blocks = calibrationScripts(folder).map((name) => {
    const facts = readFacts(readFileSync(join(folder, name), 'utf8'));
    const spec = planTwin(facts);
    const body = facts.fields[facts.fluxField].fluxes.length === 0 ? facts.fluxField : undefined;
    const asdm = name.slice(0, -CALIBRATION.length);
    const made: SimulateTwinResult = simulateTwin(silentContext(root), { spec, out: `twin-${asdm}` });
    renameSync(made.asdm, join(root, 'raw', `${asdm}.asdm.sdm`));
    return { asdm, spec, body };
  });
  return { root, blocks, scripts };
}

/** The calibrated MeasurementSet of a block, where a run left it. */
export function calibratedMs(member: ReplayMember, asdm: string): string | undefined {
  const calibrated = join(member.root, 'calibrated');
  const places = [
    join(calibrated, `${asdm}.ms.split.cal`),
    join(calibrated, `${asdm}.calibration`, `${asdm}.ms.split.cal`),
  ];
  return places.find((path) => existsSync(path));
}
