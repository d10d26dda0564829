import { joinPath } from '../../../foundation/bytes/index.ts';
import { checkCalTable, checkFluxes, weightStatistics } from '../../../pipeline/calibration/index.ts';
import { method, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';

/** es: the checks that delivered calibration scripts call when they are not only applied. */
export const scienceReductionTool: ToolDeclaration<null> = {
  name: 'es',
  summary: 'Checks of calibration tables and fluxes that delivered scripts call',
  create: () => null,
  close: () => {},
  methods: {
    checkCalTable: method("calTable, msName='', interactive=False", (_state, args, { context }) => {
      const caltable = textArgument(args, 'calTable');
      return { ...checkCalTable(context, { caltable }) } as unknown as TaskValue;
    }),
    fluxscale2: method(
      "caltable='', removeOutliers=False, msName='', writeToFile=False, preavg=10000",
      (_state, args, { context }) => {
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
      return weightStatistics(context, { vis: textArgument(args, 'vis') }) as unknown as TaskValue;
    }),
    fixForCSV2555: method('msName', (_state, args, { context, log }) => {
      const vis = joinPath(context.cwd, textArgument(args, 'msName'));
      log.post(`${vis}: nothing to repair; importasdm of this program writes the tables right.`, 'INFO', 'es');
      return true;
    }),
  },
};

/** aU: of the analysis utilities, what delivered scripts use. */
export const analysisUtilitiesTool: ToolDeclaration<null> = {
  name: 'aU',
  summary: 'The plots and checks of the analysis utilities that delivered scripts call',
  create: () => null,
  close: () => {},
  methods: {
    stuffForScienceDataReduction: method('', (_state, _args, { adopt }) => adopt('es', null)),
  },
};
