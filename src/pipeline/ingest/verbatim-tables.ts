import type { MeasurementSet } from '../../astronomy/ms/index.ts';
import type { Asdm, AsdmArray, AsdmTable, AsdmValue, ColumnSchema } from '../../formats/asdm/index.ts';
import { formatTag, tableSchemas } from '../../formats/asdm/index.ts';
import {
  type ArrayValue,
  type CellValue,
  type ColumnDescription,
  createTable,
  type DataType,
  tableKeyword,
} from '../../formats/tables/index.ts';
import { type Context, fail, isQa2Error } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { appendRows, type RowCells } from './table-rows.ts';

/** Columns and tables that came after the data model of CASA 6.7; they are copied only when a row has them. */
const LATER_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  CorrelatorMode: ['correlatorSoftwareVersion'],
  DelayModel: ['centerOfArray', 'delayModelVersion', 'ionosphericDelay'],
  DelayModelVariableParameters: ['delayModelVersion'],
  ExecBlock: ['arrayName'],
  Feed: ['receiverGeneration', 'digitizerOffset'],
  SpectralWindow: [
    'numFactor',
    'numBinFactors',
    'numOrigFreqSlice',
    'originatingFrequencySlices',
    'quantizationBits',
    'numRequantStage',
    'requantization',
    'requantizationBits',
  ],
  SysPower: [
    'numChannels',
    'numPolarizationType',
    'chanFreqStart',
    'chanFreqStep',
    'switchedPowerDifferenceSpectrum',
    'switchedPowerSumSpectrum',
    'requantizerGainSpectrum',
  ],
};
const LATER_TABLES = ['Modulation', 'PostProcessing'];

/** What kind of entity a column refers to, as CASA prints references. */
const ENTITY_TYPES: Readonly<Record<string, string>> = {
  execBlockUID: 'ExecBlock',
  projectUID: 'ObsProject',
  sessionReference: 'OUSStatus',
  sbSummaryUID: 'SchedBlock',
  obsUnitSetUID: 'ObsUnitSet',
  dataUID: 'Main',
  observingScriptUID: 'ObservingScript',
};

const BATCH = 4096;

/**
 * Tables that `asis` asks for: names separated by blanks, `*` stands for any letters.
 *
 * @throws usage for a name that the data model does not know
 */
export function asisTables(asdm: Asdm, asis: string): string[] {
  const known = [...new Set([...tableSchemas.keys(), ...asdm.tableNames])].filter(
    (name) => !LATER_TABLES.includes(name) || asdm.hasTable(name),
  );
  const chosen = new Set<string>();
  for (const word of asis.split(/\s+/).filter((part) => part !== '')) {
    const pattern = new RegExp(`^${word.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`);
    const matches = known.filter((name) => pattern.test(name));
    if (matches.length === 0) fail('usage', `asis names the table "${word}", which the ASDM data model does not have.`);
    for (const name of matches) chosen.add(name);
  }
  return [...chosen].sort();
}

/** Copies ASDM tables verbatim as subtables ASDM_<NAME>: identifiers as texts, times in seconds. */
export function copyVerbatim(context: Context, ms: MeasurementSet, asdm: Asdm, names: readonly string[]): void {
  for (const name of names) {
    context.checkAbort();
    try {
      copyTable(ms, asdm.table(name));
    } catch (error) {
      // A binary table with columns that the data model lacks cannot be read, but is no reason to lose the data.
      if (!isQa2Error(error) || error.tag !== 'unsupported') throw error;
      context.log.post(`${name} is not copied: ${error.message}`, 'WARN', 'importasdm');
    }
  }
}

function copyTable(ms: MeasurementSet, source: AsdmTable): void {
  const schemas = copiedColumns(source);
  const columns = schemas.map(describeColumn);
  const name = `ASDM_${source.name.toUpperCase()}`;
  const path = joinPath(ms.path, name);
  const table = createTable(path, {
    columns,
    storageManagers: [{ type: 'StandardStMan', name: 'StandardStMan', columns: columns.map((column) => column.name) }],
  });
  try {
    let batch: RowCells[] = [];
    for (const row of source.rows()) {
      const cells: Record<string, CellValue | undefined> = {};
      for (const schema of schemas) {
        const value = row.values[schema.name];
        if (value !== undefined) cells[schema.name] = convert(value, schema);
      }
      if (batch.push(cells) === BATCH) {
        appendRows(table, batch);
        batch = [];
      }
    }
    appendRows(table, batch);
  } finally {
    table.close();
  }
  ms.main.setKeyword(name, tableKeyword(path));
}

