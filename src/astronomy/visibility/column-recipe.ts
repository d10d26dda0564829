import { scalarKeyword } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { MeasurementSet, MsMetadata } from '../ms/index.ts';
import type { DataColumn, VisibilityChunk } from './types.ts';

/** Keyword of MAIN that tells how CORRECTED_DATA, which is not stored, follows from DATA. CASA passes over it. */
const KEYWORD = 'CORRECTED_DATA_RECIPE';

/** Makes a column when it is asked for instead of storing it. */
export interface ColumnRecipe {
  /** @param data DATA of the chunk's rows, which becomes CORRECTED_DATA in place; the chunk itself stays */
  apply(chunk: VisibilityChunk, data: Float32Array): void;
  /** Gives kernel memory back. */
  release(): void;
}

type RecipeOpener = (ms: MeasurementSet, metadata: MsMetadata, text: string) => ColumnRecipe;
let opener: RecipeOpener | undefined;

/** Says who reads recipes; the room that writes them does, when it is loaded. */
export function registerRecipes(open: RecipeOpener): void {
  opener = open;
}

/** The recipe of CORRECTED_DATA; undefined when the MS has none. */
export function recipeOf(ms: MeasurementSet): string | undefined {
  const keyword = ms.main.keywords.get(KEYWORD);
  return keyword && 'value' in keyword && typeof keyword.value === 'string' ? keyword.value : undefined;
}

/** Attaches a recipe to an MS without CORRECTED_DATA. */
export function attachRecipe(ms: MeasurementSet, text: string): void {
  ms.main.setKeyword(KEYWORD, scalarKeyword('String', text));
}

export function removeRecipe(ms: MeasurementSet): void {
  if (recipeOf(ms) !== undefined) ms.main.removeKeyword(KEYWORD);
}

/** True when a visibility column can be read: it is stored, or a recipe makes it. */
export function hasDataColumn(ms: MeasurementSet, name: DataColumn): boolean {
  return ms.main.hasColumn(name) || (name === 'CORRECTED_DATA' && recipeOf(ms) !== undefined);
}

/** The recipe for a column that is not stored. @throws missing when there is neither */
export function openRecipe(ms: MeasurementSet, metadata: MsMetadata, name: DataColumn): ColumnRecipe | undefined {
  if (ms.main.hasColumn(name)) return undefined;
  const text = name === 'CORRECTED_DATA' ? recipeOf(ms) : undefined;
  if (text === undefined || !opener) return fail('missing', `There is no column ${name}.`, { file: ms.path });
  return opener(ms, metadata, text);
}
