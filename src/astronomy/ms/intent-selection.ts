import { fail } from '../../foundation/base/index.ts';
import type { StateInfo } from './metadata.ts';
import {
  isInRange,
  nameTest,
  parseIndexRange,
  reportUnknown,
  type SelectionManner,
  splitFilled,
  splitList,
} from './selection-text.ts';

/**
 * Numbers of the states whose OBS_MODE, or one intent of it, a list selects: names with wildcards, `*PHASE*&*WVR*` for both of two,
 * numbers and ranges of states; `!` in front excludes.
 *
 * @throws usage when a name, or everything together, matches no state
 */
export function parseIntent(text: string, states: readonly StateInfo[], manner: SelectionManner = {}): number[] {
  const chosen = new Set<number>();
  splitFilled(text === '' ? '*' : text, ',').forEach((part, index) => {
    const isNegated = part.startsWith('!');
    if (isNegated && index === 0) for (const state of states) chosen.add(state.id);
    const bare = isNegated ? part.slice(1).trim() : part;
    const range = parseIndexRange(bare);
    const names = range ? [] : splitFilled(bare, '&').map((name) => matchIntent(name, states));
    if (names.some((found) => found.length === 0)) {
      reportUnknown('intent', `No intent matches "${part}" in the selection "${text}".`, manner);
    }
    const found = range
      ? states.map(({ id }) => id).filter((id) => isInRange(range, id))
      : names.reduce((both, one) => both.filter((id) => one.includes(id)));
    for (const id of found) isNegated ? chosen.delete(id) : chosen.add(id);
  });
  if (chosen.size === 0) fail('usage', `No intent matches the selection "${text}".`);
  return [...chosen].sort((one, other) => one - other);
}

function matchIntent(name: string, states: readonly StateInfo[]): number[] {
  const test = nameTest(name);
  const isMatching = ({ obsMode }: StateInfo) => test(obsMode) || splitList(obsMode, ',').some(test);
  return states.filter(isMatching).map(({ id }) => id);
}
