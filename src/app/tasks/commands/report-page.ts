import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { writeText } from '../../../pipeline/delivery/index.ts';
import { type PagePicture, parseReport, type QaReport, reportPage } from '../../../pipeline/qa/index.ts';

/** The pictures of the Execution Blocks that stand in a Member's qa/. */
function picturesOf(report: QaReport, qa: string): PagePicture[] {
  return report.ebs.flatMap(({ uid }) =>
    disk()
      .list(qa)
      .filter((name) => name.startsWith(`${uid}_qa2_part`) && name.endsWith('.png'))
      .map((name, index) => ({ uid, caption: `Part ${index + 1}`, png: disk().readFile(joinPath(qa, name)) })),
  );
}

/**
 * Writes qa2_report.html of a Member anew from qa2_report.json and the pictures beside it.
 *
 * @returns path of the page
 */
export function rewritePage(member: string): string {
  const qa = joinPath(member, 'qa');
  const source = joinPath(qa, 'qa2_report.json');
  if (!disk().exists(source)) fail('missing', 'This is no Member with a QA2 report.', { file: source });
  const report = parseReport(disk().readText(source));
  const page = joinPath(qa, 'qa2_report.html');
  writeText(page, reportPage(report, picturesOf(report, qa)));
  return page;
}
