import { formatDec, formatRa } from '../../astronomy/measures/index.ts';
import { channelFrequency, pixelToSky } from './coordinates.ts';
import type { Image } from './image.ts';

/** Six digits, as C prints them. */
function sixDigits(value: number): string {
  const text = value.toPrecision(6);
  const [mantissa, exponent] = text.split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent === undefined) return short;
  return `${short}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** World coordinates of a pixel as CASA's statistics print them: "17:48:20.458, -21.12.34.800, I, 2.29137e+11Hz". */
export function worldText(image: Image, pixel: readonly number[]): string {
  const { direction, spectral, stokes, linear } = image.coordinates;
  const sky = direction && pixelToSky(direction, pixel[direction.pixelAxes[0]], pixel[direction.pixelAxes[1]]);
  const isEquatorial = direction === undefined || !/GAL|ECL/.test(direction.system);
  return pixel
    .map((place, axis) => {
      if (direction?.pixelAxes.includes(axis)) {
        if (!sky) return 'off the sky';
        if (axis === direction.pixelAxes[1]) return formatDec(sky.lat, 3);
        return isEquatorial ? formatRa(sky.lon, 3) : formatDec(sky.lon, 3);
      }
      if (axis === stokes?.pixelAxis) return stokes.stokes[place] ?? '';
      if (axis === spectral?.pixelAxis) return `${sixDigits(channelFrequency(spectral, place))}Hz`;
      const own = linear.find(({ pixelAxis }) => pixelAxis === axis);
      return own ? `${sixDigits(own.reference + (place - own.referencePixel) * own.increment)}${own.unit}` : '';
    })
    .join(', ');
}
