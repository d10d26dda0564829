export { archiveTables, tablesOf } from './calibration-archive.ts';
export {
  chooseNames,
  fileNameToUid,
  type MemberNames,
  memberPath,
  type NameChoice,
  tarName,
  uidToFileName,
} from './names.ts';
export { pythonLiteral } from './python-text.ts';
export { type ReadmeContent, type ReadmeTable, writeReadme } from './readme.ts';
export { writeScriptForPi } from './script-for-pi.ts';
export { writeScript } from './script-writer.ts';
export { createTree, findMembers, type MemberTree, openTree, packageMember, writeText } from './tree.ts';
export { treeText } from './tree-text.ts';
export { blocksOf, verifyMember } from './verification.ts';
