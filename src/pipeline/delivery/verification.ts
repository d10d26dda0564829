import type { Issue } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

const REQUIRED = [
  'README',
  'script/scriptForPI.py',
  'script/scriptForImaging.py',
  'calibration',
  'qa/qa2_report.json',
  'product',
  'log',
];

/**
 * Checks that a Member directory is a complete delivery.
 *
 * @returns issues; none when everything that the README and the scripts promise is there
 */
export function verifyMember(member: string): Issue[] {
  const files = disk();
  const issues: Issue[] = [];
  const add = (severity: Issue['severity'], code: string, path: string, message: string) =>
    issues.push({ severity, code, path, message });
  for (const path of REQUIRED) {
    if (!files.exists(joinPath(member, path))) add('error', 'missing-part', path, `${path} is missing.`);
  }
  const uids = blocksOf(member);
  if (uids.length === 0)
    add('error', 'no-calibration-script', 'script', 'There is no uid….ms.scriptForCalibration.py.');
  for (const uid of uids) {
    for (const path of [
      `calibration/${uid}.calibration.tgz`,
      `qa/${uid}_textfile.txt`,
      ...[1, 2, 3].map((part) => `qa/${uid}_qa2_part${part}.png`),
      `log/${uid}.calibration.log`,
    ]) {
      const info = files.info(joinPath(member, path));
      if (!info) add('error', 'missing-part', path, `${path} is missing.`);
      else if (info.size === 0) add('error', 'empty-file', path, `${path} is empty.`);
    }
    if (files.exists(joinPath(member, 'raw')) && !files.exists(joinPath(member, 'raw', `${uid}.asdm.sdm`))) {
      add('warning', 'missing-raw', `raw/${uid}.asdm.sdm`, `The raw data of ${uid} are not in raw/.`);
    }
  }
  if (uids.length > 1 && !files.exists(joinPath(member, 'script/scriptForFluxCalibration.py'))) {
    add(
      'error',
      'missing-part',
      'script/scriptForFluxCalibration.py',
      'Several Execution Blocks but no scriptForFluxCalibration.py to combine them.',
    );
  }
  if (issues.length === 0 || !issues.some((issue) => issue.path === 'product')) issues.push(...verifyProducts(member));
  return issues;
}

function verifyProducts(member: string): Issue[] {
  const files = disk();
  const product = joinPath(member, 'product');
  const images = files.exists(product) ? files.list(product).filter((name) => name.endsWith('.fits')) : [];
  if (images.length === 0)
    return [{ severity: 'error', code: 'no-images', path: 'product', message: 'There is no FITS image in product/.' }];
  return images
    .filter((name) => (files.info(joinPath(product, name))?.size ?? 0) % 2880 !== 0)
    .map((name) => ({
      severity: 'error' as const,
      code: 'fits-length',
      path: `product/${name}`,
      message: `${name} is cut short: its length is not a multiple of 2880 bytes.`,
    }));
}

/** UIDs (file form) of the Execution Blocks that a delivery has calibration scripts for. */
export function blocksOf(member: string): string[] {
  const directory = joinPath(member, 'script');
  if (!disk().exists(directory)) return [];
  return disk()
    .list(directory)
    .flatMap((name) => /^(uid.*)\.ms\.scriptForCalibration\.py$/.exec(name)?.[1] ?? []);
}
