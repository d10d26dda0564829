import { nsToMjdSeconds } from '../../formats/asdm/index.ts';
import { ARCSEC, DEGREE } from '../../foundation/base/index.ts';
import { PATH_PER_MM, WATER_PRESSURE_HPA, WATER_TEMPERATURE_K } from './atmosphere.ts';
import type { ExecutionRecord } from './execution.ts';
import { fieldOf } from './execution.ts';
import { faultyAntenna } from './faults.ts';
import { fieldAzEl } from './geometry.ts';
import { PROJECT } from './identity.ts';
import type { ArrayLayout } from './instrument.ts';
import type { SimulationParameters } from './presets.ts';
import { TIMING_EVENT_SEC } from './schedule.ts';
import { continuumFlux, primaryBeam, REFERENCE_HZ, type SkyComponent, type SkyField } from './sky.ts';
import type { SpectralSetup } from './spectral-setup.ts';

/** How to read truth.json. */
const CONVENTIONS = [
  'Baselines: uvw = uvw(antenna1) - uvw(antenna2), m; V = sum S exp(+2 pi i (u l + v m + w (n-1)) nu / c).',
  'Raw visibility = v1 conj(v2) V, a correlation coefficient; v = gain * bandpass * exp(-2 pi i nu path / c) / sqrt(jyPerK Tsys).',
  'Position errors are true minus online, ITRF m. Index [antenna][pol], pol 0 = X, 1 = Y. Angles of gains in degrees.',
  'Fluxes in Jy at 225 GHz with spectral index; lines: peak flux, radio LSRK velocity and FWHM in m/s.',
  "apparentFluxJy is the flux times the antennas' primary beam: what an image without primary beam correction shows.",
];

/** Everything that was put into the data, as plain data for truth.json. */
export function describeTruth(
  parameters: SimulationParameters,
  layout: ArrayLayout,
  records: readonly ExecutionRecord[],
): Record<string, unknown> {
  const { setup } = records[0];
  const science = setup.fullResolution.science;
  const atmosphere = setup.fullResolution.atmosphere;
  return {
    conventions: CONVENTIONS,
    parameters,
    project: PROJECT,
    wvrSpw: setup.windows.findIndex(({ kind }) => kind === 'WVR'),
    pointingSpws: setup.fullResolution.pointing,
    tsysSpws: atmosphere,
    scienceSpws: science,
    tsysSpwMap: Object.fromEntries(science.map((spw, index) => [spw, atmosphere[index]])),
    spwCentreHz: Object.fromEntries(science.map((spw) => [spw, centreOf(setup, spw)])),
    fields: records[0].sky.map((field) => describeField(field, setup, layout.dishDiameters[0])),
    water: { pathPerMm: PATH_PER_MM, temperatureK: WATER_TEMPERATURE_K, pressureHpa: WATER_PRESSURE_HPA },
    antennas: layout.names.map((name, ant) => ({
      name,
      pad: layout.pads[ant],
      onlinePosition: Array.from(layout.onlinePositions.subarray(3 * ant, 3 * ant + 3)),
      positionError: Array.from(layout.positionErrors.subarray(3 * ant, 3 * ant + 3)),
    })),
    executions: records.map((record) => describeExecution(record, parameters, layout.names)),
  };
}

function centreOf(setup: SpectralSetup, spw: number): number {
  const { frequenciesHz } = setup.windows[spw];
  return frequenciesHz.reduce((sum, value) => sum + value, 0) / frequenciesHz.length;
}

function describeField(field: SkyField, setup: SpectralSetup, dishDiameter: number): Record<string, unknown> {
  const spws = setup.fullResolution.science;
  return {
    id: field.id,
    role: field.role,
    name: field.name,
    raDeg: field.ra / DEGREE,
    decDeg: field.dec / DEGREE,
    fluxPerSpw: Object.fromEntries(spws.map((spw) => [spw, continuumFlux(field, centreOf(setup, spw))])),
    components: field.components.map((component) => describeComponent(field, component, dishDiameter)),
  };
}

function describeComponent(field: SkyField, component: SkyComponent, dishDiameter: number): Record<string, unknown> {
  const { l, m } = component;
  const n = Math.sqrt(1 - l * l - m * m);
  const dec = Math.asin(m * Math.cos(field.dec) + n * Math.sin(field.dec));
  const ra = field.ra + Math.atan2(l, n * Math.cos(field.dec) - m * Math.sin(field.dec));
  const beam = primaryBeam(Math.asin(Math.hypot(l, m)), REFERENCE_HZ, dishDiameter);
  return {
    kind: component.fwhm > 0 ? 'gaussian' : 'point',
    offsetArcsec: [l / ARCSEC, m / ARCSEC],
    raDeg: ra / DEGREE,
    decDeg: dec / DEGREE,
    fwhmArcsec: component.fwhm / ARCSEC,
    fluxJy: component.fluxJy,
    apparentFluxJy: component.fluxJy * beam,
    spectralIndex: component.spectralIndex,
    ...(component.line ? { line: { ...component.line, areaJyKms: lineArea(component) } } : {}),
  };
}

