import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRestored } from '../../../src/app/replay/package-check.ts';
import { findPackages, readRestoreScript } from '../../../src/app/replay/package-replay.ts';
import { makeTemplate, type PackageTemplate } from '../../../src/app/replay/package-template.ts';
import { writePackage } from '../../../src/app/replay/package-writer.ts';
import { installationRoot, installEngine } from '../../../src/app/tasks/index.ts';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { listTarMembers, writeTgz } from '../../../src/foundation/bytes/index.ts';
import { initweights } from '../../../src/pipeline/reshape/index.ts';
import { restorePackage } from '../../../src/pipeline/restore/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-pipeline-package-'));
const member = join(folder, 'member');
const working = join(member, 'calibrated', 'working');
const BLOCKS = ['uid___A002_X9_Xa', 'uid___A002_X9_Xb'].map((uid, index) => ({ uid, session: `session_${index + 1}` }));
let template: PackageTemplate;

/** The working directory as scriptForPI lays it out, and the restore script run in it. */
function restore(code = `execfile('../../script/casa_piperestorescript.py')`) {
  rmSync(join(member, 'calibrated'), { recursive: true, force: true });
  mkdirSync(working, { recursive: true });
  symlinkSync('../calibration', join(member, 'calibrated', 'products'));
  mkdirSync(join(member, 'calibrated', 'rawdata'));
  for (const { uid } of BLOCKS) symlinkSync(`../../raw/${uid}.asdm.sdm`, join(member, 'calibrated', 'rawdata', uid));
  const program = join(installationRoot(), 'bin', 'casapy.mjs');
  const run = spawnSync(process.execPath, [program, '--nologfile', '--pipeline', '-c', code], { cwd: working });
  return { code: run.status, errors: run.stderr.toString() };
}

