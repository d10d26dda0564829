import { ARCSEC, DEGREE, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import {
  beamOf,
  beamPixels,
  channelFrequency,
  openImage,
  requireDirection,
  skyToPixel,
} from '../../../pipeline/images/index.ts';
import type { ReportProduct } from '../../../pipeline/qa/index.ts';
import type { TruthComponent } from './true-component.ts';

interface LineMoments {
  readonly areaJyKms: number;
  /** Scatter of the same sum in places beside the source; undefined where none of them lies inside the image. */
  readonly errorJyKms?: number;
  readonly velocityMs: number;
}

/** A Gaussian line beyond this many FWHM of its centre has lost 0.2 % of its flux. */
const LINE_REACH = 1.3;
const APERTURE_ARCSEC = 2;
/** The places beside the source, which the same aperture does not reach. */
const BESIDE_ARCSEC = 10;
const BESIDE_COUNT = 8;

/**
 * Flux and velocity of a line in the places where it is known to be.
 *
 * @param path image whose planes are channels, without primary beam correction
 * @param components the emission of the line
 * @returns undefined where the image has no channel, or no pixel, of the line
 */
export function lineMoments(
  path: string,
  components: readonly TruthComponent[],
  product: ReportProduct,
): LineMoments | undefined {
  const image = openImage(path);
  try {
    const direction = requireDirection(image.coordinates, path);
    const { spectral } = image.coordinates;
    const rest = components[0].line?.restHz ?? product.frequencyHz ?? 0;
    const pixel = Math.abs(direction.increment[0]);
    const centres = components.map((component) =>
      skyToPixel(direction, { lon: component.raDeg * DEGREE, lat: component.decDeg * DEGREE }),
    );
    const places = [[0, 0], ...besideOffsets((BESIDE_ARCSEC * ARCSEC) / pixel)].map(([east, north]) =>
      placeAround(
        [image.sizeX, image.sizeY],
        centres.map((centre) => centre && [centre[0] + east, centre[1] + north]),
        (APERTURE_ARCSEC * ARCSEC) / pixel,
      ),
    );
    const [source] = places;
    let moment = 0;
    for (let chan = 0; chan < image.chanCount; chan++) {
      const beam = beamOf(image.info, chan, 0, image.stokesCount);
      if (!spectral || !beam) continue;
      const velocity = SPEED_OF_LIGHT * (1 - channelFrequency(spectral, chan) / rest);
      if (!components.some(({ line }) => line && Math.abs(velocity - line.velocityLsrk) < LINE_REACH * line.fwhm))
        continue;
      const perBeam = beamPixels(beam, direction.increment[0], direction.increment[1]);
      const widthKms = (SPEED_OF_LIGHT * Math.abs(spectral.increment)) / rest / 1e3;
      const plane = image.readPlane(image.planeIndex(chan));
      const mask = image.readMask(image.planeIndex(chan));
      const before = source.area;
      for (const place of places) addWithin(place, plane, mask, widthKms / perBeam);
      moment += (source.area - before) * velocity;
    }
    if (source.area === 0) return undefined;
    const beside = places.slice(1).filter(({ isWhole }) => isWhole);
    return {
      areaJyKms: source.area,
      ...(beside.length > 0 && {
        errorJyKms: Math.hypot(...beside.map(({ area }) => area)) / Math.sqrt(beside.length),
      }),
      velocityMs: moment / source.area,
    };
  } finally {
    image.close();
  }
}

function besideOffsets(radius: number): [number, number][] {
  return Array.from({ length: BESIDE_COUNT }, (_, step) => {
    const angle = (2 * Math.PI * step) / BESIDE_COUNT;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Circles in which the same is summed. */
interface Place {
  readonly aperture: Uint8Array;
  /** All of it lies inside the image, and no pixel is blank. */
  isWhole: boolean;
  /** The sum, Jy km/s. */
  area: number;
}

function addWithin(place: Place, plane: Float32Array, mask: Uint8Array | undefined, factor: number): void {
  for (let pixel = 0; pixel < plane.length; pixel++) {
    if (!place.aperture[pixel]) continue;
    if (Number.isFinite(plane[pixel]) && mask?.[pixel] !== 0) place.area += plane[pixel] * factor;
    else place.isWhole = false;
  }
}

function placeAround(
  [sizeX, sizeY]: readonly [number, number],
  centres: readonly (readonly [number, number] | undefined)[],
  radius: number,
): Place {
  const isInside = (at: number, size: number) => at >= radius && at <= size - 1 - radius;
  const aperture = new Uint8Array(sizeX * sizeY);
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      if (centres.some((centre) => centre && Math.hypot(x - centre[0], y - centre[1]) <= radius))
        aperture[y * sizeX + x] = 1;
    }
  }
  const isWhole = centres.every((centre) => centre && isInside(centre[0], sizeX) && isInside(centre[1], sizeY));
  return { aperture, isWhole, area: 0 };
}
