import { openMs } from '../../../astronomy/ms/index.ts';
import { disk } from '../../../foundation/bytes/index.ts';
import { flagcmd, saveFlagVersion } from '../../../pipeline/flagging/index.ts';
import { type ImportAsdmOptions, type IngestHooks, importasdm } from '../../../pipeline/ingest/index.ts';
import { bool, float, inputPath, text, texts, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

/** Keeps the flags as version 'Original' beside the name that the MeasurementSet will get. */
function saveOriginalFlags(vis: string, finalVis: string): void {
  const ms = openMs(vis, 'read');
  saveFlagVersion(ms, 'Original', 'Original flags at import into CASA');
  ms.close();
  disk().remove(`${finalVis}.flagversions`);
  disk().rename(`${vis}.flagversions`, `${finalVis}.flagversions`);
}

export const importasdmTask: TaskDeclaration = {
  name: 'importasdm',
  summary: 'Makes a MeasurementSet from an ASDM',
  parameters: [
    inputPath('asdm', undefined, 'ASDM directory'),
    inputPath('vis', '', 'MeasurementSet'),
    bool('createmms', false, 'make a multi-MS', { inert: 'multi-MSs are not made' }),
    text('separationaxis', 'auto', 'axis of a multi-MS', {
      allowed: ['baseline', 'AUTO', 'SPW', 'SCAN', 'auto', 'spw', 'BASELINE', 'scan'],
      inert: 'multi-MSs are not made',
    }),
    variant('numsubms', 'auto', 'parts of a multi-MS', { inert: 'multi-MSs are not made' }),
    text('corr_mode', 'all', 'correlation modes to take'),
    text('srt', 'all', 'spectral resolution types to take'),
    text('time_sampling', 'all', 'time sampling types to take'),
    text('ocorr_mode', 'ca', 'cross-correlations co, autocorrelations ao, or both ca', { allowed: ['co', 'ao', 'ca'] }),
    bool('compression', false, 'compress the data column', { onlyDefault: true }),
    bool('lazy', false, 'leave the visibilities in the ASDM and refer to them instead of copying'),
    text('asis', '', 'ASDM tables to copy as they are, or *'),
    text('wvr_corrected_data', 'no', 'which of the WVR-corrected data to take', { allowed: ['no', 'yes', 'both'] }),
    text('scans', '', 'scans to take; empty: all'),
    bool('ignore_time', false, 'leave the ASDM tables unfiltered by time'),
    bool('process_syspower', true, 'fill SYSPOWER'),
    bool('process_caldevice', true, 'fill CALDEVICE'),
    bool('process_pointing', true, 'fill POINTING'),
    bool('process_flags', true, 'read the online flags'),
    float('tbuff', 0.0, 'time added around each flag, s'),
    bool('applyflags', false, 'apply the online flags'),
    bool('savecmds', false, 'write the online flags to a file'),
    texts('outfile', '', 'files of the online flags, one for each MeasurementSet', { path: 'write' }),
    bool('flagbackup', true, 'keep a flag version of the state before'),
    bool('verbose', false, 'say more'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('bdfflags', false, 'apply the flags of the binary data'),
    bool('with_pointing_correction', false, 'add the pointing offsets to the directions'),
    bool('convert_ephem2geo', true, 'ephemerides seen from the centre of the Earth'),
    float('polyephem_tabtimestep', 0.0, 'step of tables made from ephemeris polynomials, days'),
  ],
  run(context, args) {
    const hooks: IngestHooks = {
      saveFlags: (vis, finalVis) => saveOriginalFlags(vis, finalVis),
      applyFlags: (vis, commands) => {
        const lines = commands.map(({ command, reason }) => `${command} reason='${reason}'`);
        flagcmd(context, { vis, inpmode: 'list', inpfile: lines, action: 'apply', flagbackup: false });
      },
    };
    importasdm(context, { ...(args as unknown as ImportAsdmOptions), hooks });
    return undefined;
  },
};
