import type { Issue, SentError } from '../../../foundation/base/index.ts';
import type { MemberNames } from '../../../pipeline/delivery/index.ts';
import type { BlockFiles, ImageNumbers } from '../../../pipeline/qa/index.ts';
import type {
  BlockCalibration,
  BlockOptions,
  CleanedStep,
  CubeFallback,
  FluxCalibration,
  MemberImaging,
  PlanStep,
  ScienceGoal,
} from '../../../pipeline/reduction/index.ts';

/** Everything that the reduction of a Member found, as the delivery and the report need it. */
export interface MemberResults {
  /** `<top>/<project>/<sg>/<group>/<member>` */
  readonly member: string;
  readonly top: string;
  readonly names: MemberNames;
  readonly goal: ScienceGoal;
  readonly blocks: readonly BlockCalibration[];
  /** Execution Blocks that are left out. */
  readonly failures: readonly FailedBlock[];
  readonly flux?: FluxCalibration;
  readonly imaging: MemberImaging;
  readonly assessments: readonly BlockAssessment[];
  /** Name of the calibrated MeasurementSet in calibrated/. */
  readonly calibratedVis: string;
}

/** An Execution Block that could not be reduced. */
export interface FailedBlock {
  readonly uid: string;
  /** What was wrong, with its place. */
  readonly message: string;
}

/** The calibration of an Execution Block, or why there is none. */
export type BlockOutcome = BlockCalibration | { readonly failure: SentError };

/** What the diagnostics of one Execution Block gave. */
export interface BlockAssessment {
  readonly uid: string;
  readonly observed: string;
  readonly antennaCount: number;
  readonly phaseRmsDeg?: { readonly withoutWvr: number; readonly withWvr: number };
}

/** What packaging gave. */
export interface Delivered {
  readonly tars: readonly string[];
  readonly page: string;
  readonly calibrated: string;
  readonly verdict: string;
  readonly issues: readonly Issue[];
}

/** One piece of the reduction of a Member; runs in an engine thread. */
export type MemberStep =
  /** keepsColumns: CORRECTED_DATA of the uncalibrated MeasurementSets is stored, for those who keep them */
  | { readonly step: 'calibrate-block'; readonly options: BlockOptions; readonly keepsColumns: boolean }
  | { readonly step: 'calibrate-fluxes'; readonly directory: string; readonly blocks: readonly BlockCalibration[] }
  | { readonly step: 'plan-images'; readonly directory: string; readonly vis: string; readonly goal: ScienceGoal }
  | {
      readonly step: 'make-images';
      readonly directory: string;
      readonly part: PlanStep;
      /** Of a step that makes a cube. */
      readonly fallback?: CubeFallback;
    }
  | { readonly step: 'assess-block'; readonly files: BlockFiles; readonly member: string }
  | { readonly step: 'deliver'; readonly results: MemberResults; readonly maxBytes: number };

/** Numbers of a product image with its file. */
export type ProductNumbers = ImageNumbers & { readonly file: string };

export type StepResult<S extends MemberStep['step']> = S extends 'calibrate-block'
  ? BlockOutcome
  : S extends 'calibrate-fluxes'
    ? FluxCalibration
    : S extends 'plan-images'
      ? MemberImaging
      : S extends 'make-images'
        ? CleanedStep
        : S extends 'assess-block'
          ? BlockAssessment
          : Delivered;
