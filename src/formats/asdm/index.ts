export { type Asdm, openAsdm } from './asdm.ts';
export {
  type AsdmWriter,
  type AsdmWriterOptions,
  arrayCell,
  createAsdm,
  integerList,
  numberList,
  tagList,
  textList,
} from './asdm-writer.ts';
export type {
  BdfBaseband,
  BdfHeader,
  BdfPartName,
  BdfPartSpec,
  BdfSpectralWindow,
  BdfSubsetHeader,
  CrossDataType,
} from './bdf-header.ts';
export {
  autoLayout,
  autoValuesPerChannel,
  type BdfLayout,
  type BdfWindowPlace,
  baselineIndex,
  crossLayout,
  flagLayout,
} from './bdf-layout.ts';
export { type BdfPart, type BdfReader, type BdfSubset, type BdfValues, openBdf } from './bdf-reader.ts';
export { type BdfWriter, createBdf, type SubsetTimes } from './bdf-writer.ts';
export type { AsdmColumn } from './columns.ts';
export {
  formatTag,
  nsToMjdSeconds,
  parseTag,
  type Tag,
  uidFileName,
} from './identifiers.ts';
export { AsdmRow } from './row.ts';
export { type ColumnSchema, type ColumnType, type TableSchema, tableSchema, tableSchemas } from './schema.ts';
export { AsdmTable } from './table.ts';
export type { RowInput } from './table-writer.ts';
export type { ArrayTimeInterval, AsdmArray, AsdmArrayValues, AsdmValue } from './values.ts';
