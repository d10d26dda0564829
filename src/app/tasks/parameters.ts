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

/** Of `selectdata` in tasks that never look at it in CASA: what is selected counts, also with False. */
export const SELECTS_ALWAYS: Extra = { inert: 'what is selected counts always', inertInCasa: true };

/** The selection parameters of imaging that `selectdata` switches, in CASA's order. */
export const selectedData = [
  bool('selectdata', true, 'use the selection parameters that follow'),
  text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
  text('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
  text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
  text('scan', '', 'scan numbers; empty: all'),
  variant('observation', '', 'observation numbers; empty: all'),
];

/** The selection parameters of the solvers and of applycal, in CASA's order. */
export const calibrationSelection = [
  text('field', '', 'fields by name or number; empty: all'),
  text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
  text('intent', '', 'scan intents, with * as wildcard; empty: all'),
  bool('selectdata', true, 'use the selection parameters that follow'),
  text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
  variant('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
  text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
  text('scan', '', 'scan numbers; empty: all'),
  variant('observation', '', 'observation numbers; empty: all'),
  text('msselect', '', 'further selection in TaQL', { onlyDefault: true }),
];
