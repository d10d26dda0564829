export { type ImpbcorOptions, impbcor } from './arithmetic.ts';
export { type Beam, beamOf, beamPixels, commonBeam, type ImageInfo } from './beams.ts';
export { type CelestialFrame, skyToPlane } from './celestial.ts';
export { collapsedCoordinates, collapsing, type ImcollapseOptions, imcollapse } from './collapse.ts';
export { type FittedComponent, fitComponents, type ImfitOptions, imfit } from './component-fit.ts';
export { type ImageconcatOptions, imageconcat } from './concatenating.ts';
export { type ImcontsubOptions, imcontsub } from './continuum.ts';
export { directionNames, readCoordinates, writeCoordinates } from './coordinate-record.ts';
export * from './coordinates.ts';
export { type ImsubimageOptions, imsubimage } from './cutting.ts';
export { type ImdevOptions, imdev } from './deviation.ts';
export { type FeatherOptions, feather } from './feathering.ts';
export { type ExportFitsOptions, exportfits } from './fits-export.ts';
export { type ImportFitsOptions, importfits } from './fits-import.ts';
export * from './gaussian-fit.ts';
export { beamEntry, type HeaderEntry, type ImheadOptions, imhead, planeBeams } from './header-listing.ts';
export { createImage, type Image, openImage } from './image.ts';
export { type ImhistoryOptions, imhistory } from './image-history.ts';
export { type ContourChoice, imageFigure, type ViewChoice } from './image-view.ts';
export { type ImmathOptions, immath } from './immath.ts';
export { type MakemaskOptions, makemask } from './mask-making.ts';
export { type ImmomentsOptions, immoments } from './moments.ts';
export { findPeaks, type PeakChoice, type PlanePeak } from './peak-finding.ts';
export {
  type ChosenPixels,
  choosePixels,
  goodPixels,
  type PixelBounds,
  type PixelSelection,
  readExpression,
  type SelectedPlane,
  selectPixels,
} from './pixel-selection.ts';
export { type ImvalOptions, type ImvalResult, imval } from './pixel-values.ts';
export { type ImpvOptions, impv } from './position-velocity.ts';
export { type SpecsmoothOptions, specsmooth } from './profile-smoothing.ts';
export { type Projection, parseProjection, type SkyPosition } from './projection.ts';
export { type RebinOptions, rebin } from './rebinning.ts';
export { type ImreframeOptions, imreframe } from './reframing.ts';
export { type PixelRegion, parseBox, parseChannels, parseRegion, regionMask } from './region.ts';
export { type RegridOptions, regrid, type TargetGrid } from './regridding.ts';
export { type RotateOptions, rotateImage } from './rotating.ts';
export { deconvolvedBeam, type ImsmoothOptions, imsmooth } from './smoothing.ts';
export { type SpecfluxOptions, specflux } from './spectral-flux.ts';
export { griddedStatistics, type ImageStatistics, type ImstatOptions, imstat } from './statistics.ts';
export { type ImtransOptions, imtrans } from './transposing.ts';
export type { AlgorithmOptions } from './value-choice.ts';
export { worldText } from './world-text.ts';
