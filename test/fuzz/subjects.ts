import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { autoLayout, crossLayout, flagLayout, openAsdm, openBdf } from '../../src/formats/asdm/index.ts';
import { checkFits, createFitsImage, FitsHeader, openFitsImage, real } from '../../src/formats/fits/index.ts';
import { openTable, queryRows } from '../../src/formats/tables/index.ts';
import { writeSmallAsdm } from '../pipeline/ingest/small-asdm.ts';

/** Runs a reading step; a typed error is noted, so that the next step is still tried. */
export type Attempt = (act: () => void) => void;

/** Something to damage: files in a folder, and a reader that goes through all of them. */
export interface Subject {
  readonly name: string;
  /** Files below the folder that are damaged. */
  readonly files: readonly string[];
  readonly folder: string;
  read(attempt: Attempt): void;
}

/** The formats that are read from strangers, whole and ready in `folder`. */
export function makeSubjects(folder: string, fixtures: string): Subject[] {
  const small = join(folder, 'small');
  writeSmallAsdm(small);
  const big = join(folder, 'big');
  writeSmallAsdm(big, { isLittleEndian: false, crossType: 'int32', hasEphemeris: true });
  return [
    ...['little', 'big', 'chosen'].map((order) => tableSubject(folder, fixtures, order)),
    asdmSubject('ASDM, little-endian', small),
    asdmSubject('ASDM, big-endian', big),
    bdfSubject('BDF, little-endian', small),
    bdfSubject('BDF, big-endian', big),
    fitsSubject(folder),
  ];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function tableSubject(folder: string, fixtures: string, order: string): Subject {
  const path = join(folder, `${order}.tab`);
  for (const name of [`${order}.tab`, 'little.tab'])
    cpSync(join(fixtures, name), join(folder, name), { recursive: true });
  const files = filesBelow(path).filter((file) => !/table\.(info|lock)$/.test(file));
  const read = (attempt: Attempt) =>
    attempt(() => {
      const table = openTable(path);
      const rows = Math.min(table.rowCount, 40);
      for (const name of table.columnNames) {
        attempt(() => {
          const column = table.column(name);
          for (let row = 0; row < rows; row++) if (column.isDefined(row)) column.get(row);
          if (column.description.kind === 'scalar') column.getRange(0, rows);
        });
      }
      if (table.rowCount <= 1000) attempt(() => void queryRows(table, 'ROWNUMBER() < 3'));
      table.close();
    });
  return { name: `table, ${order}`, folder: path, files, read };
}

function asdmSubject(name: string, path: string): Subject {
  const files = filesBelow(path).filter((file) => !file.startsWith('ASDMBinary'));
  const read = (attempt: Attempt) =>
    attempt(() => {
      const asdm = openAsdm(path);
      for (const tableName of asdm.tableNames) {
        attempt(() => {
          let rows = 0;
          for (const row of asdm.table(tableName).rows()) rows += Number(row !== undefined);
          const table = asdm.table(tableName);
          if (rows > 0 && table.hasColumn('time')) table.column('time');
        });
      }
    });
  return { name, folder: path, files, read };
}

function bdfSubject(name: string, path: string): Subject {
  const folder = join(path, 'ASDMBinary');
  const files = filesBelow(folder);
  const read = (attempt: Attempt) => {
    for (const file of files) {
      attempt(() => {
        const bdf = openBdf(join(folder, file));
        try {
          crossLayout(bdf.header, bdf.name);
          autoLayout(bdf.header, bdf.name);
          flagLayout(bdf.header);
          for (const subset of bdf.subsets()) for (const part of Object.values(subset.parts)) bdf.read(part);
        } finally {
          bdf.close();
        }
      });
    }
  };
  return { name, folder, files, read };
}

function fitsSubject(parent: string): Subject {
  const folder = join(parent, 'fits');
  cpSync(join(parent, 'little.tab'), folder, { recursive: true }); // makes the folder
  const file = 'cube.fits';
  const path = join(folder, file);
  const header = new FitsHeader()
    .add('BUNIT', 'Jy/beam')
    .add('CRVAL1', real(230e9))
    .add('OBSERVER', `O'Brien ${'x'.repeat(90)}`)
    .addText('HISTORY', 'made here');
  const writer = createFitsImage(path, [1, 2, 3, 5], header);
  for (const plane of [0, 1]) writer.writePlane(Float32Array.from({ length: 15 }, (_, k) => plane * 100 + k / 3));
  const columns = [
    { name: 'BMAJ', format: '1E', unit: 'arcsec', values: [0.5, 0.25] },
    { name: 'LABEL', format: '6A', values: ['one', 'two'] },
  ];
  writer.writeTable({ name: 'BEAMS', rowCount: 2, columns });
  writer.close();
  const read = (attempt: Attempt) => {
    attempt(() => void checkFits(path));
    attempt(() => {
      const image = openFitsImage(path);
      const planes = image.shape.slice(0, -2).reduce((product, length) => product * length, 1);
      for (let plane = 0; plane < Math.min(planes, 4); plane++) attempt(() => void image.readPlane(plane));
      attempt(() => void image.table('BEAMS'));
      image.close();
    });
  };
  return { name: 'FITS', folder, files: [file], read };
}
