export { mapColour, PALETTE, seriesColour } from './colours.ts';
export { contourPieces } from './contours.ts';
export type { Axis, Band, Colour, Figure, LegendEntry, Panel, Raster, RightScale, Section, Series } from './figure.ts';
export { FONT } from './font.ts';
export { layoutFigure } from './layout.ts';
export { colourLegend } from './legend.ts';
export { sharedRange, withRanges } from './shared-range.ts';
