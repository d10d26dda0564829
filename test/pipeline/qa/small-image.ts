import { createImage, makeCoordinates } from '../../../src/pipeline/images/index.ts';

const SIZE = 96;
const CELL_ARCSEC = 0.12;
export const ARCSEC = Math.PI / 648_000;

/** A source of 0.1 Jy/beam 2 arcsec to the east in channels `line`, sigma 0.4 arcsec, over even ripples of 1 mJy/beam. */
export function writeSmallImage(
  path: string,
  chanCount: number,
  line: readonly [number, number],
  restFrequency = 230.538e9,
): void {
  const image = createImage(path, {
    shape: [chanCount, 1, SIZE, SIZE],
    coordinates: makeCoordinates({
      ...{ centre: { lon: 4.3, lat: -0.43 }, cell: CELL_ARCSEC * ARCSEC, imsize: [SIZE, SIZE], system: 'J2000' },
      ...{ stokes: ['I'], telescope: 'ALMA', observer: 'someone', observedMjdSec: 4_877_996_515 },
      spectral: { system: 'LSRK', reference: 230.5e9, increment: -1e6, referencePixel: 0, restFrequency },
    }),
    unit: 'Jy/beam',
    info: { imageType: 'Intensity', objectName: 'T', beams: [{ major: 0.6, minor: 0.4, positionAngle: 30 }] },
  });
  for (let chan = 0; chan < chanCount; chan++) {
    const values = Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
      const east = -((at % SIZE) - SIZE / 2) * CELL_ARCSEC;
      const north = (Math.floor(at / SIZE) - SIZE / 2) * CELL_ARCSEC;
      const source = chan >= line[0] && chan <= line[1] ? 0.1 * Math.exp(-((east - 2) ** 2 + north ** 2) / 0.32) : 0;
      return source + 1e-3 * Math.sin(1.3 * at + chan);
    });
    image.writePlane(image.planeIndex(chan), values);
  }
  image.close();
}
