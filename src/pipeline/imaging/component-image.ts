import { convertDirection } from '../../astronomy/measures/index.ts';
import { ARCSEC, fail, parseQuantity } from '../../foundation/base/index.ts';
import {
  type Beam,
  beamOf,
  beamPixels,
  channelFrequency,
  type DirectionAxes,
  type Image,
  requireDirection,
  skyToPixel,
} from '../images/index.ts';
import { angleOf, type ListedComponent } from '../skymodel/index.ts';

/** Pixels further from the centre of a Gaussian than so many of its full widths get nothing: 1e-26 of the peak. */
const REACH = 4.7;

/** Major and minor axis (arcsec) and position angle (deg) of a component; a point has none. */
function shapeOf({ shape, axes }: ListedComponent): Beam {
  if (shape === 'Point') return { major: 0, minor: 0, positionAngle: 0 };
  const [major, minor] = axes.map((axis) => angleOf(axis) / ARCSEC);
  return { major, minor, positionAngle: (angleOf(axes[2]) * 180) / Math.PI };
}

/** Jy of each Stokes parameter at a frequency. */
function fluxAt(component: ListedComponent, frequencyHz: number): number[] {
  const jansky = parseQuantity(`1${component.fluxUnit}`, 'flux');
  const ratio = (frequencyHz / (component.frequencyGHz * 1e9)) ** (component.spectralIndex ?? 0);
  return component.flux.map((value) => value * jansky * ratio);
}

function placeOf(
  axes: DirectionAxes,
  { longitude, latitude, frame }: ListedComponent,
): readonly [number, number] | undefined {
  const [lon, lat] =
    frame === axes.system ? [longitude, latitude] : convertDirection(longitude, latitude, frame, axes.system);
  return skyToPixel(axes, { lon, lat });
}

/**
 * Adds a shape to a plane: `heightAt` of the squared distance from its middle, in units of the axes at that angle, as far as `reach`
 * major axes.
 */
function addShape(
  plane: Float64Array,
  size: readonly [number, number],
  place: readonly [number, number],
  shape: Beam,
  axes: DirectionAxes,
  reach: number,
  heightAt: (square: number) => number,
): void {
  const [stepX, stepY] = axes.increment.map((step) => step / ARCSEC);
  const angle = (shape.positionAngle * Math.PI) / 180;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const [spanX, spanY] = [stepX, stepY].map((step) => Math.ceil((reach * shape.major) / Math.abs(step)) + 1);
  const from = (at: number, span: number) => Math.max(0, Math.floor(at - span));
  const to = (at: number, span: number, most: number) => Math.min(most - 1, Math.ceil(at + span));
  for (let y = from(place[1], spanY); y <= to(place[1], spanY, size[1]); y++) {
    const north = (y - place[1]) * stepY;
    for (let x = from(place[0], spanX); x <= to(place[0], spanX, size[0]); x++) {
      const east = (x - place[0]) * stepX;
      const along = (east * sin + north * cos) / shape.major;
      const across = (east * cos - north * sin) / shape.minor;
      plane[y * size[0] + x] += heightAt(along * along + across * across);
    }
  }
}

const areaOf = ({ major, minor }: Beam) => (Math.PI / (4 * Math.LN2)) * major * minor;

/** Adds a component of `flux` Jy to a plane in Jy/pixel. */
function addComponent(
  plane: Float64Array,
  size: readonly [number, number],
  axes: DirectionAxes,
  component: ListedComponent,
  flux: number,
): void {
  const place = placeOf(axes, component);
  if (!place || flux === 0) return;
  const shape = shapeOf(component);
  const pixel = Math.abs(axes.increment[0] * axes.increment[1]) / ARCSEC ** 2;
  if (component.shape === 'Disk') {
    const level = (flux * pixel) / ((Math.PI / 4) * shape.major * shape.minor);
    addShape(plane, size, place, shape, axes, 0.5, (square) => (square <= 0.25 ? level : 0));
  } else if (component.shape === 'Point') {
    const [x, y] = place.map(Math.round);
    if (x >= 0 && y >= 0 && x < size[0] && y < size[1]) plane[y * size[0] + x] += flux;
  } else {
    const peak = (flux * pixel) / areaOf(shape);
    addShape(plane, size, place, shape, axes, REACH, (square) => peak * Math.exp(-4 * Math.LN2 * square));
  }
}

/**
 * Adds components to an image, or subtracts them, as CASA's ia.modify: sampled at the middle of pixels; in Jy/beam times the area of
 * the beam, but not convolved with it.
 *
 * @param image open for changes
 * @param good 1 where pixels of a plane may change; undefined: everywhere
 */
export function addComponents(
  image: Image,
  components: readonly ListedComponent[],
  options: {
    readonly isSubtracted: boolean;
    readonly planes: readonly number[];
    good(plane: number): Uint8Array | undefined;
  },
): void {
  const axes = requireDirection(image.coordinates, image.path);
  const isPerBeam = /beam/i.test(image.unit);
  const { spectral, stokes } = image.coordinates;
  // Every plane is checked before the first one changes.
  const plans = options.planes.map((plane) => {
    const { chan, stokes: pol } = image.planeAxes(plane);
    const beam = isPerBeam ? beamOf(image.info, chan, pol, image.stokesCount) : undefined;
    if (isPerBeam && !beam) fail('usage', `The image is in ${image.unit} and has no beam.`, { file: image.path });
    const parameter = ['I', 'Q', 'U', 'V'].indexOf(stokes?.stokes[pol] ?? 'I');
    if (parameter < 0)
      fail('unsupported', `Components have no ${stokes?.stokes[pol]}; only I, Q, U and V.`, { file: image.path });
    return { plane, chan, beam, parameter };
  });
  for (const { plane, chan, beam, parameter } of plans) {
    const size = [image.sizeX, image.sizeY] as const;
    const scale = (options.isSubtracted ? -1 : 1) * (beam ? beamPixels(beam, ...axes.increment) : 1);
    const sum = new Float64Array(size[0] * size[1]);
    for (const component of components) {
      const frequency = spectral ? channelFrequency(spectral, chan) : component.frequencyGHz * 1e9;
      addComponent(sum, size, axes, component, fluxAt(component, frequency)[parameter]);
    }
    const good = options.good(plane);
    image.writePlane(
      plane,
      image.readPlane(plane).map((value, k) => (good?.[k] === 0 ? value : value + Math.fround(scale * sum[k]))),
    );
  }
}
