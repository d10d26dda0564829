import { type MsMetadata, parseSpw, type SpwSelection } from '../../astronomy/ms/index.ts';
import { continuumSubtraction } from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { type ContsubOptions, subtractIntoNeighbour } from './contsub.ts';
import { type FitReport, GoodnessOfFit } from './goodness-of-fit.ts';
import { transform } from './split.ts';

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
  /** Line-free channels, e.g. '17:0~100;200~300'; windows not named pass unchanged; empty: all channels of all windows. */
  readonly fitspec?: string;
  /** Order of the polynomial. */
  readonly fitorder?: number;
  readonly overwrite?: boolean;
}

/**
 * Subtracts the continuum from the visibilities: CASA 6.7's uvcontsub with a `fitspec` string.
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
  const order = fitorder ?? 0;
  if (!Number.isInteger(order) || order < 0) fail('usage', `fitorder=${order} is not an order of a polynomial.`);
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
          ...{ fitChannels: fitChannels(metadata, fitspec ?? ''), order, column: read[0] },
          onFit: (chunk, row, corr, chiSquared) => goodness.add(chunk, row, corr, chiSquared),
        }),
      ],
    },
  );
  return goodness.report();
}

function fitChannels(metadata: MsMetadata, fitspec: string): SpwSelection {
  return parseSpw(fitspec, metadata.spectralWindows);
}
