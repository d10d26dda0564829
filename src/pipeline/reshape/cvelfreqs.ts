import {
  frequencyShiftFactor,
  observatoryPosition,
  parseCasaTime,
  type VelocityFrame,
} from '../../astronomy/measures/index.ts';
import type { MeasurementSet, MsMetadata } from '../../astronomy/ms/index.ts';
import { regridChannels } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { gridRequest, type RegridParameters } from './mstransform.ts';
import { centreOf, checkFrames, fieldOf, sourceFactor } from './output-frame.ts';

/** Parameters of CASA's ms.cvelfreqs. */
export interface CvelfreqsOptions extends Omit<RegridParameters, 'interpolation' | 'phasecenter'> {
  readonly spwids: readonly number[];
  /** The first row of one of these and of the window gives time and direction. */
  readonly fieldids: readonly number[];
  /** Time of the change of frame; '': that of the first row. */
  readonly obstime?: string;
  /** Field number or direction; '': the first field of `fieldids`. */
  readonly phasec?: string | number;
}

/**
 * Channels, Hz, that a regridding of one window would make: CASA 6.7's ms.cvelfreqs.
 *
 * @throws usage for windows and fields that are not there; unsupported for several windows and other frames
 */
export function cvelfreqs(ms: MeasurementSet, metadata: MsMetadata, options: CvelfreqsOptions): Float64Array {
  const { spwids, fieldids, obstime, outframe, phasec } = options;
  if (spwids.length !== 1) fail('unsupported', 'ms.cvelfreqs() takes one window in spwids; ask for each by itself.');
  const window = metadata.spectralWindows[spwids[0]];
  if (!window) fail('usage', `ms.cvelfreqs(): there is no spectral window ${spwids[0]}.`, { file: ms.path });
  const from = window.measFreqRef.toUpperCase();
  const to = outframe ? outframe.toUpperCase() : from;
  const factor = from === to ? 1 : frameFactor();
  const shifted = (values: readonly number[]) => Float64Array.from(values, (value) => value * factor);
  return regridChannels(shifted(window.chanFreqs), shifted(window.chanWidths), gridRequest(options)).freqs;

  function frameFactor(): number {
    const time = obstime ? parseCasaTime(obstime) : firstTime(ms, metadata, spwids[0], fieldids);
    if (to === 'SOURCE') return sourceFactor(metadata, from, fieldOf(metadata, phasec ?? '', fieldids[0]), time);
    checkFrames(from, to);
    const [ra, dec] = centreOf(metadata, phasec ?? '', fieldids[0]);
    const position = observatoryPosition(metadata.observation.telescope);
    return frequencyShiftFactor(time, ra, dec, position, from as VelocityFrame, to as VelocityFrame);
  }
}

/** MJD s */
function firstTime(ms: MeasurementSet, metadata: MsMetadata, spwId: number, fieldIds: readonly number[]): number {
  const { rowCount } = ms.main;
  const [fields, descriptions] = ['FIELD_ID', 'DATA_DESC_ID'].map(
    (name) => ms.main.column(name).getRange(0, rowCount) as ArrayLike<number>,
  );
  for (let row = 0; row < rowCount; row++) {
    const isOfWindow = metadata.dataDescriptions[descriptions[row]].spwId === spwId;
    if (isOfWindow && fieldIds.includes(fields[row])) return Number(ms.main.column('TIME').get(row));
  }
  return fail('usage', `No row has window ${spwId} and one of the fields ${fieldIds.join(', ')}.`, { file: ms.path });
}
