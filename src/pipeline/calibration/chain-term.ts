import { azEl, uvwRotation } from '../../astronomy/measures/index.ts';
import { fieldDirection, type MsMetadata } from '../../astronomy/ms/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { type CalTable, numbersPerCell } from './caltable.ts';
import { parseFrequencyMethod } from './frequency-interpolation.ts';
import { matchFields, nearestFields, windowMap } from './gain-mapping.ts';
import { type Spot, type TermGains, type TermKind, type TermSurroundings, termKind } from './jones-terms.ts';
import { type Interpolated, SolutionInterpolator } from './solution-interpolator.ts';
import { parseTimeMethod } from './time-interpolation.ts';

/** A calibration table and how it is to be applied; the words are those of CASA's applycal. */
export interface GainTable {
  /** Path, or a table in memory. */
  readonly table: string | CalTable;
  /** What logs call it; default: the path. */
  readonly name?: string;
  /** "time,frequency", e.g. "linear", "linearPD", "nearest,linearflag"; default "linear,linear". */
  readonly interp?: string;
  /** Window of the table for each window of the data; one entry serves all; [] or [-1]: the same number. */
  readonly spwmap?: readonly number[];
  /** Fields of the table: a selection, '' for all, or 'nearest'. */
  readonly gainfield?: string;
  /** Weights are scaled with the gains; default true. */
  readonly calwt?: boolean;
}

interface WindowState {
  readonly gains: TermGains;
  last: Interpolated | undefined;
  hasBad: boolean;
}

/** One calibration table in a chain: interpolates its solutions and turns them into gains. */
export class ChainTerm {
  readonly table: CalTable;
  readonly path: string;
  /** What logs call the table. */
  readonly name: string;
  readonly kind: TermKind;
  readonly interp: string;
  readonly spwmap: readonly number[];
  readonly changesWeights: boolean;
  private readonly interpolator: SolutionInterpolator;
  private readonly around: TermSurroundings;
  private readonly antennaCount: number;
  private readonly windows = new Map<number, WindowState>();

  /** @param unchosen channels of the data that are left out, by window */
  constructor(
    metadata: MsMetadata,
    table: CalTable,
    options: GainTable,
    unchosen: ReadonlyMap<number, ReadonlySet<number>> = new Map(),
  ) {
    this.table = table;
    this.path = typeof options.table === 'string' ? options.table : table.msName;
    this.name = options.name ?? this.path;
    this.kind = termKind(table, this.path);
    this.antennaCount = metadata.antennas.length;
    const [timeText, frequencyText = ''] = (options.interp ?? '').split(',').map((word) => word.trim());
    this.interp = options.interp || 'linear';
    const time = parseTimeMethod(timeText);
    if (time.phaseDelay && numbersPerCell(table) === 1) refusePhaseDelay(timeText, this.path);
    this.spwmap = this.kind.servesAllWindows ? [0] : (options.spwmap ?? []);
    this.changesWeights = (options.calwt ?? true) && !this.kind.keepsWeights;
    const gainfield = options.gainfield ?? '';
    const isNearest = gainfield === 'nearest';
    const spwMap = windowMap(this.spwmap, metadata.spectralWindows.length, table, this.path);
    this.interpolator = new SolutionInterpolator(table, {
      time,
      frequency: parseFrequencyMethod(frequencyText),
      spwMap,
      phaseFactors:
        time.phaseDelay && !this.kind.isResampled ? phaseFactors(metadata, table, spwMap, unchosen) : undefined,
      fields: isNearest || gainfield === '' ? undefined : matchFields(gainfield, table, this.path),
      fieldMap: isNearest ? nearestFields(metadata.fields, table) : undefined,
      antennaCount: this.antennaCount,
    });
    // As CASA: with one window for all, spwmap=[0], delays turn about the middle of each window; with a map, about that of the mapped.
    const isOneForAll = this.spwmap.length === 1 && this.spwmap[0] >= 0;
    const pivotOf = (spwId: number) => (isOneForAll ? spwId : this.interpolator.tableWindow(spwId));
    this.around = surroundings(metadata, table, pivotOf);
  }

