import { describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import type { CalAntenna } from '../../../src/pipeline/calibration/caltable.ts';
import { parseRefants, referToAntenna } from '../../../src/pipeline/calibration/refant.ts';
import type { Solution } from '../../../src/pipeline/calibration/solution.ts';

const antennas: CalAntenna[] = ['DA41', 'DA42', 'DV01', 'DV02'].map((name, id) => ({
  ...{ id, name, station: `A${id}`, type: 'GROUND-BASED', mount: 'ALT-AZ', diameter: 12, isFlagged: false },
  position: Float64Array.of(100 * (id === 2 ? 1.5 : id), 0, 0),
  offset: new Float64Array(3),
}));

function solution(time: number, phases: readonly number[], flagged: readonly number[] = []): Solution {
  const antCount = phases.length;
  return {
    ...{ spwId: 0, fieldId: 0, scanNumber: 1, observationId: 0, time, antCount, chanCount: 1, parCount: 1 },
    params: Float32Array.from(phases.flatMap((phase) => [2 * Math.cos(phase), 2 * Math.sin(phase)])),
    flag: Uint8Array.from(phases, (_, ant) => (flagged.includes(ant) ? 1 : 0)),
    paramErr: new Float32Array(antCount),
    snr: new Float32Array(antCount),
    refAnt: -1,
  };
}

const phase = (s: Solution, ant: number) => Math.atan2(s.params[2 * ant + 1], s.params[2 * ant]);

describe('reference antenna', () => {
  it('is given phase 0 at all times when it is never flagged', () => {
    const list = [solution(1, [0.3, 1, 2, -1]), solution(2, [1.3, 1.5, 2, -1])];
    referToAntenna(silentContext(), list, { refants: [0], isStrict: false, antennas });
    expect(list.map((s) => phase(s, 0))).toEqual([expect.closeTo(0, 6), expect.closeTo(0, 6)]);
    expect(phase(list[0], 1)).toBeCloseTo(0.7, 6);
    expect(phase(list[1], 3)).toBeCloseTo(-2.3, 6);
    expect(list.map((s) => s.refAnt)).toEqual([0, 0]);
  });

  it('is replaced by the nearest other one, whose phase goes on, while it is flagged', () => {
    const list = [solution(1, [0, 0.5, 1, -1]), solution(2, [0, 0.9, 1.4, 0], [0]), solution(3, [0.2, 0.9, 1, 0])];
    referToAntenna(silentContext(), list, { refants: [0], isStrict: false, antennas });
    expect(list.map((s) => s.refAnt)).toEqual([0, 1, 1]);
    expect(phase(list[1], 1)).toBeCloseTo(0.5, 6);
    expect(phase(list[1], 2)).toBeCloseTo(1.0, 6);
    expect(phase(list[2], 1)).toBeCloseTo(0.5, 6);
    expect(phase(list[2], 0)).toBeCloseTo(-0.2, 6);
  });

  it('follows the order of a list before distance', () => {
    const list = [solution(1, [0, 0.5, 1, -1], [0])];
    referToAntenna(silentContext(), list, { refants: [0, 3], isStrict: false, antennas });
    expect(list[0].refAnt).toBe(3);
  });

  it('flags times without it in strict mode', () => {
    const list = [solution(1, [0.1, 0.5, 1, -1]), solution(2, [0, 0.9, 1.4, 0], [0])];
    referToAntenna(silentContext(), list, { refants: [0, 1], isStrict: true, antennas });
    expect(Array.from(list[0].flag)).toEqual([0, 0, 0, 0]);
    expect(Array.from(list[1].flag)).toEqual([1, 1, 1, 1]);
  });

  it('is reported in the words of the log of CASA', () => {
    const lines: string[] = [];
    const context = { ...silentContext(), log: { post: (line: string) => lines.push(line) } };
    const times = () => [solution(1, [0.1, 0.5, 1, -1]), solution(2, [0, 0.9, 1.4, 0], [0])];
    referToAntenna(context, times(), { refants: [0, 3], isStrict: false, antennas });
    referToAntenna(context, times(), { refants: [0], isStrict: true, antennas });
    expect(lines).toEqual([
      "Applying refant: DA41 (DV02) refantmode = flex (hold alternate refants' phase constant) when refant flagged",
      'At 1858/11/17/00:00:02.0 (Spw=0, Fld=0), using refant DV02 (id=3) (alternate)',
      'Applying refant: DA41 refantmode = strict (flag all antennas when refant flagged)',
      'At 1858/11/17/00:00:02.0 (Spw=0, Fld=0), refant (id=0) was flagged; flagging all antennas strictly.',
    ]);
  });

  it('is named by name or number', () => {
    expect(parseRefants(['DV01', '1'], antennas)).toEqual([2, 1]);
    expect(() => parseRefants(['DV99'], antennas)).toThrow('DV99');
  });

  it('is named with its pad, where an antenna stood on several', () => {
    const moved = antennas.map((antenna, id) => ({
      ...antenna,
      id,
      name: id < 2 ? 'DV24' : antenna.name,
      station: `A09${id}`,
    }));
    expect(parseRefants(['DV24@A091', 'DV24@A090'], moved)).toEqual([1, 0]);
    expect(parseRefants(['DV24'], moved)).toEqual([0, 1]);
    expect(() => parseRefants(['DV24@A099'], moved)).toThrow('DV24@A099');
  });
});
