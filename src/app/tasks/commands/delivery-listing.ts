import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { blocksOf, findMembers, treeText, verifyMember } from '../../../pipeline/delivery/index.ts';
import type { Listing } from './inspect.ts';

/** A delivery: its Members, the state of each, and the tree. */
export function deliveryListing(path: string): Listing {
  const members = findMembers(path).map((member) => ({
    member,
    blocks: blocksOf(member),
    verdict: verdictOf(member),
    issues: verifyMember(member),
  }));
  const text = members
    .flatMap(({ member, blocks, verdict, issues }) => [
      `Delivery of ${member}`,
      `  Execution Blocks: ${blocks.join(', ') || 'none named by a script'}`,
      `  verdict: ${verdict ?? 'no report'}`,
      ...issues.map(({ severity, message }) => `  ${severity}: ${message}`),
      '',
      ...treeText(member),
    ])
    .join('\n');
  return { kind: 'delivery', path, text, facts: { members } };
}

function verdictOf(member: string): string | undefined {
  const report = joinPath(member, 'qa', 'qa2_report.json');
  if (!disk().exists(report)) return undefined;
  const content = JSON.parse(disk().readText(report)) as { verdict?: { state?: string } };
  return content.verdict?.state;
}
