import type { ScriptFacts } from './script-facts.ts';

/** What a script needs, in one line. */
export function describeFacts(facts: ScriptFacts): string {
  const windows = (list: readonly { id: number; channelCount: number }[]) =>
    list.map(({ id, channelCount }) => `${id} (${channelCount})`).join(', ');
  const name = (id: number) => `${id} ${facts.fields[id]?.name ?? '?'}`;
  const { targetFields: targets, phaseFields } = facts;
  const target = targets.length > 0 ? `${targets.length} targets from ${name(targets[0])}` : 'no target';
  return [
    `windows ${windows(facts.scienceWindows)}`,
    `Tsys ${windows(facts.tsysWindows)}`,
    facts.hasRadiometers ? 'radiometers' : 'no radiometers',
    `bandpass ${name(facts.bandpassField)} scan ${facts.bandpassScan}`,
    `flux ${name(facts.fluxField)}`,
    `phase ${phaseFields.map(name).join(', ') || 'none'}`,
    target,
    `${facts.antennas.length} antennas, reference ${facts.referenceAntenna}`,
    `${facts.stepCount} steps`,
  ].join('; ');
}
