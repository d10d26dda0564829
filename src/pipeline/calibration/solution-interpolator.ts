import { fail } from '../../foundation/base/index.ts';
import { type CalTable, numbersPerCell } from './caltable.ts';
import {
  type FrequencyMethod,
  type LinearGrid,
  linearGrid,
  type Resampling,
  type ResamplingScratch,
  resampleFlagsInto,
  resampleInto,
  resampleOnGrid,
  resamplingScratch,
} from './frequency-interpolation.ts';
import {
  type CubicWeights,
  cubicWeights,
  type Registration,
  registerTime,
  type TimeMethod,
  timeReference,
} from './time-interpolation.ts';

/** Which solutions serve which data. */
export interface SolutionMapping {
  readonly time: TimeMethod;
  readonly frequency: FrequencyMethod;
  /** Window of the table for each window of the data, [spw of the data]. */
  readonly spwMap: Int32Array;
  /** Field of the table for each field of the data; undefined: solutions of all fields serve all. */
  readonly fieldMap?: Int32Array;
  /** Fields of the table that may be used; undefined: all. */
  readonly fields?: ReadonlySet<number>;
  readonly antennaCount: number;
  /** What phases are multiplied by, [spw of the data]; undefined: nothing. */
  readonly phaseFactors?: Float64Array;
}

/** Solutions of one antenna in one window (and field, observation), sorted by time. */
interface Slice {
  readonly rows: Int32Array;
  readonly times: Float32Array;
  readonly reference: number;
}

/** Interpolated parameters of all antennas at one time. */
export interface Interpolated {
  /** Numbers per channel: parCount, or 2 parCount (amplitude, phase) of complex tables. */
  readonly numberCount: number;
  readonly parCount: number;
  readonly chanCount: number;
  /** [ant, chan, number] */
  readonly values: Float32Array;
  /** 1 = no valid solution, [ant, chan, par] */
  readonly flags: Uint8Array;
  /** Values before the resampling in frequency, at the table's channels, [ant, table chan, number] and their flags. */
  readonly atTableChannels: { readonly chanCount: number; readonly values: Float32Array; readonly flags: Uint8Array };
}

/** State of one (spw, field, observation) of the data. */
interface Target {
  readonly slices: (Slice | undefined)[];
  readonly tableSpw: number;
  readonly phaseFactor: number;
  readonly result: Interpolated;
  readonly lastFirst: Int32Array;
  readonly lastExact: Uint8Array;
  readonly lastTime: Float64Array;
  /** Between the table's channels and the data's; undefined where it cannot be made once for all. */
  readonly grid: LinearGrid | undefined;
}

/**
 * Interpolates the solutions of one calibration table in time (amplitude and phase of complex ones, the phase along the
 * shorter way), then in frequency, as CASA 6.7's applycal does.
 */
export class SolutionInterpolator {
  private readonly table: CalTable;
  private readonly mapping: SolutionMapping;
  private readonly isComplex: boolean;
  private readonly slices: Map<string, Slice>;
  private readonly windowsWithSolutions: Set<number>;
  private readonly targets = new Map<string, Target>();
  private readonly registration: Registration = { first: 0, isExact: true, fraction: 0 };
  private readonly perObservation: boolean;
  private scratch: ResamplingScratch = resamplingScratch(0);

  constructor(table: CalTable, mapping: SolutionMapping) {
    this.table = table;
    this.mapping = mapping;
    this.isComplex = numbersPerCell(table) === 2;
    this.perObservation = mapping.time.perObservation && new Set(table.rows.observationId).size > 1;
    const { slices, windows } = this.slice();
    this.slices = slices;
    this.windowsWithSolutions = windows;
  }

  /** True when the window of the data is mapped to one with solutions. */
  hasSolutions(spwId: number): boolean {
    const mapped = this.mapping.spwMap[spwId];
    return mapped !== undefined && this.windowsWithSolutions.has(mapped);
  }

