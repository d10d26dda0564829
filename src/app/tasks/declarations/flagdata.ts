import { isQa2Error } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { flagCalTable, isCalTable } from '../../../pipeline/calibration/index.ts';
import { type FlagdataOptions, flagdata } from '../../../pipeline/flagging/index.ts';
import { openModel } from '../../../pipeline/skymodel/index.ts';
import { bool, float, floats, int, ints, outputPath, quantity, text, texts, variant } from '../parameters.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

export const flagdataTask: TaskDeclaration = {
  name: 'flagdata',
  wantsModel: (args) => /model|residual/i.test(String(args.datacolumn)),
  formerNames: ['tflagdata'],
  summary: 'Flags data by what is said about them',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('mode', 'manual', 'what to do', {
      allowed: [
        'manual',
        'clip',
        'quack',
        'shadow',
        'elevation',
        'tfcrop',
        'rflag',
        'antint',
        'extend',
        'unflag',
        'summary',
        'list',
      ],
    }),
    bool('autocorr', false, 'flag autocorrelations'),
    texts('inpfile', '', 'files with flag commands, or the commands'),
    texts('reason', 'any', 'reasons to choose commands by'),
    floats('tbuff', 0.0, 'time by which ranges of a list begin earlier and end later, s'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('field', '', 'fields by name or number; empty: all'),
    text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    text('correlation', '', 'correlations, e.g. XX,YY; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    text('intent', '', 'scan intents, with * as wildcard; empty: all'),
    text('array', '', 'array numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    text('feed', '', 'feed numbers; empty: all'),
    floats('clipminmax', [], 'range of values that are good'),
    text('datacolumn', 'DATA', 'data column'),
    variant('clipoutside', true, 'flag outside the range'),
    variant('channelavg', false, 'average channels first'),
    ints('chanbin', 1, 'channels averaged', { onlyDefault: true }),
    variant('timeavg', false, 'average in time first', { onlyDefault: true }),
    quantity('timebin', '0s', 'time averaged', { onlyDefault: true }),
    bool('clipzeros', false, 'flag zeros'),
    float('quackinterval', 1.0, 'time to flag at a scan, s'),
    text('quackmode', 'beg', 'where: beg, endb, end, tail'),
    variant('quackincrement', false, 'count from what is flagged already'),
    float('tolerance', 0.0, 'allowed shadowing, m'),
    variant('addantenna', '', 'antennas that may shadow although they took no data'),
    float('lowerlimit', 0.0, 'lowest good elevation, deg'),
    float('upperlimit', 90.0, 'highest good elevation, deg'),
    variant('ntime', 'scan', 'extend: scan, or a length of time, s'),
    bool('combinescans', false, 'extend: let chunks cross scans'),
    float('timecutoff', 4.0, 'limit in time, sigma', { onlyDefault: true }),
    float('freqcutoff', 3.0, 'limit in frequency, sigma', { onlyDefault: true }),
    text('timefit', 'line', 'fit in time', { onlyDefault: true }),
    text('freqfit', 'poly', 'fit in frequency', { onlyDefault: true }),
    int('maxnpieces', 7, 'pieces of the fit', { onlyDefault: true }),
    text('flagdimension', 'freqtime', 'axes that are examined', { onlyDefault: true }),
    text('usewindowstats', 'none', 'statistics of windows', { onlyDefault: true }),
    int('halfwin', 1, 'half width of windows', { onlyDefault: true }),
    bool('extendflags', true, 'extend flags afterwards', { onlyDefault: true }),
    int('winsize', 3, 'time window, integrations', { onlyDefault: true }),
    variant('timedev', '', 'deviations in time', { onlyDefault: true }),
    variant('freqdev', '', 'deviations in frequency', { onlyDefault: true }),
    float('timedevscale', 5.0, 'scale of the time threshold', { onlyDefault: true }),
    float('freqdevscale', 5.0, 'scale of the frequency threshold', { onlyDefault: true }),
    float('spectralmax', 1000000.0, 'threshold above which whole spectra go', { onlyDefault: true }),
    float('spectralmin', 0.0, 'threshold below which whole spectra go', { onlyDefault: true }),
    text('antint_ref_antenna', '', 'reference antenna', { onlyDefault: true }),
    float('minchanfrac', 0.6, 'fraction of channels that must be flagged', { onlyDefault: true }),
    bool('verbose', false, 'say more', { inert: 'the log says the same either way' }),
    variant('extendpols', true, 'extend over correlations'),
    float('growtime', 50.0, 'per cent flagged in time that flags all'),
    float('growfreq', 50.0, 'per cent flagged in frequency that flags all'),
    bool('growaround', false, 'flag points surrounded by flags'),
    bool('flagneartime', false, 'flag neighbours in time'),
    bool('flagnearfreq', false, 'flag neighbours in frequency'),
    float('minrel', 0.0, 'least fraction to report'),
    float('maxrel', 1.0, 'largest fraction to report'),
    int('minabs', 0, 'least number to report'),
    int('maxabs', -1, 'largest number to report'),
    bool('spwchan', false, 'report by channel'),
    bool('spwcorr', false, 'report by correlation'),
    bool('basecnt', false, 'report by baseline'),
    bool('fieldcnt', false, 'report by field'),
    text('name', 'Summary', 'name of this summary'),
    text('action', 'apply', 'apply, or only calculate', { allowed: ['apply', 'calculate', 'none', ''] }),
    text('display', '', 'show plots', { allowed: ['', 'none'] }),
    bool('flagbackup', true, 'keep a flag version of the state before'),
    bool('savepars', false, 'save the command'),
    text('cmdreason', '', 'reason stored with the command'),
    outputPath('outfile', '', 'name of the output'),
    bool('overwrite', true, 'replace an output that is in the way'),
    bool('writeflags', true, 'write the flags', { onlyDefault: true }),
  ],
  run(context, args) {
    const options = { ...(args as unknown as FlagdataOptions), modelOf: openModel };
    try {
      const isOfTable = isCalTable(joinPath(context.cwd, options.vis));
      const { summary, summaries } = (isOfTable ? flagCalTable : flagdata)(context, options);
      return (summary ?? summaries ?? {}) as unknown as TaskValue;
    } catch (error) {
      // Delivered scripts name channels that the window lacks; CASA warns and flags nothing.
      if (!isQa2Error(error, 'usage') || !/^No channel matches /.test(error.message)) throw error;
      context.log.post(`${error.message} Nothing is flagged.`, 'WARN', 'flagdata');
      return {};
    }
  },
  reply: typedReply(),
};
