import { fail } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath, listTar } from '../../foundation/bytes/index.ts';
import { type CalApplication, readCalapply } from './calapply.ts';
import { type ManifestBlock, type PipelineManifest, readManifest } from './manifest.ts';

/** The state of the flags that the pipeline kept at its end. */
export const FINAL_FLAGS = 'Pipeline_Final';

/** Where a pipeline package lies. */
export interface PackagePlace {
  /** Directory of the delivered products (`calibration/` of a delivery); absolute. */
  readonly products: string;
  /** Directory of the raw data; absolute. */
  readonly rawdata: string;
  /** The products are copied to the raw data first; else they are there already. */
  readonly copiesProducts: boolean;
}

/** What is needed to restore one Execution Block; all of it is there and was looked into. */
export interface BlockPackage {
  /** Name of the Execution Block, e.g. `uid___A002_X30a93d_X43e`. */
  readonly uid: string;
  /** The ASDM, or the MeasurementSet that was delivered in its place. */
  readonly raw: string;
  readonly flagversions: string;
  readonly caltables: string;
  readonly calapply: string;
  readonly applications: readonly CalApplication[];
}

/** Products of a kind end so; the first cycles wrote tar.gz. */
const ARCHIVE_ENDS = ['.tgz', '.tar.gz'];

/**
 * Finds the manifest of a package: with the products, with the raw data, or in `script/` of the delivery; undefined when there is
 * none, as in the first cycles.
 */
export function findManifest(place: PackagePlace): PipelineManifest | undefined {
  const folders = [place.products, place.rawdata];
  if (disk().exists(place.products)) folders.push(joinPath(disk().resolve(place.products), '..', 'script'));
  for (const folder of folders) {
    const names = namesIn(folder).filter((name) => name.endsWith('pipeline_manifest.xml'));
    const calibrating = names.filter((name) => /cal.*pipeline_manifest\.xml$/.test(name));
    const [chosen] = calibrating.length > 0 ? calibrating : names;
    if (chosen !== undefined) return readManifest(joinPath(folder, chosen));
  }
  return undefined;
}

/**
 * Finds everything that belongs to one Execution Block and checks that it is complete, before anything is made.
 *
 * @param vis name of its ASDM, or a path
 * @param session its session, `session_1` …; empty: the manifest knows it, or there is only one
 * @param cwd what a path in `vis` is relative to
 * @throws missing, with what is not there and where it was expected; unsupported
 */
export async function findBlock(
  place: PackagePlace,
  manifest: PipelineManifest | undefined,
  vis: string,
  session: string,
  cwd: string,
): Promise<BlockPackage> {
  const uid = baseName(vis)
    .replace(/\.asdm\.sdm$/, '')
    .replace(/\.ms$/, '');
  const raw = findRaw(place, vis, cwd);
  const block = manifest?.blocks.get(uid);
  if (block?.renorm && isTrue(block.renorm.apply))
    fail(
      'unsupported',
      `The pipeline renormalised ${uid} by its autocorrelations (hifa_renorm), which is not available here; the calibrated data would differ`,
      { file: manifest?.path },
    );
  const folder = place.copiesProducts ? place.products : place.rawdata;
  if (!disk().exists(folder))
    fail('missing', 'The directory of the calibration products does not exist', { file: folder });
  const flagversions = findProduct(folder, block?.flagversions, `${uid}.ms.flagversions`, 'the flag versions');
  const calapply = findCalapply(folder, block, uid);
  const applications = readCalapply(calapply);
  const caltables = findCaltables(folder, block, session);
  await checkFlags(flagversions, uid);
  await checkTables(caltables, applications, calapply);
  return { uid, raw, flagversions, caltables, calapply, applications };
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

function namesIn(folder: string): string[] {
  return disk().info(folder)?.kind === 'directory' ? disk().list(folder) : [];
}

function findRaw(place: PackagePlace, vis: string, cwd: string): string {
  const path = vis.includes('/') ? joinPath(cwd, vis) : joinPath(place.rawdata, vis);
  const found = [path, `${path}.asdm.sdm`].find((name) => disk().exists(name));
  if (found !== undefined) return found;
  const advice = 'download them, or take the block and its session out of the restore script';
  return fail('missing', `The raw data (ASDM) of this Execution Block are not there; ${advice}`, { file: path });
}

/** A file by the name that the manifest gives or, where that is not there, by what its name must end with. */
function findProduct(folder: string, stated: string | undefined, stem: string, what: string): string {
  const names = namesIn(folder);
  const fits = (name: string) => ARCHIVE_ENDS.some((end) => name === stem + end || name.endsWith(`.${stem}${end}`));
  const name = names.find((one) => one === stated) ?? names.find(fits);
  if (name !== undefined) return joinPath(folder, name);
  return fail('missing', `The package lacks ${what}: there is no ${stated ?? `${stem}.tgz`} in this directory`, {
    file: folder,
  });
}

function findCalapply(folder: string, block: ManifestBlock | undefined, uid: string): string {
  const names = namesIn(folder);
  const stem = `${uid}.ms.calapply.txt`;
  const name =
    names.find((one) => one === block?.calapply) ?? names.find((one) => one === stem || one.endsWith(`.${stem}`));
  if (name !== undefined) return joinPath(folder, name);
  return fail('missing', `The package lacks the list of what to apply: there is no ${stem} in this directory`, {
    file: folder,
  });
}

function findCaltables(folder: string, block: ManifestBlock | undefined, session: string): string {
  const all = namesIn(folder).filter((name) => ARCHIVE_ENDS.some((end) => /(?:^|\.)caltables$/.test(cut(name, end))));
  const chosen = session || block?.session || '';
  if (chosen === '' && block?.caltables === undefined && all.length > 1)
    fail('usage', `The package has several archives of calibration tables (${all.join(', ')}); name the session`, {
      file: folder,
    });
  if (all.length === 1 && !all[0].includes('session')) return joinPath(folder, all[0]);
  return findProduct(
    folder,
    block?.caltables,
    chosen === '' ? 'caltables' : `${chosen}.caltables`,
    'calibration tables',
  );
}

function cut(name: string, end: string): string {
  return name.endsWith(end) ? name.slice(0, -end.length) : '';
}

async function checkFlags(path: string, uid: string): Promise<void> {
  const inside = `${uid}.ms.flagversions/flags.`;
  const versions = [
    ...new Set(
      (await listTar(path))
        .filter((name) => name.startsWith(inside))
        .map((name) => name.slice(inside.length).split('/')[0]),
    ),
  ];
  if (versions.includes(FINAL_FLAGS)) return;
  const found = versions.length > 0 ? `it has ${versions.join(', ')}` : `it has no flags of ${uid}.ms`;
  fail('missing', `The archive lacks the flag version ${FINAL_FLAGS}: ${found}`, { file: path });
}

async function checkTables(path: string, applications: readonly CalApplication[], calapply: string): Promise<void> {
  const present = new Set((await listTar(path)).map((name) => name.split('/')[0]));
  const wanted = neededTables(applications);
  const missing = wanted.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  fail('missing', `The archive lacks the calibration table ${missing[0]}${more}, which ${baseName(calapply)} applies`, {
    file: path,
  });
}

/** Names of the tables that some lines apply, each once. */
export function neededTables(applications: readonly CalApplication[]): string[] {
  return [...new Set(applications.flatMap(({ tables }) => tables.map(({ name }) => name)))];
}
