import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { PagePicture } from './page.ts';
import type { QaReport, ReportProduct } from './report.ts';

const CAPTIONS = [
  'Part 1: observation and temporal gains',
  'Part 2: bandpass and system temperature',
  'Part 3: calibrators and target',
];

/** Name in qa/ of the small picture of a product. */
export function thumbnailName(product: Pick<ReportProduct, 'file'>): string {
  return `${product.file.replace(/^.*\//, '').replace(/\.fits$/, '')}.png`;
}

/**
 * The pictures of a report that stand in qa/; those that are not there are left out.
 *
 * @param qa directory qa/ of a Member
 */
export function readPictures(report: QaReport, qa: string): PagePicture[] {
  const read = (subject: string, caption: string, name: string): PagePicture[] => {
    const path = joinPath(qa, name);
    return disk().exists(path) ? [{ subject, caption, png: disk().readFile(path) }] : [];
  };
  return [
    ...report.products.flatMap((product) => read(product.file, product.file, thumbnailName(product))),
    ...report.ebs.flatMap(({ uid }) =>
      CAPTIONS.flatMap((caption, index) => read(uid, caption, `${uid}_qa2_part${index + 1}.png`)),
    ),
  ];
}
