import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm } from '../../formats/asdm/index.ts';
import type { Scan } from './scan-selection.ts';
import { appendRows, type RowCells } from './table-rows.ts';

interface State {
  readonly sig: boolean;
  readonly ref: boolean;
  readonly subscan: number;
  readonly obsMode: string;
}

/**
 * STATE rows as importasdm makes them: for each Main row one for every ASDM State, unless an equal one is there; the Main row
 * points at the last of them.
 */
export class StateRows {
  private readonly rows: State[] = [];
  private readonly index = new Map<string, number>();
  private readonly asdmStates: { readonly sig: boolean; readonly ref: boolean }[];
  private readonly subscanIntents: Map<string, string>;
  private readonly intents: Map<string, readonly string[]>;

  constructor(asdm: Asdm, scans: readonly Scan[]) {
    this.asdmStates = [...asdm.table('State').rows()].map((row) => ({ sig: row.bool('sig'), ref: row.bool('ref') }));
    this.subscanIntents = new Map(
      [...asdm.table('Subscan').rows()].map((row) => [
        `${row.id('execBlockId')} ${row.number('scanNumber')} ${row.number('subscanNumber')}`,
        row.text('subscanIntent').trim(),
      ]),
    );
    this.intents = new Map(scans.map((scan) => [`${scan.execBlockId} ${scan.number}`, scan.intents]));
  }

  /** MS STATE_ID of a Main row; undefined when the Subscan table does not know the subscan (such rows are left out). */
  stateOf(execBlockId: number, scanNumber: number, subscanNumber: number): number | undefined {
    const subscanIntent = this.subscanIntents.get(`${execBlockId} ${scanNumber} ${subscanNumber}`);
    if (subscanIntent === undefined) return undefined;
    const intents = this.intents.get(`${execBlockId} ${scanNumber}`) ?? [];
    const obsMode = intents.map((intent) => `${intent.trim()}#${subscanIntent}`).join(',');
    let last = -1;
    for (const { sig, ref } of this.asdmStates) last = this.add({ sig, ref, subscan: subscanNumber, obsMode });
    return last;
  }

  private add(state: State): number {
    const key = JSON.stringify(state);
    const known = this.index.get(key);
    if (known !== undefined) return known;
    this.index.set(key, this.rows.length);
    return this.rows.push(state) - 1;
  }

  fill(ms: MeasurementSet): void {
    appendRows(
      ms.subtable('STATE'),
      this.rows.map(
        ({ sig, ref, subscan, obsMode }): RowCells => ({
          CAL: 0,
          LOAD: 0,
          OBS_MODE: obsMode,
          REF: ref,
          SIG: sig,
          SUB_SCAN: subscan,
        }),
      ),
    );
  }
}
