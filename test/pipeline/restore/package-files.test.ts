import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { listTarMembers, writeTgz } from '../../../src/foundation/bytes/index.ts';
import { type RestoreTasks, restorePackage } from '../../../src/pipeline/restore/index.ts';

const UID = 'uid___A002_X1_X2';
const TABLES = `${UID}.ms.tsyscal.tbl`;

/** Nothing of these cases gets so far that a task is called. */
const NO_TASKS: RestoreTasks = {
  importAsdm: () => Promise.reject(new Error('imported')),
  restoreFlags: () => Promise.reject(new Error('flags')),
  applycal: () => Promise.reject(new Error('applied')),
};

/** A package whose archives hold the given names; returns the restoration of it. */
async function restoring(
  change: (products: string) => void = () => {},
  versions: readonly string[] = ['Pipeline_Final'],
  session: readonly string[] = ['session_1'],
) {
  const top = mkdtempSync(join(tmpdir(), 'qa2-package-'));
  const [products, rawdata, parts] = ['products', 'rawdata', 'parts'].map((name) => join(top, name));
  for (const folder of [products, rawdata, join(top, 'working'), join(rawdata, UID), join(parts, 'tables', TABLES)])
    mkdirSync(folder, { recursive: true });
  for (const name of versions) mkdirSync(join(parts, 'flags', `flags.${name}`), { recursive: true });
  mkdirSync(join(parts, 'flags'), { recursive: true });
  writeFileSync(join(parts, 'tables', TABLES, 'table.dat'), '');
  const archive = (name: string, folder: string, inside: string) =>
    writeTgz(join(products, name), listTarMembers(join(parts, folder), inside));
  await archive(`${UID}.ms.flagversions.tgz`, 'flags', `${UID}.ms.flagversions`);
  await archive('uid___A001_X9_X9.session_1.caltables.tgz', `tables/${TABLES}`, TABLES);
  writeFileSync(
    join(products, `${UID}.ms.calapply.txt`),
    `applycal(vis='${UID}.ms', field='', intent='TARGET', spw='', antenna='', gaintable='/w/${TABLES}', gainfield='', spwmap=[], interp='', calwt=True)\n`,
  );
  change(products);
  const options = { vis: [UID], session, products, rawdata, copiesProducts: true };
  return restorePackage(silentContext(join(top, 'working')), options, NO_TASKS);
}

/** Writes a manifest in which hifa_renorm had this parameter. */
function renormalise(parameter: string): (products: string) => void {
  const renorm = `<asdm name="${UID}.ms"><hifa_renorm ${parameter}="True"/></asdm>`;
  const text = `<piperesults><ous><session name="session_1">${renorm}</session></ous></piperesults>`;
  return (products) => writeFileSync(join(products, 'x.pipeline_manifest.xml'), text);
}

describe('a pipeline package', () => {
  it('is looked into before anything is made; a whole one is imported', async () => {
    await expect(restoring()).rejects.toThrow('imported');
    await expect(restoring(undefined, undefined, [])).rejects.toThrow('imported');
  });

  it('may have the names of the first cycles', async () => {
    const rename = (products: string) => {
      cpSync(join(products, `${UID}.ms.flagversions.tgz`), join(products, `${UID}.ms.flagversions.tar.gz`));
      rmSync(join(products, `${UID}.ms.flagversions.tgz`));
    };
    await expect(restoring(rename)).rejects.toThrow('imported');
  });

  it.each([
    [
      'no flags',
      `${UID}.ms.flagversions.tgz`,
      /lacks the flag versions: there is no uid___A002_X1_X2.ms.flagversions.tgz/,
    ],
    [
      'no list',
      `${UID}.ms.calapply.txt`,
      /lacks the list of what to apply: there is no uid___A002_X1_X2.ms.calapply.txt/,
    ],
    [
      'no tables',
      'uid___A001_X9_X9.session_1.caltables.tgz',
      /lacks calibration tables: there is no session_1.caltables/,
    ],
  ])('with %s is refused in one sentence', async (_what, name, message) => {
    await expect(restoring((products) => rmSync(join(products, name)))).rejects.toThrow(message);
  });

  it('whose flags lack the final version is refused', async () => {
    await expect(restoring(undefined, ['Original'])).rejects.toThrow(
      /lacks the flag version Pipeline_Final: it has Original/,
    );
    await expect(restoring(undefined, [])).rejects.toThrow(/it has no flags of uid___A002_X1_X2.ms/);
  });

  it('that applies a table which it does not hold is refused', async () => {
    const change = (products: string) =>
      writeFileSync(
        join(products, `${UID}.ms.calapply.txt`),
        "applycal(vis='', gaintable=['/w/other.tbl', '/w/third.tbl'], gainfield=['', ''], interp=['', ''], spwmap=[[], []])\n",
      );
    await expect(restoring(change)).rejects.toThrow(/lacks the calibration table other.tbl and 1 more, which uid/);
  });

  it('that is damaged or was renormalised is refused', async () => {
    const cut = (products: string) => writeFileSync(join(products, `${UID}.ms.flagversions.tgz`), 'no tar');
    await expect(restoring(cut)).rejects.toThrow(/damaged or cut short/);
    await expect(restoring(renormalise('apply'))).rejects.toThrow(/renormalised uid___A002_X1_X2 by its autocorre/);
  });

  it('that has its renormalisation in a table, as since 2024, is not refused', async () => {
    await expect(restoring(renormalise('createcaltable'))).rejects.toThrow('imported');
  });

  it('whose raw data are not there says what to do', async () => {
    const without = (products: string) => rmSync(join(products, '..', 'rawdata', UID), { recursive: true });
    await expect(restoring(without)).rejects.toThrow(
      /are not there; download them, or take the block .*rawdata.*_X1_X2/,
    );
  });
});
