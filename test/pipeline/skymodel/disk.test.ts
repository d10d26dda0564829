import { describe, expect, it } from 'vitest';
import { airy, diskPath } from '../../../src/pipeline/skymodel/disk.ts';

describe('the visibility of a disk', () => {
  it('is 2 J1(x)/x', () => {
    const known = [
      [0, 1],
      [0.1, 0.9987505207248399],
      [1, 0.8801011714898671],
      [2.9, 0.25891550469868685],
      [3.1, 0.19414266651681134],
      [10, 0.008694549233772282],
      [100, -0.001542907040282246],
    ];
    for (const [x, value] of known) expect(Math.abs(airy(x) - value)).toBeLessThan(1e-7);
  });

  it('is that of the sum over its face', () => {
    const disk = { major: 2e-5, minor: 1.2e-5, positionAngle: 0.7 };
    const [u, v, hz] = [3, -5, 230e9];
    const [steps, c] = [400, 299792458];
    let [sum, count] = [0, 0];
    for (let i = -steps; i <= steps; i++) {
      for (let j = -steps; j <= steps; j++) {
        const [along, across] = [(i / steps) * (disk.major / 2), (j / steps) * (disk.minor / 2)];
        if ((i / steps) ** 2 + (j / steps) ** 2 > 1) continue;
        // the major axis points to position angle 0.7: sin towards east (l), cos towards north (m)
        const l = along * Math.sin(0.7) + across * Math.cos(0.7);
        const m = along * Math.cos(0.7) - across * Math.sin(0.7);
        sum += Math.cos((2 * Math.PI * hz * (u * l + v * m)) / c);
        count++;
      }
    }
    expect(airy(diskPath(disk, u, v) * hz)).toBeCloseTo(sum / count, 3);
  });
});