  /** Window of the table that serves a window of the data. */
  tableWindow(spwId: number): number {
    return this.mapping.spwMap[spwId];
  }

  /**
   * Parameters at a time.
   *
   * @param spwId window of the data
   * @param time MJD s
   * @param outFreqs channels of the data, Hz, for terms that are resampled; undefined keeps the table's channels
   * @returns the parameters, and whether any differs from the last call for this window, field and observation
   */
  at(
    spwId: number,
    fieldId: number,
    observationId: number,
    time: number,
    outFreqs?: Float64Array,
  ): { result: Interpolated; isChanged: boolean } {
    const target = this.target(spwId, fieldId, observationId, outFreqs);
    let isChanged = false;
    for (let ant = 0; ant < target.slices.length; ant++) {
      if (!this.interpolateInTime(target, ant, time)) continue;
      isChanged = true;
      if (outFreqs) this.resample(target, ant, outFreqs);
    }
    return { result: target.result, isChanged };
  }

  private slice(): { slices: Map<string, Slice>; windows: Set<number> } {
    const { rows } = this.table;
    const lists = new Map<string, number[]>();
    const windows = new Set<number>();
    for (let row = 0; row < rows.count; row++) {
      if (this.mapping.fields && !this.mapping.fields.has(rows.fieldId[row])) continue;
      const field = this.mapping.fieldMap ? rows.fieldId[row] : 0;
      const observation = this.perObservation ? rows.observationId[row] : 0;
      const key = `${observation}/${field}/${rows.spwId[row]}/${rows.antenna1[row]}`;
      windows.add(rows.spwId[row]);
      const list = lists.get(key);
      if (list) list.push(row);
      else lists.set(key, [row]);
    }
    const slices = new Map<string, Slice>();
    for (const [key, list] of lists) {
      list.sort((a, b) => rows.time[a] - rows.time[b] || a - b);
      const reference = timeReference(rows.time[list[0]]);
      const times = Float32Array.from(list, (row) => rows.time[row] - reference);
      slices.set(key, { rows: Int32Array.from(list), times, reference });
    }
    return { slices, windows };
  }

  private target(spwId: number, fieldId: number, observationId: number, outFreqs?: Float64Array): Target {
    const field = this.mapping.fieldMap ? (this.mapping.fieldMap[fieldId] ?? -1) : 0;
    const observation = this.perObservation ? observationId : 0;
    const key = `${observation}/${field}/${spwId}`;
    let target = this.targets.get(key);
    if (!target) {
      target = this.makeTarget(spwId, field, observation, outFreqs);
      this.targets.set(key, target);
    }
    return target;
  }

  private makeTarget(spwId: number, field: number, observation: number, outFreqs?: Float64Array): Target {
    const tableSpw = this.mapping.spwMap[spwId];
    const { antennaCount } = this.mapping;
    const slices = Array.from({ length: antennaCount }, (_, ant) =>
      this.slices.get(`${observation}/${field}/${tableSpw}/${ant}`),
    );
    const { rows } = this.table;
    const some = slices.find((slice) => slice !== undefined);
    const tableChans = some ? rows.chanCount[some.rows[0]] : 1;
    const parCount = rows.parCount;
    const numberCount = this.isComplex ? 2 * parCount : parCount;
    const chanCount = outFreqs ? outFreqs.length : tableChans;
    const own = {
      chanCount: tableChans,
      values: new Float32Array(antennaCount * tableChans * numberCount),
      flags: new Uint8Array(antennaCount * tableChans * parCount).fill(1),
    };
    const result: Interpolated = {
      numberCount,
      parCount,
      chanCount,
      values: outFreqs ? new Float32Array(antennaCount * chanCount * numberCount) : own.values,
      flags: outFreqs ? new Uint8Array(antennaCount * chanCount * parCount).fill(1) : own.flags,
      atTableChannels: own,
    };
    if (this.scratch.x.length < tableChans) this.scratch = resamplingScratch(tableChans);
    return {
      slices,
      tableSpw,
      phaseFactor: this.mapping.phaseFactors?.[spwId] ?? 1,
      result,
      lastFirst: new Int32Array(antennaCount).fill(-1),
      lastExact: new Uint8Array(antennaCount),
      lastTime: new Float64Array(antennaCount).fill(Number.NaN),
      grid: this.gridOf(tableSpw, tableChans, outFreqs),
    };
  }