beforeAll(async () => {
  installEngine(256 * 1024 * 1024);
  const simulated = join(folder, 'template');
  mkdirSync(simulated);
  template = await makeTemplate(simulated);
  await writePackage(member, template, { prefix: '', member: 'uid___A001_X9_X9', blocks: BLOCKS });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const LAZY = `h_init()
hifa_restoredata(vis=${JSON.stringify(BLOCKS.map(({ uid }) => uid))}, session=${JSON.stringify(BLOCKS.map(({ session }) => session))}, ocorr_mode='ca', lazy=True)
h_save()`;

describe('a package of the pipeline', () => {
  it.each([
    ['as its restore script has it', undefined],
    ['with lazy=True, where DATA stay in the ASDM', LAZY],
  ])(
    'gives the visibilities, weights and flags of the calibration that it was made from, %s',
    (_, code) => {
      expect(restore(code)).toMatchObject({ code: 0 });
      const original = openMs(template.calibrated);
      const { rowCount } = original.main;
      original.close();
      for (const { uid } of BLOCKS) {
        const restored = { path: join(working, `${uid}.ms`), column: 'CORRECTED_DATA', spws: template.spws } as const;
        const truth = {
          path: template.calibrated,
          column: 'DATA',
          spws: template.spws.map((_, index) => index),
        } as const;
        const difference = compareRestored(restored, truth);
        expect(readFileSync(join(working, `${uid}.ms`, 'table.dat'), 'latin1').includes('AsdmStMan')).toBe(
          code === LAZY,
        );
        expect(difference?.rows).toBe(rowCount);
        expect(difference?.flags).toBe(0);
        expect(difference?.data).toBeLessThan(1e-5);
        expect(difference?.weight).toBeLessThan(1e-5);
      }
    },
    120_000,
  );

  it('that lacks an archive ends in one sentence, before anything is imported', () => {
    rmSync(join(member, 'calibration', 'uid___A002_X9_Xb.ms.flagversions.tgz'));
    const { code, errors } = restore();
    expect(code).toBe(1);
    expect(errors.trim().split('\n').at(-1)).toMatch(
      /lacks the flag versions: there is no uid___A002_X9_Xb.ms.flagversions.tgz/,
    );
    expect(
      compareRestored(
        { path: join(working, 'uid___A002_X9_Xa.ms'), column: 'DATA', spws: [] },
        {
          path: template.calibrated,
          column: 'DATA',
          spws: [],
        },
      ),
    ).toBeUndefined();
  }, 120_000);
});

describe('a package with tables of hifa_polcal', () => {
  it.each([
    ['hifa_polcal', true],
    ['hifa_bandpass', false],
  ])('%s.s1.tbl: data are turned by the parallactic angle: %s', async (stage, parang) => {
    const top = join(folder, stage);
    const [products, rawdata, parts, cwd] = ['products', 'rawdata', 'parts', 'cwd'].map((name) => join(top, name));
    for (const name of [products, rawdata, cwd, join(parts, 'flags')]) mkdirSync(name, { recursive: true });
    cpSync(template.calibrated, join(rawdata, 'u1'), { recursive: true });
    writeFileSync(join(parts, 'flags', 'flags.Pipeline_Final'), '');
    await writeTgz(
      join(products, 'u1.ms.flagversions.tgz'),
      listTarMembers(join(parts, 'flags'), 'u1.ms.flagversions'),
    );
    const table = `u1.ms.${stage}.s1.tbl`;
    const empty = listTarMembers(join(parts, 'flags', 'flags.Pipeline_Final'), table);
    await writeTgz(join(products, 'uid___A001_X1_X1.session_1.caltables.tgz'), empty);
    writeFileSync(join(products, 'u1.ms.calapply.txt'), `applycal(vis='u1.ms', gaintable='/w/${table}')\n`);
    const turned: boolean[] = [];
    const tasks = {
      importAsdm: () => Promise.reject(new Error('a MeasurementSet is there')),
      restoreFlags: () => Promise.resolve(),
      applycal: async (call: { parang: boolean }) => void turned.push(call.parang),
    };
    const options = { vis: ['u1'], session: ['session_1'], products, rawdata, copiesProducts: true };
    await restorePackage(silentContext(cwd), options, tasks);
    expect(turned).toEqual([parang]);
  });
});

describe('a delivery of Cycle 0', () => {
  it('has MeasurementSets as tgz; its script unpacks, splits and joins them', async () => {
    const top = join(folder, 'cycle0');
    for (const part of ['script', 'raw', 'calibrated']) mkdirSync(join(top, part), { recursive: true });
    const names = ['uid___A002_X1_X1', 'uid___A002_X1_X2'];
    const old = join(folder, 'old.ms');
    cpSync(template.calibrated, old, { recursive: true });
    initweights(silentContext(folder), { vis: 'old.ms', wtmode: 'ones' });
    for (const name of names) await writeTgz(join(top, 'raw', `${name}.ms.tgz`), listTarMembers(old, `${name}.ms`));
    writeFileSync(
      join(top, 'script', 'scriptForImaging.py'),
      `import os
os.chdir('../calibrated')
blocks = ['${names.join("', '")}']
for block in blocks:
    os.system('rm -rf %s.ms*' % block)
    os.system('tar xzf ../raw/' + block + '.ms.tgz')
    print 'unpacked', os.path.isdir(block + '.ms')
    split(vis = block + '.ms', outputvis = block + '.ms.target', datacolumn = 'data', field = '3', spw = '0')
concat(vis = [block + '.ms.target' for block in blocks], concatvis = 'calibrated.ms')
tb.open('calibrated.ms')
print tb.nrows()
tb.close()
`,
    );
    const program = join(installationRoot(), 'bin', 'casapy.mjs');
    const run = spawnSync(process.execPath, [program, '--nologfile', '-c', "execfile('scriptForImaging.py')"], {
      cwd: join(top, 'script'),
    });
    expect(run.stderr.toString()).toMatch(
      /WARN\tconcat.*All weights of uid___A002_X1_X1.ms.target, .* are 1, as in deliveries of Cycle 0/,
    );
    expect(run).toMatchObject({ status: 0 });
    const target = openMs(join(top, 'calibrated', 'uid___A002_X1_X1.ms.target'));
    const rows = target.main.rowCount;
    target.close();
    expect(run.stdout.toString()).toBe(`unpacked True\nunpacked True\n${2 * rows}\n`);
  }, 120_000);
});

describe('scripts of packages', () => {
  it('belong together by the beginning of their names', () => {
    const scripts = join(folder, 'scripts');
    mkdirSync(scripts);
    const names = ['a.scriptForPI.py', 'a.hifa_calimage.casa_piperestorescript.py', 'b.scriptForPI.py'];
    for (const name of names) writeFileSync(join(scripts, name), '');
    expect(findPackages(folder).map(({ control, restore: script }) => [control, script])).toEqual([names.slice(0, 2)]);
  });

  it('name Execution Blocks and sessions', () => {
    const text =
      "h_init()\ntry:\n    hif_restoredata (vis=['../rawdata/u1', 'u2'], session=['session_1', 'session_3'])\n";
    expect(readRestoreScript(text, 'x.py')).toEqual([
      { uid: 'u1', session: 'session_1' },
      { uid: 'u2', session: 'session_3' },
    ]);
    expect(() => readRestoreScript('h_init()', 'x.py')).toThrow(/no call of hifa_restoredata/);
    expect(() => readRestoreScript("hsd_restoredata(vis=['a'])", 'x.py')).toThrow(/single-dish data/);
  });
});
