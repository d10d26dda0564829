import { convertDirection, parseDirection } from '../../astronomy/measures/index.ts';
import {
  fieldDirection,
  type MeasurementSet,
  type MsMetadata,
  parseField,
  selectionTexts,
} from '../../astronomy/ms/index.ts';
import {
  type ChunkOperator,
  type DataColumn,
  phaseCentreTurn,
  phaseRotation,
  type SkyDirection,
  turnUvwInPlace,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { type SplitResult, transform } from './split.ts';

/** Parameters of CASA's phaseshift. */
export interface PhaseshiftOptions {
  readonly vis: string;
  readonly outputvis: string;
  /** The new centre, e.g. 'J2000 19h53m50 40d06m00'. */
  readonly phasecenter: string;
  readonly field?: string;
  readonly spw?: string;
  readonly scan?: string;
  readonly intent?: string;
  readonly array?: string;
  readonly observation?: string;
  readonly datacolumn?: string;
  readonly overwrite?: boolean;
}

/**
 * Moves the phase centre of the selected fields: CASA 6.7's phaseshift.
 *
 * UVW are turned to the new centre, visibilities multiplied by exp(-2 pi i nu / c Δw), PHASE_DIR is set; nothing is renumbered.
 *
 * @throws usage when phasecenter is no direction or the selection is empty
 */
export function phaseshift(context: Context, options: PhaseshiftOptions): SplitResult {
  const { phasecenter, ...selection } = selectionTexts(options);
  directionOf(phasecenter, 'J2000');
  let centres = new Map<number, SkyDirection>();
  return transform(
    context,
    'phaseshift',
    { ...selection, datacolumn: options.datacolumn ?? 'all', keepflags: true, reindex: false },
    {
      operators(metadata, { read }) {
        const fields = selection.field
          ? parseField(selection.field, metadata.fields)
          : metadata.fields.map(({ id }) => id);
        centres = new Map(fields.map((id) => [id, directionOf(phasecenter, metadata.fields[id].frame)]));
        return [phaseCentreShift(metadata, centres, read), rowFlags()];
      },
      finish: (target) => setDirections(target, centres, ['PHASE_DIR']),
    },
  );
}

/** Flags rows whose values are all flagged, as CASA's phaseshift does. */
function rowFlags(): ChunkOperator {
  return {
    push(chunk, next) {
      const size = chunk.chanCount * chunk.corrCount;
      for (let row = 0; row < chunk.rowCount; row++) {
        if (!chunk.flag.subarray(row * size, (row + 1) * size).includes(0)) chunk.flagRow[row] = 1;
      }
      next(chunk);
    },
    flush() {},
  };
}

/** Frames of the sky: directions in them need no time and no place. */
const SKY_FRAMES = ['J2000', 'ICRS', 'B1950', 'GALACTIC', 'SUPERGAL', 'ECLIPTIC'];

/**
 * Reads a direction.
 *
 * @param frame that of the result: J2000 or ICRS
 * @throws unsupported for frames that depend on time or place
 */
export function directionOf(text: string, frame: string): SkyDirection {
  const given = parseDirection(text);
  const from = given.frame.toUpperCase();
  if (!SKY_FRAMES.includes(from)) {
    fail('unsupported', `Directions in ${given.frame} are not done here; there are ${SKY_FRAMES.join(', ')}.`);
  }
  const [ra, dec] = convertDirection(given.ra, given.dec, from, frame);
  return [Math.atan2(Math.sin(ra), Math.cos(ra)), dec];
}

/** Moves rows of some fields to other phase centres: phases and UVW. */
export function phaseCentreShift(
  metadata: MsMetadata,
  centres: ReadonlyMap<number, SkyDirection>,
  columns: readonly DataColumn[],
): ChunkOperator {
  const known = new Map<number, { readonly timeSec: number; readonly turn: ReturnType<typeof phaseCentreTurn> }>();
  const turnOf = (id: number, timeSec: number) => {
    const centre = centres.get(id);
    if (!centre) return undefined;
    const field = metadata.fields[id];
    const last = known.get(id);
    if (last && (!field.motion || last.timeSec === timeSec)) return last.turn;
    const turn = phaseCentreTurn(fieldDirection(field, timeSec), centre);
    known.set(id, { timeSec, turn });
    return turn;
  };
  return phaseRotation({
    chanFreqs: new Map(metadata.spectralWindows.map(({ id, chanFreqs }) => [id, chanFreqs])),
    columns,
    pathOf(row, uvw, chunk) {
      const turn = turnOf(chunk.fieldId[row], chunk.time[row]);
      return turn ? -turnUvwInPlace(uvw, 3 * row, turn) : 0;
    },
  });
}

/** Puts directions into columns of FIELD, keeping the number of terms; fields that followed an ephemeris stand still then. */
export function setDirections(
  ms: MeasurementSet,
  centres: ReadonlyMap<number, SkyDirection>,
  columns: readonly string[],
): void {
  const table = ms.subtable('FIELD');
  for (const [id, [ra, dec]] of centres) {
    for (const name of columns) {
      const cell = table.column(name).get(id) as { shape: readonly number[]; values: Float64Array };
      const values = cell.values.slice();
      values.set([ra, dec]);
      table.column(name).put(id, { shape: cell.shape, values });
    }
    if (table.hasColumn('EPHEMERIS_ID')) table.column('EPHEMERIS_ID').put(id, -1);
  }
}
