import { frequencyShiftFactor, observatoryPosition } from '../../astronomy/measures/index.ts';
import { FWHM_PER_SIGMA, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { airy, type Disk, diskPath } from '../skymodel/index.ts';
import type { FieldGeometry } from './geometry.ts';
import { componentFlux, primaryBeam, type SkyField } from './sky.ts';
import type { SimulatedWindow } from './spectral-setup.ts';

/** Below this flux (Jy) a component is left out of a channel. */
const NEGLIGIBLE_JY = 1e-7;

/** Visibilities of a field in one window, apart from the instrument. */
export class SourceModel {
  /** True for a point at the phase centre: its visibility is its flux on every baseline. */
  readonly isPoint: boolean;
  private readonly field: SkyField;
  private readonly frequencies: Float64Array;
  private readonly stepHz: number;
  /** Response of the antennas to each component, [component, chan]. */
  private readonly beam: Float64Array;
  private readonly phasors: Float64Array;

  constructor(field: SkyField, window: SimulatedWindow, antennaCount: number, dishDiameter?: number) {
    this.field = field;
    this.frequencies = window.frequenciesHz;
    this.stepHz = window.frequenciesHz.length > 1 ? window.frequenciesHz[1] - window.frequenciesHz[0] : 0;
    const [first, ...others] = field.components;
    this.isPoint = others.length === 0 && first.l === 0 && first.m === 0 && !first.disk;
    const chanCount = this.frequencies.length;
    this.beam = new Float64Array(field.components.length * chanCount);
    field.components.forEach(({ l, m }, component) => {
      for (let chan = 0; chan < chanCount; chan++) {
        this.beam[component * chanCount + chan] = primaryBeam(
          Math.asin(Math.hypot(l, m)),
          this.frequencies[chan],
          dishDiameter,
        );
      }
    });
    this.phasors = new Float64Array(antennaCount * chanCount * 2);
  }

  /** Flux of the point source, Jy, [chan]. */
  pointSpectrum(): Float64Array {
    return Float64Array.from(this.frequencies, (frequency) => componentFlux(this.field.components[0], frequency, 1));
  }

  /**
   * Visibilities V = Σ S exp(2πi (u l + v m + w (n-1)) ν/c) with the baseline's uvw = uvw[ant1] - uvw[ant2].
   *
   * @param into Jy, [baseline, chan, re/im], baselines in BDF order; overwritten
   */
  fill(geometry: FieldGeometry, into: Float64Array): void {
    const chanCount = this.frequencies.length;
    const { ra, dec } = this.field;
    const factor = frequencyShiftFactor(geometry.mjdSec, ra, dec, observatoryPosition('ALMA'), 'TOPO', 'LSRK');
    const spectrum = new Float64Array(chanCount);
    into.fill(0);
    this.field.components.forEach((component, index) => {
      let first = chanCount;
      let last = -1;
      for (let chan = 0; chan < chanCount; chan++) {
        const flux = componentFlux(component, this.frequencies[chan], factor) * this.beam[index * chanCount + chan];
        spectrum[chan] = flux;
        if (Math.abs(flux) > NEGLIGIBLE_JY) {
          first = Math.min(first, chan);
          last = chan;
        }
      }
      if (last < first) return;
      this.fillPhasors(geometry.uvw, component.l, component.m);
      if (component.disk) this.addDisk(geometry.uvw, component.disk, spectrum, into);
      else this.addComponent(geometry.uvw, component.fwhm, spectrum, first, last, into);
    });
  }

  /** exp(2πi (u l + v m + w (n-1)) ν/c) of each antenna, [ant, chan, re/im]. */
  private fillPhasors(uvw: Float64Array, l: number, m: number): void {
    const chanCount = this.frequencies.length;
    const n1 = Math.sqrt(1 - l * l - m * m) - 1;
    for (let ant = 0; ant * 3 < uvw.length; ant++) {
      const delay = (uvw[3 * ant] * l + uvw[3 * ant + 1] * m + uvw[3 * ant + 2] * n1) / SPEED_OF_LIGHT;
      fillPhasor(this.phasors, ant * chanCount, chanCount, delay * this.frequencies[0], delay * this.stepHz);
    }
  }

  /** A uniform disk whose place the phasors give. */
  private addDisk(uvw: Float64Array, disk: Disk, spectrum: Float64Array, into: Float64Array): void {
    const { phasors, frequencies } = this;
    const chanCount = frequencies.length;
    let baseline = 0;
    for (let ant2 = 1; ant2 < uvw.length / 3; ant2++) {
      for (let ant1 = 0; ant1 < ant2; ant1++, baseline++) {
        const path = diskPath(disk, uvw[3 * ant1] - uvw[3 * ant2], uvw[3 * ant1 + 1] - uvw[3 * ant2 + 1]);
        const [a, b, out] = [2 * ant1 * chanCount, 2 * ant2 * chanCount, 2 * baseline * chanCount];
        for (let at = 0; at < 2 * chanCount; at += 2) {
          const flux = spectrum[at >> 1] * airy(path * frequencies[at >> 1]);
          into[out + at] += flux * (phasors[a + at] * phasors[b + at] + phasors[a + at + 1] * phasors[b + at + 1]);
          into[out + at + 1] += flux * (phasors[a + at + 1] * phasors[b + at] - phasors[a + at] * phasors[b + at + 1]);
        }
      }
    }
  }

  private addComponent(
    uvw: Float64Array,
    fwhm: number,
    spectrum: Float64Array,
    first: number,
    last: number,
    into: Float64Array,
  ): void {
    const { phasors, frequencies, stepHz } = this;
    const chanCount = frequencies.length;
    const antennaCount = uvw.length / 3;
    const sigma = fwhm / FWHM_PER_SIGMA;
    let baseline = 0;
    for (let ant2 = 1; ant2 < antennaCount; ant2++) {
      for (let ant1 = 0; ant1 < ant2; ant1++, baseline++) {
        const u = uvw[3 * ant1] - uvw[3 * ant2];
        const v = uvw[3 * ant1 + 1] - uvw[3 * ant2 + 1];
        // Transform of the Gaussian, exp(-decay ν²), by recurrence over equidistant channels.
        const decay = 2 * (Math.PI * sigma) ** 2 * ((u * u + v * v) / SPEED_OF_LIGHT ** 2);
        const start = frequencies[first];
        let taper = Math.exp(-decay * start * start);
        let ratio = Math.exp(-decay * stepHz * (2 * start + stepHz));
        const change = Math.exp(-2 * decay * stepHz * stepHz);
        const a = 2 * ant1 * chanCount;
        const b = 2 * ant2 * chanCount;
        const out = 2 * baseline * chanCount;
        for (let chan = first; chan <= last; chan++) {
          const at = 2 * chan;
          const flux = spectrum[chan] * taper;
          into[out + at] += flux * (phasors[a + at] * phasors[b + at] + phasors[a + at + 1] * phasors[b + at + 1]);
          into[out + at + 1] += flux * (phasors[a + at + 1] * phasors[b + at] - phasors[a + at] * phasors[b + at + 1]);
          taper *= ratio;
          ratio *= change;
        }
      }
    }
  }
}

/**
 * Writes exp(2πi (turns + chan · step)) for consecutive channels, by recurrence (error below 1e-12 for thousands of channels).
 *
 * @param into [.., re/im]; written from complex element `at` on
 */
export function fillPhasor(into: Float64Array, at: number, chanCount: number, turns: number, step: number): void {
  const phase = 2 * Math.PI * (turns - Math.round(turns));
  let re = Math.cos(phase);
  let im = Math.sin(phase);
  const stepRe = Math.cos(2 * Math.PI * step);
  const stepIm = Math.sin(2 * Math.PI * step);
  for (let chan = at; chan < at + chanCount; chan++) {
    into[2 * chan] = re;
    into[2 * chan + 1] = im;
    const next = re * stepRe - im * stepIm;
    im = re * stepIm + im * stepRe;
    re = next;
  }
}
