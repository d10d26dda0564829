import {
  anglesOf,
  convertDirection,
  convertDoppler,
  convertEpoch,
  dopplerRatio,
  dopplerValue,
  frequencyShiftFactor,
  geodeticOf,
  mercuryDirection,
  moonDirection,
  type Observer,
  sunDirection,
  type VelocityFrame,
} from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { bodyState } from '../../../pipeline/skymodel/index.ts';
import { BODIES, frameName, itrfOfPosition, type Measure, wrapped } from './measure-values.ts';

/** What doframe was told: when, from where and towards what. */
export type MeasureFrame = Partial<Record<'epoch' | 'position' | 'direction' | 'radialvelocity', Measure>>;

function utcOf(frame: MeasureFrame): number | undefined {
  const { epoch } = frame;
  return epoch && convertEpoch(epoch.values[0], epoch.refer, 'UTC');
}

export function observerOf(frame: MeasureFrame): Observer {
  const utc = utcOf(frame);
  return {
    ...(utc !== undefined && { mjdSec: utc * 86_400 }),
    ...(frame.position && { itrf: itrfOfPosition(frame.position) }),
  };
}

/** A direction in another frame; bodies of the Solar System are where they are at the frame's time, seen from the Earth's centre (the Moon in frames of the horizon from the frame's place). */
export function directionIn(measure: Measure, refer: string, frame: MeasureFrame): readonly [number, number] {
  const body = BODIES.get(measure.refer);
  const [longitude, latitude] = body === undefined ? measure.values : bodyDirection(body, refer, frame);
  if (BODIES.has(refer)) fail('usage', `A direction cannot be converted to ${refer}.`);
  return convertDirection(longitude, latitude, body === undefined ? measure.refer : 'J2000', refer, observerOf(frame));
}

/** Bodies that need no ephemeris of their own. */
const COMPUTED: ReadonlyMap<string, (mjdSec: number, itrf?: ArrayLike<number>) => Float64Array> = new Map([
  ['Sun', sunDirection],
  ['Moon', moonDirection],
  ['Mercury', mercuryDirection],
]);

function bodyDirection(body: string, refer: string, frame: MeasureFrame): readonly [number, number] {
  const utc = utcOf(frame) ?? fail('usage', 'A time is needed for a body; give it with doframe(me.epoch(…)).');
  const computed = COMPUTED.get(body);
  // As in CASA, the observer's own place counts where directions are told from the horizon.
  const place = /^(AZEL|HADEC)/.test(refer) && frame.position ? itrfOfPosition(frame.position) : undefined;
  if (computed) return anglesOf(computed(utc * 86_400, place));
  const { ra, dec } = bodyState(body, utc);
  return [ra, dec];
}

/** Frequency in `to` over that in `from`, for the frame's time, place and direction. */
function shift(from: string, to: string, frame: MeasureFrame): number {
  if (from === to) return 1;
  if (from === 'REST' || to === 'REST') return restShift(from, to, frame);
  const { direction } = frame;
  if (!direction) fail('usage', 'A direction is needed for this frame; give it with doframe(me.direction(…)).');
  const needsTime = [from, to].some((name) => name === 'TOPO' || name === 'GEO');
  const { mjdSec, itrf } = observerOf(frame);
  if (needsTime && mjdSec === undefined)
    fail('usage', 'A time is needed for this frame; give it with doframe(me.epoch(…)).');
  if ([from, to].includes('TOPO') && !itrf)
    fail('usage', "A position is needed for this frame; give it with doframe(me.observatory('ALMA')).");
  const [ra, dec] = directionIn(direction as Measure, 'J2000', frame);
  return frequencyShiftFactor(mjdSec ?? 0, ra, dec, itrf ?? [0, 0, 0], from as VelocityFrame, to as VelocityFrame);
}

/** By way of the source's own velocity. */
function restShift(from: string, to: string, frame: MeasureFrame): number {
  const { radialvelocity } = frame;
  if (!radialvelocity)
    return fail('usage', 'The velocity of the source is needed for REST; give it with doframe(me.radialvelocity(…)).');
  const ratio = dopplerRatio(radialvelocity.values[0] / SPEED_OF_LIGHT, 'BETA');
  return from === 'REST'
    ? ratio * shift(radialvelocity.refer, to, frame)
    : shift(from, radialvelocity.refer, frame) / ratio;
}

/** A measure in another frame, as me.measure(). @throws usage when something about the frame is missing */
export function convertMeasure(measure: Measure, wanted: string, frame: MeasureFrame): Measure {
  const { kind, values } = measure;
  const refer = frameName(kind, wanted);
  switch (kind) {
    case 'epoch': {
      const longitude = frame.position && anglesOf(itrfOfPosition(frame.position))[0];
      return { kind, refer, values: [convertEpoch(values[0], measure.refer, refer, longitude)] };
    }
    case 'direction': {
      const [longitude, latitude] = directionIn(measure, refer, frame);
      return { kind, refer, values: [wrapped(longitude), latitude] };
    }
    case 'position': {
      if (refer === measure.refer) return measure;
      const xyz = itrfOfPosition(measure);
      if (refer === 'ITRF') return { kind, refer, values: [...anglesOf(xyz), Math.hypot(...xyz)] };
      const { longitude, latitude, height } = geodeticOf(xyz);
      return { kind, refer, values: [longitude, latitude, height] };
    }
    case 'frequency':
      return { kind, refer, values: [values[0] * shift(measure.refer, refer, frame)] };
    case 'doppler':
      return { kind, refer, values: [convertDoppler(values[0], measure.refer, refer)] };
    case 'radialvelocity': {
      const ratio = dopplerRatio(values[0] / SPEED_OF_LIGHT, 'BETA') * shift(measure.refer, refer, frame);
      return { kind, refer, values: [dopplerValue(ratio, 'BETA') * SPEED_OF_LIGHT] };
    }
    default:
      return refer === measure.refer ? measure : fail('unsupported', `A ${kind} cannot be converted here.`);
  }
}
