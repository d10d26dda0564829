import {
  createTable,
  isTable,
  openTable,
  type StorageManagerDescription,
  scalarKeyword,
  type Table,
  type TableDescription,
  type TableMode,
  tableKeyword,
} from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { MAIN_COLUMNS, OPTIONAL_MAIN_COLUMNS, SUBTABLE_COLUMNS } from './schema.ts';
import { parseColumns } from './schema-notation.ts';

/** An open MeasurementSet: its MAIN table and, opened when first asked for, its subtables. */
export interface MeasurementSet {
  /** Directory of the MS. */
  readonly path: string;
  readonly mode: TableMode;
  readonly main: Table;
  /** Names of the tables that MAIN's keywords link to and that are on disk, in keyword order. */
  readonly subtableNames: readonly string[];
  hasSubtable(name: string): boolean;
  /** The subtable in the MS's own mode, opened once; @throws missing */
  subtable(name: string): Table;
  /** Creates and links a subtable of the MeasurementSet schema; @throws exists */
  addSubtable(name: string): Table;
  /** Links a table that was made in the MS's directory under this name. */
  linkSubtable(name: string): void;
  flush(): void;
  /** Flushes and closes MAIN and every opened subtable. */
  close(): void;
}

export interface CreateMsOptions {
  /** Visibility columns of MAIN; default ['DATA']. */
  readonly dataColumns?: readonly string[];
  readonly withWeightSpectrum?: boolean;
  readonly rowCount?: number;
  /** Subtables to make; default: all of the schema. */
  readonly subtables?: readonly string[];
  /** Channels and correlations of the widest spectral window: the tiles are laid out for it. Default 64 and 2. */
  readonly widest?: { readonly chanCount: number; readonly corrCount: number };
  /** Storage managers of visibility columns that do not lie in tiles. */
  readonly dataManagers?: readonly StorageManagerDescription[];
  /** Memory for the tiles, or for the buckets, of each column of MAIN; few buckets do for who writes rows in their order. */
  readonly cacheBytes?: { readonly tiles: number; readonly buckets: number };
}

const INCREMENTAL = [
  'ARRAY_ID',
  'EXPOSURE',
  'FEED1',
  'FEED2',
  'FIELD_ID',
  'INTERVAL',
  'OBSERVATION_ID',
  'PROCESSOR_ID',
  'SCAN_NUMBER',
  'STATE_ID',
  'TIME',
  'TIME_CENTROID',
];
const TILED_NAMES: Readonly<Record<string, string>> = {
  DATA: 'TiledDATA',
  CORRECTED_DATA: 'CorrectedTiled',
  MODEL_DATA: 'ModelTiled',
  FLOAT_DATA: 'TiledFLOAT_DATA',
  WEIGHT_SPECTRUM: 'TiledWgtSpectrum',
  SIGMA_SPECTRUM: 'TiledSigmaSpectrum',
};
/** Columns of subtables that CASA keeps in a second storage manager. */
const SECOND_GROUPS: Readonly<Record<string, readonly [name: string, columns: readonly string[]]>> = {
  FEED: ['feed standard manager', ['FOCUS_LENGTH']],
  FIELD: [
    'field standard manager',
    ['DELAY_DIR', 'DelayDir_Ref', 'PHASE_DIR', 'PhaseDir_Ref', 'REFERENCE_DIR', 'RefDir_Ref'],
  ],
  SOURCE: ['source table col st man', ['POSITION', 'REST_FREQUENCY', 'SYSVEL', 'TRANSITION']],
  SPECTRAL_WINDOW: [
    'SpW optional column Standard Manager',
    ['ASSOC_NATURE', 'ASSOC_SPW_ID', 'BBC_NO', 'SDM_CORR_BIT', 'SDM_NUM_BIN', 'SDM_WINDOW_FUNCTION'],
  ],
};
const TILE_ELEMENTS = 131_072;
const INFO_README = 'This is a MeasurementSet Table holding measurements from a Telescope\n';

/**
 * Creates an empty MeasurementSet with CASA's columns, keywords and storage managers, open for update.
 *
 * @param path directory to make; the caller stages it (see `writeWhole`)
 * @throws exists when something is there
 */
export function createMs(path: string, options: CreateMsOptions = {}): MeasurementSet {
  if (disk().exists(path))
    fail('exists', 'The output exists already; remove it or choose another name.', { file: path });
  const main = createTable(path, mainDescription(options), options.rowCount ?? 0);
  const opened = new Map<string, Table>();
  const ms = assemble(path, 'update', main, opened);
  main.setKeyword('MS_VERSION', scalarKeyword('Float', 2));
  for (const name of options.subtables ?? Object.keys(SUBTABLE_COLUMNS)) ms.addSubtable(name);
  return ms;
}

/**
 * Opens a MeasurementSet.
 *
 * @throws missing when there is no table at `path`; bad-format when it is not a MeasurementSet
 */
export function openMs(path: string, mode: TableMode = 'read'): MeasurementSet {
  if (!disk().exists(path)) fail('missing', 'There is no MeasurementSet of this name.', { file: path });
  if (!isTable(path)) fail('bad-format', 'This is not a casacore table.', { file: path });
  const main = openTable(path, mode);
  if (!main.hasColumn('DATA_DESC_ID') || !main.keywords.has('SPECTRAL_WINDOW')) {
    main.close();
    fail('bad-format', 'This table is not a MeasurementSet.', { file: path });
  }
  return assemble(path, mode, main, new Map());
}

