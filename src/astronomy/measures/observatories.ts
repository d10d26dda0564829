import { fail } from '../../foundation/base/index.ts';

/** ITRF positions, m: the Observatories table of the CASA data package (casadata of CASA 6.7). */
const OBSERVATORIES: Readonly<Record<string, readonly [x: number, y: number, z: number]>> = {
  ALMA: [2_225_142.180_269, -5_440_307.370_349, -2_481_029.851_874],
  ACA: [2_225_066.246_3, -5_440_107.534_1, -2_481_532.700_7],
  APEX: [2_225_035.294_7, -5_441_203.574_8, -2_479_295.528_2],
  OSF: [2_202_229.615, -5_445_184.762, -2_485_382.116],
  EVLA: [-1_601_156.673_3, -5_041_988.986_1, 3_554_879.236_8],
  VLA: [-1_601_185.365, -5_041_977.547, 3_554_875.87],
  SMA: [-5_462_448.949_4, -2_491_969.916_6, 2_164_446.105_5],
  ATCA: [-4_750_915.837, 2_792_906.182, -3_200_483.747],
};

/**
 * ITRF position of an observatory.
 *
 * @param name as in OBSERVATION.TELESCOPE_NAME, any case
 * @returns m, [3]
 * @throws usage for a name that is not known
 */
export function observatoryPosition(name: string): Float64Array {
  const entry = OBSERVATORIES[name.toUpperCase()];
  if (!entry)
    fail(
      'usage',
      `The position of the observatory "${name}" is not known; known are ${Object.keys(OBSERVATORIES).join(', ')}.`,
    );
  return Float64Array.from(entry);
}
