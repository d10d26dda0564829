import { describe, expect, it } from 'vitest';
import { SPEED_OF_LIGHT } from '../../../src/foundation/base/index.ts';
import type { Observation } from '../../../src/pipeline/reduction/observation.ts';
import { chooseDiskBaselines } from '../../../src/pipeline/reduction/resolved-body.ts';

/** Antennas in a row at these places, m, with one window at 230 GHz. */
function row(places: readonly number[]): Observation {
  const antennas = places.map((east, id) => ({ name: `A${id}`, position: [east, 0, 0] }));
  return { antennas, science: [{ centreHz: 230e9 }], flux: { name: 'Neptune' } } as unknown as Observation;
}

/** A round disk whose first null is at so many metres. */
function diskWithNull(metres: number) {
  const size = (3.8317 * SPEED_OF_LIGHT) / (Math.PI * metres * 230e9);
  return { major: size, minor: size, positionAngle: 0 };
}

describe('chooseDiskBaselines', () => {
  it('takes all baselines of a disk that none resolves', () => {
    expect(chooseDiskBaselines(row([0, 10, 20, 30, 40]), diskWithNull(100), 4)).toEqual({ decisions: [] });
  });

  it('takes those that see a quarter of it, and names the antennas that have enough of them', () => {
    const { uvrange, minblperant, decisions } = chooseDiskBaselines(
      row([0, 10, 20, 30, 40, 400, 700]),
      diskWithNull(100),
      4,
    );
    // 2 J1(x)/x = 0.25 at x = 2.933 (tables of J1), the first null at 3.832.
    expect(uvrange).toBe('0~76m');
    expect(minblperant).toBe(4);
    expect(decisions[0].choice).toBe('baselines to 76 m, antennas A0, A1, A2, A3, A4');
  });

  it('makes do with fewer baselines, and with none relies on the model', () => {
    expect(chooseDiskBaselines(row([0, 10, 20, 300, 600]), diskWithNull(100), 4).minblperant).toBe(2);
    const lonely = chooseDiskBaselines(row([0, 200, 400, 600]), diskWithNull(100), 4);
    expect(lonely.uvrange).toBeUndefined();
    expect(lonely.decisions[0].choice).toBe('all baselines');
  });
});
