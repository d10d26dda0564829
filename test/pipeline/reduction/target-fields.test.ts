import { describe, expect, it } from 'vitest';
import type { MsMetadata } from '../../../src/astronomy/ms/index.ts';
import { findTargets, mosaicNoise } from '../../../src/pipeline/reduction/target-fields.ts';

type Observed = readonly [name: string, ra: number, block: number, ephemeris?: boolean];

/** Metadata of fields that were each observed once as a target; a first field is a calibrator. */
function observed(...targets: Observed[]): MsMetadata {
  const fields = [['J0', 0, 0] as Observed, ...targets].map(([name, ra, , isMoving], id) => ({
    ...{ id, name, code: '', sourceId: id, phaseDir: [ra, -0.4], frame: 'ICRS' },
    motion: isMoving ? {} : undefined,
  }));
  const scans = targets.map(([, , observationId], index) => ({
    ...{ number: index, observationId, fieldIds: [index + 1], intents: ['OBSERVE_TARGET#ON_SOURCE'] },
  }));
  return { fields, scans } as unknown as MsMetadata;
}

const brief = (metadata: MsMetadata, wanted?: string) =>
  findTargets(metadata, wanted).map(({ label, field }) => [label, field]);

describe('findTargets', () => {
  it('finds each name once, the wanted one first', () => {
    const metadata = observed(['A', 1, 0], ['B', 2, 0], ['A', 1, 1]);
    expect(brief(metadata)).toEqual([
      ['A', 'A'],
      ['B', 'B'],
    ]);
    expect(brief(metadata, 'B').map(([label]) => label)).toEqual(['B', 'A']);
  });

  it('selects by numbers where a name is no name for a selection, or that of a calibrator as well', () => {
    expect(brief(observed(['1058', 1, 0], ['a,b', 2, 0], ['N 1', 3, 0], ['N_1', 4, 0], ['J0', 5, 0]))).toEqual([
      ['1058', '1'],
      ['a_b', '2'],
      ['N_1', '3'],
      ['N_1.field4', 'N_1'],
      ['J0', '5'],
    ]);
  });

  it('takes several directions of one Execution Block for a mosaic, those of several for a source that moved', () => {
    const [mosaic] = findTargets(observed(['A', 6.2831, 0], ['A', 0.0002, 0]));
    expect(mosaic.mosaic?.pointings).toHaveLength(2);
    expect(Math.sin(mosaic.ra - 6.28324)).toBeCloseTo(0, 4);
    expect(mosaic.mosaic?.radiusRad).toBeCloseTo((0.000_142_653 * Math.cos(0.4)) / 1, 4);
    expect(findTargets(observed(['A', 1, 0], ['A', 1.0002, 1]))[0].mosaic).toBeUndefined();
    expect(findTargets(observed(['C', 1, 0, true], ['C', 1.0002, 0, true]))[0]).toMatchObject({
      ...{ isMoving: true, mosaic: undefined },
    });
  });

  it('finds nothing where nothing was observed as a target', () => {
    expect(findTargets(observed())).toEqual([]);
  });
});

describe('mosaicNoise', () => {
  it('is that of one pointing where all coincide, and of each alone where they are far apart', () => {
    const at = (step: number) => ({ radiusRad: 0, pointings: [0, 1, 2].map((k) => ({ ra: 1, dec: k * step })) });
    expect(mosaicNoise(at(0), 1e-4)).toBeCloseTo(1, 6);
    expect(mosaicNoise(at(1e-2), 1e-4)).toBeCloseTo(Math.sqrt(3), 6);
  });
});
