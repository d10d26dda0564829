import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { writeText } from '../../../pipeline/delivery/index.ts';
import { parseReport, readPictures, reportPage } from '../../../pipeline/qa/index.ts';

/**
 * Writes qa2_report.html of a Member anew from qa2_report.json and the pictures beside it.
 *
 * @returns path of the page
 */
export function rewritePage(member: string): string {
  const qa = joinPath(member, 'qa');
  const source = joinPath(qa, 'qa2_report.json');
  if (!disk().exists(source)) fail('missing', 'This is no Member with a QA2 report.', { file: source });
  const report = parseReport(disk().readText(source), source);
  const page = joinPath(qa, 'qa2_report.html');
  writeText(page, reportPage(report, readPictures(report, qa)));
  return page;
}
