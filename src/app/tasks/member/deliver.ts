import type { Context } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { renderPng } from '../../../foundation/plotting/node-canvas.ts';
import {
  archiveTables,
  packageMember,
  tablesOf,
  treeText,
  verifyMember,
  writeReadme,
  writeScript,
  writeScriptForPi,
  writeText,
} from '../../../pipeline/delivery/index.ts';
import {
  blockText,
  productFigure,
  type QaReport,
  readPictures,
  reportPage,
  reportSchema,
  reportText,
  thumbnailName,
} from '../../../pipeline/qa/index.ts';
import { PROGRAM_VERSION } from './program.ts';
import { readmeContent } from './readme-content.ts';
import { buildReport } from './report-content.ts';
import { writeCalibrationScripts } from './scripts.ts';
import type { Delivered, MemberResults } from './steps.ts';

/**
 * Writes everything of a delivery into the tree of a Member, packs it, and checks it.
 *
 * @param maxBytes largest size of one tar
 */
export async function deliver(context: Context, results: MemberResults, maxBytes: number): Promise<Delivered> {
  const { member } = results;
  const say = (fraction: number, note: string) => context.progress.update(fraction, note);
  say(0, 'scripts');
  writeScripts(results);
  copyProducts(results);
  say(0.1, 'calibration tables');
  for (const { uid, plan } of results.blocks) {
    const directory = joinPath(member, 'calibrated', `${uid}.calibration`);
    await archiveTables(directory, tablesOf(plan), uid, joinPath(member, 'calibration', `${uid}.calibration.tgz`));
  }
  say(0.3, 'report');
  const report = buildReport(results);
  writeReport(results, report);
  joinLogs(results);
  writeText(joinPath(member, 'README'), writeReadme(readmeContent(results, report, treeText(member))));
  const tars = await packageMember({ top: results.top, member, names: results.names }, maxBytes, (fraction, note) =>
    say(0.5 + 0.5 * fraction, note),
  );
  return {
    tars,
    page: joinPath(member, 'qa', 'qa2_report.html'),
    calibrated: joinPath(member, 'calibrated', results.calibratedVis),
    verdict: report.verdict.state,
    issues: verifyMember(member),
  };
}

function writeScripts(results: MemberResults): void {
  const script = (name: string) => joinPath(results.member, 'script', name);
  writeCalibrationScripts(results.member, results.blocks, results.flux);
  writeText(script('scriptForImaging.py'), writeScript(results.imaging.plan, PROGRAM_VERSION));
  writeText(script('scriptForPI.py'), writeScriptForPi(PROGRAM_VERSION));
}

function copyProducts(results: MemberResults): void {
  const files = disk();
  for (const product of results.imaging.products) {
    for (const name of [product.fits, product.fits.replace(/\.fits$/, '.pbcor.fits')]) {
      const made = joinPath(results.member, 'calibrated', name);
      if (files.exists(made)) files.copy(made, joinPath(results.member, 'product', name));
    }
  }
}

function writeReport(results: MemberResults, report: QaReport): void {
  const qa = (name: string) => joinPath(results.member, 'qa', name);
  writeText(qa('qa2_report.json'), reportText(report));
  writeText(qa('qa2_report.schema.json'), `${JSON.stringify(reportSchema(), null, 2)}\n`);
  for (const block of report.ebs) writeText(qa(`${block.uid}_textfile.txt`), blockText(report, block));
  for (const product of report.products) {
    const image = joinPath(results.member, 'calibrated', product.image);
    disk().writeFile(qa(thumbnailName(product)), renderPng(productFigure(image, product.kind)));
  }
  writeText(qa('qa2_report.html'), reportPage(report, readPictures(report, joinPath(results.member, 'qa'))));
}

/** log/combined.log: the logs of all steps, in the order of the work. */
function joinLogs(results: MemberResults): void {
  const files = disk();
  const inLog = (name: string) => joinPath(results.member, 'log', name);
  const names = [
    ...results.blocks.map(({ uid }) => `${uid}.calibration.log`),
    'fluxcalibration.log',
    'imaging.log',
    ...results.blocks.map(({ uid }) => `${uid}.qa.log`),
  ].filter((name) => files.exists(inLog(name)));
  writeText(inLog('combined.log'), names.map((name) => files.readText(inLog(name))).join(''));
}