  private gridOf(tableSpw: number, tableChans: number, outFreqs?: Float64Array): LinearGrid | undefined {
    const inFreqs = this.table.spectralWindows[tableSpw]?.chanFreqs;
    if (!outFreqs || this.isComplex || this.mapping.frequency.kind !== 'linear' || inFreqs?.length !== tableChans)
      return undefined;
    return linearGrid(inFreqs, outFreqs);
  }

  /** Fills the values of one antenna at the table's channels; false when nothing changed. */
  private interpolateInTime(target: Target, ant: number, time: number): boolean {
    const slice = target.slices[ant];
    if (!slice) return false;
    if (target.lastTime[ant] === time) return false;
    const at = registerTime(slice.times, slice.reference, time, this.mapping.time, this.registration);
    target.lastTime[ant] = time;
    if (at.isExact && target.lastExact[ant] && target.lastFirst[ant] === at.first) return false;
    target.lastFirst[ant] = at.first;
    target.lastExact[ant] = at.isExact ? 1 : 0;
    const { rows } = this.table;
    const own = target.result.atTableChannels;
    const { parCount } = rows;
    const cells = own.chanCount * parCount;
    const row1 = slice.rows[at.first];
    const row2 = at.isExact ? row1 : slice.rows[at.first + 1];
    if (rows.chanCount[row1] !== own.chanCount || rows.chanCount[row2] !== own.chanCount) {
      fail('bad-data', 'Solutions of one spectral window differ in their number of channels.', { row: row1 });
    }
    const from1 = rows.offsets[row1];
    const from2 = rows.offsets[row2];
    for (let cell = 0; cell < cells; cell++) {
      own.flags[ant * cells + cell] = rows.flag[from1 + cell] | rows.flag[from2 + cell];
    }
    if (this.isComplex) {
      blendComplex(rows.params, from1, from2, cells, at.isExact ? 0 : at.fraction, own.values, ant * cells * 2);
    } else {
      for (let cell = 0; cell < cells; cell++) {
        const v1 = rows.params[from1 + cell];
        own.values[ant * cells + cell] = at.isExact ? v1 : v1 + (rows.params[from2 + cell] - v1) * at.fraction;
      }
    }
    if (this.mapping.time.kind === 'cubic' && !at.isExact) {
      const cubic = cubicWeights(slice.times, slice.reference, time, at.first);
      if (cubic) this.blendCubic(slice, cubic, ant * cells, own);
    }
    const { phaseFactor } = target;
    if (this.isComplex && phaseFactor !== 1)
      for (let cell = ant * cells; cell < (ant + 1) * cells; cell++) own.values[2 * cell + 1] *= phaseFactor;
    return true;
  }

  /** Replaces what lies on a line by the cubic through four solutions, where none of them is flagged. */
  private blendCubic(
    slice: Slice,
    { first, weights }: CubicWeights,
    into: number,
    own: Interpolated['atTableChannels'],
  ) {
    const { rows } = this.table;
    const cells = own.chanCount * rows.parCount;
    const from = weights.map((_, point) => slice.rows[first + point]);
    if (from.some((row) => rows.chanCount[row] !== own.chanCount)) return;
    for (let cell = 0; cell < cells; cell++) {
      const four = from.map((row) => rows.offsets[row] + cell);
      if (four.some((at) => rows.flag[at])) continue;
      if (!this.isComplex) {
        own.values[into + cell] = weights.reduce((sum, weight, point) => sum + weight * rows.params[four[point]], 0);
        continue;
      }
      let [amp, phase, last] = [0, 0, 0];
      weights.forEach((weight, point) => {
        const [re, im] = [rows.params[2 * four[point]], rows.params[2 * four[point] + 1]];
        const angle = Math.atan2(im, re);
        // Each phase is the turn of it nearest to the one before.
        last = point === 0 ? angle : angle - 2 * Math.PI * Math.round((angle - last) / (2 * Math.PI));
        amp += weight * Math.hypot(re, im);
        phase += weight * last;
      });
      own.values[2 * (into + cell)] = amp;
      own.values[2 * (into + cell) + 1] = phase;
    }
  }

