import { bodyNamed, solarModel } from '../skymodel/index.ts';
import type { SkyField } from './sky.ts';

/** True for the name, in any case, of a body of the Solar System whose flux density and size are known. */
export function isBody(name: string): boolean {
  return bodyNamed(name) !== undefined;
}

/**
 * A body of the Solar System where it is, with the flux densities and the size that setjy knows.
 *
 * @param mjdSec UTC, s
 * @param windows whose channels its spectrum is averaged over: atmospheres have lines
 */
export function bodyField(
  name: string,
  mjdSec: number,
  windows: readonly { readonly centreHz: number; readonly widthHz: number; readonly channelCount: number }[],
): Pick<SkyField, 'ra' | 'dec' | 'components'> {
  const { state, disk, flux } = solarModel(name, mjdSec, 'ALMA');
  const fluxPoints = windows
    .flatMap(({ centreHz, widthHz, channelCount }) => {
      const step = widthHz / channelCount;
      return Array.from({ length: channelCount }, (_, chan) => {
        const hz = centreHz + (chan - (channelCount - 1) / 2) * step;
        return { hz, jy: flux([hz - step / 2, hz + step / 2]) };
      });
    })
    .sort((a, b) => a.hz - b.hz);
  const component = { l: 0, m: 0, fwhm: 0, fluxJy: fluxPoints[0].jy, spectralIndex: 0, disk, fluxPoints };
  return { ra: state.ra, dec: state.dec, components: [component] };
}
