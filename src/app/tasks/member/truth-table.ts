import { ARCSEC, type Context, DEGREE, fail } from '../../../foundation/base/index.ts';
import { baseName, disk, joinPath } from '../../../foundation/bytes/index.ts';
import { imfit, openImage, requireDirection, skyToPixel } from '../../../pipeline/images/index.ts';
import { parseReport, type QaReport } from '../../../pipeline/qa/index.ts';
import { calibratedIn } from './calibrated-name.ts';
import { lineMoments } from './line-moments.ts';
import { apparentFluxAt, REFERENCE_HZ, type TruthComponent } from './true-component.ts';
import { measureVisibilityScales } from './visibility-scale.ts';

/** What the simulator's truth.json says that the products can be held against. */
interface Truth {
  readonly fields: readonly {
    readonly role: string;
    readonly name: string;
    readonly raDeg: number;
    readonly decDeg: number;
    readonly fluxPerSpw: Readonly<Record<string, number>>;
    readonly components: readonly TruthComponent[];
  }[];
  readonly executions: readonly {
    readonly asdm: string;
    readonly fluxCalibrator: { readonly fluxScaleError: number };
  }[];
}

/** One line of the comparison: what was measured, what is true. */
export interface TruthRow {
  readonly quantity: string;
  readonly measured: number;
  readonly truth: number;
  readonly unit: string;
}

/**
 * Holds the report and images of a reduced Member against the simulator's truth.
 *
 * @param member directory of the Member, with calibrated/
 * @param truthFile truth.json of the simulation
 */
export function compareWithTruth(context: Context, member: string, truthFile: string): TruthRow[] {
  const source = joinPath(member, 'qa', 'qa2_report.json');
  const report = parseReport(disk().readText(source), source);
  const truth = JSON.parse(disk().readText(truthFile)) as Truth;
  if (!Array.isArray(truth.fields) || !Array.isArray(truth.executions))
    fail('usage', 'This is not the truth.json of a simulation by this program.', { file: truthFile });
  return [
    ...fluxRows(report, truth),
    ...visibilityRows(context, member, truth),
    ...continuumRows(context, member, report, truth),
    ...lineRows(member, report, truth),
    ...noiseRows(report),
  ];
}

function fluxRows(report: QaReport, truth: Truth): TruthRow[] {
  const rows: TruthRow[] = [];
  const calibrators = truth.fields.filter((field) => field.role === 'bandpass' || field.role === 'phase');
  for (const field of calibrators) {
    const ratio = (fluxes: readonly { field: string; spw: number; fluxJy: number }[]) => {
      // Windows of a block that numbers them otherwise than the first are not in the truth.
      const own = fluxes.filter(({ field: name, spw }) => name === field.name && String(spw) in field.fluxPerSpw);
      return own.reduce((sum, flux) => sum + flux.fluxJy / field.fluxPerSpw[String(flux.spw)], 0) / own.length;
    };
    for (const block of report.ebs) {
      const execution = truth.executions.find((entry) => entry.asdm === block.uid);
      rows.push({
        quantity: `flux of ${field.name} in ${block.uid}`,
        measured: ratio(block.fluxes),
        truth: execution?.fluxCalibrator.fluxScaleError ?? 1,
        unit: 'of the true flux',
      });
    }
    if (report.commonFluxes.length > 0)
      rows.push({
        quantity: `common flux of ${field.name}`,
        measured: ratio(report.commonFluxes),
        truth: 1,
        unit: 'of the true flux',
      });
  }
  return rows;
}

/** Flux of the point component in each continuum image, by a Gaussian fit. */
function continuumRows(context: Context, member: string, report: QaReport, truth: Truth): TruthRow[] {
  const point = truth.fields
    .find((field) => field.role === 'target')
    ?.components.find((component) => component.kind === 'point' && !component.line);
  if (!point) return [];
  return report.products
    .filter((product) => product.kind === 'continuum')
    .map((product) => {
      const frequency = product.frequencyHz ?? REFERENCE_HZ;
      return {
        quantity: `${product.file}: flux of the companion`,
        measured: fittedFlux(context, joinPath(member, 'calibrated', product.image), point) * 1e3,
        truth: apparentFluxAt(point, frequency) * 1e3,
        unit: 'mJy',
      };
    });
}

