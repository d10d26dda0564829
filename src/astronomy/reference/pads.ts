import { fail } from '../../foundation/base/index.ts';
import { geodeticOf, observatoryPosition } from '../measures/index.ts';

/**
 * Pads of the ALMA configurations of Cycle 1: name; east, north, up (m) in the tangent plane of the observatory position; dish (m);
 * the configurations that use it (1…6 are the 12 m Array's, 7 is the 7 m Array's).
 * Source: alma.cycle1.1.cfg … alma.cycle1.6.cfg and aca.cycle1.cfg of the CASA data package (casadata of CASA 6.7), to 1 mm.
 */
const TABLE = `
  A001 5.606 7.647 -2.088 12 1
  A002 22.047 10.790 -2.086 12 12
  A004 34.080 -3.392 -2.090 12 12
  A005 64.746 -24.032 -2.090 12 1
  A007 55.435 19.723 -2.088 12 12345
  A010 18.606 66.838 -2.202 12 123
  A011 77.327 -15.477 -2.239 12 123456
  A014 55.916 46.826 -2.487 12 12
  A015 50.241 60.831 -2.489 12 123456
  A016 18.880 86.492 -2.294 12 12
  A017 32.789 35.447 -2.087 12 1234
  A018 -1.738 -5.579 -2.092 12 1
  A019 -10.804 9.190 -2.089 12 12
  A021 -4.259 28.224 -2.089 12 123456
  A023 -19.904 52.827 -1.892 12 12
  A024 -34.974 35.742 -1.889 12 1
  A026 -47.373 -11.863 -1.683 12 12
  A028 -17.550 74.960 -1.893 12 1
  A029 -31.505 64.570 -1.888 12 123456
  A030 -28.980 21.928 -2.093 12 1
  A031 -56.400 25.509 -1.687 12 12345
  A032 -63.796 0.620 -1.686 12 123456
  A034 -37.402 2.226 -1.685 12 123
  A035 13.459 -5.790 -2.088 12 12345
  A037 -11.834 -26.276 -2.085 12 12345
  A038 -40.997 -44.713 -1.693 12 1234
  A040 -2.839 -57.462 -2.090 12 1
  A042 41.883 -42.886 -2.590 12 1234
  A044 -40.567 -59.974 -1.086 12 1
  A046 2.833 -41.768 -2.091 12 1234
  A050 24.454 -43.936 -2.086 12 1
  A058 -5.850 -125.999 -1.590 12 23456
  A060 34.211 -142.455 -1.287 12 23456
  A062 -40.044 -108.540 -1.039 12 2345
  A066 -15.211 103.710 -2.289 12 1234
  A067 123.824 22.297 -3.743 12 23
  A068 -101.007 69.236 -0.398 12 23
  A069 -120.052 -69.070 0.168 12 23
  A070 147.598 -42.468 -3.846 12 2345
  A071 -79.367 137.790 -0.264 12 2
  A072 128.595 120.439 -5.433 12 456
  A073 -165.649 -4.289 0.465 12 3456
  A074 143.217 -127.593 -4.234 12 3
  A075 -23.149 201.333 -1.286 12 345
  A076 -96.571 -181.686 1.192 12 456
  A077 199.050 63.478 -3.115 12 3456
  A078 -185.699 93.440 0.490 12 3456
  A079 98.250 -219.271 -0.657 12 3456
  A080 68.889 239.805 -3.282 12 456
  A081 -193.139 -141.816 -2.376 12 34
  A082 250.452 -39.942 -7.475 12 456
  A083 -162.119 212.815 3.172 12 456
  A084 5.369 -295.289 4.553 12 4
  A085 189.107 228.814 -7.596 12 456
  A086 -281.065 -43.461 3.172 12 56
  A087 250.498 -163.069 -6.705 12 456
  A089 -76.206 -355.044 7.177 12 56
  A090 317.918 148.826 -11.720 12 56
  A091 -331.474 116.276 -0.360 12 56
  A093 68.400 414.982 -2.738 12 56
  A094 -283.025 -283.725 -3.246 12 56
  A096 -365.735 378.257 -1.427 12 56
  A097 57.112 -494.055 2.589 12 6
  A101 -195.915 537.864 0.617 12 6
  A103 500.680 316.551 -15.892 12 6
  A104 -549.482 208.520 -3.477 12 6
  A134 -94.583 -548.400 1.725 12 6
  A135 424.293 352.939 -11.780 12 6
  A136 -547.186 291.625 -3.266 12 6
  A137 52.545 160.584 -3.115 12 23
  A138 0.557 -200.231 3.195 12 3
  J501 -8.495 155.541 -2.092 7 7
  J502 -16.469 151.580 -2.095 7 7
  J503 -9.345 145.963 -2.097 7 7
  J505 -25.818 159.698 -2.094 7 7
  J506 -23.537 145.682 -2.093 7 7
  J507 2.555 160.390 -2.088 7 7
  J508 -9.717 165.089 -2.089 7 7
  J511 -11.046 133.016 -2.090 7 7
  J512 -1.186 142.419 -2.090 7 7`;

/** A foundation that an antenna can stand on. */
export interface Pad {
  readonly name: string;
  /** East, north, up of the observatory position, m. */
  readonly enu: readonly [east: number, north: number, up: number];
  /** ITRF, m, [3]. */
  readonly itrf: Float64Array;
  readonly dishDiameter: number;
  /** Configurations of Cycle 1 that use it: '1'…'6' and 'ACA'. */
  readonly configurations: readonly string[];
}

let pads: readonly Pad[] | undefined;

/** ITRF position of a point given east, north, up of an observatory, m. */
function itrfOfEnu(origin: Float64Array, longitude: number, latitude: number, enu: readonly number[]): Float64Array {
  const [east, north, up] = enu;
  const [sinLon, cosLon] = [Math.sin(longitude), Math.cos(longitude)];
  const [sinLat, cosLat] = [Math.sin(latitude), Math.cos(latitude)];
  const outward = -sinLat * north + cosLat * up;
  return Float64Array.of(
    origin[0] - sinLon * east + cosLon * outward,
    origin[1] + cosLon * east + sinLon * outward,
    origin[2] + cosLat * north + sinLat * up,
  );
}

/**
 * The pads of ALMA's Cycle 1.
 *
 * @param configuration '1'…'6' or 'ACA'; all pads without it
 * @returns sorted by name; positions good to 0.1 m in the ground's plane
 * @throws usage for an unknown configuration
 */
export function padPositions(configuration?: string): readonly Pad[] {
  pads ??= readTable();
  if (configuration === undefined) return pads;
  const chosen = pads.filter((pad) => pad.configurations.includes(configuration));
  if (chosen.length === 0)
    fail('usage', `"${configuration}" is not a configuration of Cycle 1; there are 1 … 6 and ACA.`);
  return chosen;
}

function readTable(): readonly Pad[] {
  const origin = observatoryPosition('ALMA');
  const { longitude, latitude } = geodeticOf(origin);
  return TABLE.trim()
    .split('\n')
    .map((line) => {
      const [name, east, north, up, dish, used] = line.trim().split(' ');
      const enu = [Number(east), Number(north), Number(up)] as const;
      return {
        name,
        enu,
        itrf: itrfOfEnu(origin, longitude, latitude, enu),
        dishDiameter: Number(dish),
        configurations: [...used].map((digit) => (digit === '7' ? 'ACA' : digit)),
      };
    });
}
