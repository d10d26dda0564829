/*
 * Brightness of a layer of water vapour, sampled over the filters of a radiometer; two samples at a time, in float64.
 */

const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts: products of the first with whole numbers up to 2^20 are exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** Added to a whole number it leaves that number in the lowest bits. */
const WHOLE_BITS: f64 = 6755399441055744;

/** first + second * x */
// @ts-ignore: decorator
@inline
function pair(first: f64, second: f64, x: v128): v128 {
  return f64x2.add(f64x2.splat(first), f64x2.mul(f64x2.splat(second), x));
}

/** exp(-depth) for depths from 0 to 700, within 3e-16: a power of two times the series around 0. */
// @ts-ignore: decorator
@inline
function decay(depth: v128): v128 {
  const power = f64x2.nearest(f64x2.mul(depth, f64x2.splat(-LOG2_E)));
  const rest = f64x2.sub(
    f64x2.sub(f64x2.neg(depth), f64x2.mul(power, f64x2.splat(LN2_HIGH))),
    f64x2.mul(power, f64x2.splat(LN2_LOW)),
  );
  const square = f64x2.mul(rest, rest);
  const fourth = f64x2.mul(square, square);
  // Terms are added in pairs and fours, so that they need not wait for each other.
  const low = f64x2.add(pair(1.0, 1.0, rest), f64x2.mul(pair(1.0 / 2.0, 1.0 / 6.0, rest), square));
  const middle = f64x2.add(pair(1.0 / 24.0, 1.0 / 120.0, rest), f64x2.mul(pair(1.0 / 720.0, 1.0 / 5040.0, rest), square));
  const high = f64x2.add(
    pair(1.0 / 40320.0, 1.0 / 362880.0, rest),
    f64x2.mul(pair(1.0 / 3628800.0, 1.0 / 39916800.0, rest), square),
  );
  const series = f64x2.add(low, f64x2.mul(f64x2.add(middle, f64x2.mul(high, fourth)), fourth));
  const exponent = f64x2.add(power, f64x2.splat(WHOLE_BITS + 1023));
  return f64x2.mul(series, i64x2.shl(exponent, 52));
}

/**
 * Half the squared distance between the measured brightness of four channels and that behind a layer.
 *
 * A sample of frequency f brings E + (B - E) exp(-column f² (line / ((f² - centre)² + width f²) + continuum)), where
 * E = a T + b + c / T + d / T³ is the layer's own emission at temperature T and B is what lies behind it.
 *
 * @param samples float64 [f² B a b c d, channel, sample of the channel]
 * @param perChannel samples of a channel, an even number
 * @param measured float64 [channel]
 * @param base what every channel sees besides
 */
export function layerMisfit(
  samples: usize, perChannel: i32, measured: usize, base: f64,
  column: f64, temperature: f64, centre: f64, line: f64, width: f64, continuum: f64,
): f64 {
  const plane = (<usize>perChannel) << 5;
  const coolness = 1 / temperature;
  const depths = f64x2.splat(column);
  const hot = f64x2.splat(temperature);
  const cold = f64x2.splat(coolness);
  const coldSquare = f64x2.splat(coolness * coolness);
  const centres = f64x2.splat(centre);
  const lines = f64x2.splat(line);
  const widths = f64x2.splat(width);
  const continua = f64x2.splat(continuum);
  const deepest = f64x2.splat(700);
  let distance: f64 = 0;
  let at = samples;
  for (let channel = 0; channel < 4; channel++) {
    let sum = f64x2.splat(0);
    for (const end = at + ((<usize>perChannel) << 3); at < end; at += 16) {
      const square = v128.load(at);
      const away = f64x2.sub(square, centres);
      const profile = f64x2.div(lines, f64x2.add(f64x2.mul(away, away), f64x2.mul(widths, square)));
      const depth = f64x2.mul(f64x2.mul(square, f64x2.add(profile, continua)), depths);
      const faint = f64x2.mul(f64x2.add(v128.load(at + 4 * plane), f64x2.mul(v128.load(at + 5 * plane), coldSquare)), cold);
      const bright = f64x2.add(f64x2.mul(v128.load(at + 2 * plane), hot), v128.load(at + 3 * plane));
      const emission = f64x2.add(bright, faint);
      const behind = f64x2.sub(v128.load(at + plane), emission);
      sum = f64x2.add(sum, f64x2.add(emission, f64x2.mul(behind, decay(f64x2.min(depth, deepest)))));
    }
    const kelvin = base + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    const miss = load<f64>(measured + (<usize>channel << 3)) - kelvin;
    distance += miss * miss;
  }
  return 0.5 * distance;
}
