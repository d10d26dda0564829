import type { Context } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import {
  type BandpassPlot,
  bandpassFigures,
  readCalTable,
  transmissionOf,
} from '../../../pipeline/calibration/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, floats, inputPath, outputPath, text, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';

/** Precipitable water when none is stated, mm. */
const USUAL_WATER = 1;

export const plotbandpassTask: TaskDeclaration = {
  name: 'plotbandpass',
  summary: 'Draws the spectra of a bandpass or Tsys table as PNG',
  parameters: [
    inputPath('caltable', undefined, 'calibration table'),
    variant('antenna', '', 'antennas; empty: all'),
    variant('field', '', 'fields; empty: all'),
    variant('spw', '', 'windows; empty: all'),
    text('yaxis', 'both', 'amp, phase or both', { allowed: ['amp', 'phase', 'both', 'snr'] }),
    text('xaxis', 'freq', 'freq or chan', { allowed: ['freq', 'chan'] }),
    outputPath('figfile', '', 'name of the pictures; empty: beside the table'),
    variant('plotrange', [0, 0, 0, 0], 'x and y range; 0,0: of the data'),
    text('overlay', '', 'what shares a panel: time, antenna, spw'),
    bool('showatm', false, 'draw the transmission of the atmosphere'),
    variant('pwv', 'auto', 'precipitable water vapour, mm'),
    bool('showfdm', false, 'mark windows of many channels'),
    variant('subplot', 22, 'rows and columns of panels, e.g. 22'),
    floats('yrange', [], 'y range; empty: of the data'),
  ],
  run: (context, args) => plotBandpass(context, args),
};

/** Draws the pages and returns the names of their files. */
export function plotBandpass(context: Context, args: TaskArguments): string[] {
  const caltable = String(args.caltable);
  const table = readCalTable(joinPath(context.cwd, caltable));
  const water = Number(args.pwv);
  const words = (name: string) => String(args[name] ?? '');
  const pages = bandpassFigures(table, {
    ...{ antenna: words('antenna'), field: words('field'), spw: words('spw'), overlay: words('overlay') },
    xaxis: args.xaxis as BandpassPlot['xaxis'],
    yaxis: args.yaxis as BandpassPlot['yaxis'],
    subplot: words('subplot'),
    showfdm: args.showfdm === true,
    ...rangeOf(args),
    ...(args.showatm && {
      transmission: (frequencies: Float64Array) =>
        transmissionOf(frequencies, { waterMm: Number.isFinite(water) && water > 0 ? water : USUAL_WATER }),
    }),
  });
  return writeFigures(context, words('figfile') || `${caltable}.bandpass`, pages);
}

function rangeOf({ yrange, plotrange }: TaskArguments): { yrange?: readonly [number, number] } {
  const own =
    Array.isArray(yrange) && yrange.length === 2 ? yrange : Array.isArray(plotrange) ? plotrange.slice(2) : [];
  return own.length === 2 && own[0] !== own[1] ? { yrange: [Number(own[0]), Number(own[1])] } : {};
}
