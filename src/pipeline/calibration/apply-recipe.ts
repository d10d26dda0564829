import { type MeasurementSet, type MsMetadata, selectRows } from '../../astronomy/ms/index.ts';
import {
  attachRecipe,
  type ColumnRecipe,
  recipeOf,
  registerRecipes,
  type VisibilityChunk,
} from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { directoryName } from '../../foundation/bytes/index.ts';
import { type ApplicationOptions, applicationSelection, gainTables } from './apply-options.ts';
import { createJonesChain, type JonesChain } from './jones-chain.ts';

/** One applycal whose data were not written. */
interface Application {
  /** Directory that the names of tables are taken from; '': that of the MS. */
  readonly directory: string;
  readonly options: ApplicationOptions;
}

/** Notes an applycal in the MS's recipe for CORRECTED_DATA; a later one wins where rows are in both. */
export function recordApplication(ms: MeasurementSet, cwd: string, options: ApplicationOptions): void {
  const text = recipeOf(ms);
  const entries = text === undefined ? [] : parse(ms, text);
  const directory = cwd === directoryName(ms.path) ? '' : cwd;
  attachRecipe(ms, JSON.stringify([...entries, { directory, options }]));
}

function parse(ms: MeasurementSet, text: string): Application[] {
  try {
    return JSON.parse(text) as Application[];
  } catch (error) {
    return fail('bad-format', 'The recipe of CORRECTED_DATA cannot be read.', { file: ms.path }, error);
  }
}

function open(ms: MeasurementSet, metadata: MsMetadata, text: string): ColumnRecipe {
  const entries = parse(ms, text);
  /** 0: DATA as it is; k + 1: the k-th application, [row] */
  const applied = new Uint8Array(ms.main.rowCount);
  if (entries.length > 255) fail('unsupported', 'CORRECTED_DATA follows from more than 255 applications.');
  entries.forEach(({ options }, index) => {
    for (const row of selectRows(ms, applicationSelection(options), { metadata }).rows) applied[row] = index + 1;
  });
  const chains = new Map<number, JonesChain>();
  const chainOf = (number: number) => {
    let chain = chains.get(number);
    if (!chain) {
      const { directory, options } = entries[number - 1];
      chain = createJonesChain(metadata, gainTables(directory || directoryName(ms.path), options));
      chains.set(number, chain);
    }
    return chain;
  };
  return {
    apply(chunk, data) {
      for (let first = 0; first < chunk.rowCount; ) {
        const number = applied[chunk.rows[first]];
        let end = first + 1;
        while (end < chunk.rowCount && applied[chunk.rows[end]] === number && isSameInstant(chunk, first, end)) end++;
        if (number > 0) chainOf(number).correctRows(chunk, data, first, end);
        first = end;
      }
    },
    release() {
      for (const chain of chains.values()) chain.release();
      chains.clear();
    },
  };
}

function isSameInstant(chunk: VisibilityChunk, one: number, other: number): boolean {
  return (
    chunk.time[one] === chunk.time[other] &&
    chunk.fieldId[one] === chunk.fieldId[other] &&
    chunk.observationId[one] === chunk.observationId[other]
  );
}

registerRecipes(open);