function assemble(path: string, mode: TableMode, main: Table, opened: Map<string, Table>): MeasurementSet {
  // Of a reference table, as tb.query(name=…) leaves it, the subtables are those of the MeasurementSet that it names.
  const placeOf = (name: string) => {
    const keyword = main.keywords.get(name);
    return keyword?.type === 'Table' ? [joinPath(path, name), keyword.path].find(isTable) : undefined;
  };
  const has = (name: string) => opened.has(name) || placeOf(name) !== undefined;
  return {
    path,
    mode,
    main,
    get subtableNames() {
      return [...main.keywords.keys()].filter(has);
    },
    hasSubtable: has,
    subtable(name) {
      let table = opened.get(name);
      if (!table) {
        const place = placeOf(name) ?? fail('missing', `The MeasurementSet has no subtable ${name}.`, { file: path });
        table = openTable(place, mode);
        opened.set(name, table);
      }
      return table;
    },
    addSubtable(name) {
      if (has(name)) fail('exists', `The MeasurementSet has a subtable ${name} already.`, { file: path });
      const at = joinPath(path, name);
      const table = createTable(at, subtableDescription(name), 0);
      main.setKeyword(name, tableKeyword(at));
      opened.set(name, table);
      return table;
    },
    linkSubtable(name) {
      main.setKeyword(name, tableKeyword(joinPath(path, name)));
    },
    flush() {
      for (const table of opened.values()) table.flush();
      main.flush();
    },
    close() {
      for (const table of opened.values()) table.close();
      opened.clear();
      main.close();
    },
  };
}

/** Description of a subtable of the schema, as CASA's importasdm makes it; @throws internal for a name not in the schema */
export function subtableDescription(name: string): TableDescription {
  const text = SUBTABLE_COLUMNS[name] ?? fail('internal', `The schema has no subtable ${name}.`);
  const columns = parseColumns(text);
  const [groupName, group] = SECOND_GROUPS[name] ?? ['', []];
  const first = columns.map((column) => column.name).filter((column) => !group.includes(column));
  const storageManagers: StorageManagerDescription[] = [
    { type: 'StandardStMan', name: 'StandardStMan', columns: first },
  ];
  if (group.length > 0) storageManagers.push({ type: 'StandardStMan', name: groupName, columns: group });
  return { columns, storageManagers };
}

function mainDescription(options: CreateMsOptions): TableDescription {
  const dataColumns = [...(options.dataColumns ?? ['DATA'])];
  if (options.withWeightSpectrum) dataColumns.push('WEIGHT_SPECTRUM');
  const { chanCount, corrCount } = options.widest ?? { chanCount: 64, corrCount: 2 };
  const optional = dataColumns.map((name) => parseColumns(OPTIONAL_MAIN_COLUMNS[name] ?? fail('internal', name))[0]);
  const storageManagers: StorageManagerDescription[] = [
    ...INCREMENTAL.map((name) => ({
      type: 'IncrementalStMan' as const,
      name: name === 'ARRAY_ID' ? 'Array_ID' : name,
      columns: [name],
      bucketBytes: 32_768,
    })),
    { type: 'StandardStMan', name: 'FLAG_ROW', columns: ['FLAG_ROW'], bucketBytes: 8192 },
    ...['ANTENNA1', 'ANTENNA2', 'DATA_DESC_ID'].map((name) => ({
      type: 'StandardStMan' as const,
      name,
      columns: [name],
      bucketBytes: 32_768,
    })),
    ...dataColumns.map(
      (name) =>
        options.dataManagers?.find(({ columns }) => columns.includes(name)) ?? tiledManager(name, chanCount, corrCount),
    ),
    shaped('TiledFlagCategory', 'FLAG_CATEGORY', [tileRows(chanCount, corrCount, 1), 1, chanCount, corrCount]),
    { type: 'TiledColumnStMan', name: 'TiledUVW', columns: ['UVW'], tileShape: [Math.floor(TILE_ELEMENTS / 3), 3] },
    shaped('TiledFlag', 'FLAG', [tileRows(chanCount, corrCount, 8), chanCount, corrCount]),
    shaped('TiledWgt', 'WEIGHT', [Math.floor(TILE_ELEMENTS / corrCount), corrCount]),
    shaped('TiledSigma', 'SIGMA', [Math.floor(TILE_ELEMENTS / corrCount), corrCount]),
  ];
  return {
    columns: [...parseColumns(MAIN_COLUMNS), ...optional],
    storageManagers: storageManagers.map((manager) => ({
      ...manager,
      cacheBytes: options.cacheBytes?.[manager.type.startsWith('Tiled') ? 'tiles' : 'buckets'],
    })),
    info: { type: 'Measurement Set', subType: '', readme: INFO_README },
  };
}

function shaped(name: string, column: string, tileShape: number[]): StorageManagerDescription {
  return { type: 'TiledShapeStMan', name, columns: [column], tileShape };
}

/** Storage of one visibility-shaped column: tiles of 1 MiB of complex values that span all channels, as CASA's split makes them. */
export function tiledManager(column: string, chanCount: number, corrCount: number): StorageManagerDescription {
  return shaped(TILED_NAMES[column] ?? `Tiled${column}`, column, [
    tileRows(chanCount, corrCount, 1),
    chanCount,
    corrCount,
  ]);
}

function tileRows(chanCount: number, corrCount: number, factor: number): number {
  return Math.max(1, Math.floor((TILE_ELEMENTS * factor) / (chanCount * corrCount)));
}
