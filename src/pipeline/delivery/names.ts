import { joinPath } from '../../foundation/bytes/index.ts';
import type { ScienceGoal } from '../reduction/index.ts';

/** The five names that file a Member: project code and UIDs in file form. */
export interface MemberNames {
  readonly project: string;
  readonly scienceGoal: string;
  readonly group: string;
  readonly member: string;
}

/** UID as file name: `uid://A002/X1/X2` → `uid___A002_X1_X2`; other text is cleaned of separators. */
export function uidToFileName(uid: string): string {
  return uid.replace(/[:/]/g, '_').replace(/[^A-Za-z0-9_.+-]/g, '_');
}

/** The UID that a file name stands for, where it has the form of one. */
export function fileNameToUid(name: string): string {
  const match = /^uid___([A-Za-z0-9]+)_([A-Za-z0-9]+)_([A-Za-z0-9]+)/.exec(name);
  return match ? `uid://${match[1]}/${match[2]}/${match[3]}` : name;
}

/** Names that were given, and words for those that were not. */
export interface NameChoice {
  readonly names: MemberNames;
  /** What stands in a neutral name, empty when all were known. */
  readonly missing: readonly string[];
}

/**
 * Chooses the names of a Member: options win over the goal, the goal over what the ASDM says.
 *
 * @param options from the command line
 * @param asdmMember obsUnitSetUID of the ASDM's SBSummary, if any
 */
export function chooseNames(
  options: Partial<MemberNames>,
  goal: ScienceGoal,
  asdmMember: string | undefined,
): NameChoice {
  const missing: string[] = [];
  const pick = (what: string, neutral: string, ...candidates: (string | undefined)[]) => {
    const found = candidates.find((text) => text !== undefined && text !== '');
    if (found === undefined) missing.push(what);
    return uidToFileName(found ?? neutral);
  };
  const names = {
    project: pick('project code', 'unknown_project', options.project, goal.project),
    scienceGoal: pick('Science Goal UID', 'science_goal', options.scienceGoal, goal.scienceGoal),
    group: pick('Group UID', 'group', options.group, goal.group),
    member: pick('Member UID', 'member', options.member, goal.member, asdmMember),
  };
  return { names, missing };
}

/** The directory of a Member below the top: `<project>/<sg>/<group>/<member>`. */
export function memberPath(names: MemberNames): string {
  return joinPath(names.project, names.scienceGoal, names.group, names.member);
}

/** `<Project>_<MemberOUS_UID>_m_of_n.tar`; part (b) carries `raw` before the count. */
export function tarName(names: MemberNames, part: 'products' | 'raw', index: number, count: number): string {
  const label = part === 'raw' ? '_raw' : '';
  return `${names.project}_${names.member}${label}_${index}_of_${count}.tar`;
}
