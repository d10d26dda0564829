export { type Direction, formatDec, formatRa, parseAngle, parseDirection } from './angle-text.ts';
export {
  anglesOf,
  convertDirection,
  directionFrames,
  mercuryDirection,
  moonDirection,
  type Observer,
  positionAngleOf,
  separationOf,
  sunDirection,
} from './direction-frames.ts';
export { convertDoppler, dopplerConvention, dopplerRatio, dopplerValue } from './dopplers.ts';
export { type EarthOrientation, earthOrientation } from './earth-orientation.ts';
export { convertEpoch, epochScale, epochScales } from './epoch-scales.ts';
export { erfaVersion, geodeticOf, installErfa, itrfOf } from './erfa.ts';
export { ASTRONOMICAL_UNIT, gcrsToItrs } from './frames.ts';
export { azEl, type Horizontal, parallacticAngle } from './horizon.ts';
export { isGeodeticObservatory, knownObservatories, observatoryPosition } from './observatories.ts';
export {
  type DirectionTable,
  rowAtTime,
  rowsAround,
  shiftedDirection,
  tabulatedDirection,
} from './tabulated-direction.ts';
export { mjdSecToUtcNs, utcNsToMjdSec } from './time-scales.ts';
export { formatMjd, formatTimeOfDay, parseCasaTime, type TimeStyle } from './time-text.ts';
export { antennaUvw, type UvwConvention, uvwRotation } from './uvw.ts';
export { frequencyShiftFactor, topoToLsrkVelocity, type VelocityFrame } from './velocities.ts';
