import { fail } from '../../foundation/base/index.ts';

/** FITS 4.0, table 29 */
const STOKES_VALUES: Readonly<Record<string, number>> = {
  I: 1,
  Q: 2,
  U: 3,
  V: 4,
  RR: -1,
  LL: -2,
  RL: -3,
  LR: -4,
  XX: -5,
  YY: -6,
  XY: -7,
  YX: -8,
};

/** FITS code of a Stokes parameter; 1 for one that FITS does not know. */
export function stokesCode(stokes: string): number {
  return STOKES_VALUES[stokes] ?? 1;
}

/** Stokes parameter of a FITS code. @throws unsupported */
export function stokesOfCode(code: number, file?: string): string {
  return (
    Object.keys(STOKES_VALUES).find((name) => STOKES_VALUES[name] === Math.round(code)) ??
    fail('unsupported', `The Stokes code ${code} of the FITS header is not one of FITS.`, { file })
  );
}
