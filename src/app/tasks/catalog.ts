/** The build's script that writes the names of tasks and tools into dist/catalog.json. */
import type { Catalog } from './installation.ts';
import { allTasks } from './registry.ts';
import { allTools } from './tool-registry.ts';

/** Names of all declared tasks with their parameters, and of all tools with their methods. */
export function makeCatalog(): Catalog {
  return {
    tasks: Object.fromEntries(
      allTasks().flatMap(({ name, formerNames = [], parameters }) =>
        [name, ...formerNames].map((one) => [one, parameters.map((parameter) => parameter.name)]),
      ),
    ),
    tools: Object.fromEntries(allTools().map(({ name, methods }) => [name, Object.keys(methods)])),
  };
}
