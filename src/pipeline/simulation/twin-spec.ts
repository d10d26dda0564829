import type { FieldRole, FluxPoint } from './sky.ts';
import type { SetupUse } from './spectral-setup.ts';

/** A spectral window of a twin. */
export interface TwinWindow {
  /** What its data are: radiometer, full resolution, its channel average, or a total-power window without data. */
  readonly kind: 'WVR' | 'FULL_RES' | 'CH_AVG' | 'SQLD';
  /** 0…3; -1 for radiometers. */
  readonly baseband: number;
  readonly channelCount: number;
  readonly centreHz: number;
  readonly widthHz: number;
}

/** A field of a twin. Fields that no scan observes are only listed. */
export interface TwinField {
  readonly name: string;
  readonly role: FieldRole;
  /** Of the point at its centre; one value holds at all frequencies. */
  readonly fluxes: readonly FluxPoint[];
  /** The field table gives 0, 0. */
  readonly isUncatalogued?: boolean;
}

export interface TwinScan {
  readonly field: number;
  readonly use: SetupUse;
  /** Such as CALIBRATE_PHASE. */
  readonly intent: string;
  /** Further intents of the scan. */
  readonly alsoFor?: readonly string[];
  readonly integrations: number;
}

/** An observation to imitate, as small as can be: ids count from 0 in the order of the lists. */
export interface TwinSpec {
  /** uid://A002/X…/X… */
  readonly uid: string;
  /** Day of the observation, as 2014/07/01. */
  readonly day: string;
  /** Names of the antennas that take data, the reference first, and of those that are only listed. */
  readonly antennas: readonly string[];
  readonly silentAntennas: readonly string[];
  /** Where antennas truly are, minus where the tables have them, ITRF, m, by name; none for the others. */
  readonly positionErrors?: ReadonlyMap<string, readonly number[]>;
  readonly windows: readonly TwinWindow[];
  /** Ids of the FULL_RES windows by what they are for; a window may serve two uses. */
  readonly uses: Readonly<Record<SetupUse, readonly number[]>>;
  readonly fields: readonly TwinField[];
  readonly scans: readonly TwinScan[];
  /** The correlator blanks some integrations and says so in flags beside the data. */
  readonly hasBlanks: boolean;
  /** The windows of an antenna differ by the shape of the bandpass alone, not by a factor. */
  readonly hasEvenWindows?: boolean;
  readonly seed: number;
}
