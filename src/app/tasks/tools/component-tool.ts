import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { type ListedComponent, readComponentList, writeComponentList } from '../../../pipeline/skymodel/index.ts';
import { method, type ToolArguments, type ToolDeclaration, type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import {
  axisEntries,
  componentRecord,
  positionAngle,
  readAngle,
  readComponent,
  readDirection,
  readFrequency,
  readIndex,
  readShape,
  readStokes,
  spectrumReply,
} from './component-records.ts';
import { makeMeasure } from './measure-values.ts';
import { convert, scalar } from './quantities.ts';
import { dictionary, directionReply, floatArray, intArray, numberList } from './reply-values.ts';

interface ComponentState {
  components: ListedComponent[];
  /** Where the list is kept, and what stands there; undefined: nowhere yet. */
  path?: string;
  stored?: string;
  isReadOnly: boolean;
}

const ask = (signature: string, run: ToolMethod<ComponentState>['run']) => method<ComponentState>(signature, run);

function indexOf({ components }: ComponentState, args: ToolArguments): number {
  const [which] = numberList(args.which, 'which');
  if (which >= 0 && which < components.length) return which;
  return fail('usage', `There is no component ${which}; there are ${components.length}, counted from 0.`);
}

const chosen = (state: ComponentState, args: ToolArguments): ListedComponent => state.components[indexOf(state, args)];

function change(state: ComponentState, args: ToolArguments, more: Partial<ListedComponent>): boolean {
  const at = indexOf(state, args);
  state.components[at] = { ...state.components[at], ...more };
  return true;
}

/** All components, or those of a list of numbers in which -1 means all. */
function many({ components }: ComponentState, value: TaskValue): number[] {
  const list = numberList(value, 'which');
  return list.length === 0 || list[0] < 0 ? [...components.keys()] : list;
}

function shapeOf(args: ToolArguments, name: string): Pick<ListedComponent, 'shape' | 'axes' | 'axisErrors'> {
  const shape = readShape(args[name]);
  if (shape === 'Point') return { shape, axes: [], axisErrors: [] };
  const [major, minor] = ['majoraxis', 'minoraxis'].map((axis) => {
    const isMissing = args[axis] === '' || (Array.isArray(args[axis]) && args[axis].length === 0);
    if (isMissing) fail('usage', `A ${shape} needs ${axis}.`);
    return readAngle(args[axis], 'arcsec');
  });
  const angle = args.positionangle;
  const isEmpty = angle === '' || (Array.isArray(angle) && angle.length === 0);
  const axes = [major, minor, positionAngle(isEmpty ? '0deg' : angle)];
  return { shape, axes, axisErrors: axes.map(() => ({ value: 0, unit: 'rad' })) };
}

/** Writes the list where it is kept, and forgets it. */
function finish(state: ComponentState): boolean {
  const isChanged = JSON.stringify(state.components) !== state.stored;
  if (state.path !== undefined && !state.isReadOnly && isChanged) writeComponentList(state.path, state.components);
  Object.assign(state, { components: [], path: undefined, stored: undefined, isReadOnly: false });
  return true;
}

const keeping = {
  open: ask("filename='', nomodify=False, log=True", (state, args, { context }) => {
    const path = joinPath(context.cwd, textArgument(args, 'filename'));
    const components = readComponentList(path);
    finish(state);
    Object.assign(state, { components, path, stored: JSON.stringify(components), isReadOnly: args.nomodify === true });
    return true;
  }),
  rename: ask('filename, log=True', (state, args, { context }) => {
    state.path = joinPath(context.cwd, textArgument(args, 'filename'));
    writeComponentList(state.path, state.components);
    state.stored = JSON.stringify(state.components);
    return true;
  }),
  close: ask('log=True', finish),
  done: ask('', finish),
  torecord: ask('', ({ components }) =>
    dictionary([
      ...components.map((component, at) => [`component${at}`, componentRecord(component)] as const),
      ['nelements', components.length],
    ]),
  ),
  fromrecord: ask('record={}', (state, { record }) => {
    const fields = record as { [key: string]: TaskValue };
    const count = Number(fields.nelements ?? 0);
    state.components = Array.from({ length: count }, (_, at) => readComponent(fields[`component${at}`]));
    return true;
  }),
  concatenate: ask('list=[], which=[-1], log=True', (state, args, { context }) => {
    const more = readComponentList(joinPath(context.cwd, textArgument(args, 'list')));
    const wanted = many({ ...state, components: more }, args.which);
    state.components.push(...wanted.map((at) => more[at]));
    return true;
  }),
};

const listing = {
  length: ask('', ({ components }) => components.length),
  indices: ask('', ({ components }) => intArray([...components.keys()])),
  addcomponent: ask(
    "flux=[], fluxunit='Jy', polarization='Stokes', dir=[], shape='point', majoraxis=[], minoraxis=[], positionangle=[], freq=[], spectrumtype='constant', index=[], optionalparms=[0.0], label=''",
    (state, args) => {
      if (String(args.polarization).toLowerCase() !== 'stokes')
        fail('unsupported', 'Flux densities are Stokes parameters here: polarization="Stokes".');
      const { values, refer } = readDirection(args.dir);
      const spectralIndex = readIndex(args.spectrumtype, args.index);
      state.components.push({
        ...{ flux: readStokes(args.flux), fluxError: [0, 0, 0, 0], fluxUnit: String(args.fluxunit) },
        ...{ longitude: values[0], latitude: values[1], frame: refer, directionError: [0, 0] },
        ...shapeOf(args, 'shape'),
        ...readFrequency(args.freq),
        ...(spectralIndex !== undefined && { spectralIndex }),
        label: String(args.label),
      });
      return true;
    },
  ),
  add: ask('thecomponent, iknow=True', (state, args) => {
    state.components.push(readComponent(args.thecomponent));
    return true;
  }),
  remove: ask('which=[-1], log=True', (state, args) => {
    const gone = new Set(many(state, args.which));
    state.components = state.components.filter((_, at) => !gone.has(at));
    return true;
  }),
  getcomponent: ask('which, iknow=False', (state, args) => componentRecord(chosen(state, args))),
};

const asking = {
  getlabel: ask('which', (state, args) => chosen(state, args).label),
  getfluxvalue: ask('which', (state, args) => floatArray(chosen(state, args).flux)),
  getfluxerror: ask('which', (state, args) => floatArray(chosen(state, args).fluxError)),
  getfluxunit: ask('which', (state, args) => chosen(state, args).fluxUnit),
  getrefdir: ask('which', (state, args): EngineValue => {
    const { longitude, latitude, frame } = chosen(state, args);
    return directionReply(longitude, latitude, frame);
  }),
  getrefdirframe: ask('which', (state, args) => chosen(state, args).frame),
  shapetype: ask('which', (state, args) => chosen(state, args).shape),
  getshape: ask('which', (state, args) => dictionary(axisEntries(chosen(state, args)))),
  spectrumtype: ask('which', (state, args) =>
    chosen(state, args).spectralIndex === undefined ? 'Constant' : 'Spectral Index',
  ),
  getspectrum: ask('which', (state, args) => spectrumReply(chosen(state, args))),
  isphysical: ask('which=[-1]', (state, args) =>
    many(state, args.which).every((at) => state.components[at].flux[0] >= 0),
  ),
};

const changing = {
  setlabel: ask('which, value, log=True', (state, args) => change(state, args, { label: textArgument(args, 'value') })),
  setflux: ask("which, value=[], unit='Jy', polarization='Stokes', error=[], log=True", (state, args) => {
    const isEmpty = Array.isArray(args.error) && args.error.length === 0;
    const fluxError = isEmpty ? [0, 0, 0, 0] : readStokes(args.error);
    return change(state, args, { flux: readStokes(args.value), fluxUnit: String(args.unit), fluxError });
  }),
  convertfluxunit: ask("which, unit='Jy'", (state, args) => {
    const { flux, fluxError, fluxUnit } = chosen(state, args);
    const unit = textArgument(args, 'unit');
    const inUnit = (values: readonly number[]) =>
      values.map((value) => convert(scalar(value, fluxUnit), unit).values[0]);
    return change(state, args, { flux: inUnit(flux), fluxError: inUnit(fluxError), fluxUnit: unit });
  }),
  setrefdir: ask('which=1, ra=[], dec=[], log=True', (state, args) => {
    const [longitude, latitude] = makeMeasure('direction', 'J2000', [args.ra, args.dec]).values;
    return change(state, args, { longitude, latitude });
  }),
  setrefdirframe: ask('which, frame, log=True', (state, args) =>
    change(state, args, { frame: makeMeasure('direction', textArgument(args, 'frame'), ['', '']).refer }),
  ),
  setshape: ask(
    "which, type='Point', majoraxis=[], minoraxis=[], positionangle=[], majoraxiserror=[], minoraxiserror=[], positionangleerror=[], optionalparms=[0.0], log=True",
    (state, args) => change(state, args, shapeOf(args, 'type')),
  ),
  setspectrum: ask(
    "which, type='spectral index', index=[], tabularfreqs=[1.0e11], tabularflux=[1.0], tabularframe='LSRK'",
    (state, args) => change(state, args, { spectralIndex: readIndex(args.type, args.index) }),
  ),
  setfreq: ask("which, value, unit='GHz', log=True", (state, args) =>
    change(state, args, { frequencyGHz: convert(scalar(Number(args.value), String(args.unit)), 'GHz').values[0] }),
  ),
  setfreqframe: ask("which, frame='LSRK', log=True", (state, args) =>
    change(state, args, { frequencyFrame: makeMeasure('frequency', textArgument(args, 'frame'), ['']).refer }),
  ),
};

/** CASA's tool cl: lists of sources, kept in memory and as CASA's tables. */
export const componentTool: ToolDeclaration<ComponentState> = {
  name: 'cl',
  summary: 'Lists of components: point sources, Gaussians and disks',
  create: () => ({ components: [], isReadOnly: false }),
  close: finish,
  methods: { ...keeping, ...listing, ...asking, ...changing },
};
