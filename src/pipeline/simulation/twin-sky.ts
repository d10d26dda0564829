import { parseCasaTime } from '../../astronomy/measures/index.ts';
import { ARCSEC, DEGREE } from '../../foundation/base/index.ts';
import { bodyField, isBody } from './body-field.ts';
import { fieldAzEl } from './geometry.ts';
import { REFERENCE_HZ, type SkyField } from './sky.ts';
import type { TwinField, TwinSpec } from './twin-spec.ts';

/** Names such as J1924-2914 and J0058+06: hours and minutes, degrees and minutes (or tenths of degrees). */
const NAMED_POSITION = /J(\d\d)(\d\d)([+-])(\d\d)(\d\d?)/;
/** Fields of a mosaic are so far apart, and sources without a known place from their calibrator: no beam sees two. */
const SPACING = 240 * ARCSEC;
const OFFSET = 1.5 * DEGREE;
const SECONDS_PER_DAY = 86_400;
const START_STEP_SEC = 900;

/**
 * Fields with directions: bodies of the Solar System where they are, with the flux densities and sizes that setjy knows;
 * others from their names where these tell, else around the phase calibrator.
 *
 * @param mjdSec UTC, for bodies
 */
export function placeFields(spec: TwinSpec, mjdSec: number): SkyField[] {
  const phase = spec.fields.find(({ role, name }) => role === 'phase' && NAMED_POSITION.test(name));
  const centre = phase ? namedPosition(phase.name) : undefined;
  const { ra, dec } = centre ?? { ra: 290 * DEGREE, dec: -25 * DEGREE };
  const side = Math.ceil(Math.sqrt(spec.fields.length));
  return spec.fields.map((field, id) => {
    const body = placeBody(spec, field, id, mjdSec);
    if (body) return body;
    const place = namedPosition(field.name) ?? {
      ra: ra + (OFFSET + SPACING * (id % side)) / Math.cos(dec),
      dec: dec + OFFSET + SPACING * Math.floor(id / side),
    };
    return {
      id,
      role: field.role,
      name: field.name,
      ...place,
      components: [pointOf(field)],
      isUncatalogued: field.isUncatalogued,
    };
  });
}

function placeBody(spec: TwinSpec, field: TwinField, id: number, mjdSec: number): SkyField | undefined {
  if (!isBody(field.name)) return undefined;
  const { role, name, isUncatalogued } = field;
  const windows = spec.uses.science.map((window) => spec.windows[window]);
  return { id, role, name, ...bodyField(name, mjdSec, windows), isUncatalogued };
}

function pointOf(field: TwinField): SkyField['components'][number] {
  const fluxPoints = [...field.fluxes].sort((a, b) => a.hz - b.hz);
  const fluxJy = fluxPoints[fluxPoints.length >> 1].jy;
  return {
    l: 0,
    m: 0,
    fwhm: 0,
    fluxJy,
    spectralIndex: 0,
    fluxPoints: fluxPoints.length > 0 ? fluxPoints : [{ hz: REFERENCE_HZ, jy: fluxJy }],
  };
}

/** Direction (rad) that a source's name tells. */
export function namedPosition(name: string): { ra: number; dec: number } | undefined {
  const found = NAMED_POSITION.exec(name);
  if (!found) return undefined;
  const [, hours, minutes, sign, degrees, rest] = found;
  const fraction = rest.length === 1 ? Number(rest) / 10 : Number(rest) / 60;
  const dec = (sign === '-' ? -1 : 1) * (Number(degrees) + fraction) * DEGREE;
  return { ra: (Number(hours) + Number(minutes) / 60) * 15 * DEGREE, dec };
}

/** Start (UTC, s) of that day at which the lowest of the observed fields is highest during the whole observation. */
export function bestStart(sky: readonly SkyField[], day: string, durationSec: number): number {
  const midnight = parseCasaTime(`${day}/00:00:00`);
  let best = midnight;
  let highest = Number.NEGATIVE_INFINITY;
  for (let offset = 0; offset < SECONDS_PER_DAY; offset += START_STEP_SEC) {
    const start = midnight + offset;
    const lowest = Math.min(
      ...sky.flatMap((field) => [start, start + durationSec].map((time) => fieldAzEl(field, time).el)),
    );
    if (lowest > highest) {
      highest = lowest;
      best = start;
    }
  }
  return best;
}
