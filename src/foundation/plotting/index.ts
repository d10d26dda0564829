export { mapColour, PALETTE } from './colours.ts';
export { contourPieces } from './contours.ts';
export type { Axis, Band, Figure, LegendEntry, Panel, Raster, Section, Series } from './figure.ts';
export { FONT } from './font.ts';
export { layoutFigure } from './layout.ts';
export { sharedRange, withRanges } from './shared-range.ts';
