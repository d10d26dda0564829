import {
  type MsMetadata,
  openMs,
  parseSpw,
  readMetadata,
  type SpwSelection,
  selectRows,
} from '../../astronomy/ms/index.ts';
import { readChunks } from '../../astronomy/visibility/index.ts';
import { type Context, fail, parseQuantity, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { JointContinuum } from './joint-continuum.ts';
import { type SplitResult, transform } from './split.ts';

/** Parameters of the task uvcontsub of CASA 3 to 6.4. */
export interface ContsubOptions {
  readonly vis: string;
  readonly field?: string;
  /** Windows of the output; empty: all. */
  readonly spw?: string;
  /** Channels to fit, e.g. '0:5~30;40~55,1'; empty: all. */
  readonly fitspw?: string;
  /** fitspw names the channels with lines instead. */
  readonly excludechans?: boolean;
  /** 'spw', 'scan', both or empty */
  readonly combine?: string;
  /** 'int', 'inf', or a time */
  readonly solint?: string | number;
  readonly fitorder?: number;
  /** Write the fits as vis.cont, too. */
  readonly want_cont?: boolean;
}

function channelsOfFit(metadata: MsMetadata, options: ContsubOptions): SpwSelection {
  const named = parseSpw(options.fitspw ?? '', metadata.spectralWindows);
  if (!options.excludechans) return named;
  const rest = new Map<number, [number, number][]>();
  for (const [spwId, window] of metadata.spectralWindows.entries()) {
    const isLine = new Uint8Array(window.chanFreqs.length);
    for (const [first, last] of named.get(spwId) ?? []) isLine.fill(1, first, last + 1);
    const free: [number, number][] = [];
    isLine.forEach((line, chan) => {
      const open = free[free.length - 1];
      if (line) return;
      if (open && open[1] === chan - 1) open[1] = chan;
      else free.push([chan, chan]);
    });
    if (free.length > 0) rest.set(spwId, free);
  }
  return rest;
}

function binOf(solint: string | number | undefined): number {
  if (solint === undefined || solint === 'int' || solint === '' || solint === 0) return 0;
  if (solint === 'inf' || solint === 'Inf') return Number.POSITIVE_INFINITY;
  return parseQuantity(solint, 'time');
}

/**
 * Subtracts the continuum as uvcontsub of CASA 3 to 6.4 did: polynomials in frequency over the windows together (combine='spw')
 * or one by one, of each integration or over more. Writes vis.contsub, and the fits as vis.cont when they are wanted, from
 * CORRECTED_DATA where there is one and else from DATA.
 *
 * @throws usage for windows without channels to fit, unless combine names 'spw'; exists
 */
export function subtractIntoNeighbour(context: Context, options: ContsubOptions): SplitResult {
  const { field, spw } = options;
  const order = options.fitorder ?? 0;
  if (!Number.isInteger(order) || order < 0) fail('usage', `fitorder=${order} is not an order of a polynomial.`);
  const combined = (options.combine ?? '').split(',').map((word) => word.trim());
  const unknown = combined.find((word) => !['', 'spw', 'scan'].includes(word));
  if (unknown) fail('usage', `combine="${options.combine}": "${unknown}" is not known; use spw, scan or both.`);
  const vis = options.vis.replace(/\/+$/, '');
  const ms = openMs(joinPath(context.cwd, vis));
  let fits: JointContinuum;
  const hasCorrected = ms.main.hasColumn('CORRECTED_DATA');
  try {
    const metadata = readMetadata(ms);
    const fitChannels = channelsOfFit(metadata, options);
    if (fitChannels.size === 0)
      fail('usage', `fitspw="${options.fitspw}" leaves no channel to fit.`, { file: ms.path });
    const { rows, channels } = selectRows(ms, { field, spw }, { metadata, warn: warningsOf(context, 'uvcontsub') });
    const lacking = [...channels.keys()].filter((spwId) => !fitChannels.has(spwId));
    if (lacking.length > 0 && !combined.includes('spw'))
      fail(
        'usage',
        `Windows ${lacking.join(', ')} have no channels in fitspw; name some, choose the fitted windows with spw, or use combine="spw".`,
      );
    fits = new JointContinuum(metadata, {
      ...{ fitChannels, order, binSec: binOf(options.solint) },
      column: hasCorrected ? 'CORRECTED_DATA' : 'DATA',
      combinesWindows: combined.includes('spw'),
      combinesScans: combined.includes('scan'),
    });
    const columns = [hasCorrected ? ('CORRECTED_DATA' as const) : ('DATA' as const)];
    for (const chunk of readChunks(ms, { rows, columns, withWeightSpectrum: true, metadata })) {
      context.checkAbort();
      fits.gather(chunk);
      chunk.release();
    }
  } finally {
    ms.close();
  }
  const write = (extension: string, result: 'line' | 'continuum') =>
    transform(
      context,
      'uvcontsub',
      {
        ...{ vis, field, spw, keepflags: true },
        outputvis: `${vis}.${extension}`,
        datacolumn: hasCorrected ? 'corrected' : 'data',
      },
      { operators: () => [fits.operator(result)] },
    );
  const written = write('contsub', 'line');
  if (fits.unfittedCount > 0)
    context.log.post(`${fits.unfittedCount} spectra without data in fitspw are flagged.`, 'WARN', 'uvcontsub');
  if (options.want_cont) write('cont', 'continuum');
  return written;
}
