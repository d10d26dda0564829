import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** End of a calibration script's name; what is before is the name of its ASDM. */
export const CALIBRATION = '.ms.scriptForCalibration.py';
export const FLUX_CALIBRATION = 'scriptForFluxCalibration.py';

/** The execution block of a calibration script; since 2022 the names begin with that of the Member. */
export const asdmOf = (script: string): string =>
  script.slice(Math.max(0, script.lastIndexOf('uid__')), -CALIBRATION.length);
/** Names that scriptForPI.py had over the years, as `member.uid___A001_X1_X2.scriptForPI.py`. */
const FOR_PI = /^(?:.*[._])?scriptForPI\.py$/;
/** Scripts of the pipeline: scriptForPI takes its way when they are there. */
const PIPELINE = /(?:^|\.)casa_pipe(?:restore)?script\.py$/;
/** Collections put the place of a script before its name: `SgrB2__script_7m__scriptForPI.py`. */
const COLLECTED = /^(.+__)((?:manual_)?scriptFor\w+\.py)$/;

/** Scripts of one delivery, as they will lie in its script/ directory. */
export interface Delivery {
  /** What it is called in the report. */
  readonly label: string;
  /** Name in script/ and where the file is. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of the calibration scripts. */
  readonly calibrations: readonly string[];
  /** Name of scriptForPI.py, where there is one. */
  readonly control?: string;
  /**
   * Blocks that scriptForFluxCalibration.py names and whose own scripts are missing: the result of another block stands in.
   */
  readonly missing: readonly string[];
}

export const plainFiles = (folder: string) =>
  readdirSync(folder)
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .sort();

/** Directories below one, without links that lead nowhere. */
export const directoriesIn = (top: string): string[] =>
  readdirSync(top)
    .sort()
    .map((name) => join(top, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());

/**
 * Deliveries whose scripts lie at or below a directory. A directory with calibration scripts is the script/ of one delivery;
 * one in which scripts of several were collected, with their places before their names, is taken apart: scripts belong
 * together when scriptForFluxCalibration.py names them, a scriptForPI.py without such gets a calibration script of its own.
 */
export function findDeliveries(top: string): Delivery[] {
  return [...deliveriesIn(top), ...directoriesIn(top).flatMap(findDeliveries)];
}

function deliveriesIn(folder: string): Delivery[] {
  const names = plainFiles(folder);
  const calibrations = names.filter((name) => name.endsWith(CALIBRATION));
  if (calibrations.length === 0) return [];
  return isCollection(names) ? takeApart(folder, names, calibrations) : [wholeFolder(folder, names, calibrations)];
}

/** Whether the scripts of several deliveries lie in one directory. */
export const isCollection = (names: readonly string[]): boolean => names.some((name) => COLLECTED.test(name));

function wholeFolder(folder: string, names: readonly string[], calibrations: readonly string[]): Delivery {
  const files = new Map(names.filter((name) => !PIPELINE.test(name)).map((name) => [name, join(folder, name)]));
  // Where both lie there, the one for calibration by hand is the one that was meant.
  const controls = names.filter((name) => FOR_PI.test(name));
  const control = controls.find((name) => name.startsWith('manual_')) ?? controls[0];
  return { label: folder, files, calibrations, control, missing: missingBlocks(files, calibrations) };
}

function takeApart(folder: string, names: readonly string[], calibrations: readonly string[]): Delivery[] {
  const free = new Set(calibrations);
  const prefixes = [...new Set(names.flatMap((name) => COLLECTED.exec(name)?.[1] ?? []))];
  const groups = prefixes.map((prefix) => {
    const files = new Map(
      names
        .filter((name) => COLLECTED.exec(name)?.[1] === prefix)
        .map((name) => [name.slice(prefix.length), join(folder, name)]),
    );
    const own = namedBlocks(files).map((asdm) => `${asdm}${CALIBRATION}`);
    return { prefix, files, own: own.filter((name) => free.delete(name)) };
  });
  const deliveries = groups.flatMap(({ prefix, files, own }): Delivery[] => {
    const control = [...files.keys()].find((name) => FOR_PI.test(name));
    if (!control && own.length === 0) return [];
    const [spare] = free;
    if (own.length === 0 && spare === undefined) return [];
    const used = own.length > 0 ? own : [spare];
    for (const name of used) {
      free.delete(name);
      files.set(name, join(folder, name));
    }
    const label = join(folder, `${prefix}*`);
    return [{ label, files, calibrations: used, control, missing: missingBlocks(files, used) }];
  });
  const alone = [...free].map((name): Delivery => {
    const files = new Map([[name, join(folder, name)]]);
    return { label: join(folder, name), files, calibrations: [name], missing: [] };
  });
  return [...deliveries, ...alone];
}

/** Blocks whose calibrated MeasurementSets scriptForFluxCalibration.py names. */
function namedBlocks(files: ReadonlyMap<string, string>): string[] {
  const path = files.get(FLUX_CALIBRATION);
  if (path === undefined) return [];
  return [...new Set(readFileSync(path, 'utf8').match(/uid___A\d+_X[0-9a-f]+_X[0-9a-f]+(?:_v\d+)?/g) ?? [])];
}

function missingBlocks(files: ReadonlyMap<string, string>, calibrations: readonly string[]): string[] {
  return namedBlocks(files).filter((asdm) => !calibrations.includes(`${asdm}${CALIBRATION}`));
}
