import { formatDec, formatMjd, formatRa } from '../../../astronomy/measures/index.ts';
import type { Table } from '../../../formats/tables/index.ts';
import { ARCSEC, silentContext } from '../../../foundation/base/index.ts';
import { baseName } from '../../../foundation/bytes/index.ts';
import { type Beam, type CoordinateSystem, type Image, imhead, openImage } from '../../../pipeline/images/index.ts';
import type { Listing } from './inspect.ts';
import { keywordLines } from './table-listing.ts';
import { textTable } from './text-table.ts';

/** A CASA image: what it shows, its axes, beams and masks; the facts are those of imhead. */
export function imageListing(table: Table, isVerbose: boolean): Listing {
  const facts = imhead(silentContext(), { imagename: table.path, mode: 'list' }) as Record<string, unknown>;
  const image = openImage(table.path);
  try {
    const text = [
      `CASA image ${baseName(table.path)}, ${table.isLittleEndian ? 'little' : 'big'}-endian`,
      `  ${[`${image.info.imageType} in ${image.unit || 'no unit'}`, ...sourceWords(image)].join(', ')}`,
      ...(image.maskNames.length > 0 ? [`  masks: ${image.maskNames.join(', ')}`] : []),
      ...beamLine(image.info.beams),
      ...restLine(image.coordinates),
      '',
      ...textTable(['axis', 'pixels', 'reference', 'at pixel', 'increment'], axisRows(image)),
      '',
      `  least  ${facts.datamin} at ${placeText(facts.minpixpos)} ${facts.minpos}`,
      `  most   ${facts.datamax} at ${placeText(facts.maxpixpos)} ${facts.maxpos}`,
      ...(isVerbose ? ['', 'Keywords', ...keywordLines(table.keywords)] : []),
    ].join('\n');
    return { kind: 'image', path: table.path, text, facts };
  } finally {
    image.close();
  }
}

function sourceWords({ info, coordinates }: Image): string[] {
  const { telescope, observer, observedMjdSec } = coordinates;
  const when = observedMjdSec > 0 ? `observed ${formatMjd(observedMjdSec, 0)} UTC` : '';
  return [info.objectName, telescope, when, observer && `observer ${observer}`].filter(Boolean);
}

function beamLine(beams: readonly Beam[]): string[] {
  if (beams.length === 0) return ['  no beam'];
  const [{ major, minor, positionAngle }] = beams;
  const isSame = beams.every(
    (beam) => beam.major === major && beam.minor === minor && beam.positionAngle === positionAngle,
  );
  const text = `${major.toPrecision(4)}" x ${minor.toPrecision(4)}", ${positionAngle.toFixed(1)} deg`;
  if (isSame) return [`  beam: ${text}${beams.length > 1 ? ` in all ${beams.length} planes` : ''}`];
  const majors = beams.map((beam) => beam.major);
  const [least, most] = [Math.min(...majors), Math.max(...majors)].map((value) => value.toPrecision(4));
  return [`  ${beams.length} beams, one a plane: first ${text}; major axes ${least}" to ${most}"`];
}

function restLine({ spectral }: CoordinateSystem): string[] {
  return spectral && spectral.restFrequency > 0
    ? [`  rest frequency ${Number((spectral.restFrequency / 1e9).toFixed(9))} GHz`]
    : [];
}

function axisRows({ coordinates, shape }: Image): (string | number)[][] {
  const { direction, spectral, stokes, linear } = coordinates;
  const rows = new Map<number, (string | number)[]>();
  const add = (axis: number, name: string, reference: string, pixel: number, increment: string) =>
    rows.set(axis, [name, shape[shape.length - 1 - axis], reference, Number(pixel.toFixed(3)), increment]);
  if (direction) {
    const { reference, referencePixel, increment, pixelAxes, system, projection } = direction;
    const frame = `(${system}, ${projection})`;
    const steps = increment.map((step) => `${Number((step / ARCSEC).toPrecision(9))}"`);
    const isEquatorial = /^(?:J2000|B1950|ICRS|JMEAN|JTRUE|APP|BMEAN|BTRUE)/.test(system);
    const [lon, lat] = isEquatorial
      ? [formatRa(reference.lon, 4), formatDec(reference.lat, 3)]
      : [reference.lon, reference.lat].map((angle) => `${((angle * 180) / Math.PI).toFixed(7)} deg`);
    const names = isEquatorial ? ['Right ascension', 'Declination'] : ['Longitude', 'Latitude'];
    add(pixelAxes[0], names[0], `${lon} ${frame}`, referencePixel[0], steps[0]);
    add(pixelAxes[1], names[1], `${lat} ${frame}`, referencePixel[1], steps[1]);
  }
  if (spectral) {
    const { reference, referencePixel, increment, system, pixelAxis, frequencies } = spectral;
    const step = frequencies ? 'uneven' : `${Number((increment / 1e6).toPrecision(9))} MHz`;
    add(pixelAxis, 'Frequency', `${(reference / 1e9).toFixed(9)} GHz (${system})`, referencePixel, step);
  }
  if (stokes) add(stokes.pixelAxis, 'Stokes', stokes.stokes.join(' '), 0, '');
  for (const { name, unit, reference, increment, referencePixel, pixelAxis } of linear)
    add(pixelAxis, name, `${reference} ${unit}`, referencePixel, `${increment} ${unit}`);
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
}

const placeText = (pixel: unknown) => (Array.isArray(pixel) ? `[${pixel.join(', ')}]` : '');
