import { describe, expect, it } from 'vitest';
import { type Asdm, AsdmRow } from '../../../src/formats/asdm/index.ts';
import { calibratorFluxesFromSource } from '../../../src/pipeline/skymodel/source-fluxes.ts';

function asdmOf(rows: Record<string, unknown>[] | undefined): Pick<Asdm, 'hasTable' | 'table'> {
  const made = (rows ?? []).map((values, index) => new AsdmRow(values as AsdmRow['values'], index, {}));
  return { hasTable: () => rows !== undefined, table: () => ({ rows: () => made }) } as unknown as Asdm;
}
const numbers = (...values: number[]) => ({ shape: [values.length], values: Float64Array.from(values) });

describe('fluxes in the Source table of an ASDM', () => {
  it('are a power law where there are several frequencies', () => {
    const flux = (hz: number) => 2 * (hz / 100e9) ** -0.6;
    const row = (hz: number) => ({ sourceName: '3c279', frequency: numbers(hz), flux: numbers(flux(hz), 0.1) });
    const fluxes = calibratorFluxesFromSource(asdmOf([row(98e9), row(98e9), row(110e9)]));
    const found = fluxes.get('3c279');
    expect(found?.spectralIndex[0]).toBeCloseTo(-0.6, 9);
    expect(found && found.fluxJy / flux(found.referenceHz)).toBeCloseTo(1, 9);
  });

  it('take Stokes I, and index 0 for one frequency', () => {
    const words = { shape: [2], values: ['Q', 'I'] };
    const row = { sourceName: 'J1', frequency: numbers(90e9), flux: numbers(0.1, 3), stokesParameter: words };
    expect(calibratorFluxesFromSource(asdmOf([row])).get('J1')).toMatchObject({
      fluxJy: expect.closeTo(3, 12),
      spectralIndex: [0],
    });
  });

  it('are nothing where the table has none', () => {
    expect(calibratorFluxesFromSource(asdmOf(undefined)).size).toBe(0);
    expect(calibratorFluxesFromSource(asdmOf([{ sourceName: 'J1' }])).size).toBe(0);
  });
});