  private resample(target: Target, ant: number, outFreqs: Float64Array): void {
    const { result } = target;
    const own = result.atTableChannels;
    const window = this.table.spectralWindows[target.tableSpw];
    if (window === undefined || window.chanFreqs.length !== own.chanCount) {
      fail('bad-data', `Window ${target.tableSpw} of the calibration table has no frequencies for its solutions.`);
    }
    const { numberCount, parCount } = result;
    const perPar = numberCount / parCount;
    const values = own.values.subarray(ant * own.chanCount * numberCount, (ant + 1) * own.chanCount * numberCount);
    const flags = own.flags.subarray(ant * own.chanCount * parCount, (ant + 1) * own.chanCount * parCount);
    const outValues = result.values.subarray(
      ant * result.chanCount * numberCount,
      (ant + 1) * result.chanCount * numberCount,
    );
    const outFlags = result.flags.subarray(ant * result.chanCount * parCount, (ant + 1) * result.chanCount * parCount);
    if (target.grid && !flags.includes(1)) {
      const { grid } = target;
      for (let number = 0; number < numberCount; number++)
        resampleOnGrid({ values, offset: number, stride: numberCount }, grid, outValues, number, numberCount);
      outFlags.fill(0);
      return;
    }
    for (let number = 0; number < numberCount; number++) {
      const par = Math.floor(number / perPar);
      const job: Resampling = {
        inFreqs: window.chanFreqs,
        outFreqs,
        values,
        offset: number,
        stride: numberCount,
        flags,
        flagOffset: par,
        flagStride: parCount,
        isPhase: perPar === 2 && number % 2 === 1,
      };
      const hasGood = resampleInto(job, this.mapping.frequency, this.scratch, outValues, number, numberCount);
      if (number % perPar !== 0) continue;
      if (hasGood && this.mapping.frequency.keepsFlags) {
        resampleFlagsInto(job, this.mapping.frequency, outFlags, par, parCount);
      } else {
        for (let chan = 0; chan < result.chanCount; chan++) outFlags[chan * parCount + par] = hasGood ? 0 : 1;
      }
    }
  }
}

/** Amplitude and phase of complex solutions between two rows; the phase goes the shorter way. */
function blendComplex(
  params: Float32Array,
  from1: number,
  from2: number,
  cells: number,
  fraction: number,
  into: Float32Array,
  intoOffset: number,
): void {
  for (let cell = 0; cell < cells; cell++) {
    const re1 = params[2 * (from1 + cell)];
    const im1 = params[2 * (from1 + cell) + 1];
    let amp = Math.sqrt(re1 * re1 + im1 * im1);
    let phase = Math.atan2(im1, re1);
    if (fraction !== 0) {
      const re2 = params[2 * (from2 + cell)];
      const im2 = params[2 * (from2 + cell) + 1];
      let turn = Math.atan2(im2, re2) - phase;
      if (turn > Math.PI) turn -= 2 * Math.PI;
      else if (turn < -Math.PI) turn += 2 * Math.PI;
      amp += (Math.sqrt(re2 * re2 + im2 * im2) - amp) * fraction;
      phase += turn * fraction;
    }
    into[intoOffset + 2 * cell] = amp;
    into[intoOffset + 2 * cell + 1] = phase;
  }
}
