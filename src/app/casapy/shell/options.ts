import { fail } from '../../../foundation/base/index.ts';

/** A command's options and the words that are none. */
export interface ReadWords {
  /** Single letters that were given. */
  readonly flags: ReadonlySet<string>;
  /** Values by letter, in the order in which they came. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/**
 * Reads options as POSIX commands take them: `-rf`, `-n 3`, `-n3`, `--`, long ones by a table.
 *
 * @param known letters without a value
 * @param valued letters with one
 * @param long long names and the letters that they mean
 * @throws usage for an option that is not known
 */
export function readWords(
  args: readonly string[],
  known: string,
  valued = '',
  long: Readonly<Record<string, string>> = {},
): ReadWords {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  const put = (letter: string, value: string) => values.set(letter, [...(values.get(letter) ?? []), value]);
  for (let index = 0; index < args.length; index++) {
    const word = args[index];
    if (word === '--') {
      rest.push(...args.slice(index + 1));
      break;
    }
    if (word.startsWith('--')) {
      const [name, value] = word.slice(2).split(/=(.*)/s);
      const letter = long[name] ?? fail('usage', `the option --${name} is not known here`);
      if (valued.includes(letter)) put(letter, value ?? args[++index] ?? '');
      else flags.add(letter);
    } else if (!word.startsWith('-') || word === '-') rest.push(word);
    else {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at];
        if (valued.includes(letter)) {
          put(letter, word.slice(at + 1) || (args[++index] ?? fail('usage', `the option -${letter} needs a value`)));
          break;
        }
        if (!known.includes(letter)) fail('usage', `the option -${letter} is not known here`);
        flags.add(letter);
      }
    }
  }
  return { flags, values, rest };
}

/** The last value of an option. */
export function lastValue(words: ReadWords, letter: string): string | undefined {
  return words.values.get(letter)?.at(-1);
}
