import {
  anglesOf,
  convertDoppler,
  convertEpoch,
  dopplerRatio,
  dopplerValue,
  geodeticOf,
  isGeodeticObservatory,
  knownObservatories,
  observatoryPosition,
  positionAngleOf,
  separationOf,
} from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';

import { method, type ToolArguments, type ToolDeclaration, type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import { convertMeasure, directionIn, type MeasureFrame } from './measure-frame.ts';
import {
  FRAMES,
  frameName,
  isMeasure,
  itrfOfPosition,
  type Measure,
  type MeasureKind,
  makeMeasure,
  measureReply,
  readMeasure,
  wrapped,
} from './measure-values.ts';
import { significant } from './number-text.ts';
import { convert, quantityIn, scalar } from './quantities.ts';
import { dictionary, floatArray, quantityReply } from './reply-values.ts';
import { SPECTRAL_LINES } from './spectral-lines.ts';

interface MeasuresState {
  frame: MeasureFrame;
}

const ask = (signature: string, run: ToolMethod<MeasuresState>['run']) => method<MeasuresState>(signature, run);

/** me.epoch(), me.direction() …: a measure from its parts. */
function maker(kind: MeasureKind, signature: string) {
  return ask(`${signature}, off={}`, (_state, args) => {
    if (typeof args.off === 'object' && args.off !== null && Object.keys(args.off).length > 0)
      fail('unsupported', `me.${kind}(): offsets (off) are not available.`);
    return measureReply(makeMeasure(kind, textArgument(args, 'rf'), [args.v0, args.v1, args.v2]));
  });
}

const makers = {
  epoch: maker('epoch', "rf='UTC', v0=[]"),
  direction: maker('direction', "rf='J2000', v0=[], v1=[]"),
  position: maker('position', "rf='WGS84', v0=[], v1=[], v2=[]"),
  frequency: maker('frequency', "rf='LSRK', v0=[]"),
  doppler: maker('doppler', "rf='RADIO', v0=[]"),
  radialvelocity: maker('radialvelocity', "rf='LSRK', v0=[]"),
  baseline: maker('baseline', "rf='ITRF', v0=[], v1=[], v2=[]"),
  uvw: maker('uvw', "rf='ITRF', v0=[], v1=[], v2=[]"),
};

const places = {
  observatory: ask("name='ALMA'", (_state, args) => {
    const name = textArgument(args, 'name');
    const xyz = observatoryPosition(name);
    if (!isGeodeticObservatory(name))
      return measureReply({ kind: 'position', refer: 'ITRF', values: [...anglesOf(xyz), Math.hypot(...xyz)] });
    const { longitude, latitude, height } = geodeticOf(xyz);
    return measureReply({ kind: 'position', refer: 'WGS84', values: [longitude, latitude, height] });
  }),
  obslist: ask('', () => [...knownObservatories]),
  spectralline: ask("name='HI'", (_state, args) => {
    const name = textArgument(args, 'name').toUpperCase();
    const frequency = SPECTRAL_LINES[name];
    if (frequency === undefined)
      fail(
        'usage',
        `The line '${String(args.name)}' is not known; there are ${Object.keys(SPECTRAL_LINES).join(', ')}.`,
      );
    return measureReply({ kind: 'frequency', refer: 'REST', values: [frequency] });
  }),
  linelist: ask('', () => Object.keys(SPECTRAL_LINES).join(' ')),
};

const frames = {
  doframe: ask('v', (state, args) => {
    const measure = readMeasure(args.v, 'epoch', 'position', 'direction', 'radialvelocity');
    state.frame = { ...state.frame, [measure.kind]: measure };
    return true;
  }),
  framenow: ask('', (state) => {
    state.frame = { ...state.frame, epoch: makeMeasure('epoch', 'UTC', ['now']) };
    return true;
  }),
  showframe: ask('', (state) => {
    const entries = Object.entries(state.frame).map(([kind, measure]) => `${kind}: ${show(measure, true)}`);
    return `Frame: ${entries.join('\n       ')}`;
  }),
  measure: ask('v, rf, off={}', (state, args) =>
    measureReply(convertMeasure(readMeasure(args.v), textArgument(args, 'rf'), state.frame)),
  ),
};

/** A rest frequency as a measure, a quantity or a number of Hz. */
function restFrequency(given: TaskValue): number {
  return isMeasure(given)
    ? readMeasure(given, 'frequency').values[0]
    : makeMeasure('frequency', 'REST', [given]).values[0];
}

const ratioOf = ({ values, refer }: Measure) => dopplerRatio(values[0] / SPEED_OF_LIGHT, refer);

const dopplers = {
  todoppler: ask('rf, v0, rfq=[]', (_state, args) => {
    const measure = readMeasure(args.v0, 'frequency', 'radialvelocity');
    const refer = frameName('doppler', textArgument(args, 'rf'));
    if (measure.kind === 'radialvelocity')
      return measureReply({ kind: 'doppler', refer, values: [convertDoppler(measure.values[0], 'BETA', refer)] });
    const ratio = measure.values[0] / restFrequency(args.rfq);
    return measureReply({ kind: 'doppler', refer, values: [dopplerValue(ratio, refer) * SPEED_OF_LIGHT] });
  }),
  tofrequency: ask('rf, v0, rfq', (_state, args) => {
    const ratio = ratioOf(readMeasure(args.v0, 'doppler'));
    const refer = frameName('frequency', textArgument(args, 'rf'));
    return measureReply({ kind: 'frequency', refer, values: [restFrequency(args.rfq) * ratio] });
  }),
  toradialvelocity: ask('rf, v0', (_state, args) => {
    const { values, refer } = readMeasure(args.v0, 'doppler');
    const frame = frameName('radialvelocity', textArgument(args, 'rf'));
    return measureReply({ kind: 'radialvelocity', refer: frame, values: [convertDoppler(values[0], refer, 'BETA')] });
  }),
  torestfrequency: ask('v0, d0', (_state, args) => {
    const rest = readMeasure(args.v0, 'frequency').values[0] / ratioOf(readMeasure(args.d0, 'doppler'));
    return measureReply({ kind: 'frequency', refer: 'REST', values: [rest] });
  }),
};

/** Two directions in the frame of the first, or, when that is a body, in J2000. */
function pair(state: MeasuresState, args: ToolArguments) {
  const [first, second] = [args.m1, args.m2].map((given) => readMeasure(given, 'direction'));
  const refer = FRAMES.direction.indexOf(first.refer) < FRAMES.direction.indexOf('SUN') ? first.refer : 'J2000';
  return [directionIn(first, refer, state.frame), directionIn(second, refer, state.frame)] as const;
}

const DEGREES = 180 / Math.PI;

const angles = {
  separation: ask('m1, m2', (state, args) => quantityReply(separationOf(...pair(state, args)) * DEGREES, 'deg')),
  posangle: ask('m1, m2', (state, args) => quantityReply(positionAngleOf(...pair(state, args)) * DEGREES, 'deg')),
  shift: ask('v={}, offset=[], pa=[]', (_state, args) => {
    const { kind, refer, values } = readMeasure(args.v, 'direction');
    const [offset, angle] = [quantityIn(args.offset, 'rad'), quantityIn(args.pa, 'rad')];
    const [longitude, latitude] = values;
    const sine = Math.sin(latitude) * Math.cos(offset) + Math.cos(latitude) * Math.sin(offset) * Math.cos(angle);
    const turn = Math.atan2(
      Math.sin(angle) * Math.sin(offset) * Math.cos(latitude),
      Math.cos(offset) - Math.sin(latitude) * sine,
    );
    return measureReply({ kind, refer, values: [wrapped(longitude + turn), Math.asin(sine)] });
  }),
  rise: ask('crd=[], ev=[]', (state, args) => {
    const found = hourAngles(state, args);
    if (typeof found === 'string') return { rise: found, set: found };
    return { rise: quantityReply(found.ra - found.hour, 'rad'), set: quantityReply(found.ra + found.hour, 'rad') };
  }),
  riseset: ask('crd=[], ev=[]', (state, args) => riseAndSet(state, args)),
};

/** Apparent right ascension, and the hour angle at which a source is at the elevation ev (0 when not given). */
function hourAngles(state: MeasuresState, args: ToolArguments): { ra: number; hour: number } | 'above' | 'below' {
  const source = readMeasure(args.crd, 'direction');
  const [ra] = directionIn(source, 'APP', state.frame);
  const [, declination] = directionIn(source, 'HADEC', state.frame);
  const { position } = state.frame;
  if (!position) return fail('usage', "A position is needed; give it with doframe(me.observatory('ALMA')).");
  // The geocentric latitude, as in CASA's frame AZEL.
  const [, latitude] = anglesOf(itrfOfPosition(position));
  const elevation = Array.isArray(args.ev) && args.ev.length === 0 ? 0 : quantityIn(args.ev, 'rad');
  const cosine =
    (Math.sin(elevation) - Math.sin(declination) * Math.sin(latitude)) / (Math.cos(declination) * Math.cos(latitude));
  if (cosine >= 1) return 'below';
  return cosine <= -1 ? 'above' : { ra, hour: Math.acos(cosine) };
}

/** The sidereal day of the frame's time, as CASA does. */
function riseAndSet(state: MeasuresState, args: ToolArguments): EngineValue {
  const found = hourAngles(state, args);
  if (typeof found === 'string') return { rise: found, set: found };
  const { epoch } = state.frame;
  if (!epoch) return fail('usage', 'A time is needed; give it with doframe(me.epoch(…)).');
  const utc = convertEpoch(epoch.values[0], epoch.refer, 'UTC');
  const last = convertMeasure(epoch, 'LAST', state.frame).values[0];
  const event = (angle: number) => {
    const turn = angle / (2 * Math.PI);
    const at = Math.floor(last) + turn - Math.floor(turn);
    return {
      last: measureReply({ kind: 'epoch', refer: 'LAST', values: [at] }),
      utc: measureReply({ kind: 'epoch', refer: 'UTC', values: [utc + (at - last) / SIDEREAL_RATE] }),
    };
  };
  return { rise: event(found.ra - found.hour), set: event(found.ra + found.hour) };
}

/** Sidereal days in a day of UT1. */
const SIDEREAL_RATE = 1.002_737_909_35;

/** A measure as me.show() prints it. */
function show({ kind, values, refer }: Measure, hasReference: boolean): string {
  const unit = { epoch: '', frequency: ' Hz', doppler: ' m/s', radialvelocity: ' m/s' }[kind as string] ?? '';
  const order = values.length === 3 ? [values[2], values[0], values[1]] : values;
  const text =
    values.length === 1 ? significant(values[0]) + unit : `[${order.map((one) => significant(one)).join(', ')}]`;
  return hasReference ? `${text} ${refer}` : text;
}

const parts = {
  getvalue: ask('v', (_state, args) => {
    const { kind, refer, values } = readMeasure(args.v);
    const { refer: _refer, type: _type, ...own } = measureReply({ kind, refer, values }) as Record<string, TaskValue>;
    return own;
  }),
  getref: ask('v', (_state, args) => readMeasure(args.v).refer),
  gettype: ask('v', (_state, args) => {
    const { kind } = readMeasure(args.v);
    return kind[0].toUpperCase() + kind.slice(1);
  }),
  getoffset: ask('v', (_state, args) => {
    readMeasure(args.v);
    return {};
  }),
  ismeasure: ask('v', (_state, args) => isMeasure(args.v)),
  show: ask('v, refcode=True', (_state, args) => show(readMeasure(args.v), args.refcode !== false)),
  dirshow: ask('v', (_state, args) => {
    const { refer, values } = readMeasure(args.v, 'direction');
    const shown = values.map((value) => significant(convert(scalar(value, 'rad'), 'deg').values[0]));
    return `[${shown.join(', ')}] deg  ${refer}`;
  }),
  listcodes: ask('ms', (_state, args) =>
    dictionary([
      ['normal', [...FRAMES[readMeasure(args.ms).kind]]],
      ['extra', []],
    ]),
  ),
  expand: ask('v={}', (_state, args) => {
    const measure = readMeasure(args.v, 'baseline', 'uvw', 'position');
    const xyz = itrfOfPosition({ ...measure, refer: 'ITRF' });
    return [
      measureReply(measure),
      dictionary([
        ['unit', 'm'],
        ['value', floatArray(xyz)],
      ]),
    ] as unknown as EngineValue;
  }),
  addxvalue: ask('a', (_state, args): EngineValue => {
    const measure = readMeasure(args.a);
    if (measure.values.length === 1) return [];
    const isDirection = measure.kind === 'direction';
    const [longitude, latitude, length] = measure.values;
    const xyz = isDirection
      ? [Math.cos(latitude) * Math.cos(longitude), Math.cos(latitude) * Math.sin(longitude), Math.sin(latitude)]
      : itrfOfPosition({ ...measure, values: [longitude, latitude, length] });
    return dictionary([
      ['unit', isDirection ? '' : 'm'],
      ['value', floatArray(xyz)],
    ]);
  }),
  type: ask('', () => 'measures'),
  done: ask('', (state) => {
    state.frame = {};
    return true;
  }),
};

/** me: times, directions, positions, frequencies and velocities in their frames. */
export const measuresTool: ToolDeclaration<MeasuresState> = {
  name: 'me',
  summary: 'Times, directions, positions, frequencies and velocities in their frames',
  create: () => ({ frame: {} }),
  close: () => {},
  methods: { ...makers, ...places, ...frames, ...dopplers, ...angles, ...parts },
};
