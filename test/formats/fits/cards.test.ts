import { describe, expect, it } from 'vitest';
import { FitsHeader, formatCard, parseCard, parseCards, real } from '../../../src/formats/fits/index.ts';

describe('header cards', () => {
  it('have the fixed format', () => {
    expect(formatCard({ keyword: 'SIMPLE', value: true })[0]).toBe('SIMPLE  =                    T'.padEnd(80));
    expect(formatCard({ keyword: 'NAXIS', value: 4 })[0]).toBe('NAXIS   =                    4'.padEnd(80));
    expect(formatCard({ keyword: 'CDELT1', value: real(-5.5e-5), comment: 'deg' })[0]).toBe(
      'CDELT1  =  -5.500000000000E-05 / deg'.padEnd(80),
    );
    expect(formatCard({ keyword: 'BUNIT', value: 'K' })[0]).toBe("BUNIT   = 'K       '".padEnd(80));
    expect(formatCard({ keyword: 'HISTORY', comment: 'y'.repeat(100) })).toHaveLength(2);
  });

  it('keep numbers and texts through writing and parsing', () => {
    for (const value of [Math.PI * 1e11, -1e-300, 0, 123456789.12345678]) {
      expect(parseCard(formatCard({ keyword: 'X', value: real(value) })[0]).value).toEqual({ real: value });
    }
    for (const text of ['', "it's", "quote at the end'", 'a/b', `${"'".repeat(70)}`, 'z'.repeat(300)]) {
      const lines = [...formatCard({ keyword: 'T', value: text }), 'END'.padEnd(80)];
      for (const line of lines) expect(line).toHaveLength(80);
      expect(parseCards(lines.join(''))[0].value).toBe(text);
    }
  });

  it('hold letters that FITS allows', () => {
    const written = (value: string) => parseCard(formatCard({ keyword: 'OBJECT', value })[0]).value;
    expect(written('Jürgen\tMüller')).toBe('Jurgen Muller');
    expect(written('Sgr A* 天')).toBe('Sgr A* ?');
    // CASA writes UTF-8.
    const bytes = String.fromCharCode(...new TextEncoder().encode('Sgr Ä'));
    expect(parseCard(`OBJECT  = '${bytes}'`.padEnd(80)).value).toBe('Sgr Ä');
    expect(parseCard("OBJECT  = 'Sgr \xc4'".padEnd(80)).value).toBe('Sgr Ä');
  });

  it('say that long texts are continued', () => {
    const encoded = (text: string) => new TextDecoder().decode(new FitsHeader().add('OBJECT', text).encode());
    expect(encoded('a'.repeat(80))).toMatch(/LONGSTRN= 'OGIP 1.0'/);
    expect(encoded('a'.repeat(60))).not.toMatch(/LONGSTRN/);
  });

  it('read what others write', () => {
    expect(parseCard("OBJECT  = 'N 1052  '           / the target".padEnd(80))).toEqual({
      keyword: 'OBJECT',
      value: 'N 1052',
      comment: 'the target',
    });
    expect(parseCard('EXPTIME =              1.25D+02'.padEnd(80)).value).toEqual({ real: 125 });
    expect(() => parseCard('BAD     = what'.padEnd(80))).toThrow(/not a FITS value/);
    expect(() => parseCards('COMMENT x'.padEnd(80))).toThrow(/END/);
  });
});
