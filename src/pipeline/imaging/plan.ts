import { convertDirection, parseDirection } from '../../astronomy/measures/index.ts';
import { type FieldInfo, fieldDirection } from '../../astronomy/ms/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  channelFrequency,
  makeCoordinates,
  requireDirection,
  type SkyPosition,
  skyToPixel,
} from '../images/index.ts';
import { type ChosenMs, chooseData, makeOrClose, windowsOf } from './chosen-ms.ts';
import { planFacets } from './facets.ts';
import type { ImageGeometry } from './gridder.ts';
import type { ImagingChoice } from './options.ts';
import type { SampleRequest } from './sample-source.ts';
import { type CubeAxis, continuumAxis, cubeAxis } from './spectral-axis.ts';
import { stokesName } from './stokes.ts';

/** Everything that is known before the first visibility is read. */
export interface ImagingPlan {
  readonly choice: ImagingChoice;
  readonly data: readonly ChosenMs[];
  readonly geometry: ImageGeometry;
  readonly axis: CubeAxis;
  readonly coordinates: CoordinateSystem;
  /** [chan, stokes, y, x] */
  readonly shape: readonly number[];
  /** What samples of the first Stokes parameter are made for. */
  readonly request: SampleRequest;
  readonly dish: '12m' | '7m';
  readonly objectName: string;
  /** Frequency of each channel for the primary beam, Hz. */
  readonly planeFrequencies: readonly number[];
  /** Pixel where a mosaic's PSF is taken, when one is asked for. */
  readonly psfPlace?: readonly [number, number];
}

/** The centre of the image; phasecenter='TRACKFIELD' stays on the object that the first field moves with. */
function phaseCentre(choice: ImagingChoice, data: readonly ChosenMs[]): PhaseCentre {
  const wanted = choice.options.phasecenter;
  const { metadata, fieldIds } = data[0];
  const ofField = (id: number) => {
    const field = metadata.fields[id] ?? fail('usage', `there is no field ${id} to take the phase centre of.`);
    return { centre: { lon: field.phaseDir[0], lat: field.phaseDir[1] }, system: field.frame };
  };
  if (wanted === undefined || wanted === '') return ofField(fieldIds[0]);
  if (String(wanted).trim().toUpperCase() === 'TRACKFIELD') {
    const followed = metadata.fields[fieldIds[0]];
    const system = followed.motion?.frame ?? followed.frame;
    const [lon, lat] = convertDirection(...fieldDirection(followed, data[0].startSec), followed.frame, system);
    return { centre: { lon, lat }, system, followed };
  }
  if (typeof wanted === 'number' || /^\d+$/.test(wanted)) return ofField(Number(wanted));
  const { ra, dec, frame } = parseDirection(wanted);
  return { centre: { lon: ra, lat: dec }, system: frame.toUpperCase() };
}

interface PhaseCentre {
  readonly centre: SkyPosition;
  readonly system: string;
  readonly followed?: FieldInfo;
}

function psfPlace(choice: ImagingChoice, coordinates: CoordinateSystem): readonly [number, number] | undefined {
  const wanted = choice.options.psfphasecenter;
  if (wanted === undefined || wanted === '') return undefined;
  const { ra, dec } = parseDirection(wanted);
  const pixel = skyToPixel(requireDirection(coordinates), { lon: ra, lat: dec })?.map(Math.round) ?? [-1, -1];
  if (pixel.some((place, axis) => place < 0 || place >= choice.imsize[axis]))
    fail('usage', `psfphasecenter="${wanted}" lies outside the image.`);
  return [pixel[0], pixel[1]];
}

/** Rest frequency from the parameters, else the SOURCE table, else 0. */
function restFrequency(choice: ImagingChoice, data: readonly ChosenMs[]): number {
  const given = choice.options.restfreq;
  const first = Array.isArray(given) ? given[0] : given;
  if (first !== undefined && first !== '') return parseQuantity(first, 'frequency');
  const { metadata, fieldIds, channels } = data[0];
  const [spwId] = channels.keys();
  const { sourceId } = metadata.fields[fieldIds[0]];
  const source = metadata.sources.find(
    (other) =>
      other.sourceId === sourceId && (other.spwId === spwId || other.spwId === -1) && other.restFrequencies.length > 0,
  );
  return source?.restFrequencies[0] ?? 0;
}

/**
 * Plans a tclean run: data, image size, coordinates, spectral axis.
 *
 * @throws usage, missing, bad-data
 */
export function planImaging(context: Context, choice: ImagingChoice): ImagingPlan {
  const data = chooseData(context, choice);
  return makeOrClose(data, () => planOf(choice, data));
}

function planOf(choice: ImagingChoice, data: readonly ChosenMs[]): ImagingPlan {
  const windows = windowsOf(data, choice.outframe, 'startSec');
  const later = windowsOf(data, choice.outframe, 'endSec');
  const rest = restFrequency(choice, data);
  const { start, width, nchan, veltype } = choice.options;
  const request = { start, width, nchan, veltype, system: choice.outframe, restFrequency: rest };
  const axis = choice.isCube
    ? cubeAxis(windows, request)
    : continuumAxis([...windows, ...later], choice.outframe, rest, choice.referenceHz);
  const { centre, system, followed } = phaseCentre(choice, data);
  const { metadata, startSec, position, fieldIds } = data[0];
  const geometry = { sizeX: choice.imsize[0], sizeY: choice.imsize[1], cell: choice.cell };
  const coordinates = makeCoordinates({
    centre,
    cell: choice.cell,
    imsize: choice.imsize,
    system: system || 'J2000',
    stokes: choice.stokes.map(stokesName),
    spectral: {
      system: axis.system,
      reference: axis.reference,
      increment: axis.increment,
      referencePixel: axis.referencePixel,
      restFrequency: axis.restFrequency,
    },
    telescope: metadata.observation.telescope,
    observer: metadata.observation.observer,
    observedMjdSec: startSec,
    telescopePosition: [position[0], position[1], position[2]],
  });
  const spectral = { ...axis, pixelAxis: 3 };
  const frequencies = Float64Array.from({ length: axis.chanCount }, (_, chan) => channelFrequency(spectral, chan));
  const diameters = metadata.antennas.map((antenna) => antenna.diameter);
  return {
    choice,
    data,
    geometry,
    axis,
    coordinates,
    shape: [axis.chanCount, choice.stokes.length, choice.imsize[1], choice.imsize[0]],
    request: {
      centre,
      followed,
      stokes: choice.stokes[0],
      outframe: choice.outframe,
      interpolation: choice.interpolation,
      cube: choice.isCube ? { frequencies, width: Math.abs(axis.increment) } : undefined,
      facets:
        choice.gridder === 'mosaic'
          ? planFacets(data, { centre, followed }, geometry, choice.isCube ? frequencies : undefined)
          : undefined,
    },
    psfPlace: psfPlace(choice, coordinates),
    dish: diameters.every((diameter) => diameter < 8) ? '7m' : '12m',
    objectName: metadata.fields[fieldIds[0]].name,
    planeFrequencies: Array.from(frequencies),
  };
}
