import { fail } from '../../foundation/base/index.ts';

/** Index of an enumeration word, as CASA stores it; @throws unsupported for another word */
function indexIn(words: readonly string[], word: string, what: string): number {
  const index = words.indexOf(word);
  return index >= 0 ? index : fail('unsupported', `${what} "${word}" is unknown.`);
}

const NET_SIDEBANDS = ['NOSB', 'LSB', 'USB', 'DSB'];
const BASEBANDS =
  'NOBB BB_1 BB_2 BB_3 BB_4 BB_5 BB_6 BB_7 BB_8 BB_ALL A1C1_3BIT A2C2_3BIT AC_8BIT B1D1_3BIT B2D2_3BIT BD_8BIT'.split(
    ' ',
  );
/** casacore Stokes codes of the correlations that an ASDM can name. */
const STOKES = 'Undefined I Q U V RR RL LR LL XX XY YX YY RX RY LX LY XR XL YR YL'.split(' ');
const FREQUENCY_FRAMES: Readonly<Record<string, number>> = {
  REST: 0,
  LSRK: 1,
  LSRD: 2,
  BARY: 3,
  GEO: 4,
  TOPO: 5,
  GALACTO: 6,
  GALACTIC: 6,
  LABREST: 0,
};
/** casacore direction codes. */
const DIRECTION_FRAMES: Readonly<Record<string, number>> = {
  J2000: 0,
  JMEAN: 1,
  JTRUE: 2,
  APP: 3,
  B1950: 4,
  B1950_VLA: 5,
  BMEAN: 6,
  BTRUE: 7,
  GALACTIC: 8,
  HADEC: 9,
  AZEL: 10,
  AZELSW: 11,
  AZELNE: 10,
  AZELGEO: 12,
  ECLIPTIC: 15,
  MECLIPTIC: 16,
  TECLIPTIC: 17,
  SUPERGAL: 18,
  ITRF: 19,
  TOPO: 20,
  ICRS: 21,
  MERCURY: 32,
  VENUS: 33,
  MARS: 34,
  JUPITER: 35,
  SATURN: 36,
  URANUS: 37,
  NEPTUNE: 38,
  PLUTO: 39,
  SUN: 40,
  MOON: 41,
};

/** SPECTRAL_WINDOW.NET_SIDEBAND: 0 none, 1 lower, 2 upper, 3 double. */
export const netSidebandCode = (word: string) => indexIn(NET_SIDEBANDS, word, 'The net sideband');
/** SPECTRAL_WINDOW.BBC_NO: 0 for NOBB (radiometer), 1… for BB_1…, 10 and on for the EVLA's. */
export const basebandCode = (word: string) => indexIn(BASEBANDS, word, 'The baseband');
/** casacore's Stokes code, e.g. 9 for XX. */
export const stokesCode = (word: string) => indexIn(STOKES, word, 'The polarization product');
/** casacore's frequency frame code; TOPO when the ASDM does not say. */
export const frequencyFrameCode = (word: string | undefined) => FREQUENCY_FRAMES[word ?? 'TOPO'] ?? 5;
/** casacore's direction frame code; J2000 when the ASDM does not say or says what casacore does not know. */
export const directionFrameCode = (word: string | undefined) =>
  DIRECTION_FRAMES[(word ?? '').trim().toUpperCase()] ?? 0;
