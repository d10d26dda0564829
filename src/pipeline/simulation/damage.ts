import type { VoltageChange } from './correlator.ts';
import { DEAD_POL, type FaultName, faultyAntenna, LOW_GAIN, PHASE_JUMP } from './faults.ts';
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
  private readonly scans: readonly PlannedScan[];
  private readonly faulty: (name: FaultName) => number | undefined;

  /** @param isWeak true for the execution whose flux calibrator is observed with badly pointed antennas */
  constructor(parameters: SimulationParameters, scans: readonly PlannedScan[], execution: number, isWeak: boolean) {
    this.scans = scans;
    this.faulty = (name) => faultyAntenna(parameters.faults, name, parameters.antennaCount);
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
  change(scan: PlannedScan, integration: number): VoltageChange {
    const off = this.offSource(scan);
    const blank = this.blanked(scan, integration);
    const isFlux = scan.role === 'flux' && scan.use === 'science';
    const dead = this.faulty('dead-polarization');
    const low = this.faulty('low-gain');
    const lost = this.isLost(scan) ? this.faulty('off-source') : undefined;
    const jumped = this.hasJumped(scan, integration) ? this.faulty('phase-jump') : undefined;
    const strength = (ant: number, pol: number, baseband: number) => {
      if (ant === lost || (ant === dead && pol === DEAD_POL)) return 0;
      if (off && ant === off.ant && integration < off.integrationCount) return 0;
      if (blank && ant === blank.ant && pol === blank.pol && baseband === blank.baseband) return 0;
      return (isFlux ? this.fluxVoltage[ant] : 1) * (ant === low ? LOW_GAIN : 1);
    };
    return { strength, phase: (ant) => (ant === jumped ? PHASE_JUMP : 0) };
  }

  /** True in the second scan of the phase calibrator and the target's after it: then an antenna looks elsewhere. */
  private isLost(scan: PlannedScan): boolean {
    const visits = this.scans.filter(({ role, use }) => use === 'science' && (role === 'phase' || role === 'target'));
    const first = visits.filter(({ role }) => role === 'phase')[1];
    const at = visits.findIndex(({ number }) => number === first?.number);
    return at >= 0 && visits.slice(at, at + 2).some(({ number }) => number === scan.number);
  }

  /** The phase of an antenna jumps in the middle of the first target scan. */
  private hasJumped(scan: PlannedScan, integration: number): boolean {
    const first = this.scans.find(({ role, use }) => role === 'target' && use === 'science');
    if (!first || scan.number < first.number) return false;
    const count = first.subscans.reduce((sum, { integrationCount }) => sum + integrationCount, 0);
    return scan.number > first.number || integration >= count / 2;
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
