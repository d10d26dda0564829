/**
 * Share of each dish that others in front of it leave free.
 *
 * @param uvw m, [ant, 3]; w grows towards the source
 * @param diameters m, [ant]
 * @returns voltage factors, [ant]; the blocked areas of several dishes in front add up
 */
export function freeShares(uvw: Float64Array, diameters: readonly number[]): Float64Array {
  return Float64Array.from(diameters, (diameter, ant) => {
    let blocked = 0;
    diameters.forEach((other, front) => {
      if (front === ant || uvw[3 * front + 2] <= uvw[3 * ant + 2]) return;
      const distance = Math.hypot(uvw[3 * front] - uvw[3 * ant], uvw[3 * front + 1] - uvw[3 * ant + 1]);
      blocked += overlapArea(diameter / 2, other / 2, distance) / (Math.PI * (diameter / 2) ** 2);
    });
    return Math.max(0, 1 - blocked);
  });
}

/** Area that two circles have in common. */
function overlapArea(a: number, b: number, distance: number): number {
  if (distance >= a + b) return 0;
  if (distance <= Math.abs(a - b)) return Math.PI * Math.min(a, b) ** 2;
  const segment = (radius: number, other: number) => {
    const half = Math.acos((distance * distance + radius * radius - other * other) / (2 * distance * radius));
    return radius * radius * (half - Math.sin(half) * Math.cos(half));
  };
  return segment(a, b) + segment(b, a);
}
