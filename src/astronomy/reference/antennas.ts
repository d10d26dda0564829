/** Dish diameters (m) by the first two letters of an antenna's name, ALMA Technical Handbook: DV, DA, PM are 12 m, CM are 7 m. */
const DIAMETERS: Readonly<Record<string, number>> = { DV: 12, DA: 12, PM: 12, CM: 7, EA: 25, VA: 25 };

/** Dish diameter of an antenna, m; undefined for a name of another observatory. @param name e.g. 'DV04' */
export function antennaDiameter(name: string): number | undefined {
  return DIAMETERS[name.slice(0, 2).toUpperCase()];
}
