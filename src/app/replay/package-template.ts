import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { fail, silentContext } from '../../foundation/base/index.ts';
import { baseName, disk } from '../../foundation/bytes/index.ts';
import { saveFlagVersion } from '../../pipeline/flagging/index.ts';
import { type BlockCalibration, calibrateBlock, checkScienceGoal, taskCalls } from '../../pipeline/reduction/index.ts';
import { FINAL_FLAGS, pipelineIntent } from '../../pipeline/restore/index.ts';
import { simulate } from '../../pipeline/simulation/index.ts';
import { CasaLog, createPlanRunner, EngineSession } from '../tasks/index.ts';

/** A simulated and calibrated Execution Block, from which pipeline packages are made. */
export interface PackageTemplate {
  readonly uid: string;
  readonly asdm: string;
  /** Directory with the MeasurementSets and tables. */
  readonly directory: string;
  /** The calibrated MeasurementSet: what a restored package must give again. */
  readonly calibrated: string;
  /** Science windows, in the order of the calibrated MeasurementSet. */
  readonly spws: readonly number[];
  readonly antennaCount: number;
  readonly applications: readonly TemplateApplication[];
}

/** What is applied to one field: a line of `calapply.txt`. */
export interface TemplateApplication {
  readonly field: string;
  readonly intent: string;
  readonly tables: readonly TemplateTable[];
}

export interface TemplateTable {
  /** Name in the template's directory. */
  readonly name: string;
  readonly gainfield: string;
  readonly interp: string;
  readonly spwmap: readonly number[];
  readonly calwt: boolean;
}

/**
 * Simulates an Execution Block, calibrates it by the program's own plan, and keeps the flags that came out as the pipeline does.
 *
 * @param folder empty directory
 */
export async function makeTemplate(folder: string): Promise<PackageTemplate> {
  const context = silentContext(folder);
  // Without blanked data every antenna and window has all solutions, and all is calibrated.
  const simulated = simulate(context, { out: 'sim', preset: 'tiny', executionCount: 1, hasBlanks: false });
  const [asdm] = simulated.asdms;
  const uid = baseName(asdm);
  const directory = join(folder, 'calibration');
  disk().makeDirectory(directory);
  disk().link(asdm, join(directory, uid));
  const goal = checkScienceGoal(parse(readFileSync(simulated.goal, 'utf8')), simulated.goal);
  const session = new EngineSession({
    log: new CasaLog(),
    checkAbort() {},
    progress: { update() {} },
    casaVersion: '4.7.2',
  });
  const options = { uid, directory, goal, flux: [] };
  const done = await calibrateBlock(silentContext(directory), createPlanRunner(session, directory), options);
  session.close();
  return describeTemplate(asdm, directory, done);
}

function describeTemplate(asdm: string, directory: string, done: BlockCalibration): PackageTemplate {
  const { uid, block } = done;
  const calibrated = join(directory, block.vis);
  keepFinalFlags(join(directory, `${uid}.ms`), calibrated, block.spws);
  const ms = openMs(join(directory, `${uid}.ms`));
  try {
    const metadata = readMetadata(ms);
    const names = metadata.fields.map(({ name }) => name);
    const intents = names.map((_, id) => {
      const own = metadata.scans.filter(({ fieldIds }) => fieldIds.includes(id));
      const found = own.flatMap((scan) => scan.intents.map((intent) => pipelineIntent(intent) ?? ''));
      return ['BANDPASS', 'AMPLITUDE', 'PHASE', 'TARGET', 'CHECK'].filter((intent) => found.includes(intent)).join(',');
    });
    const spwmap = metadata.spectralWindows.map(({ id }) => Math.max(0, block.spws.indexOf(id)));
    const applications = planned(done, spwmap, names).map(({ fieldId, tables }) => ({
      field: names[fieldId],
      intent: intents[fieldId],
      tables,
    }));
    return { uid, asdm, directory, calibrated, spws: block.spws, antennaCount: metadata.antennas.length, applications };
  } finally {
    ms.close();
  }
}

/** The two calls of applycal for a field, on the whole and on the split MeasurementSet, as one list of tables for the whole one. */
function planned(
  { uid, plan }: BlockCalibration,
  splitMap: readonly number[],
  names: readonly string[],
): { fieldId: number; tables: TemplateTable[] }[] {
  const calls = taskCalls(plan).filter(({ task }) => task === 'applycal');
  const fieldIds = [...new Set(calls.map(({ args }) => Number(args.field)))];
  return fieldIds.map((fieldId) => ({
    fieldId,
    tables: calls
      .filter(({ args }) => Number(args.field) === fieldId)
      .flatMap(({ args }) => {
        const isSplit = args.vis !== `${uid}.ms`;
        const [fields, interps, maps] = [args.gainfield, args.interp, args.spwmap].map((list) => list as string[]);
        return (args.gaintable as string[]).map((name, index) => ({
          name,
          gainfield: fields[index] === '' ? '' : names[Number(fields[index])],
          interp: interps[index],
          spwmap: isSplit ? splitMap : (maps as unknown as number[][])[index],
          calwt: args.calwt === true,
        }));
      }),
  }));
}

/** Gives the whole MeasurementSet the flags of the calibrated one, row by row, and keeps them as the pipeline's last version. */
function keepFinalFlags(vis: string, calibrated: string, spws: readonly number[]): void {
  const whole = openMs(vis, 'update');
  const final = openMs(calibrated);
  try {
    const { dataDescriptions } = readMetadata(whole);
    const numbers = (column: string) => whole.main.column(column).getRange(0, whole.main.rowCount) as Int32Array;
    const [ddids, one, other] = ['DATA_DESC_ID', 'ANTENNA1', 'ANTENNA2'].map(numbers);
    const times = whole.main.column('TIME').getRange(0, whole.main.rowCount) as Float64Array;
    const finalTimes = final.main.column('TIME').getRange(0, final.main.rowCount) as Float64Array;
    const [from, to] = [final.main.column('FLAG'), whole.main.column('FLAG')];
    let finalRow = 0;
    for (let row = 0; row < ddids.length; row++) {
      if (one[row] === other[row] || !spws.includes(dataDescriptions[ddids[row]].spwId)) continue;
      if (times[row] !== finalTimes[finalRow])
        fail('internal', 'Rows of the calibrated MeasurementSet are in another order.', { file: calibrated, row });
      const flags = from.getRange(finalRow, 1) as Uint8Array;
      to.putRange(row, 1, flags, from.cellShape(finalRow));
      finalRow++;
    }
    saveFlagVersion(whole, FINAL_FLAGS, 'Final pipeline flags');
  } finally {
    final.close();
    whole.close();
  }
}
