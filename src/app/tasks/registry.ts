import { fail } from '../../foundation/base/index.ts';
import type { TaskDeclaration } from './types.ts';

const DECLARATIONS: readonly TaskDeclaration[] = [];

const BY_NAME = new Map(DECLARATIONS.map((declaration) => [declaration.name, declaration]));

/** All CASA tasks that can be called, in alphabetical order of their names. */
export function allTasks(): readonly TaskDeclaration[] {
  return [...DECLARATIONS].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The task of this name; @throws usage when there is none */
export function findTask(name: string): TaskDeclaration {
  return (
    BY_NAME.get(name) ??
    fail('usage', `There is no task '${name}'. The tasks are ${[...BY_NAME.keys()].sort().join(', ')}.`)
  );
}
