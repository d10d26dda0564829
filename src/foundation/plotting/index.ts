export { FONT } from './chart-option.ts';
export { mapColour, PALETTE } from './colours.ts';
export type { Axis, Figure, Panel, Raster, Series } from './figure.ts';
