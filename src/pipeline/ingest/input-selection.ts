import { fail } from '../../foundation/base/index.ts';

/** Words of importasdm's parameters that choose which data of the ASDM are read at all. */
const CHOICES = {
  corr_mode: { co: 'CROSS_ONLY', ao: 'AUTO_ONLY', ac: 'CROSS_AND_AUTO' },
  srt: { fr: 'FULL_RESOLUTION', ca: 'CHANNEL_AVERAGE', bw: 'BASEBAND_WIDE' },
  time_sampling: { i: 'INTEGRATION', si: 'SUBINTEGRATION' },
} as const;

export type InputChoices = Readonly<Record<keyof typeof CHOICES, string>>;

/** What a Main row's data are, in the data model's words. */
export interface InputKind {
  readonly correlationMode: string;
  readonly spectralType: string;
  readonly timeSampling: string;
}

/** Which data are read. */
export interface InputSelection {
  readonly isAll: boolean;
  includes(kind: InputKind): boolean;
}

/**
 * The data that `corr_mode`, `srt` and `time_sampling` choose: each `all` or words with blanks between them, e.g. 'fr ca'.
 *
 * @throws usage for another word
 */
export function inputSelection(choices: InputChoices): InputSelection {
  const wanted = (name: keyof typeof CHOICES): Set<string> | undefined => {
    const known: Readonly<Record<string, string>> = CHOICES[name];
    const words = choices[name].split(/[\s,]+/).filter(Boolean);
    if (words.length === 0 || words.includes('all')) return undefined;
    for (const word of words) {
      if (known[word] === undefined)
        fail('usage', `${name}="${choices[name]}" is unknown; it is all, or of ${Object.keys(known).join(', ')}.`);
    }
    return new Set(words.map((word) => known[word]));
  };
  const [modes, types, samplings] = [wanted('corr_mode'), wanted('srt'), wanted('time_sampling')];
  const has = (set: Set<string> | undefined, word: string) => set === undefined || set.has(word);
  return {
    isAll: !modes && !types && !samplings,
    includes: ({ correlationMode, spectralType, timeSampling }) =>
      has(modes, correlationMode) && has(types, spectralType) && has(samplings, timeSampling),
  };
}
