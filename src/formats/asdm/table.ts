import { fail, type Issue } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import { binaryRows } from './binary-rows.ts';
import { type AsdmColumn, ColumnBuilder } from './columns.ts';
import { AsdmRow, type DecodedRow } from './row.ts';
import { type ColumnSchema, type TableSchema, tableSchemas, unknownColumn } from './schema.ts';
import type { AsdmValue } from './values.ts';
import { type XmlTableHead, xmlRows } from './xml-rows.ts';

/** A table above this size keeps only the columns that were asked for. */
const WHOLE_TABLE_BYTES = 1 << 24;

/** Where a table's rows are. */
export interface TableFile {
  readonly kind: 'xml' | 'binary';
  readonly path: string;
}

/** One table of an ASDM, read from its file when first needed. */
export class AsdmTable {
  readonly name: string;
  readonly schema: TableSchema;
  /** Undefined for a table without a file: it has no rows. */
  readonly file: TableFile | undefined;
  /** Rows that the container ASDM.xml announces, if it names the table. */
  readonly announcedRowCount: number | undefined;
  /** What was odd while reading: unknown columns, words and table, required columns that lack, a row count that differs. */
  readonly issues: Issue[] = [];
  private readonly loaded = new Map<string, AsdmColumn>();
  private isWhole = false;
  private count: number | undefined;

  constructor(schema: TableSchema, file: TableFile | undefined, announcedRowCount: number | undefined) {
    this.name = schema.name;
    this.schema = schema;
    this.file = file;
    this.announcedRowCount = announcedRowCount;
    if (!file && (announcedRowCount ?? 0) > 0) {
      this.note('missing-table-file', `ASDM.xml announces ${announcedRowCount} rows but the table has no file.`);
    }
    if (!tableSchemas.has(schema.name))
      this.note('unknown-table', 'The data model has no such table; its cells are text.');
  }

  get rowCount(): number {
    if (this.count === undefined) this.columns();
    return this.count ?? 0;
  }

  /** Names of the columns that at least one row has, in stored order. */
  get columnNames(): string[] {
    this.columns();
    return [...this.loaded.keys()];
  }

  hasColumn(name: string): boolean {
    return this.columns([name]).has(name);
  }

  /**
   * One column; a column that no row has but the data model knows is all absent.
   *
   * @throws missing when neither the file nor the data model knows the column
   */
  column(name: string): AsdmColumn {
    const found = this.columns([name]).get(name);
    if (found) return found;
    const schema = this.schema.columns.get(name);
    if (!schema) {
      return fail('missing', `The table ${this.name} has no column ${name}.`, {
        file: this.file?.path,
        table: this.name,
      });
    }
    return new ColumnBuilder(schema, { table: this.name }).finish(this.rowCount);
  }

  /**
   * Columns in one pass over the file; a small table is read whole, once.
   *
   * @param names columns to keep; all when left out
   */
  columns(names?: readonly string[]): ReadonlyMap<string, AsdmColumn> {
    if (!this.isWhole && !(names && this.count !== undefined && names.every((name) => this.loaded.has(name)))) {
      const size = this.file ? (disk().info(this.file.path)?.size ?? 0) : 0;
      this.load(size <= WHOLE_TABLE_BYTES ? undefined : names);
    }
    return this.loaded;
  }

  /** Rows one after another straight from the file; nothing is kept. */
  *rows(): Generator<AsdmRow> {
    const place = { file: this.file?.path, table: this.name };
    let index = 0;
    for (const decoded of this.decodedRows()) yield new AsdmRow(decoded.values, index++, place);
  }

  /** The rows are those of a binary file (Table.bin), not of XML. */
  get isBinary(): boolean {
    return this.file?.kind === 'binary';
  }

  private load(names: readonly string[] | undefined): void {
    const builders = new Map<string, ColumnBuilder>();
    const wanted = names && new Set(names);
    let index = 0;
    for (const { values } of this.decodedRows()) {
      for (const name in values) {
        if (wanted && !wanted.has(name)) continue;
        let builder = builders.get(name);
        if (!builder) {
          const schema = this.schema.columns.get(name) ?? unknownColumn(name);
          builder = new ColumnBuilder(schema, { file: this.file?.path, table: this.name });
          builders.set(name, builder);
        }
        builder.append(values[name], index);
      }
      index++;
    }
    for (const [name, builder] of builders) this.loaded.set(name, builder.finish(index));
    const isFirst = this.count === undefined;
    this.count = index;
    this.isWhole = names === undefined;
    if (isFirst) this.noteCount();
    if (this.isWhole) this.noteColumns();
  }

  private *decodedRows(): Generator<DecodedRow> {
    if (!this.file) return;
    const source = disk().open(this.file.path);
    const rows =
      this.file.kind === 'binary'
        ? binaryRows(source, this.schema)
        : xmlRows(source, this.schema, (head) => this.checkHead(head));
    try {
      for (const row of rows) {
        this.noteUnknown(row.values);
        yield row;
      }
    } finally {
      source.close();
    }
  }

  /** Columns and words that the data model does not know are kept, and told once. */
  private noteUnknown(values: DecodedRow['values']): void {
    for (const name in values) {
      const column = this.schema.columns.get(name);
      if (!column) {
        if (this.schema.columns.size > 0)
          this.note('unknown-column', `The column ${name} is unknown and kept as text.`);
      } else if (column.words) this.noteWords(column, column.words, values[name]);
    }
  }

  private noteWords({ name }: ColumnSchema, words: ReadonlySet<string>, value: AsdmValue): void {
    const isArray = typeof value === 'object' && 'values' in value;
    for (const word of isArray ? (value.values as string[]) : [value as string]) {
      if (!words.has(word))
        this.note('unknown-word', `${name} is "${word}", a word that the data model does not have.`);
    }
  }

  private checkHead(head: XmlTableHead): void {
    if (head.root !== `${this.name}Table`) {
      fail('bad-format', `The file should hold a ${this.name}Table but holds <${head.root}>.`, {
        file: this.file?.path,
        table: this.name,
      });
    }
  }

  private noteCount(): void {
    if (this.file && this.announcedRowCount !== undefined && this.announcedRowCount !== this.count) {
      this.note('row-count', 'ASDM.xml announces another number of rows than the table has.', {
        found: String(this.count),
        expected: String(this.announcedRowCount),
      });
    }
  }

  private noteColumns(): void {
    for (const [name, column] of this.loaded) {
      if (!column.schema.isOptional && column.present.includes(0)) {
        this.note('absent-cell', `Some rows lack the required column ${name}.`);
      }
    }
    if (this.count === 0) return;
    for (const column of this.schema.columns.values()) {
      if (!column.isOptional && !this.loaded.has(column.name)) {
        this.note('absent-column', `The required column ${column.name} is absent.`);
      }
    }
  }

  private note(code: string, message: string, more: Partial<Issue> = {}): void {
    const path = this.file?.path ?? this.name;
    if (!this.issues.some((issue) => issue.code === code && issue.message === message)) {
      this.issues.push({ code, severity: 'warning', path, message, ...more });
    }
  }
}
