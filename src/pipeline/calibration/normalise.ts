import { casacoreMedian } from '../../foundation/numeric/index.ts';
import type { CalMode } from './gain-fit.ts';
import { cellOf, type Solution } from './solution.ts';

/** Makes solutions phase-only or amplitude-only, in place; flagged ones become 1. 'ap' changes nothing. */
export function keepOnly(solutions: readonly Solution[], mode: CalMode): void {
  if (mode === 'ap') return;
  for (const { params, flag } of solutions) {
    for (let cell = 0; cell < flag.length; cell++) {
      const at = 2 * cell;
      const amp = flag[cell] ? 0 : Math.hypot(params[at], params[at + 1]);
      const keepsPhase = mode === 'p' && amp > 0;
      params[at] = keepsPhase ? params[at] / amp : amp > 0 ? amp : 1;
      params[at + 1] = keepsPhase ? params[at + 1] / amp : 0;
    }
  }
}

/**
 * Scales gains, in place, so that their mean power (or its median) over all antennas, polarizations and times of each
 * window is 1; phases stay (CASA 6.7, SolvableVisCal::normalize).
 */
export function normaliseWindows(solutions: readonly Solution[], type: 'mean' | 'median'): void {
  for (const spwId of new Set(solutions.map((solution) => solution.spwId))) {
    const window = solutions.filter((solution) => solution.spwId === spwId);
    const powers: number[] = [];
    for (const { params, flag } of window) {
      for (let cell = 0; cell < flag.length; cell++) {
        if (!flag[cell]) powers.push(params[2 * cell] ** 2 + params[2 * cell + 1] ** 2);
      }
    }
    if (powers.length < 2) continue;
    const factor = Math.sqrt(
      type === 'median' ? casacoreMedian(powers) : powers.reduce((sum, p) => sum + p, 0) / powers.length,
    );
    if (factor > 0) for (const { params } of window) for (let k = 0; k < params.length; k++) params[k] /= factor;
  }
}

/**
 * Divides each antenna's and polarization's bandpass, in place, by the root of its mean power over channels and by its
 * mean phase (CASA 6.7, BJones::normalize).
 */
export function normaliseBandpasses(solutions: readonly Solution[]): void {
  for (const solution of solutions) {
    for (let ant = 0; ant < solution.antCount; ant++) {
      for (let par = 0; par < solution.parCount; par++) normaliseBandpass(solution, ant, par);
    }
  }
}

function normaliseBandpass(solution: Solution, ant: number, par: number): void {
  const { params, flag, chanCount } = solution;
  let [count, power, re, im] = [0, 0, 0, 0];
  for (let chan = 0; chan < chanCount; chan++) {
    const cell = cellOf(solution, ant, chan, par);
    if (flag[cell]) continue;
    const amp = Math.hypot(params[2 * cell], params[2 * cell + 1]);
    count++;
    power += amp * amp;
    if (amp > 0) re += params[2 * cell] / amp;
    if (amp > 0) im += params[2 * cell + 1] / amp;
  }
  const length = Math.hypot(re, im);
  if (count < 2 || !(power > 0) || !(length > 0)) return;
  const scale = 1 / (Math.sqrt(power / count) * length);
  for (let chan = 0; chan < chanCount; chan++) {
    const at = 2 * cellOf(solution, ant, chan, par);
    const [x, y] = [params[at], params[at + 1]];
    params[at] = (x * re + y * im) * scale;
    params[at + 1] = (y * re - x * im) * scale;
  }
}

/**
 * Fills flagged channels between good ones, at most `widest` in a row, by amplitude and phase on straight lines
 * (CASA 6.7, BJones::fillChanGaps).
 */
export function fillChannelGaps(solutions: readonly Solution[], widest: number): void {
  if (widest <= 0) return;
  for (const solution of solutions) {
    for (let ant = 0; ant < solution.antCount; ant++) {
      for (let par = 0; par < solution.parCount; par++) fillGaps(solution, ant, par, widest);
    }
  }
}

function fillGaps(solution: Solution, ant: number, par: number, widest: number): void {
  const { params, flag, chanCount } = solution;
  let left = -1;
  for (let chan = 0; chan < chanCount; chan++) {
    const cell = cellOf(solution, ant, chan, par);
    if (flag[cell]) continue;
    const gap = chan - left - 1;
    if (left >= 0 && gap > 0 && gap <= widest) {
      const from = 2 * cellOf(solution, ant, left, par);
      const amp = Math.hypot(params[from], params[from + 1]);
      const phase = Math.atan2(params[from + 1], params[from]);
      const ampStep = Math.hypot(params[2 * cell], params[2 * cell + 1]) - amp;
      let phaseStep = Math.atan2(params[2 * cell + 1], params[2 * cell]) - phase;
      phaseStep -= 2 * Math.PI * Math.round(phaseStep / (2 * Math.PI));
      for (let fill = left + 1; fill < chan; fill++) {
        const part = (fill - left) / (chan - left);
        const at = cellOf(solution, ant, fill, par);
        params[2 * at] = (amp + part * ampStep) * Math.cos(phase + part * phaseStep);
        params[2 * at + 1] = (amp + part * ampStep) * Math.sin(phase + part * phaseStep);
        flag[at] = 0;
      }
    }
    left = chan;
  }
}
