import { ARCSEC } from '../../../foundation/base/index.ts';
import { type Beam, beamEntry, beamPixels, type FittedComponent, type Image } from '../../../pipeline/images/index.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskValue } from '../types.ts';
import { type EngineValue, real } from '../values.ts';
import { boolArray, dictionary, directionReply, floatArray, quantityReply } from './reply-values.ts';

const STOKES = ['I', 'Q', 'U', 'V'];

function beamReply(beam: Beam, cells: readonly [number, number]): TaskValue {
  const pixels = beamPixels(beam, cells[0], cells[1]);
  return {
    beamarcsec: typedReply()(beamEntry(beam) as unknown as TaskValue) as TaskValue,
    beampixels: real(pixels),
    beamster: real(pixels * Math.abs(cells[0] * cells[1])),
  };
}

function shapeReply(component: FittedComponent, frame: string, form?: { shape: Beam; error: Beam }): TaskValue {
  const longitude = component.ra > Math.PI ? component.ra - 2 * Math.PI : component.ra;
  const place = directionReply(longitude, component.dec, frame) as { [key: string]: TaskValue };
  const direction = {
    ...place,
    error: {
      latitude: quantityReply(component.positionErrorArcsec.dec, 'arcsec'),
      longitude: quantityReply(component.positionErrorArcsec.ra, 'arcsec'),
    },
  };
  if (!form) return { direction, type: 'Point' };
  return {
    direction,
    majoraxis: quantityReply(form.shape.major, 'arcsec'),
    majoraxiserror: quantityReply(form.error.major, 'arcsec'),
    minoraxis: quantityReply(form.shape.minor, 'arcsec'),
    minoraxiserror: quantityReply(form.error.minor, 'arcsec'),
    positionangle: quantityReply((form.shape.positionAngle + 180) % 180, 'deg'),
    positionangleerror: quantityReply(form.error.positionAngle, 'deg'),
    type: 'Gaussian',
  };
}

function componentReply(image: Image, component: FittedComponent, isDeconvolved: boolean): EngineValue {
  const { beam, deconvolved, flux } = component;
  const { direction, spectral } = image.coordinates;
  const unit = image.unit;
  const fluxUnit = unit.replace(/\/beam\b/, '') || 'Jy';
  const form = isDeconvolved ? deconvolved : { shape: component.shape, error: component.shapeError };
  // The peak of the source itself, were its beam the image's still.
  const area = form && beam ? (form.shape.major * form.shape.minor) / (beam.major * beam.minor) : 0;
  const peak = isDeconvolved && area > 0 ? flux.value / area : component.peak.value;
  const peakError = component.peak.error * (peak / component.peak.value);
  const cells = direction?.increment ?? [ARCSEC, ARCSEC];
  // Where the fitted Stokes parameter stands among I, Q, U, V; correlations stand for I, as in CASA.
  const byStokes = (value: number) => floatArray(STOKES.map((name) => (name === parameter ? value : 0)));
  const parameter = STOKES.find((name) => name === component.stokes) ?? 'I';
  return dictionary([
    ...(beam ? ([['beam', beamReply(beam, cells)]] as const) : []),
    [
      'flux',
      dictionary([
        ['error', byStokes(flux.error)],
        ['polarisation', 'Stokes'],
        ['unit', fluxUnit],
        ['value', byStokes(flux.value)],
      ]),
    ],
    ['ispoint', !component.deconvolved],
    ['label', ''],
    ['peak', { error: real(peakError), unit, value: real(peak) }],
    ...(isDeconvolved ? [] : ([['pixelcoords', floatArray(component.pixel)]] as const)),
    ['shape', shapeReply(component, direction?.system ?? 'J2000', form)],
    [
      'spectrum',
      {
        channel: component.chan,
        frequency: {
          m0: quantityReply(component.frequencyHz / 1e9, 'GHz'),
          refer: spectral?.system ?? 'LSRK',
          type: 'frequency',
        },
        type: 'Constant',
      },
    ],
    ['sum', quantityReply(component.sum, unit)],
  ]);
}

/** What CASA's imfit returns for the components of an image, one a plane; undefined where a fit did not converge. */
export function fitReply(
  image: Image,
  fits: readonly (FittedComponent | undefined)[],
  withOffset: boolean,
): EngineValue {
  const components = fits.filter((fit) => fit !== undefined);
  const listed = (isDeconvolved: boolean) =>
    dictionary([
      ...components.map((one, k) => [`component${k}`, componentReply(image, one, isDeconvolved)] as const),
      ['nelements', components.length],
    ]);
  const level = (values: number[]) =>
    dictionary([
      ['unit', image.unit],
      ['value', floatArray(values)],
    ]);
  const [x, y] = image.coordinates.direction?.increment ?? [ARCSEC, ARCSEC];
  return dictionary([
    ['converged', boolArray(fits.map((fit) => Number(fit !== undefined)))],
    ...(components.length > 0 ? [['deconvolved', listed(true)] as const] : []),
    ['pixelsperarcsec', floatArray([ARCSEC / Math.abs(x), ARCSEC / Math.abs(y)])],
    ['results', listed(false)],
    ...(withOffset
      ? ([
          ['zerooff', level(components.map(({ offset }) => offset))],
          ['zeroofferr', level(components.map(({ offsetError }) => offsetError))],
        ] as const)
      : []),
  ]);
}
