import { type MsMetadata, parseSpw } from '../../astronomy/ms/index.ts';
import { type ContinuumFit, continuumSubtraction } from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { type ContsubOptions, subtractIntoNeighbour } from './contsub.ts';
import { type FitReport, GoodnessOfFit } from './goodness-of-fit.ts';
import { transform } from './split.ts';

/** Fits by numbers of fields and windows, several with commas; a window without `chan` is fitted in all channels. */
export type FieldFits = Readonly<
  Record<string, 'NONE' | Readonly<Record<string, { readonly chan?: string; readonly fitorder?: number }>>>
>;

/** Parameters of CASA 6.7's uvcontsub, and of the task of that name in CASA 3 to 6.4, which is meant when `outputvis` is not given. */
export interface UvcontsubOptions extends ContsubOptions {
  readonly vis: string;
  readonly outputvis?: string;
  readonly field?: string;
  readonly spw?: string;
  readonly scan?: string;
  readonly intent?: string;
  readonly array?: string;
  readonly observation?: string;
  readonly datacolumn?: 'data' | 'corrected' | 'model' | string;
  /**
   * Line-free channels, e.g. '17:0~100;200~300'; windows not named pass unchanged; empty: all channels of all windows. Or such for
   * each field: `{ '2,3': { 17: { chan: '0~100', fitorder: 1 } }, 4: 'NONE' }`; fields and windows not named pass unchanged.
   */
  readonly fitspec?: string | FieldFits;
  /** Order of the polynomial. */
  readonly fitorder?: number;
  readonly overwrite?: boolean;
}

/**
 * Subtracts the continuum from the visibilities: CASA 6.7's uvcontsub.
 *
 * The output has the selected rows and all subtables as they were; its DATA is the data less a polynomial fitted to the line-free channels of each row and correlation,
 * real and imaginary part apart; nothing else of the row is used, so it streams.
 *
 * @returns how good the fits are; nothing without `outputvis`
 * @throws usage for a negative order or a selection that matches nothing
 */
export function uvcontsub(context: Context, options: UvcontsubOptions): FitReport | undefined {
  if (!options.outputvis) {
    subtractIntoNeighbour(context, options);
    return undefined;
  }
  const { fitspec, fitorder, fitspw, excludechans, combine, solint, want_cont: wantCont, ...selection } = options;
  if (fitspw || excludechans || combine || wantCont || (solint !== undefined && solint !== 'int'))
    fail(
      'usage',
      'fitspw, excludechans, combine, solint and want_cont belong to uvcontsub without outputvis; use fitspec.',
    );
  const goodness = new GoodnessOfFit();
  transform(
    context,
    'uvcontsub',
    {
      ...selection,
      outputvis: options.outputvis,
      datacolumn: options.datacolumn ?? 'data',
      keepflags: true,
      reindex: false,
    },
    {
      operators: (metadata, { read }) => [
        continuumSubtraction({
          ...{ fitOf: planFits(metadata, fitspec ?? '', fitorder ?? 0), column: read[0] },
          onFit: (chunk, row, corr, chiSquared) => goodness.add(chunk, row, corr, chiSquared),
        }),
      ],
    },
  );
  return goodness.report();
}

type FitOf = (fieldId: number, spwId: number) => ContinuumFit | undefined;

function planFits(metadata: MsMetadata, fitspec: string | FieldFits, fitorder: number): FitOf {
  if (typeof fitspec === 'string') {
    const channels = parseSpw(fitspec, metadata.spectralWindows);
    const order = checkedOrder(fitorder);
    return (_, spwId) => {
      const ranges = channels.get(spwId);
      return ranges && { ranges, order };
    };
  }
  const fits = new Map<number, Map<number, ContinuumFit>>();
  for (const [fields, windows] of Object.entries(fitspec)) {
    const own = new Map<number, ContinuumFit>();
    for (const [spws, fit] of Object.entries(
      windows === 'NONE' ? {} : dictionaryOf(windows, "a field; use 'NONE' or a dictionary of windows"),
    )) {
      const { chan, fitorder: order } = fitOfWindow(fit);
      for (const spwId of numbersOf(spws, 'window', metadata.spectralWindows.length)) {
        if (own.has(spwId)) fail('usage', `fitspec names window ${spwId} of fields ${fields} twice.`);
        const ranges = parseSpw(chan ? `${spwId}:${chan}` : String(spwId), metadata.spectralWindows).get(spwId) ?? [];
        own.set(spwId, { ranges, order: checkedOrder(order ?? fitorder) });
      }
    }
    for (const fieldId of numbersOf(fields, 'field', metadata.fields.length)) {
      if (fits.has(fieldId)) fail('usage', `fitspec names field ${fieldId} twice.`);
      fits.set(fieldId, own);
    }
  }
  return (fieldId, spwId) => fits.get(fieldId)?.get(spwId);
}

function dictionaryOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return fail('usage', `fitspec has ${JSON.stringify(value)} for ${what}.`);
}

function fitOfWindow(value: unknown): { readonly chan?: string; readonly fitorder?: number } {
  const fit = dictionaryOf(value, "a window; use a dictionary such as {'chan': '0~100', 'fitorder': 1}");
  const unknown = Object.keys(fit).find((name) => name !== 'chan' && name !== 'fitorder');
  if (unknown !== undefined) fail('usage', `fitspec has "${unknown}" for a window; there are chan and fitorder.`);
  return fit;
}

function numbersOf(text: string, what: string, count: number): number[] {
  return text.split(',').map((word) => {
    const id = /^\s*\d+\s*$/.test(word) ? Number(word) : Number.NaN;
    if (!(id < count))
      fail('usage', `fitspec has "${word.trim()}" for the number of a ${what}; there are 0 to ${count - 1}.`);
    return id;
  });
}

function checkedOrder(order: number): number {
  if (!Number.isInteger(order) || order < 0) fail('usage', `fitorder=${order} is not an order of a polynomial.`);
  return order;
}
