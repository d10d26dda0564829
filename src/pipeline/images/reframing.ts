import { parseCasaTime } from '../../astronomy/measures/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { openImage } from './image.ts';

/** Parameters of CASA's imreframe. */
export interface ImreframeOptions {
  readonly imagename: string;
  /** Empty: the image itself is changed. */
  readonly output?: string;
  readonly outframe?: string;
  /** UTC */
  readonly epoch?: string;
  readonly restfreq?: string | number;
}

function reframed(coordinates: CoordinateSystem, options: ImreframeOptions, file: string): CoordinateSystem {
  const { outframe = 'lsrk', epoch, restfreq } = options;
  const { spectral } = coordinates;
  if (!spectral) fail('bad-data', 'imreframe needs an image with a frequency axis.', { file });
  if (outframe !== '' && outframe.toUpperCase() !== spectral.system.toUpperCase())
    fail(
      'unsupported',
      `imreframe changes rest frequency and epoch of an image, not its frame: that is ${spectral.system}, and outframe is ${outframe}. Make the image anew in that frame.`,
      { file },
    );
  const restFrequency = restfreq ? parseQuantity(restfreq, 'frequency') : spectral.restFrequency;
  return {
    ...coordinates,
    spectral: { ...spectral, restFrequency },
    observedMjdSec: epoch ? parseCasaTime(epoch) : coordinates.observedMjdSec,
  };
}

/**
 * Gives an image, or a copy of it, another rest frequency or epoch.
 *
 * @throws unsupported when another frame is wanted, bad-data, missing
 */
export function imreframe(context: Context, options: ImreframeOptions): void {
  const path = joinPath(context.cwd, options.imagename);
  const change = (at: string) => {
    const image = openImage(at, 'update');
    try {
      image.setCoordinates(reframed(image.coordinates, options, path));
    } finally {
      image.close();
    }
  };
  const { output } = options;
  if (!output || output === options.imagename) change(path);
  else
    writeWhole(joinPath(context.cwd, output), true, (staged) => {
      disk().copy(path, staged);
      change(staged);
    });
}