/** Flux of a Gaussian line integrated over velocity, Jy km/s. */
function lineArea(component: SkyComponent): number {
  const fwhm = component.line?.fwhm ?? 0;
  return (component.fluxJy * fwhm * Math.sqrt(Math.PI / (4 * Math.LN2))) / 1e3;
}

function describeExecution(
  record: ExecutionRecord,
  parameters: SimulationParameters,
  names: readonly string[],
): Record<string, unknown> {
  const { instrument, damage } = record;
  const pairs = (values: ArrayLike<number>, factor = 1) =>
    Array.from({ length: instrument.antennaCount }, (_, ant) => [
      values[2 * ant] * factor,
      values[2 * ant + 1] * factor,
    ]);
  const isWeak = damage.fluxVoltage.some((voltage) => voltage !== 1);
  const fluxFactor = isWeak ? parameters.fluxCalibratorFactor : 1;
  return {
    asdm: record.directory,
    uid: record.uid,
    startNs: String(record.startNs),
    endNs: String(record.endNs),
    jyPerK: Array.from(instrument.jyPerK),
    gainAmplitude: pairs(instrument.gainAmplitude),
    amplitudeDriftPerHour: pairs(instrument.amplitudeDrift),
    gainPhaseDeg: pairs(instrument.gainPhase, 1 / DEGREE),
    phaseDriftDegPerHour: pairs(instrument.phaseDrift, 1 / DEGREE),
    delayNs: nested(instrument.delay, 1e9),
    receiverK: nested(instrument.receiverK, 1),
    opacity225: instrument.opacity225,
    pwvMm: instrument.pwvMm,
    pathRms300mZenith: parameters.isPerfect ? 0 : parameters.pathRms300m,
    fluxCalibrator: {
      /** What is left of the flux calibrator's visibilities, by the gains of the antennas; 1 where the flux scale is right. */
      visibilityFactor: fluxFactor,
      /** What a flux scale from this execution alone is off by. */
      fluxScaleError: 1 / fluxFactor,
      voltagePerAntenna: Array.from(damage.fluxVoltage),
    },
    faults: parameters.faults.map((fault) => ({
      fault,
      antenna: names[faultyAntenna([fault], fault, names.length) ?? -1],
    })),
    flags: record.flags.map((flag) => ({ ...flag, startNs: String(flag.startNs), endNs: String(flag.endNs) })),
    scans: record.scans.map((scan) => describeScan(record, scan)),
  };
}

/** [ant][pol][baseband] */
function nested(values: Float64Array, factor: number): number[][][] {
  return Array.from({ length: values.length / 8 }, (_, ant) =>
    [0, 1].map((pol) =>
      Array.from(values.subarray(8 * ant + 4 * pol, 8 * ant + 4 * pol + 4), (value) => value * factor),
    ),
  );
}

function describeScan(record: ExecutionRecord, scan: ExecutionRecord['scans'][number]): Record<string, unknown> {
  const { instrument, setup } = record;
  const field = fieldOf(record.sky, scan);
  const middle = ((scan.startEvent + scan.endEvent) / 2) * TIMING_EVENT_SEC;
  const startSec = nsToMjdSeconds(record.startNs);
  const { az, el } = fieldAzEl(field, startSec + middle);
  const inputs = Array.from({ length: instrument.antennaCount }, (_, ant) => [2 * ant, 2 * ant + 1]);
  const gains = inputs.map((pair) => pair.map((input) => instrument.gain(input, middle / 3600)));
  const tsys = scan.use === 'atmosphere' && {
    tsysK: Object.fromEntries(
      setup.fullResolution.atmosphere.map((spw) => [spw, meanTsys(record, setup.windows[spw], el)]),
    ),
  };
  return {
    scan: scan.number,
    field: field.id,
    source: field.name,
    use: scan.use,
    intents: scan.intents,
    startSec: startSec + scan.startEvent * TIMING_EVENT_SEC,
    endSec: startSec + scan.endEvent * TIMING_EVENT_SEC,
    azDeg: az / DEGREE,
    elDeg: el / DEGREE,
    gainAmplitude: gains.map((pair) => pair.map(({ amplitude }) => amplitude)),
    gainPhaseDeg: gains.map((pair) => pair.map(({ phase }) => phase / DEGREE)),
    ...(tsys || {}),
  };
}

/** System temperature in the mean over the channels, [ant][pol], K. */
function meanTsys(record: ExecutionRecord, window: SpectralSetup['windows'][number], elevation: number): number[][] {
  const count = window.frequenciesHz.length;
  const spectrum = record.instrument.systemTemperature(window, elevation);
  const mean = (input: number) =>
    spectrum.subarray(input * count, (input + 1) * count).reduce((sum, value) => sum + value, 0) / count;
  return Array.from({ length: record.instrument.antennaCount }, (_, ant) => [mean(2 * ant), mean(2 * ant + 1)]);
}
