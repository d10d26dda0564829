import { describe, expect, it } from 'vitest';
import { median } from '../../../src/foundation/numeric/index.ts';
import { type CalRows, emptyRows } from '../../../src/pipeline/calibration/caltable.ts';
import { measureSteadiness } from '../../../src/pipeline/reduction/coherence.ts';
import { judgeRadiometers } from '../../../src/pipeline/reduction/radiometer-benefit.ts';
import { ANTENNAS, air, type Phase, SCANS, viewOf } from './calibrator-view.ts';

/** Window of the solutions of the view's window 0. */
const SPW = 17;
const STEP_SEC = 1;

/** A table of phases, its rows not in order of time; for some seconds of the first scan it has flagged nonsense. */
function solutions(phase: Phase): CalRows {
  const end = Math.max(...SCANS.map(({ endSec }) => endSec));
  const times = Array.from({ length: end / STEP_SEC + 1 }, (_, at) => at * STEP_SEC);
  const keys = [...times.filter((time) => time % 2 === 1), ...times.filter((time) => time % 2 === 0)].flatMap((time) =>
    ANTENNAS.map((_, antenna1) => ({
      ...{ time, interval: STEP_SEC, fieldId: 0, spwId: SPW, antenna1, antenna2: -1, scanNumber: 0, observationId: 0 },
    })),
  );
  const rows = emptyRows(
    keys,
    Int32Array.from(keys, () => 1),
    1,
    true,
  );
  keys.forEach(({ antenna1, time }, row) => {
    const isNonsense = time >= 32 && time <= 34;
    const angle = phase(antenna1, time) + (isNonsense ? 2 * antenna1 : 0);
    rows.params[2 * row] = Math.cos(angle);
    rows.params[2 * row + 1] = Math.sin(angle);
    rows.flag[row] = Number(isNonsense);
  });
  return rows;
}

/** Judges radiometers that measure some phases, where the air turns them by others. */
function judge(bare: Phase, measured: Phase) {
  return judgeRadiometers(
    viewOf((ant, time) => bare(ant, time) - measured(ant, time)),
    solutions(measured),
    [SPW],
  );
}

/** Turns of the usual antenna, deg, as sentences have them. */
function usualTurn(phase: Phase): string {
  const { within, between } = measureSteadiness(viewOf(phase));
  const squares = ANTENNAS.map((name) => within.squares[name] + between.squares[name]);
  return `${((Math.sqrt(median(squares)) * 180) / Math.PI).toFixed(0)} deg`;
}

describe('judgeRadiometers', () => {
  it('tells how far phases turn with radiometers that see nine tenths of the water, and without', () => {
    const bare = air(5, 400, 150e-6);
    const benefit = judge(bare, (ant, time) => 0.9 * bare(ant, time));
    const left = usualTurn((ant, time) => 0.1 * bare(ant, time));
    expect(benefit).toEqual({
      harmful: [],
      isHarm: false,
      told: `phases of the usual antenna turn by ${left} with them, by ${usualTurn(bare)} without`,
    });
    expect(Number.parseFloat(left)).toBeLessThan(0.2 * Number.parseFloat(usualTurn(bare)));
  });

  it('names the antenna whose radiometer swings, and no other', () => {
    const bare = air(6, 400, 50e-6);
    const swing: Phase = (ant, time) => (ant === 4 ? 0.8 * Math.sin(time / 6.4) : 0);
    const benefit = judge(bare, (ant, time) => 0.9 * bare(ant, time) + swing(ant, time));
    expect(benefit?.isHarm).toBe(false);
    expect(benefit?.harmful.map(({ antenna }) => antenna)).toEqual(['A4']);
    expect(benefit?.harmful[0].finding).toMatch(
      /^makes phases less steady: on calibrators they turn by \d+ deg with it, by \d+ deg without$/,
    );
  });

  it('does not blame a radiometer for phases that turn without it as well', () => {
    const bare: Phase = (ant, time) => (ant === 4 ? Math.sin(time / 6.4) : 0.1 * Math.sin(time / 6.4 + ant));
    expect(judge(bare, () => 0)?.harmful).toEqual([]);
  });

  it('does not blame one for turns between scans alone, which are few', () => {
    const jump: Phase = (ant, time) => (ant === 4 && time > 190 ? 2 * Math.sin(Math.floor((time - 50) / 150)) : 0);
    const bare = air(8, 400, 20e-6);
    expect(judge(bare, (ant, time) => 0.9 * bare(ant, time) + jump(ant, time))?.harmful).toEqual([]);
  });

  it('does not blame one for turns that look small without it because they are beyond half a circle', () => {
    // A circle in 2 s, of which all times between integrations and scans are multiples.
    const bare: Phase = (ant, time) => (ant === 4 ? Math.PI * time : Math.sin(time / 6.4 + ant));
    expect(judge(bare, (ant, time) => (ant === 4 ? 0.985 : 0.8) * bare(ant, time))?.harmful).toEqual([]);
  });

  it('sees where noise of all radiometers is more than the water of good air, but not where it is little', () => {
    const noisy =
      (size: number): Phase =>
      (ant, time) =>
        size * Math.sin(37 * ant + 11.3 * time * (1 + ant / 7));
    const bare = air(7, 200, 10e-6);
    expect(judge(bare, noisy(0.5))).toMatchObject({ harmful: [], isHarm: true });
    expect(judge(bare, noisy(0.1))).toMatchObject({ harmful: [], isHarm: false });
  });

  it('takes phases steadier than their noise for steady ones', () => {
    const view = viewOf(() => 0);
    for (const one of view.integrations) one.snr.fill(3);
    expect(
      judgeRadiometers(
        view,
        solutions((ant, time) => 0.3 * Math.sin(time / 6.4 + ant)),
        [SPW],
      ),
    ).toEqual({
      harmful: [],
      isHarm: false,
      told: 'phases of the usual antenna turn by 0 deg with them, by 0 deg without',
    });
  });

  it('says nothing where no calibrator tells', () => {
    const view = viewOf(() => 0);
    expect(
      judgeRadiometers(
        { ...view, integrations: [] },
        solutions(() => 0),
        [SPW],
      ),
    ).toBeUndefined();
  });
});
