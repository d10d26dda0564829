/** Speed of light in vacuum, m/s (SI definition). */
export const SPEED_OF_LIGHT = 299_792_458;
/** Planck constant, J s (SI definition). */
export const PLANCK = 6.626_070_15e-34;
/** Boltzmann constant, J/K (SI definition). */
export const BOLTZMANN = 1.380_649e-23;
export const SECONDS_PER_DAY = 86_400;
export const ARCSEC = Math.PI / 648_000;
export const DEGREE = Math.PI / 180;
/** Gaussian FWHM over standard deviation. */
export const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.LN2);
