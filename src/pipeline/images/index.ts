export { type ImmathOptions, type ImpbcorOptions, immath, impbcor } from './arithmetic.ts';
export { type Beam, beamOf, beamPixels, type ImageInfo } from './beams.ts';
export { type FittedComponent, type ImfitOptions, imfit } from './component-fit.ts';
export * from './coordinates.ts';
export { type ExportFitsOptions, exportfits } from './fits-export.ts';
export { type ImportFitsOptions, importfits } from './fits-import.ts';
export * from './gaussian-fit.ts';
export { type HeaderEntry, type ImheadOptions, imhead } from './header-listing.ts';
export { createImage, type Image, openImage } from './image.ts';
export {
  type ChosenPixels,
  choosePixels,
  goodPixels,
  type PixelBounds,
  type PixelSelection,
  type SelectedPlane,
  selectPixels,
} from './pixel-selection.ts';
export { type Projection, project, type SkyPosition, unproject } from './projection.ts';
export { type PixelRegion, parseBox, parseChannels, parseRegion, regionMask } from './region.ts';
export { type ImageStatistics, type ImstatOptions, imstat } from './statistics.ts';
export { worldText } from './world-text.ts';
