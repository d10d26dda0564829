import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { disk, listTarMembers, writeTgz } from '../../foundation/bytes/index.ts';
import { pythonLiteral } from '../../pipeline/delivery/index.ts';
import type { PackageTemplate, TemplateApplication } from './package-template.ts';

/** What a package of the pipeline is about. */
export interface PackageSpec {
  /** Begins the names of scripts and manifest, e.g. `member.uid___A001_X1_X2.`; empty in the first cycles. */
  readonly prefix: string;
  /** UID of the Member in file form. */
  readonly member: string;
  readonly blocks: readonly { readonly uid: string; readonly session: string }[];
}

/** Directory in which the pipeline that never was had its tables. */
const PIPELINE_DIRECTORY = '/pipeline/working';

/**
 * Writes a delivery of the ALMA pipeline for Execution Blocks that are copies of one template under other names: `raw/`,
 * `calibration/` with flag versions, tables, lists of what to apply and auxiliary products, and in `script/` the processing request,
 * the manifest and the restore script. Scripts that are there already are left alone.
 *
 * @param root directory of the Member
 */
export async function writePackage(root: string, template: PackageTemplate, spec: PackageSpec): Promise<void> {
  for (const part of ['raw', 'calibration', 'script', 'product', 'qa', 'log'])
    mkdirSync(join(root, part), { recursive: true });
  const products = join(root, 'calibration');
  for (const { uid } of spec.blocks) {
    disk().copy(template.asdm, join(root, 'raw', `${uid}.asdm.sdm`));
    const versions = join(template.directory, `${template.uid}.ms.flagversions`);
    await writeFlagVersions(join(products, `${uid}.ms.flagversions.tgz`), versions, uid);
    writeFileSync(join(products, `${uid}.ms.calapply.txt`), calapplyText(template, uid));
  }
  for (const session of new Set(spec.blocks.map((block) => block.session))) {
    const uids = spec.blocks.filter((block) => block.session === session).map(({ uid }) => uid);
    await writeTgz(join(products, caltablesName(spec, session)), tableMembers(template, uids));
  }
  await writeAuxiliary(root, spec);
  writeScripts(join(root, 'script'), spec);
}

/** The archive has the last version alone, with a list of its own. */
async function writeFlagVersions(target: string, versions: string, uid: string): Promise<void> {
  const inside = `${uid}.ms.flagversions`;
  const list = `${target}.list`;
  writeFileSync(list, 'Pipeline_Final : Final pipeline flags\n');
  const flags = listTarMembers(join(versions, 'flags.Pipeline_Final'), `${inside}/flags.Pipeline_Final`);
  await writeTgz(target, [...flags, ...listTarMembers(list, `${inside}/FLAG_VERSION_LIST`)]);
  disk().remove(list);
}

function caltablesName(spec: PackageSpec, session: string): string {
  return `${spec.member}.${session}.caltables.tgz`;
}

/** A table's name in the package: `<uid>.ms.<what it is>.tbl`. */
function packagedName(template: PackageTemplate, uid: string, table: string): string {
  return `${uid}.ms.${table.slice(`${template.uid}.ms.`.length)}.tbl`;
}

function tableMembers(template: PackageTemplate, uids: readonly string[]) {
  const tables = [...new Set(template.applications.flatMap((line) => line.tables.map(({ name }) => name)))];
  return uids.flatMap((uid) =>
    tables.flatMap((table) => listTarMembers(join(template.directory, table), packagedName(template, uid, table))),
  );
}

function calapplyText(template: PackageTemplate, uid: string): string {
  return `# Apply file for ${uid}.ms\n${template.applications.map((line) => applycalText(template, uid, line)).join('')}`;
}

