import {
  autoLayout,
  type BdfLayout,
  type BdfReader,
  type BdfWindowPlace,
  crossLayout,
} from '../../formats/asdm/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { AsdmIndex } from './asdm-index.ts';
import { type AntennaPairs, antennaPairs, type RowContext } from './row-columns.ts';
import type { SpectralSetup } from './spectral-tables.ts';

/** Where the rows of one window in one part are. */
export interface WindowSource {
  readonly name: 'crossData' | 'autoData';
  readonly layout: BdfLayout;
  readonly window: BdfWindowPlace;
  readonly windowIndex: number;
  readonly pairs: AntennaPairs;
  /** Index of the phase correction within the window. */
  readonly apc: number;
  readonly dataDescId: number;
  readonly corrCount: number;
  readonly effectiveBw: number;
}

export interface FillMainOptions {
  /** Which of the phase corrections goes to DATA. */
  readonly phaseCorrection: 'AP_UNCORRECTED' | 'AP_CORRECTED';
  readonly withAuto: boolean;
  readonly withCross: boolean;
  readonly withBdfFlags: boolean;
  /** Where the visibilities of a lazy MS are; they are not copied then. */
  readonly lazyIndex?: AsdmIndex;
  /** False: autocorrelations go to FLOAT_DATA as real numbers. */
  readonly isComplex: boolean;
  readonly checkAbort: () => void;
}

/** Windows with their data descriptions, in the order of data description numbers; autocorrelations before cross-correlations. */
export function windowSources(
  bdf: BdfReader,
  context: Pick<RowContext, 'configuration'>,
  setup: SpectralSetup,
  options: FillMainOptions,
): WindowSource[] {
  const { header } = bdf;
  const { antennaIds, dataDescriptionIds } = context.configuration;
  if (header.numAntenna !== antennaIds.length) {
    fail('bad-format', `The BDF has ${header.numAntenna} antennas but its configuration ${antennaIds.length}.`, {
      file: bdf.name,
    });
  }
  const hasAuto = header.correlationMode !== 'CROSS_ONLY' && header.parts.autoData !== undefined && options.withAuto;
  const hasCross = header.correlationMode !== 'AUTO_ONLY' && header.parts.crossData !== undefined && options.withCross;
  const named = header.apc.indexOf(options.phaseCorrection);
  const sources: WindowSource[] = [];
  const add = (name: WindowSource['name'], layout: BdfLayout) => {
    if (layout.windows.length !== dataDescriptionIds.length) {
      fail(
        'bad-format',
        `The BDF has ${layout.windows.length} windows but its configuration ${dataDescriptionIds.length} data descriptions.`,
        { file: bdf.name },
      );
    }
    const pairs = antennaPairs(antennaIds.length, name === 'autoData');
    layout.windows.forEach((window, windowIndex) => {
      const id = dataDescriptionIds[windowIndex];
      const description =
        setup.dataDescriptions[id] ??
        fail('bad-format', `The configuration names data description ${id}, which the ASDM does not have.`);
      const corrCount = name === 'crossData' ? window.products.length : window.valuesPerChannel;
      if (window.chanCount !== description.chanCount || corrCount !== description.corrCount) {
        fail(
          'bad-format',
          `Window ${windowIndex} of the BDF has ${window.chanCount} channels and ${corrCount} correlations, its data description ${description.chanCount} and ${description.corrCount}.`,
          { file: bdf.name },
        );
      }
      sources.push({
        name,
        layout,
        window,
        windowIndex,
        pairs,
        apc: name === 'crossData' ? Math.max(0, named) : 0,
        dataDescId: setup.dataDescIndex[id],
        corrCount,
        effectiveBw: description.effectiveBw,
      });
    });
  };
  if (hasAuto) add('autoData', autoLayout(header, bdf.name));
  if (hasCross) add('crossData', crossLayout(header, bdf.name));
  return sources.sort(
    (a, b) => a.dataDescId - b.dataDescId || (a.name === b.name ? 0 : a.name === 'autoData' ? -1 : 1),
  );
}
