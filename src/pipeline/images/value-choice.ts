import { fail } from '../../foundation/base/index.ts';
import { chauvenetRange, quartilesOf } from '../../foundation/numeric/index.ts';

/** How CASA's imstat chooses values against outliers. */
export interface AlgorithmOptions {
  /** classic (all values), chauvenet, fit-half or hinges-fences. */
  readonly algorithm?: string;
  /** hinges-fences: how many times the distance of the quartiles values may lie beyond them; negative: all count. */
  readonly fence?: number;
  /** fit-half: mean, median or zero. */
  readonly center?: string;
  /** fit-half: the values below the centre count, and their mirror images; else those above. */
  readonly lside?: boolean;
  /** chauvenet: standard deviations that values may lie away; negative: by Chauvenet's criterion. */
  readonly zscore?: number;
  /** chauvenet: rounds after the first; negative: until nothing changes. */
  readonly maxiter?: number;
}

/** Values that count: those in a range, and with a mirror their images in it, too. */
export interface ValueChoice {
  readonly low: number;
  readonly high: number;
  readonly mirror?: number;
}

const MOST_ROUNDS = 1000;
const ALGORITHMS = ['classic', 'chauvenet', 'fit-half', 'hinges-fences'];

function centreOf(values: Float32Array, center: string): number {
  if (center === 'zero') return 0;
  if (center === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  if (center === 'median') return quartilesOf(values.slice().sort()).median;
  return fail('usage', `center="${center}" is unknown; there are mean, median, zero.`);
}

/** The algorithm's name; the first letters tell, as in CASA. @throws usage, unsupported */
function algorithmOf(named: string): string {
  const name = named.toLowerCase();
  if (name.startsWith('b'))
    fail('unsupported', `algorithm="${named}" is not done; there are ${ALGORITHMS.join(', ')}.`);
  return (
    ALGORITHMS.find((known) => name !== '' && known.startsWith(name.slice(0, name.startsWith('c') ? 2 : 1))) ??
    fail('usage', `algorithm="${named}" is unknown; there are ${ALGORITHMS.join(', ')}.`)
  );
}

/** Which values count; undefined for classic, where all do. @throws usage, unsupported */
export function valueChooser(options: AlgorithmOptions): ((values: Float32Array) => ValueChoice) | undefined {
  const { fence = -1, center = 'mean', lside = true, zscore = -1, maxiter = -1 } = options;
  const [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  switch (algorithmOf(options.algorithm ?? 'classic')) {
    case 'chauvenet':
      return (values) => {
        const [low, high] = chauvenetRange(values, zscore, maxiter < 0 ? MOST_ROUNDS : maxiter);
        return { low, high };
      };
    case 'fit-half':
      return (values) => {
        const mirror = centreOf(values, center.toLowerCase());
        return lside ? { low: least, high: mirror, mirror } : { low: mirror, high: most, mirror };
      };
    case 'hinges-fences':
      return (values) => {
        const { first, third } = quartilesOf(values.slice().sort());
        const reach = fence < 0 ? most : fence * (third - first);
        return { low: first - reach, high: third + reach };
      };
    default:
      return undefined;
  }
}
