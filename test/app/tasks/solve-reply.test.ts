import { expect, it } from 'vitest';
import { solveReply } from '../../../src/app/tasks/solve-reply.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';

const none = Int32Array.of(0, 0);
const summary = {
  ...{ antennaIds: [0, 1], fieldIds: [2], scanNumbers: [4], observationIds: [0], spwIds: [0], intents: [] },
  total: { expected: none, unflagged: none, aboveMinBaselines: none, aboveMinSnr: none },
  windows: [],
};

it('names the tables that took part in order of their names, as CASA 6.7 does', () => {
  const reply = solveReply(silentContext(), summary, { caltable: 'new.g', gaintable: ['z.amp', 'm.opac', 'a.ph'] });
  expect(reply).toMatchObject({
    apply_tables: { values: ['a.ph', 'm.opac', 'z.amp'] },
    solve_tables: { values: ['new.g'] },
  });
  expect(solveReply({ ...silentContext(), casaVersion: '4.7.2' }, summary, { caltable: 'new.g' })).toBeUndefined();
});
