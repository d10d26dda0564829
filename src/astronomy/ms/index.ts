export * from './antenna-selection.ts';
export {
  ROWS_PER_STEP,
  type RowStep,
  readArray,
  readNumbers,
  readTextArray,
  readTexts,
  stepRows,
  stepRuns,
} from './columns.ts';
export { parseCorrelation } from './correlation-selection.ts';
export {
  type FieldDirections,
  type FieldInfo,
  type FieldMotion,
  fieldDirection,
  fieldRecession,
  followedDirection,
  isPlaced,
} from './fields.ts';
export { appendHistory, appendMessages, type HistoryMessage } from './history.ts';
export { parseIntent } from './intent-selection.ts';
export { formatListobs, type ListingOptions, type ListobsOptions, listedRows, listobs } from './listobs.ts';
export * from './measurement-set.ts';
export * from './metadata.ts';
export { MAIN_COLUMNS, OPTIONAL_MAIN_COLUMNS, SUBTABLE_COLUMNS } from './schema.ts';
export { parseColumns } from './schema-notation.ts';
export * from './selection.ts';
export * from './selection-text.ts';
export * from './spw-selection.ts';
export * from './table-copy.ts';
export * from './time-selection.ts';
