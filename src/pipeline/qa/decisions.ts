import type { QaReport } from './report.ts';

/** A decision, and the Execution Blocks for which it was taken. */
export interface SharedDecision {
  readonly topic: string;
  readonly choice: string;
  readonly reason: string;
  /** UIDs in file form; empty when it holds for the whole Member. */
  readonly blocks: readonly string[];
}

/** All decisions of a Member, equal ones of several Execution Blocks once, in the order in which they were taken. */
export function sharedDecisions(report: Pick<QaReport, 'ebs' | 'decisions'>): SharedDecision[] {
  const found = new Map<string, { topic: string; choice: string; reason: string; blocks: string[] }>();
  for (const block of report.ebs) {
    for (const { topic, choice, reason } of block.decisions) {
      const key = JSON.stringify([topic, choice, reason]);
      const known = found.get(key);
      if (known) known.blocks.push(block.uid);
      else found.set(key, { topic, choice, reason, blocks: [block.uid] });
    }
  }
  const topics = [...new Set([...found.values()].map((entry) => entry.topic))];
  const ofBlocks = topics.flatMap((topic) => [...found.values()].filter((entry) => entry.topic === topic));
  return [
    ...ofBlocks.map((entry) => (entry.blocks.length === report.ebs.length ? { ...entry, blocks: [] } : entry)),
    ...(report.decisions ?? []).map((entry) => ({ ...entry, blocks: [] })),
  ];
}
