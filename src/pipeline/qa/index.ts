export { type BlockFiles, type BlockPages, blockPages, tablePages } from './block-figures.ts';
export { type SharedDecision, sharedDecisions } from './decisions.ts';
export type { ShownField } from './field-data.ts';
export { type ImageNumbers, measureImage } from './image-numbers.ts';
export { productFigure } from './image-panels.ts';
export { type PagePicture, reportPage } from './page.ts';
export { readPictures, thumbnailName } from './page-pictures.ts';
export { listItem, wrapText } from './paragraphs.ts';
export {
  parseReport,
  type QaReport,
  type ReportBlock,
  type ReportProduct,
  reportSchema,
  reportText,
  windowIn,
} from './report.ts';
export { beamText, commonFluxNotes, flaggedText, fluxText, goalLines, productText } from './report-words.ts';
export { blockText } from './text-file.ts';
export { textTable } from './text-table.ts';
export {
  checkCoherence,
  checkGoal,
  checkNoise,
  cycleLimits,
  judge,
  type QaAchievement,
  type QaRequest,
  type Verdict,
} from './verdict.ts';
