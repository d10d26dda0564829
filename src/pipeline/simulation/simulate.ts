import { parseCasaTime } from '../../astronomy/measures/index.ts';
import { nsToMjdSeconds } from '../../formats/asdm/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { bodyField } from './body-field.ts';
import { Execution, type ExecutionRecord, fieldOf } from './execution.ts';
import { fieldAzEl } from './geometry.ts';
import { formatGoal } from './goal.ts';
import { executionUid } from './identity.ts';
import { layOutArray } from './instrument.ts';
import { chooseParameters, type PresetName, type SimulationParameters } from './presets.ts';
import { type PlannedScan, planSchedule, TIMING_EVENT_NS, TIMING_EVENT_SEC } from './schedule.ts';
import { SKY, type SkyField } from './sky.ts';
import { planSpectralSetup, type SpectralSetup } from './spectral-setup.ts';
import { describeTruth } from './truth.ts';

/** What to simulate; any parameter of the preset may be given another value. */
export interface SimulateOptions extends Partial<SimulationParameters> {
  /** Directory to make; the ASDMs, truth.json and goal.yaml go there. */
  readonly out: string;
  readonly preset?: PresetName;
  /** Replaces `out` when it is there. */
  readonly overwrite?: boolean;
}

export interface SimulateResult {
  /** Paths of the ASDMs, in order of time. */
  readonly asdms: readonly string[];
  readonly truth: string;
  readonly goal: string;
}

/**
 * Simulates the executions of one scheduling block of a Cycle 1 project and writes them as ASDMs, with what is true
 * (truth.json) and what the PI asked for (goal.yaml). The same options give the same bytes.
 *
 * In the last of several executions the antennas are badly pointed during the flux scan: its flux scale alone is wrong.
 *
 * @throws usage for impossible parameters, exists when `out` is there
 */
export function simulate(context: Context, options: SimulateOptions): SimulateResult {
  const { out, preset = 'demo', overwrite = false, ...changes } = options;
  const parameters = chooseParameters(preset, changes);
  const target = joinPath(context.cwd, out);
  if (!overwrite && disk().exists(target)) {
    fail('exists', 'The output exists already; remove it or choose another name.', { file: target });
  }
  const layout = layOutArray(parameters);
  const firstStart = BigInt(Math.round(parseCasaTime(parameters.start) * 1000)) * 1_000_000n;
  const records: ExecutionRecord[] = [];
  writeWhole(target, overwrite, (staged) => {
    disk().makeDirectory(staged);
    for (let index = 0; index < parameters.executionCount; index++) {
      const spacing = BigInt(Math.round(parameters.executionSpacingSec * index)) * 1_000_000_000n;
      const startNs = ((firstStart + spacing) / TIMING_EVENT_NS) * TIMING_EVENT_NS;
      const setup = planSpectralSetup(parameters);
      const sky = skyAt(parameters, setup, nsToMjdSeconds(startNs));
      const schedule = planSchedule(parameters);
      assertAboveHorizon(sky, schedule.scans, nsToMjdSeconds(startNs));
      const execution = new Execution(context, {
        parameters,
        observation: { sky, setup, schedule, layout },
        uid: executionUid(parameters, index),
        index,
        startNs,
        out: staged,
        isWeak: !parameters.isPerfect && index > 0 && index === parameters.executionCount - 1,
      });
      const record = execution.run(index / parameters.executionCount, (index + 1) / parameters.executionCount);
      context.log.post(`${record.directory}: ${record.scans.length} scans`, 'INFO', 'simulate');
      records.push(record);
    }
    const truth = describeTruth(parameters, layout, records);
    disk().writeFile(joinPath(staged, 'truth.json'), `${JSON.stringify(truth, undefined, 1)}\n`);
    disk().writeFile(joinPath(staged, 'goal.yaml'), formatGoal(parameters, layout, records));
  });
  context.progress.update(1);
  return {
    asdms: records.map((record) => joinPath(target, record.directory)),
    truth: joinPath(target, 'truth.json'),
    goal: joinPath(target, 'goal.yaml'),
  };
}

/** The sky of an execution: the body that is the flux calibrator, if there is one, is where it is at that time. */
function skyAt(parameters: SimulationParameters, setup: SpectralSetup, mjdSec: number): SkyField[] {
  const { fluxCalibrator: name } = parameters;
  const windows = setup.fullResolution.science.map((id) => {
    const { frequenciesHz, stepHz } = setup.windows[id];
    const count = frequenciesHz.length;
    return {
      centreHz: (frequenciesHz[0] + frequenciesHz[count - 1]) / 2,
      widthHz: Math.abs(stepHz) * count,
      channelCount: count,
    };
  });
  return SKY.map((field) =>
    field.role === 'flux' && name !== undefined ? { ...field, name, ...bodyField(name, mjdSec, windows) } : field,
  );
}

/** The air that a source below the horizon is seen through has no thickness. */
function assertAboveHorizon(sky: readonly SkyField[], schedule: readonly PlannedScan[], startSec: number): void {
  for (const scan of schedule) {
    const field = fieldOf(sky, scan);
    for (const event of [scan.startEvent, scan.endEvent]) {
      const degrees = (fieldAzEl(field, startSec + event * TIMING_EVENT_SEC).el * 180) / Math.PI;
      if (degrees > 0) continue;
      const reason = `${field.name} is ${(-degrees).toFixed(0)} deg below the horizon in scan ${scan.number}`;
      fail('usage', `${reason}; choose another start, or another flux calibrator.`);
    }
  }
}
