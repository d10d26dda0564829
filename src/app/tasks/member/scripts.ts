import { joinPath } from '../../../foundation/bytes/index.ts';
import { writeScript, writeText } from '../../../pipeline/delivery/index.ts';
import type { BlockCalibration, FluxCalibration } from '../../../pipeline/reduction/index.ts';
import { PROGRAM_VERSION } from './program.ts';

/** Writes the scripts of what leads to calibrated data: one per Execution Block, and that of the common fluxes. */
export function writeCalibrationScripts(
  member: string,
  blocks: readonly Pick<BlockCalibration, 'uid' | 'plan'>[],
  flux: FluxCalibration | undefined,
): void {
  const script = (name: string) => joinPath(member, 'script', name);
  for (const { uid, plan } of blocks)
    writeText(script(`${uid}.ms.scriptForCalibration.py`), writeScript(plan, PROGRAM_VERSION));
  if (flux) writeText(script('scriptForFluxCalibration.py'), writeScript(flux.plan, PROGRAM_VERSION));
}
