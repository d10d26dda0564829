import { type FlagmanagerOptions, flagmanager } from '../../../pipeline/flagging/index.ts';
import { outputPath, text } from '../parameters.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';
import { keyed } from '../values.ts';

export const flagmanagerTask: TaskDeclaration = {
  name: 'flagmanager',
  summary: 'Saves, restores and lists flag versions',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('mode', 'list', 'what to do', { allowed: ['list', 'save', 'restore', 'delete', 'rename'] }),
    text('versionname', '', 'name of the flag version'),
    text('oldname', '', 'earlier name of the version'),
    text('comment', '', 'a comment'),
    text('merge', 'replace', 'how restored flags meet the present ones'),
  ],
  run(context, args) {
    const { ms, versions } = flagmanager(context, args as unknown as FlagmanagerOptions);
    if (args.mode !== 'list') return undefined;
    // CASA numbers the versions with whole numbers beside the text of the key MS.
    return keyed([
      ...versions.map(({ name, comment }, index) => [index, { name, comment }] as const),
      ['MS', ms],
    ]) as TaskValue;
  },
};
