import { frequencyShiftFactor } from '../../../astronomy/measures/index.ts';
import { openMs, readMetadata, selectRows } from '../../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../../astronomy/visibility/index.ts';
import { ARCSEC, type Context, FWHM_PER_SIGMA, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { apparentFluxAt, type TruthComponent } from './true-component.ts';

/** How much of the true target is in the calibrated visibilities of a window. */
export interface VisibilityScale {
  readonly spwId: number;
  /** Least-squares factor of the data on the true model; 1 when the flux scale is right. */
  readonly scale: number;
  /** 1-sigma error from the visibility weights. */
  readonly error: number;
}

interface Sums {
  product: number;
  power: number;
}

/**
 * Least-squares scale of calibrated visibilities on the true sky: Σ w Re(V conj M) / Σ w |M|².
 *
 * Free of what an image adds: missing spacings, deconvolution, pixels.
 *
 * @param vis calibrated MeasurementSet
 * @param components true components of the field, apparent fluxes
 */
export function measureVisibilityScales(
  context: Context,
  vis: string,
  field: string,
  components: readonly TruthComponent[],
): VisibilityScale[] {
  const ms = openMs(vis);
  try {
    const metadata = readMetadata(ms);
    const { rows } = selectRows(ms, { field });
    const direction = metadata.fields.find((entry) => entry.name === field)?.phaseDir ?? metadata.fields[0].phaseDir;
    const site = Float64Array.from(metadata.antennas[0].position);
    const bySpw = new Map<number, Sums>();
    for (const chunk of readChunks(ms, { rows, columns: ['DATA'], metadata })) {
      context.checkAbort();
      const toLsrk = frequencyShiftFactor(chunk.time[0], direction[0], direction[1], site, 'TOPO', 'LSRK');
      const { chanFreqs } = metadata.spectralWindows[chunk.spwId];
      const spectra = components.map((component) => chanFreqs.map((hz) => fluxAt(component, hz, toLsrk)));
      const sums = bySpw.get(chunk.spwId) ?? { product: 0, power: 0 };
      bySpw.set(chunk.spwId, sums);
      for (let row = 0; row < chunk.rowCount; row++) addRow(chunk, row, { components, spectra, chanFreqs }, sums);
      chunk.release();
    }
    return [...bySpw.entries()]
      .sort(([a], [b]) => a - b)
      .map(([spwId, { product, power }]) => ({ spwId, scale: product / power, error: power ** -0.5 }));
  } finally {
    ms.close();
  }
}

interface Model {
  readonly components: readonly TruthComponent[];
  /** [component][chan], Jy */
  readonly spectra: readonly (readonly number[])[];
  readonly chanFreqs: readonly number[];
}

function addRow(chunk: VisibilityChunk, row: number, model: Model, sums: Sums): void {
  if (chunk.flagRow[row] || chunk.antenna1[row] === chunk.antenna2[row]) return;
  const [u, v, w] = chunk.uvw.subarray(3 * row, 3 * row + 3);
  const delays = model.components.map(({ offsetArcsec }) => {
    const [l, m] = offsetArcsec.map((arcsec) => arcsec * ARCSEC);
    return (u * l + v * m + w * (Math.sqrt(1 - l * l - m * m) - 1)) / SPEED_OF_LIGHT;
  });
  const data = chunk.data.DATA as Float32Array;
  for (let chan = 0; chan < chunk.chanCount; chan++) {
    const hz = model.chanFreqs[chan];
    let [re, im] = [0, 0];
    for (const [index, component] of model.components.entries()) {
      const flux =
        model.spectra[index][chan] * gaussianTaper(component, ((u * u + v * v) * hz * hz) / SPEED_OF_LIGHT ** 2);
      if (flux === 0) continue;
      const phase = 2 * Math.PI * delays[index] * hz;
      re += flux * Math.cos(phase);
      im += flux * Math.sin(phase);
    }
    for (let corr = 0; corr < chunk.corrCount; corr++) {
      const at = (row * chunk.chanCount + chan) * chunk.corrCount + corr;
      if (chunk.flag[at]) continue;
      const weight = chunk.weight[row * chunk.corrCount + corr];
      sums.product += weight * (data[2 * at] * re + data[2 * at + 1] * im);
      sums.power += weight * (re * re + im * im);
    }
  }
}

/** Visibility of a unit Gaussian: exp(-(π FWHM q)² / (4 ln 2)), q² in wavelengths². */
function gaussianTaper(component: TruthComponent, wavelengthsSquared: number): number {
  const fwhm = component.fwhmArcsec * ARCSEC;
  return Math.exp((-(Math.PI ** 2) * fwhm * fwhm * wavelengthsSquared) / (4 * Math.LN2));
}

function fluxAt(component: TruthComponent, hz: number, toLsrk: number): number {
  const peak = apparentFluxAt(component, hz);
  if (!component.line) return peak;
  const { restHz, velocityLsrk, fwhm } = component.line;
  const velocity = SPEED_OF_LIGHT * (1 - (hz * toLsrk) / restHz);
  const flux = peak * Math.exp(-0.5 * (((velocity - velocityLsrk) / fwhm) * FWHM_PER_SIGMA) ** 2);
  return flux < 1e-7 ? 0 : flux;
}