/** Flux of the Gaussian that fits a box around a component, Jy. */
function fittedFlux(context: Context, path: string, component: TruthComponent): number {
  const image = openImage(path);
  let box: string;
  try {
    const direction = requireDirection(image.coordinates, path);
    const at = skyToPixel(direction, { lon: component.raDeg * DEGREE, lat: component.decDeg * DEGREE });
    if (!at) return Number.NaN;
    const half = Math.ceil((1.5 * ARCSEC) / Math.abs(direction.increment[0]));
    const [x, y] = at.map(Math.round);
    box = `${x - half},${y - half},${x + half},${y + half}`;
  } finally {
    image.close();
  }
  const [fit] = imfit(context, { imagename: path, box, chans: 0 });
  return fit?.flux.value ?? Number.NaN;
}

/** Scale of the calibrated target visibilities on the true sky. */
function visibilityRows(context: Context, member: string, truth: Truth): TruthRow[] {
  const target = truth.fields.find((field) => field.role === 'target');
  if (!target) return [];
  const vis = calibratedIn(joinPath(member, 'calibrated'));
  return measureVisibilityScales(context, vis, target.name, target.components).map(({ spwId, scale, error }) => ({
    quantity: `target visibilities, window ${spwId} of ${baseName(vis)} (+/- ${error.toFixed(4)})`,
    measured: scale,
    truth: 1,
    unit: 'of the true sky',
  }));
}

/** Integrated flux and centroid velocity of the line in its cube; none where the cube does not reach it. */
function lineRows(member: string, report: QaReport, truth: Truth): TruthRow[] {
  const components =
    truth.fields.find((field) => field.role === 'target')?.components.filter((component) => component.line) ?? [];
  const product = report.products.find((entry) => entry.kind === 'cube' && entry.line !== undefined);
  if (components.length === 0 || !product) return [];
  const area = components.reduce(
    (sum, component) =>
      sum +
      ((component.line?.areaJyKms ?? 0) * apparentFluxAt(component, component.line?.restHz ?? REFERENCE_HZ)) /
        component.fluxJy,
    0,
  );
  const centroid =
    components.reduce(
      (sum, component) => sum + (component.line?.areaJyKms ?? 0) * (component.line?.velocityLsrk ?? 0),
      0,
    ) / components.reduce((sum, component) => sum + (component.line?.areaJyKms ?? 0), 0);
  const measured = lineMoments(joinPath(member, 'calibrated', product.image), components, product);
  if (!measured) return [];
  const { errorJyKms } = measured;
  const error = errorJyKms === undefined ? '' : ` (+/- ${errorJyKms.toFixed(1)})`;
  return [
    {
      quantity: `${product.file}: integrated line flux${error}`,
      measured: measured.areaJyKms,
      truth: area,
      unit: 'Jy km/s',
    },
    {
      quantity: `${product.file}: line velocity (LSRK)`,
      measured: measured.velocityMs / 1e3,
      truth: centroid / 1e3,
      unit: 'km/s',
    },
  ];
}

function noiseRows(report: QaReport): TruthRow[] {
  return report.products.map((product) => ({
    quantity: `${product.file}: rms (truth: thermal, natural weighting)`,
    measured: (product.rmsJyPerBeam ?? Number.NaN) * 1e3,
    truth: product.predictedRmsJyPerBeam * 1e3,
    unit: 'mJy/beam',
  }));
}

/** The rows as a text table. */
export function truthText(rows: readonly TruthRow[]): string {
  const width = Math.max(...rows.map((row) => row.quantity.length));
  const number = (value: number) => value.toPrecision(5).padStart(11);
  const head = `${'quantity'.padEnd(width)}    measured       truth   ratio  unit`;
  const lines = rows.map(
    (row) =>
      `${row.quantity.padEnd(width)} ${number(row.measured)} ${number(row.truth)} ${(row.measured / row.truth).toFixed(4).padStart(7)}  ${row.unit}`,
  );
  return [head, ...lines].join('\n');
}
