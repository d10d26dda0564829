import { CasaLog, EngineSession, type EngineValue } from '../../../../src/app/tasks/index.ts';

type Given = Parameters<EngineSession['answer']>[0] extends infer R
  ? R extends { kind: 'tool'; positional: infer P }
    ? P
    : never
  : never;

/** Calls a tool's methods as a script would, in the directory `cwd`. */
export function toolCaller(tool: string, cwd: string, handle = 0) {
  const session = new EngineSession({
    log: new CasaLog({}),
    checkAbort() {},
    progress: { update() {} },
    casaVersion: '4.7.2',
  });
  return async (method: string, positional: Given = [], named: Record<string, Given[number]> = {}) =>
    plain(await session.answer({ kind: 'tool', tool, handle, method, positional, named }, cwd));
}

/** A reply as Python's tolist() would show it: tags taken off, arrays nested with the first axis outermost. */
export function plain(value: EngineValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  if ('$float' in value) return Number(value.$float);
  if ('$complex' in value) return value.$complex;
  if ('kind' in value && value.kind === 'array' && 'values' in value) {
    const { shape, values, type } = value as unknown as { shape: number[]; values: ArrayLike<number>; type: string };
    return nest(shape, 0, 1, (at) => (type === 'complex' ? [values[2 * at], values[2 * at + 1]] : values[at]), 0);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part as EngineValue)]));
}

function nest(shape: number[], axis: number, step: number, get: (at: number) => unknown, offset: number): unknown {
  if (axis === shape.length) return get(offset);
  return Array.from({ length: shape[axis] }, (_, index) =>
    nest(shape, axis + 1, step * shape[axis], get, offset + index * step),
  );
}
