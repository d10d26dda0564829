import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errorSentence, silentContext } from '../../foundation/base/index.ts';
import { writeCalibratedMs } from '../../pipeline/simulation/index.ts';
import { skipped, type Verdict, verdict } from './block-report.ts';
import { meanAmplitude } from './calibrated-check.ts';
import { cutPrelude, planCuts } from './cube-cut.ts';
import { directoriesIn, plainFiles } from './deliveries.ts';
import { checkImage, type ImagedSky, NOT_MADE } from './image-check.ts';
import { judgeImages } from './image-report.ts';
import { type ImagingNeeds, readNeeds } from './imaging-needs.ts';
import { copyWithNeighbours, madeBy, type Rehearsal, rehearse, visesOf, workplace } from './imaging-rehearsal.ts';
import { planImagingTwin } from './imaging-twin.ts';
import { lineDemands } from './imaging-windows.ts';
import { casapy, ENDED } from './member-run.ts';

/** Names that scripts have which make images: as delivered, or in tutorials, as `M100_Band3_12m_Imaging.py`. */
const IMAGING = /imaging(?:prep)?\.py$/i;
const DELIVERED = /scriptForImaging(?:Prep)?\.py$/;
const CALLS_TASK = /^[ \t]*(?:t?clean|split|concat)\s*\(/m;

/** What some deliveries leave to be filled in by hand, as `<your channel selection here>`. */
const BLANK = /<(?:your|fill|insert|enter)\b[^<>]*>/i;

/** Scripts that make images, at or below a directory. */
export function findImagingScripts(top: string): string[] {
  const here = plainFiles(top).filter(
    (name) => DELIVERED.test(name) || (IMAGING.test(name) && CALLS_TASK.test(readFileSync(join(top, name), 'utf8'))),
  );
  return [...here.map((name) => join(top, name)), ...directoriesIn(top).flatMap(findImagingScripts)];
}

/** What an imaging script needs, in one line. */
export function describeImaging(script: string, scratch: string): string {
  const rehearsal = rehearse(script, scratch);
  const needs = readNeeds(rehearsal);
  const { inputs } = planImagingTwin(needs, script);
  const windows = inputs.map(({ name, spec }) => {
    const list = spec.windows.map(
      ({ centreHz, channelCount }) => `${(centreHz / 1e9).toFixed(3)} GHz (${channelCount})`,
    );
    return `${name}: ${spec.fields.length} fields, windows ${list.join(', ')}`;
  });
  return [...windows, `${needs.images.length} images`, rehearsal.problem ?? ''].filter(Boolean).join('; ');
}

/**
 * Runs a script that makes images on an observation made for it, and compares the images with what is in the sky there.
 *
 * @param seconds after which the script is ended; the images that it has made until then are compared
 */
export function replayImaging(script: string, root: string, seconds: number): Verdict {
  const name = basename(script);
  try {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    const rehearsal = rehearse(script, root);
    if (rehearsal.calls.length === 0 && rehearsal.problem === undefined) return skipped(`${name}: it calls no task`);
    if (rehearsal.inputs.length === 0) return failed(name, rehearsal.problem ?? 'it reads no MeasurementSet');
    return run(script, root, rehearsal, readNeeds(rehearsal), seconds);
  } catch (error) {
    return failed(name, errorSentence(error));
  }
}

const failed = (name: string, reason: string) => verdict(false, `${name}: ${reason}`);

function run(script: string, root: string, rehearsal: Rehearsal, needs: ImagingNeeds, seconds: number): Verdict {
  const twin = planImagingTwin(needs, script);
  const place = workplace(root, rehearsal.inputs);
  mkdirSync(place, { recursive: true });
  const times = twin.inputs.map(({ name: input, spec }) => {
    const path = resolve(place, input);
    mkdirSync(dirname(path), { recursive: true });
    return writeCalibratedMs(silentContext(place), path, spec);
  });
  for (const mask of rehearsal.masks) writeMask(resolve(place, mask), mask, needs, twin.sources);
  return imageAndJudge({ script, root, place, rehearsal, needs, twin, timeSec: times[0], seconds });
}

/** Cells about a source in a mask that the script finds. */
const MASK_CELLS = 15;

/** A mask that was made by hand: a circle about each source. */
function writeMask(path: string, mask: string, needs: ImagingNeeds, sources: ImagedSky['sources']): void {
  const cells = needs.images.filter(({ masks }) => masks.includes(mask)).map(({ cell }) => cell);
  const circles = sources.map(
    ({ ra, dec }) => `circle[[${ra}rad, ${dec}rad], ${MASK_CELLS * Math.max(...cells)}rad] coord=ICRS`,
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, ['#CRTFv0', ...circles, ''].join('\n'));
}

/** A script that makes images, and the data that it finds. */
export interface ImagingRun {
  readonly script: string;
  /** Directory that the script may write. */
  readonly root: string;
  /** Directory in which it runs. */
  readonly place: string;
  readonly rehearsal: Rehearsal;
  readonly needs: ImagingNeeds;
  readonly twin: ImagedSky;
  /** Middle of the observation, UTC s. */
  readonly timeSec: number;
  /** After so long it is ended. */
  readonly seconds: number;
}

/** Runs a script on data that are there, and compares its images with what is in the sky. */
export function imageAndJudge(run: ImagingRun): Verdict {
  const { script, root, place, rehearsal, needs, twin, timeSec, seconds } = run;
  const name = basename(script);
  const folder = join(dirname(place), 'script');
  mkdirSync(folder, { recursive: true });
  copyWithNeighbours(script, folder, place);
  const cuts = planCuts(needs.images, lineDemands(needs), twin.inputs);
  writeFileSync(join(folder, 'cut-cubes.py'), cutPrelude(cuts));
  const started = Date.now();
  const before = cuts.size > 0 ? "execfile('../script/cut-cubes.py'); " : '';
  const status = casapy(root, place, `${before}execfile('../script/${name}')`, ['--allow', root], seconds);
  const took = (Date.now() - started) / 1000;
  const last = readFileSync(join(root, 'output.txt'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  if (needs.images.length === 0)
    return judgeData(name, place, rehearsal, twin, status === 0 ? '' : `; exit ${status}: ${last}`);
  const all = needs.images.map((image) => checkImage(place, image, twin, timeSec));
  writeFileSync(join(root, `${name}.json`), `${JSON.stringify(all, undefined, 1)}\n`);
  const own = status === 0 ? undefined : rehearsal.absent.find((image) => last.includes(basename(image)));
  const blank = status === 0 ? undefined : BLANK.exec(last)?.[0];
  // Where it would stop in CASA too, what it would make later is not asked for.
  const results = own === undefined && blank === undefined ? all : all.filter(({ fault }) => fault !== NOT_MADE);
  const isLong = status === ENDED && took >= seconds;
  const stop =
    status === 0
      ? ''
      : isLong
        ? `; ended after ${(seconds / 60).toFixed(0)} minutes`
        : own
          ? `; stops at ${own}, which it never makes`
          : blank
            ? `; stops at ${blank}, which is to be filled in`
            : `; exit ${status}: ${last}`;
  return judgeImages(name, results, {
    cut: cuts.size,
    seconds: took,
    stop,
    ends: status === 0 || own !== undefined || blank !== undefined,
  });
}

/** A script without images leaves data: those that it names last must have what was put in. */
function judgeData(name: string, place: string, { calls }: Rehearsal, twin: ImagedSky, stop: string): Verdict {
  const made = calls.flatMap((call) => [...visesOf(call), ...madeBy(call)]).at(-1) ?? '';
  const path = join(place, made);
  if (!existsSync(path)) return failed(name, `${made} was not made${stop}`);
  const { jy, rows, flagged } = meanAmplitude(path);
  const ratio = jy / (twin.sources[0]?.continuumJy ?? Number.NaN);
  const passes = stop === '' && Math.abs(ratio - 1) < 0.05 && flagged === 0;
  const line = `${made}: ${rows} rows; flux ${(100 * (ratio - 1)).toFixed(2)} %; flagged ${(100 * flagged).toFixed(1)} %${stop}`;
  return verdict(passes, `${name}: ${line}`);
}