  hasSolutions(spwId: number): boolean {
    return this.interpolator.hasSolutions(spwId);
  }

  /** Computes the gains for a place and time; true when they differ from the last ones of that window. */
  moveTo(spot: Spot): boolean {
    const { result, isChanged } = this.interpolator.at(
      spot.spwId,
      spot.fieldId,
      spot.observationId,
      spot.time,
      this.kind.isResampled ? spot.chanFreqs : undefined,
    );
    const state = this.windowState(spot);
    if (!isChanged && state.last === result && !this.kind.followsTime) return false;
    state.last = result;
    this.kind.fill(result, spot, this.around, state.gains);
    state.hasBad = state.gains.bad.includes(1);
    return true;
  }

  /** Gains of the last {@link moveTo} in a window. */
  gains(spwId: number): TermGains {
    return this.windows.get(spwId)?.gains ?? fail('internal', 'Gains were asked for before a time was set.');
  }

  hasBad(spwId: number): boolean {
    return this.windows.get(spwId)?.hasBad ?? false;
  }

  private windowState(spot: Spot): WindowState {
    let state = this.windows.get(spot.spwId);
    if (!state) {
      const chanCount = this.kind.hasChannels ? spot.chanFreqs.length : 1;
      const cells = this.antennaCount * 2;
      const gains: TermGains = {
        chanCount,
        inverse: new Float32Array(cells * chanCount * 2),
        bad: new Uint8Array(cells * chanCount),
        weight: new Float32Array(cells).fill(1),
        isUnity: new Uint8Array(this.antennaCount),
      };
      state = { gains, last: undefined, hasBad: false };
      this.windows.set(spot.spwId, state);
    }
    return state;
  }
}

function refusePhaseDelay(word: string, file: string): never {
  fail('usage', `interp "${word}" scales phases, and this calibration table has none.`, { file });
}

/**
 * Ratio of the frequency of the data to that of the solutions, by window of the data: phases of gains without channels grow
 * with it as those of a delay do (CASA 6.7, CTTimeInterp1::applyPhaseDelay). The frequency of the data is that of the middle one
 * of the chosen channels.
 */
function phaseFactors(
  metadata: MsMetadata,
  table: CalTable,
  spwMap: Int32Array,
  unchosen: ReadonlyMap<number, ReadonlySet<number>>,
): Float64Array {
  return Float64Array.from(metadata.spectralWindows, ({ chanFreqs }, spwId) => {
    const left = unchosen.get(spwId);
    const chosen = left ? Array.from(chanFreqs).filter((_, chan) => !left.has(chan)) : chanFreqs;
    const ratio = middle(chosen) / middle(table.spectralWindows[spwMap[spwId]]?.chanFreqs);
    return ratio > 0 ? ratio : 1;
  });
}

const middle = (freqs: ArrayLike<number> | undefined) => freqs?.[freqs.length >> 1] ?? Number.NaN;

/** @param pivotOf the window of the table about whose middle the delays of a window of the data turn */
function surroundings(metadata: MsMetadata, table: CalTable, pivotOf: (spwId: number) => number): TermSurroundings {
  return {
    tableReference: (spwId) => middle(table.spectralWindows[pivotOf(spwId)]?.chanFreqs) || 0,
    elevationOf(antenna, time, fieldId) {
      const [ra, dec] = fieldDirection(metadata.fields[fieldId], time);
      return azEl(time, ra, dec, metadata.antennas[antenna].position).el;
    },
    pathOfOffsets(offsets, time, fieldId) {
      const [ra, dec] = fieldDirection(metadata.fields[fieldId], time);
      const axes = uvwRotation(metadata.antennas[0].position, time, ra, dec);
      const paths = new Float64Array(offsets.length / 3);
      for (let ant = 0; ant < paths.length; ant++) {
        for (let axis = 0; axis < 3; axis++) paths[ant] += axes[6 + axis] * offsets[3 * ant + axis];
      }
      return paths;
    },
  };
}
