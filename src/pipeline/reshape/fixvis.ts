import { parseAngle } from '../../astronomy/measures/index.ts';
import {
  appendHistory,
  type FieldInfo,
  fieldDirection,
  type MeasurementSet,
  type MsMetadata,
  openMs,
  parseField,
  readMetadata,
  selectionTexts,
  selectRows,
} from '../../astronomy/ms/index.ts';
import { type DataColumn, readChunks, type SkyDirection, writeChunk } from '../../astronomy/visibility/index.ts';
import { recordKeyword, scalarKeyword } from '../../formats/tables/index.ts';
import { type Context, fail, parseQuantity, SECONDS_PER_DAY, warningsOf } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { directionOf, phaseCentreShift, setDirections } from './phaseshift.ts';
import { recomputeUvw } from './uvw-recomputation.ts';

/** Parameters of CASA's fixvis. */
export interface FixvisOptions {
  readonly vis: string;
  /** '' or the name of `vis`: in place. */
  readonly outputvis?: string;
  readonly field?: string;
  /** Frame of UVW; '', J2000 or ICRS. */
  readonly refcode?: string;
  /** Keep UVW and turn them; false: compute them anew. */
  readonly reuse?: boolean;
  /** The new centre, or two offsets in right ascension and declination. */
  readonly phasecenter?: string;
  readonly distances?: string | readonly string[];
  readonly datacolumn?: string;
}

const COLUMNS: Readonly<Record<string, DataColumn>> = {
  data: 'DATA',
  observed: 'DATA',
  corrected: 'CORRECTED_DATA',
  corrected_data: 'CORRECTED_DATA',
  model: 'MODEL_DATA',
  model_data: 'MODEL_DATA',
};

/**
 * Computes UVW anew, or moves the phase centre of fields: CASA 6.7's fixvis.
 *
 * With `phasecenter` phases, UVW and PHASE_DIR change as in phaseshift; without it and with `reuse=False` UVW are computed from
 * the antenna positions; without both nothing changes.
 *
 * @throws unsupported for distances and frames other than J2000 and ICRS
 */
export function fixvis(context: Context, given: FixvisOptions): void {
  const options = selectionTexts(given);
  if (options.distances && options.distances.length > 0) fail('unsupported', 'Refocusing to distances is not done.');
  if (options.refcode && !['J2000', 'ICRS'].includes(options.refcode)) {
    fail('unsupported', `UVW in ${options.refcode} are not done; use J2000.`);
  }
  const vis = joinPath(context.cwd, options.vis);
  const outputvis = options.outputvis ? joinPath(context.cwd, options.outputvis) : vis;
  if (outputvis === vis) fixInPlace(context, vis, options);
  else {
    writeWhole(outputvis, true, (path) => {
      disk().copy(vis, path);
      fixInPlace(context, path, options);
    });
  }
}

function fixInPlace(context: Context, path: string, options: FixvisOptions): void {
  const ms = openMs(path, 'update');
  try {
    const metadata = readMetadata(ms);
    const fields = options.field
      ? parseField(options.field, metadata.fields, { warn: warningsOf(context, 'fixvis') })
      : metadata.fields.map(({ id }) => id);
    if (options.phasecenter) {
      const text = options.phasecenter;
      const centres = new Map(fields.map((id) => [id, newCentre(text, metadata.fields[id])]));
      shiftInPlace(context, ms, metadata, centres, chosenColumns(ms, options.datacolumn ?? 'all'));
      setDirections(ms, centres, ['PHASE_DIR']);
      nameUvwFrame(ms, options.refcode || 'J2000');
    } else if (options.reuse === false) {
      const chosen = new Set(fields);
      recomputeUvw(context, ms, metadata, (id, timeSec) =>
        chosen.has(id) ? fieldDirection(metadata.fields[id], timeSec) : undefined,
      );
    }
    appendHistory(ms, 'fixvis', options);
  } finally {
    ms.close();
  }
}

/** CASA names the frame of UVW that it turned; importasdm leaves ITRF there. */
function nameUvwFrame({ main }: MeasurementSet, frame: string): void {
  const measure = main.column('UVW').keywords.get('MEASINFO');
  if (measure?.type !== 'Record') return;
  const record = new Map(measure.record).set('Ref', scalarKeyword('String', frame));
  main.setColumnKeyword('UVW', 'MEASINFO', recordKeyword(record));
}

function shiftInPlace(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  centres: ReadonlyMap<number, SkyDirection>,
  columns: readonly DataColumn[],
): void {
  const operator = phaseCentreShift(metadata, centres, columns);
  const { rows } = selectRows(ms, { field: [...centres.keys()].join(',') }, { metadata });
  for (const chunk of readChunks(ms, { rows, columns, metadata })) {
    context.checkAbort();
    operator.push(chunk, (shifted) => writeChunk(ms, shifted, { columns, uvw: true }));
    chunk.release();
  }
}

function chosenColumns(ms: MeasurementSet, datacolumn: string): DataColumn[] {
  const named = datacolumn.toLowerCase().split(',');
  if (named.includes('all') || datacolumn === '') {
    return [...new Set(Object.values(COLUMNS))].filter((name) => ms.main.hasColumn(name));
  }
  return named.map((name) => {
    const column = COLUMNS[name.trim()];
    if (!column || !ms.main.hasColumn(column)) fail('usage', `The MeasurementSet has no data column "${name}".`);
    return column;
  });
}

/** A direction, or offsets from the old one: hours turn right ascension, degrees lie along the sky. */
function newCentre(text: string, { phaseDir: [ra, dec], frame }: FieldInfo): SkyDirection {
  const words = text.trim().split(/\s+/);
  if (words.length !== 2) return directionOf(text, frame);
  const bare = words.find((word) => /^[-+\d.]+(?:e[-+\d]+)?$/i.test(word));
  if (bare !== undefined) fail('usage', `phasecenter="${text}": the offset ${bare} needs a unit, e.g. ${bare}arcsec.`);
  const newDec = dec + parseAngle(words[1]);
  // As in CASA an offset in right ascension is a time, or an angle on the sky at the new declination.
  if (/^[-+]?[\d.]+(?:e[-+]?\d+)?(?:s|min)$/i.test(words[0]))
    return [ra + (parseQuantity(words[0], 'time') * 2 * Math.PI) / SECONDS_PER_DAY, newDec];
  const east = parseAngle(words[0]);
  return [ra + (/[h:]/i.test(words[0]) ? east : east / Math.cos(newDec)), newDec];
}