function copiedColumns(source: AsdmTable): ColumnSchema[] {
  const later = LATER_COLUMNS[source.name] ?? [];
  const known = [...source.schema.columns.values()].filter(
    (column) => !later.includes(column.name) || source.hasColumn(column.name),
  );
  const unknown = source.file ? source.columnNames.filter((name) => !source.schema.columns.has(name)) : [];
  return [...known, ...unknown.map((name): ColumnSchema => ({ name, type: 'text', axisCount: 0, isOptional: true }))];
}

const DATA_TYPES: Readonly<Record<string, DataType>> = {
  int: 'Int',
  long: 'Int',
  float: 'Float',
  double: 'Double',
  time: 'Double',
  interval: 'Double',
  timespan: 'Double',
  bool: 'Bool',
};

function describeColumn(schema: ColumnSchema): ColumnDescription {
  const type = DATA_TYPES[schema.type] ?? 'String';
  const isArray = schema.axisCount > 0 || schema.type === 'timespan';
  return { name: schema.name, type, kind: isArray ? 'array' : 'scalar' };
}

/** Seconds as importasdm writes them into these tables: times of the MeasurementSet go by way of days. */
const seconds = (ns: bigint): number => Number(ns) / 1e9;

function convert(value: AsdmValue, schema: ColumnSchema): CellValue {
  if (typeof value === 'object' && 'shape' in value) return convertArray(value, schema);
  if (typeof value === 'object' && 'midNs' in value) {
    return {
      shape: [2],
      values: Float64Array.of(seconds(value.midNs - value.durationNs / 2n), seconds(value.durationNs)),
    };
  }
  return convertScalar(value, schema) as CellValue;
}

function convertScalar(value: AsdmValue, schema: ColumnSchema): string | number | boolean {
  if (typeof value === 'bigint')
    return schema.type === 'time' || schema.type === 'interval' ? seconds(value) : Number(value);
  if (typeof value === 'string' && schema.type === 'entity') {
    const type = ENTITY_TYPES[schema.name] ?? '';
    return `<EntityRef entityId="${value}" partId="X00000000" entityTypeName="${type}" documentVersion="1"/>`;
  }
  if (typeof value === 'object' && 'table' in value) return formatTag(value.table, value.id);
  if (Array.isArray(value)) return `${value[0]} ${value[1]}`;
  return value as string | number | boolean;
}

/** Array cells: the first ASDM axis becomes casacore's fastest, so the values are transposed. */
function convertArray(array: AsdmArray, schema: ColumnSchema): ArrayValue {
  const { values } = array;
  const width = schema.type === 'timespan' || schema.type === 'complex' ? 2 : 1;
  const order = transposedOrder(array.shape);
  const shape = [...array.shape].reverse();
  if (schema.type === 'timespan') {
    const spans = values as BigInt64Array;
    const flat = order.flatMap((at) => [seconds(spans[2 * at] - spans[2 * at + 1] / 2n), seconds(spans[2 * at + 1])]);
    return { shape: [...shape, 2], values: Float64Array.from(flat) };
  }
  if (width === 2)
    return {
      shape,
      values: order.map((at) => `${(values as Float64Array)[2 * at]} ${(values as Float64Array)[2 * at + 1]}`),
    };
  if (array.tagTable !== undefined)
    return { shape, values: order.map((at) => formatTag(array.tagTable as string, (values as Int32Array)[at])) };
  const type = DATA_TYPES[schema.type] ?? 'String';
  if (type === 'String') return { shape, values: order.map((at) => String((values as string[])[at])) };
  const numbers = order.map((at) => convertScalar(values[at] as AsdmValue, schema) as number);
  if (type === 'Double') return { shape, values: Float64Array.from(numbers) };
  if (type === 'Float') return { shape, values: Float32Array.from(numbers) };
  return { shape, values: type === 'Bool' ? Uint8Array.from(numbers) : Int32Array.from(numbers) };
}

/** Positions of the values when the axes are taken in reverse. */
function transposedOrder(shape: readonly number[]): number[] {
  const count = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 1) return Array.from({ length: count }, (_, at) => at);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const order: number[] = [];
  for (let at = 0; at < count; at++) {
    let rest = at;
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      from += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    order.push(from);
  }
  return order;
}
