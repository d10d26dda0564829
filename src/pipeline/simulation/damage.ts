import type { VoltageFactor } from './correlator.ts';
import type { SimulationParameters } from './presets.ts';
import { RandomStream } from './random.ts';
import type { PlannedScan } from './schedule.ts';

/** Antenna that is off source at the start of the flux scan; reported by the online system. */
const OFF_SOURCE_ANTENNA = 3;
const OFF_SOURCE_INTEGRATIONS = 2;
/** A polarization of an antenna and baseband with the flag word that the correlator sets. */
export interface BlankedInput {
  readonly ant: number;
  readonly pol: number;
  readonly baseband: number;
  readonly word: number;
}

/** Input whose first integration of a science scan the correlator blanks and flags in the data. */
const BLANKED: BlankedInput = { ant: 2, pol: 1, baseband: 3, word: 1 };
/** Spread of the antennas' losses on the flux calibrator (voltage). */
const LOSS_SPREAD = 0.05;

/** All that goes wrong in one execution, besides noise. */
export class Damage {
  /** Voltage factor of each antenna while the flux calibrator is observed, [ant]; all 1 where the flux scale is right. */
  readonly fluxVoltage: Float64Array;
  private readonly isPerfect: boolean;
  private readonly hasBlanks: boolean;

  /** @param isWeak true for the execution whose flux calibrator is observed with badly pointed antennas */
  constructor(parameters: SimulationParameters, execution: number, isWeak: boolean) {
    this.isPerfect = parameters.isPerfect;
    this.hasBlanks = parameters.hasBlanks && !parameters.isPerfect;
    this.fluxVoltage = new Float64Array(parameters.antennaCount).fill(1);
    if (isWeak)
      this.losePointing(new RandomStream(parameters.seed, `pointing ${execution}`), parameters.fluxCalibratorFactor);
  }

  /** Antennas that the online system reports off source, and for how many integrations from the scan's start. */
  offSource(scan: PlannedScan): { readonly ant: number; readonly integrationCount: number } | undefined {
    if (this.isPerfect || scan.role !== 'flux' || scan.use !== 'science') return undefined;
    const [first] = scan.subscans;
    const integrationCount = Math.min(OFF_SOURCE_INTEGRATIONS, first.integrationCount - 1);
    return integrationCount > 0 ? { ant: OFF_SOURCE_ANTENNA, integrationCount } : undefined;
  }

  /** Input that the correlator blanks in an integration (from 0 in the scan), with its flag word. */
  blanked(scan: PlannedScan, integration: number): BlankedInput | undefined {
    const isHit = this.hasBlanks && scan.use === 'science' && integration === 0;
    return isHit ? BLANKED : undefined;
  }

  /** What all this does to the voltages of an integration (from 0 in the scan). */
  factor(scan: PlannedScan, integration: number): VoltageFactor {
    const off = this.offSource(scan);
    const blank = this.blanked(scan, integration);
    const isFlux = scan.role === 'flux' && scan.use === 'science';
    return (ant, pol, baseband) => {
      if (off && ant === off.ant && integration < off.integrationCount) return 0;
      if (blank && ant === blank.ant && pol === blank.pol && baseband === blank.baseband) return 0;
      return isFlux ? this.fluxVoltage[ant] : 1;
    };
  }

  /** Losses that differ from antenna to antenna; a flux scale made from them is off by 1 / factor on average. */
  private losePointing(random: RandomStream, factor: number): void {
    const voltage = this.fluxVoltage;
    for (let ant = 0; ant < voltage.length; ant++) voltage[ant] = Math.max(0.5, 1 + LOSS_SPREAD * random.normal());
    const mean = voltage.reduce((sum, value) => sum + value ** -2, 0) / voltage.length;
    const scale = Math.sqrt(factor * mean);
    for (let ant = 0; ant < voltage.length; ant++) voltage[ant] *= scale;
  }
}
