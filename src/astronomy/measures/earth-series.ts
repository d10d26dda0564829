import { earthMotion, greenwichSiderealTime, type JulianDate, precessionNutation } from './erfa.ts';

const J2000 = 2_451_545;
/** Nodes per day: nutation's quickest terms take five days, so cubics between the nodes are good to 1e-13 (au, rad). */
const NODES_PER_DAY = 16;
const KEPT_NODES = 256;
const NUMBERS = 16;

/** What changes slowly about the Earth: all but its rotation. */
export interface EarthSeries {
  /** GCRS → true equator and equinox of date, [3, 3] row-major. */
  readonly toDate: Float64Array;
  /** Heliocentric position, au, GCRS axes. */
  readonly helio: Float64Array;
  /** Barycentric velocity, au/day, GCRS axes. */
  readonly velocity: Float64Array;
  /** Earth rotation angle minus apparent sidereal time, rad. */
  readonly originsEquation: number;
}

const nodes = new Map<number, Float64Array>();

/**
 * The Earth at a time, between nodes at which ERFA is asked. Nodes lie at fixed times, so that the answer depends on the time alone.
 *
 * @param tt terrestrial time
 */
export function earthSeries(tt: JulianDate): EarthSeries {
  const place = (tt[0] - J2000 + tt[1]) * NODES_PER_DAY;
  const first = Math.floor(place);
  const x = place - first;
  const [a, b, c, d] = [node(first - 1), node(first), node(first + 1), node(first + 2)];
  const weights = [
    (-x * (x - 1) * (x - 2)) / 6,
    ((x + 1) * (x - 1) * (x - 2)) / 2,
    (-(x + 1) * x * (x - 2)) / 2,
    ((x + 1) * x * (x - 1)) / 6,
  ];
  const values = new Float64Array(NUMBERS);
  for (let k = 0; k < NUMBERS; k++) {
    values[k] = weights[0] * a[k] + weights[1] * b[k] + weights[2] * c[k] + weights[3] * d[k];
  }
  return {
    toDate: values.slice(0, 9),
    helio: values.slice(9, 12),
    velocity: values.slice(12, 15),
    originsEquation: values[15],
  };
}

/** Earth rotation angle, rad (IERS Conventions 2010, equation 5.15). */
export function earthRotationAngle(ut1: JulianDate): number {
  const days = ut1[0] - J2000 + ut1[1];
  const turns = (ut1[0] % 1) + (ut1[1] % 1) + 0.779_057_273_264 + 0.002_737_811_911_354_48 * days;
  return 2 * Math.PI * (turns - Math.floor(turns));
}

function node(index: number): Float64Array {
  let values = nodes.get(index);
  if (!values) {
    if (nodes.size >= KEPT_NODES) nodes.clear();
    const tt: JulianDate = [J2000, index / NODES_PER_DAY];
    const { helio, velocity } = earthMotion(tt);
    const turn = (earthRotationAngle(tt) - greenwichSiderealTime(tt, tt)) / (2 * Math.PI);
    const originsEquation = 2 * Math.PI * (turn - Math.round(turn));
    values = Float64Array.of(...precessionNutation(tt), ...helio, ...velocity, originsEquation);
    nodes.set(index, values);
  }
  return values;
}