function applycalText(template: PackageTemplate, uid: string, { field, intent, tables }: TemplateApplication): string {
  const lists = {
    gaintable: tables.map(({ name }) => `${PIPELINE_DIRECTORY}/${packagedName(template, uid, name)}`),
    gainfield: tables.map(({ gainfield }) => gainfield),
    spwmap: tables.map(({ spwmap }) => [...spwmap]),
    interp: tables.map(({ interp }) => interp),
    calwt: tables.map(({ calwt }) => calwt),
  };
  const args = {
    vis: `${PIPELINE_DIRECTORY}/${uid}.ms`,
    field,
    intent,
    spw: template.spws.join(','),
    antenna: `0~${template.antennaCount - 1}`,
    ...lists,
  };
  const written = Object.entries(args).map(([name, value]) => `${name}=${pythonLiteral(value)}`);
  return `applycal(${written.join(', ')})\n`;
}

async function writeAuxiliary(root: string, spec: PackageSpec): Promise<void> {
  const folder = join(root, 'auxiliary');
  mkdirSync(folder);
  for (const { uid } of spec.blocks) writeFileSync(join(folder, `${uid}.flagtemplate.txt`), '# flags by hand: none\n');
  writeFileSync(join(folder, 'antennapos.csv'), 'name,antenna,xoff,yoff,zoff,comment\n');
  await writeTgz(join(root, 'calibration', auxiliaryName(spec)), listTarMembers(folder, '.'));
  disk().remove(folder);
}

function auxiliaryName(spec: PackageSpec): string {
  return `${spec.member}.hifa_cal.auxproducts.tgz`;
}

function writeScripts(script: string, spec: PackageSpec): void {
  const add = (name: string, text: string) => {
    if (
      !disk()
        .list(script)
        .some((there) => there.endsWith(name.slice(spec.prefix.length)))
    )
      writeFileSync(join(script, name), text);
  };
  const request = spec.prefix === '' ? `PPR_${spec.member}.xml` : `${spec.prefix}hifa_cal.pprequest.xml`;
  writeFileSync(join(script, request), requestText(spec));
  if (spec.prefix !== '')
    writeFileSync(join(script, `${spec.prefix}hifa_cal.pipeline_manifest.xml`), manifestText(spec));
  add(`${spec.prefix}casa_piperestorescript.py`, restoreText(spec));
}

function requestText(spec: PackageSpec): string {
  const disks = spec.blocks.map(({ uid }) => `    <DataSet><AsdmDiskName>${uid}</AsdmDiskName></DataSet>\n`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<SciPipeRequest>\n${disks}</SciPipeRequest>\n`;
}

function manifestText(spec: PackageSpec): string {
  const sessions = [...new Set(spec.blocks.map(({ session }) => session))].map((session) => {
    const blocks = spec.blocks
      .filter((block) => block.session === session)
      .map(
        ({ uid }) =>
          `      <asdm name="${uid}.ms">\n        <finalflags name="${uid}.ms.flagversions.tgz"/>\n` +
          `        <applycmds name="${uid}.ms.calapply.txt"/>\n      </asdm>\n`,
      );
    return `    <session name="${session}">\n      <caltables name="${caltablesName(spec, session)}"/>\n${blocks.join('')}    </session>\n`;
  });
  return (
    `<?xml version="1.0" ?>\n<piperesults name="${spec.member}">\n  <ous name="${spec.member}">\n` +
    '    <casaversion name="5.1.1-5"/>\n    <pipeline_version name="made for a replay"/>\n' +
    `${sessions.join('')}    <aux_products_file name="${auxiliaryName(spec)}"/>\n  </ous>\n</piperesults>\n`
  );
}

function restoreText({ blocks }: PackageSpec): string {
  const [vis, session] = [blocks.map(({ uid }) => uid), blocks.map((block) => block.session)].map(pythonLiteral);
  return (
    'h_init()\ntry:\n' +
    `    hifa_restoredata(vis=${vis}, session=${session}, ocorr_mode='ca')\n` +
    'finally:\n    h_save()\n'
  );
}

/** Name of the Member in the beginning of script names, e.g. `member.uid___A001_X1_X2.scriptForPI.py`. */
export function memberOf(script: string): { prefix: string; member: string } {
  const found = /^(.*?(uid___\w+)\.)/.exec(basename(script));
  return found ? { prefix: found[1], member: found[2] } : { prefix: '', member: 'uid___A001_X1_X1' };
}
