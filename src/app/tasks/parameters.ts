import type { ParameterType, TaskParameter, TaskValue } from './types.ts';

type Extra = Partial<Omit<TaskParameter, 'name' | 'type' | 'default' | 'doc'>>;

function builder(type: ParameterType) {
  return (name: string, value: TaskValue | undefined, doc: string, extra: Extra = {}): TaskParameter => ({
    name,
    type,
    default: value,
    doc,
    ...extra,
  });
}

/** Short constructors for parameter lists: name, default (undefined: required), one line of help, more. */
export const bool = builder('bool');
export const int = builder('int');
export const float = builder('float');
export const text = builder('string');
export const quantity = builder('quantity');
export const texts = builder('stringList');
export const ints = builder('intList');
export const floats = builder('floatList');
export const variant = builder('any');

function pathBuilder(type: ParameterType, path: 'read' | 'write') {
  return (name: string, value: TaskValue | undefined, doc: string, extra: Extra = {}): TaskParameter =>
    builder(type)(name, value, doc, { ...extra, path });
}

/** A parameter that names one file or directory to read. */
export const inputPath = pathBuilder('string', 'read');
/** A parameter that names one file or directory to write or change. */
export const outputPath = pathBuilder('string', 'write');
/** A parameter that names the input, one or several. */
export const inputPaths = pathBuilder('stringList', 'read');
