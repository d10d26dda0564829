import { openMs } from '../../../astronomy/ms/index.ts';
import { type Context, fail } from '../../../foundation/base/index.ts';
import { baseName, joinPath } from '../../../foundation/bytes/index.ts';
import {
  bandpassFigures,
  type CalTable,
  calTableFigures,
  checkCalTable,
  checkFluxes,
  readCalTable,
  weightStatistics,
  wvrFigures,
} from '../../../pipeline/calibration/index.ts';
import { plotBandpass } from '../declarations/plotbandpass.ts';
import { writeFigures } from '../figure-file.ts';
import { method, type ToolArguments, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { coordinateHelpers } from './analysis-coordinates.ts';

/** es: the checks that delivered calibration scripts call when they are not only applied. */
export const scienceReductionTool: ToolDeclaration<null> = {
  name: 'es',
  summary: 'Checks of calibration tables and fluxes that delivered scripts call',
  create: () => null,
  close: () => {},
  methods: {
    checkCalTable: method("calTable, msName='', interactive=False", (_state, args, { context }) => {
      const caltable = textArgument(args, 'calTable');
      const check = checkCalTable(context, { caltable });
      const plots = drawTable(context, caltable);
      return { ...check, plots } as unknown as TaskValue;
    }),
    fluxscale2: method(
      "caltable='', removeOutliers=False, msName='', writeToFile=False, preavg=10000",
      (_state, args, { context }) => {
        // Gains are averaged over all the time of a field, which is what 10000 s mean for an observation.
        if (args.preavg !== 10000) fail('unsupported', 'es.fluxscale2(): only preavg=10000 is available.');
        const options = {
          caltable: textArgument(args, 'caltable'),
          msName: textArgument(args, 'msName'),
          removeOutliers: args.removeOutliers === true,
          writeToFile: args.writeToFile === true,
        };
        return checkFluxes(context, options) as unknown as TaskValue;
      },
    ),
    getCalWeightStats: method("vis='', intent='', doplots=False", (_state, args, { context }) => {
      if (args.doplots === true) fail('unsupported', 'es.getCalWeightStats(): only doplots=False is available.');
      const options = { vis: textArgument(args, 'vis'), intent: textArgument(args, 'intent') };
      return weightStatistics(context, options) as unknown as TaskValue;
    }),
    fixForCSV2555: method('msName', (_state, args, { context, log }) => {
      const vis = joinPath(context.cwd, textArgument(args, 'msName'));
      openMs(vis).close();
      const text = `${vis}: left as it is; what this repaired in tables of CASA's importasdm of 2013, importasdm of this program does not get wrong.`;
      log.post(text, 'INFO', 'es');
      return true;
    }),
  },
};

/** aU: of the analysis utilities, what delivered scripts use. */
export const analysisUtilitiesTool: ToolDeclaration<null> = {
  name: 'aU',
  summary: 'Of the analysis utilities, the plots and checks that delivered scripts call, and places as text',
  create: () => null,
  close: () => {},
  methods: {
    ...coordinateHelpers,
    getALMAFlux: method(
      "sourcename, frequency='', lowbandlimit=1e20, highbandlimit=1e20, ignorelowbandlimit=True, date='', searchwindow=30",
      () =>
        fail(
          'unsupported',
          'aU.getALMAFlux(): the catalogue of calibrators is on the network, which scripts have none of; see almascience.org/sc.',
        ),
    ),
    stuffForScienceDataReduction: method('', (_state, _args, { adopt }) => adopt('es', null)),
    plotWVRSolutions: method(
      "caltable='', spw='', field='', antenna='', subplot=22, yrange=[0,0], xrange=[0,0], interactive=False, " +
        "figfile='', unwrap=False, timerange='', showFlaggedSolutions=True, buildpdf=False",
      (_state, args, { context }) => drawWater(context, args),
    ),
    plotbandpass: method(
      "caltable='', antenna='', field='', spw='', yaxis='amp', xaxis='chan', figfile='', plotrange=[0,0,0,0], overlay='', " +
        "showatm=False, pwv='auto', showfdm=False, subplot=22, yrange=[], interactive=False, buildpdf=False, chanrange='', " +
        "showBasebandNumber=False, showimage=False, showtsky=False, timeranges='', poln='', markersize=3, density=108",
      (_state, args, { context }) => {
        if (args.showimage === true) fail('unsupported', 'aU.plotbandpass(): only showimage=False is available.');
        if (args.buildpdf === true)
          context.log.post('buildpdf has no effect: the pages are PNG files.', 'WARN', 'plotbandpass');
        for (const name of ['timeranges', 'poln'])
          if (args[name] !== '') fail('unsupported', `aU.plotbandpass(): only ${name}='' is available.`);
        return plotBandpass(context, args);
      },
    ),
  },
};

/** Pictures of a table in `<table>.plots`: gains against time, or spectra of each antenna. */
function drawTable(context: Context, caltable: string): string[] {
  const table = readCalTable(joinPath(context.cwd, caltable));
  const stem = `${caltable}.plots/${baseName(caltable)}`;
  if (table.rows.chanCount.some((count) => count > 1)) {
    return writeFigures(context, stem, bandpassFigures(table, { name: caltable, subplot: 42, overlay: 'time' }));
  }
  const draw = (yaxis: 'amp' | 'phase' | 'value') =>
    writeFigures(context, `${stem}.${yaxis}`, trackPages(table, caltable, yaxis));
  return table.parType === 'Float' ? draw('value') : [...draw('amp'), ...draw('phase')];
}

function trackPages(table: CalTable, name: string, yaxis: 'amp' | 'phase' | 'value') {
  return calTableFigures(table, { name, xaxis: 'time', yaxis, iteration: ['antenna'], colour: 'spw', subplot: [4, 3] });
}

function drawWater(context: Context, args: ToolArguments): string[] {
  const caltable = textArgument(args, 'caltable');
  const table = readCalTable(joinPath(context.cwd, caltable));
  const [low, high] = args.yrange as number[];
  const pages = wvrFigures(table, {
    antenna: String(args.antenna ?? ''),
    spw: String(args.spw ?? ''),
    subplot: String(args.subplot),
    ...(low !== high && { yrange: [low, high] as const }),
  });
  return writeFigures(context, textArgument(args, 'figfile') || `${caltable}.plots/${baseName(caltable)}`, pages);
}
