import type { SimulationParameters } from './presets.ts';

/** Codes and UIDs under which a simulated project is filed; all invented. */
export const PROJECT = {
  code: '2012.1.00777.S',
  title: 'Molecular gas and dust in a nearby galaxy (simulated)',
  pi: 'simulated',
  projectUid: 'uid://A002/X5ee1a0/X1',
  scienceGoalUid: 'uid://A002/X5ee1a0/X10',
  groupUid: 'uid://A002/X5ee1a0/X11',
  memberUid: 'uid://A002/X5ee1a0/X12',
  schedulingBlockUid: 'uid://A002/X5ee1a0/X20',
  sessionUid: 'uid://A002/X5ee1a0/X30',
} as const;

/** UID of an execution block; differs with seed and execution. */
export function executionUid(parameters: SimulationParameters, execution: number): string {
  const number = 0x6b1000 + 16 * (parameters.seed % 65_536) + execution;
  return `uid://A002/X${number.toString(16)}/X1`;
}
