import type { MsMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { type FluxDictionary, spectrumFromFluxscale } from './fluxscale-model.ts';
import type { PointComponent } from './model-record.ts';
import type { PointSpectrum } from './point-spectrum.ts';
import { knowsQuasar, quasarFlux, quasarStandards } from './quasar-flux.ts';
import { type SolarModel, solarModel } from './solar-flux.ts';
import { solarModel2010 } from './solar-flux-2010.ts';

/** What a standard needs of setjy's parameters. */
export interface StandardOptions {
  readonly standard?: string;
  readonly fluxdensity?: number | readonly number[];
  readonly spix?: number | readonly number[];
  readonly reffreq?: string;
  readonly fluxdict?: FluxDictionary;
  readonly scalebychan?: boolean;
  readonly useephemdir?: boolean;
}

/** When the selected data of a field were taken, MJD s. */
export interface FieldTimes {
  /** The earliest. */
  readonly first: number;
  /** Half-way between the first and the last row. */
  readonly middle: number;
}

const SOLAR = 'Butler-JPL-Horizons 2012';
const SOLAR_2010 = 'Butler-JPL-Horizons 2010';
/** What the standard `manual` takes for sources that it knows when no flux density is given, as CASA. */
const UNTOLD = 'Perley-Butler 2010';

/** Standards that setjy has. */
export const knownStandards: readonly string[] = ['manual', 'fluxscale', SOLAR, SOLAR_2010, ...quasarStandards];

/**
 * The source that a standard gives for a field, window by window.
 *
 * @throws unsupported for a standard, source, date or frequency that is not there; usage for bad parameters
 */
export function standardSource(
  context: Context,
  metadata: MsMetadata,
  fieldId: number,
  times: FieldTimes,
  options: StandardOptions,
): (spwId: number) => PointComponent {
  const { phaseDir, name } = metadata.fields[fieldId];
  const [ra, dec] = phaseDir;
  const isUntold = (options.standard ?? 'manual') === 'manual' && !isTold(options);
  const standard = isUntold && knowsQuasar(UNTOLD, name, ra, dec) ? UNTOLD : (options.standard ?? 'manual');
  const point = (spectrum: PointSpectrum): PointComponent => ({ ra, dec, spectrum });
  const channels = (spwId: number) => metadata.spectralWindows[spwId].chanFreqs;
  if (standard === 'fluxscale')
    return (spwId) => point(spectrumFromFluxscale(options.fluxdict ?? {}, fieldId, spwId, metadata));
  if (standard === 'manual') return () => point(manualSpectrum(context, options));
  if (standard === SOLAR || standard === SOLAR_2010) {
    const model =
      standard === SOLAR
        ? solarModel(name, times.first, metadata.observation.telescope)
        : solarModel2010(name, times.middle);
    // The standard of 2010 puts the body at the phase centre whatever useephemdir says, as CASA does.
    const place =
      options.useephemdir && standard === SOLAR ? { ra: model.state.ra, dec: model.state.dec } : { ra, dec };
    // The standard of 2010 takes flux densities at the middles of channels, a single one as constant.
    const isByChannel = (spwId: number) =>
      (options.scalebychan ?? true) && (standard === SOLAR || channels(spwId).length > 1);
    return (spwId) => ({
      ...place,
      disk: model.disk,
      spectrum: solarSpectrum(model, metadata, spwId, isByChannel(spwId)),
    });
  }
  if (quasarStandards.includes(standard)) {
    const flux = quasarFlux(standard, name, ra, dec, times.middle);
    return (spwId) => point(quasarSpectrum(flux, channels(spwId), options.scalebychan ?? true));
  }
  fail(
    'unsupported',
    `setjy standard "${standard}" is not available; known: ${knownStandards.join(', ')}. Give the flux density with standard='manual'.`,
  );
}

const constant = (jansky: number, referenceHz: number, index = 0): PointSpectrum => ({
  kind: 'power-law',
  stokes: [jansky, 0, 0, 0],
  referenceHz,
  spectralIndex: [index],
});

function sampled(frequencies: readonly number[], fluxes: readonly number[]): PointSpectrum {
  const nothing = () => new Float64Array(fluxes.length);
  const stokes = [Float64Array.from(fluxes), nothing(), nothing(), nothing()];
  return { kind: 'sampled', frequencies: Float64Array.from(frequencies), stokes };
}

/** By channel, each averaged over its width; one channel goes with f² from its lower edge, as in CASA. */
function solarSpectrum(model: SolarModel, metadata: MsMetadata, spwId: number, isByChannel: boolean): PointSpectrum {
  const { chanFreqs, chanWidths } = metadata.spectralWindows[spwId];
  const edges = chanFreqs.map((hz, chan) => [hz - chanWidths[chan] / 2, hz + chanWidths[chan] / 2] as const);
  if (chanFreqs.length === 1) return constant(model.flux(edges[0]), edges[0][0], isByChannel ? 2 : 0);
  if (!isByChannel) return constant(model.flux([Math.min(...chanFreqs), Math.max(...chanFreqs)]), chanFreqs[0]);
  return sampled(chanFreqs, edges.map(model.flux));
}

function quasarSpectrum(
  flux: (hz: number) => number,
  chanFreqs: readonly number[],
  isByChannel: boolean,
): PointSpectrum {
  if (isByChannel && chanFreqs.length > 1) return sampled(chanFreqs, chanFreqs.map(flux));
  const middle = (chanFreqs[0] + chanFreqs[chanFreqs.length - 1]) / 2;
  return constant(flux(middle), middle);
}

/** True when a flux density is given. */
function isTold({ fluxdensity = 1 }: StandardOptions): boolean {
  return (typeof fluxdensity === 'number' ? fluxdensity : fluxdensity[0]) >= 0;
}

function manualSpectrum(context: Context, options: StandardOptions): PointSpectrum {
  const given = options.fluxdensity ?? 1;
  const stokes = typeof given === 'number' ? [given, 0, 0, 0] : [0, 1, 2, 3].map((index) => given[index] ?? 0);
  if (!isTold(options)) {
    context.log.post('setjy: no flux density was given; 1 Jy is used.', 'WARN', 'setjy');
    stokes[0] = 1;
  }
  const spix = options.spix ?? 0;
  const spectralIndex = typeof spix === 'number' ? [spix] : spix.length > 0 ? [...spix] : [0];
  if (Math.abs(spectralIndex[0]) > 10)
    fail('usage', `The spectral index ${spectralIndex[0]} is beyond ±10; check spix.`);
  const referenceHz = parseQuantity(options.reffreq ?? '1GHz', 'frequency', 'Hz');
  if (referenceHz === 0 && spectralIndex.some((term) => term !== 0)) {
    fail('usage', 'setjy: a spectral index needs the frequency of the flux density; give reffreq, e.g. 100GHz.');
  }
  return { kind: 'power-law', stokes, referenceHz, spectralIndex };
}
