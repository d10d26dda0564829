import { DEGREE, fail } from '../../foundation/base/index.ts';
import { itrfOf } from './erfa.ts';

/** Geodetic positions, degrees and m, from the same table. */
const GEODETIC: Readonly<Record<string, readonly [longitude: number, latitude: number, height: number]>> = {
  ARECIBO: [-66.75333, 18.34333, 496],
  ASKAP: [116.6588, -26.7041, 125],
  ASTE: [-67.70339424, -22.9715818, 4861.9],
  ATA: [-121.472, 40.8174, 1043],
  BIMA: [-121.468888888889, 40.8172222222222, 1021],
  CARMA: [-118.1416424, 37.28038, 2196.265],
  EFFELSBERG: [6.88361, 50.52483, 416.70726],
  FAST: [106.856666861111, 25.6529518055556, 1110.028801],
  GBT: [-79.839833, 38.433119, 824.595],
  GMRT: [74.0499722, 19.0906528, 640],
  HERA: [21.4280555, -30.7213889, 1500],
  JCMT: [-155.479722222222, 19.8258333333333, 4111],
  'KAT-7': [21.4439, -30.7132, 1038],
  MEERKAT: [21.4439, -30.7132, 1050],
  MOST: [149.423333, -35.3716667, 732],
  MWA: [116.67081524, -26.7033194, 377.83],
  NGVLA: [-107.6410218, 34.08296317, 2126.713514],
  NRAO12M: [-111.614854166667, 31.9533305555556, 1914],
  NOEMA: [5.907916837, 44.633889452, 2560],
  SMT: [-109.891, 32.7016, 3186],
  WSRT: [6.60416666666667, 52.9166666666667, 5],
};

/** ITRF positions, m: the Observatories table of the CASA data package (casadata of CASA 6.7). */
const OBSERVATORIES: Readonly<Record<string, readonly [x: number, y: number, z: number]>> = {
  ALMA: [2_225_142.180_269, -5_440_307.370_349, -2_481_029.851_874],
  ACA: [2_225_066.246_3, -5_440_107.534_1, -2_481_532.700_7],
  APEX: [2_225_035.294_7, -5_441_203.574_8, -2_479_295.528_2],
  OSF: [2_202_229.615, -5_445_184.762, -2_485_382.116],
  EVLA: [-1_601_156.673_3, -5_041_988.986_1, 3_554_879.236_8],
  VLA: [-1_601_185.365, -5_041_977.547, 3_554_875.87],
  SMA: [-5_462_448.949_4, -2_491_969.916_6, 2_164_446.105_5],
  'IRAM PDB': [4_524_009.323_222_544, 468_046.370_098_508_4, 4_460_320.529_445_962],
  MOPRA: [-4_682_767.9, 2_802_617.5, -3_291_765.6],
  NRO: [-3_871_023.46, 3_428_106.87, 3_724_039.47],
  PKS: [-4_554_231.65, 2_816_759.097, -3_454_036.085],
  ATCA: [-4_750_915.837, 2_792_906.182, -3_200_483.747],
};

/** Observatories whose position the table gives in the geodetic system. */
export function isGeodeticObservatory(name: string): boolean {
  const upper = name.toUpperCase();
  return Object.hasOwn(GEODETIC, upper) || ['ALMA', 'ACA', 'APEX'].includes(upper);
}

/** Names of observatories whose position is known, in capitals. */
export const knownObservatories: readonly string[] = [...Object.keys(OBSERVATORIES), ...Object.keys(GEODETIC)].sort();

/**
 * ITRF position of an observatory.
 *
 * @param name as in OBSERVATION.TELESCOPE_NAME, any case
 * @returns m, [3]
 * @throws usage for a name that is not known
 */
export function observatoryPosition(name: string): Float64Array {
  const upper = name.toUpperCase();
  const entry = OBSERVATORIES[upper];
  const geodetic = GEODETIC[upper];
  if (geodetic) return itrfOf(geodetic[0] * DEGREE, geodetic[1] * DEGREE, geodetic[2]);
  if (!entry)
    fail(
      'usage',
      `The position of the observatory "${name}" is not known; known are ${knownObservatories.join(', ')}.`,
    );
  return Float64Array.from(entry);
}
