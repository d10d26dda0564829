import { fail } from '../../foundation/base/index.ts';
import { apparentsensTask } from './declarations/apparentsens.ts';
import { applycalTask } from './declarations/applycal.ts';
import { asdmsummaryTask } from './declarations/asdmsummary.ts';
import { bandpassTask } from './declarations/bandpass.ts';
import { calstatTask } from './declarations/calstat.ts';
import { cleanTask } from './declarations/clean.ts';
import { clearcalTask } from './declarations/clearcal.ts';
import { concatTask } from './declarations/concat.ts';
import { cvelTask } from './declarations/cvel.ts';
import { cvel2Task } from './declarations/cvel2.ts';
import { delmodTask } from './declarations/delmod.ts';
import { exportfitsTask } from './declarations/exportfits.ts';
import { exportuvfitsTask } from './declarations/exportuvfits.ts';
import { featherTask } from './declarations/feather.ts';
import { fixplanetsTask } from './declarations/fixplanets.ts';
import { fixsyscaltimesTask } from './declarations/fixsyscaltimes.ts';
import { fixvisTask } from './declarations/fixvis.ts';
import { flagcmdTask } from './declarations/flagcmd.ts';
import { flagdataTask } from './declarations/flagdata.ts';
import { flagmanagerTask } from './declarations/flagmanager.ts';
import { fluxscaleTask } from './declarations/fluxscale.ts';
import { ftTask } from './declarations/ft.ts';
import { gaincalTask } from './declarations/gaincal.ts';
import { gencalTask } from './declarations/gencal.ts';
import { hInitTask } from './declarations/h-init.ts';
import { hSaveTask } from './declarations/h-save.ts';
import { hanningsmoothTask } from './declarations/hanningsmooth.ts';
import { hifaImportdataTask } from './declarations/hifa-importdata.ts';
import { imcollapseTask } from './declarations/imcollapse.ts';
import { imcontsubTask } from './declarations/imcontsub.ts';
import { imdevTask } from './declarations/imdev.ts';
import { imfitTask } from './declarations/imfit.ts';
import { imheadTask } from './declarations/imhead.ts';
import { imhistoryTask } from './declarations/imhistory.ts';
import { immathTask } from './declarations/immath.ts';
import { immomentsTask } from './declarations/immoments.ts';
import { impbcorTask } from './declarations/impbcor.ts';
import { importasdmTask } from './declarations/importasdm.ts';
import { importfitsTask } from './declarations/importfits.ts';
import { importuvfitsTask } from './declarations/importuvfits.ts';
import { impvTask } from './declarations/impv.ts';
import { imrebinTask } from './declarations/imrebin.ts';
import { imreframeTask } from './declarations/imreframe.ts';
import { imregridTask } from './declarations/imregrid.ts';
import { imsmoothTask } from './declarations/imsmooth.ts';
import { imstatTask } from './declarations/imstat.ts';
import { imsubimageTask } from './declarations/imsubimage.ts';
import { imtransTask } from './declarations/imtrans.ts';
import { imvalTask } from './declarations/imval.ts';
import { imviewTask, viewerTask } from './declarations/imview.ts';
import { initweightsTask } from './declarations/initweights.ts';
import { listcalTask } from './declarations/listcal.ts';
import { listobsTask } from './declarations/listobs.ts';
import { makemaskTask } from './declarations/makemask.ts';
import { mstransformTask } from './declarations/mstransform.ts';
import { phaseshiftTask } from './declarations/phaseshift.ts';
import { plotantsTask } from './declarations/plotants.ts';
import { plotbandpassTask } from './declarations/plotbandpass.ts';
import { plotcalTask } from './declarations/plotcal.ts';
import { plotmsTask } from './declarations/plotms.ts';
import { rerefantTask } from './declarations/rerefant.ts';
import { restoredataTasks } from './declarations/restoredata.ts';
import { rmtablesTask } from './declarations/rmtables.ts';
import { setjyTask } from './declarations/setjy.ts';
import { smoothcalTask } from './declarations/smoothcal.ts';
import { specfluxTask } from './declarations/specflux.ts';
import { specsmoothTask } from './declarations/specsmooth.ts';
import { splitTask } from './declarations/split.ts';
import { statwtTask } from './declarations/statwt.ts';
import { tcleanTask } from './declarations/tclean.ts';
import { tsysspwmapTask } from './declarations/tsysspwmap.ts';
import { uvcontsubTask } from './declarations/uvcontsub.ts';
import { uvsubTask } from './declarations/uvsub.ts';
import { virtualconcatTask } from './declarations/virtualconcat.ts';
import { visheadTask } from './declarations/vishead.ts';
import { visstatTask } from './declarations/visstat.ts';
import { wvrgcalTask } from './declarations/wvrgcal.ts';
import type { TaskDeclaration } from './types.ts';

const DECLARATIONS: readonly TaskDeclaration[] = [
  apparentsensTask,
  applycalTask,
  bandpassTask,
  calstatTask,
  cleanTask,
  concatTask,
  exportfitsTask,
  exportuvfitsTask,
  featherTask,
  fixsyscaltimesTask,
  flagcmdTask,
  flagdataTask,
  flagmanagerTask,
  fluxscaleTask,
  ftTask,
  gaincalTask,
  gencalTask,
  imdevTask,
  imfitTask,
  imheadTask,
  imhistoryTask,
  imcollapseTask,
  imcontsubTask,
  immathTask,
  immomentsTask,
  impbcorTask,
  asdmsummaryTask,
  importasdmTask,
  importfitsTask,
  importuvfitsTask,
  impvTask,
  imrebinTask,
  imreframeTask,
  imregridTask,
  imsmoothTask,
  imviewTask,
  imstatTask,
  imtransTask,
  imvalTask,
  imsubimageTask,
  initweightsTask,
  listcalTask,
  listobsTask,
  makemaskTask,
  plotantsTask,
  plotbandpassTask,
  plotcalTask,
  plotmsTask,
  rerefantTask,
  rmtablesTask,
  setjyTask,
  smoothcalTask,
  specfluxTask,
  specsmoothTask,
  splitTask,
  tcleanTask,
  tsysspwmapTask,
  uvcontsubTask,
  wvrgcalTask,
  mstransformTask,
  cvelTask,
  cvel2Task,
  hanningsmoothTask,
  phaseshiftTask,
  fixvisTask,
  fixplanetsTask,
  statwtTask,
  clearcalTask,
  delmodTask,
  uvsubTask,
  viewerTask,
  virtualconcatTask,
  visheadTask,
  visstatTask,
  hInitTask,
  hSaveTask,
  hifaImportdataTask,
  ...restoredataTasks,
];

const BY_NAME = new Map(DECLARATIONS.map((declaration) => [declaration.name, declaration]));
const BY_FORMER_NAME = new Map(
  DECLARATIONS.flatMap((declaration) => (declaration.formerNames ?? []).map((name) => [name, declaration] as const)),
);

/** All CASA tasks that can be called, in alphabetical order of their names. */
export function allTasks(): readonly TaskDeclaration[] {
  return [...DECLARATIONS].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The task of this name, or that once had it; @throws usage when there is none */
export function findTask(name: string): TaskDeclaration {
  return (
    BY_NAME.get(name) ??
    BY_FORMER_NAME.get(name) ??
    fail('usage', `There is no task '${name}'. The tasks are ${[...BY_NAME.keys()].sort().join(', ')}.`)
  );
}
