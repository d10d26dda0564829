import { geodeticOf, observatoryPosition } from '../../../astronomy/measures/index.ts';
import { type AntennaInfo, readArray, readNumbers } from '../../../astronomy/ms/index.ts';
import { fail, parseQuantity } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { numberArgument, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { real } from '../values.ts';
import { fieldMethods } from './msmd-fields.ts';
import { flagMethods } from './msmd-flags.ts';
import { ask, closeMsmd, type MsmdState, opened, openedMs, openMsmd, rowGroups, rowIndex } from './msmd-rows.ts';
import { scanMethods } from './msmd-scans.ts';
import { windowMethods } from './msmd-windows.ts';
import {
  boolArray,
  dictionary,
  directionReply,
  element,
  intArray,
  positionReply,
  quantityReply,
  textList,
} from './reply-values.ts';

/** The antennas that ids or names mean; all when there are none or -1. */
function antennasOf(state: MsmdState, value: TaskValue): AntennaInfo[] {
  const { antennas } = opened(state);
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || value === '' || value === -1) return [...antennas];
  return list.flatMap((one) =>
    typeof one === 'string' ? antennasNamed(antennas, one) : element(antennas, Number(one), 'antenna'),
  );
}

/** Names may hold * as in a shell. */
function antennasNamed(antennas: readonly AntennaInfo[], pattern: string): AntennaInfo[] {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${escaped}$`);
  const found = antennas.filter(({ name }) => expression.test(name));
  return found.length > 0 ? found : fail('usage', `There is no antenna ${pattern}.`);
}

const lengthOf = (value: TaskValue) => parseQuantity(typeof value === 'number' ? value : String(value), 'length', 'm');

const DIAMETERS = "name='', mindiameter='0m', maxdiameter='1pc', obsid=-1";

const antennas = {
  nantennas: ask('', (state) => opened(state).antennas.length),
  antennanames: ask('antennaids=-1', (state, args) => antennasOf(state, args.antennaids).map(({ name }) => name)),
  antennaids: ask(DIAMETERS, (state, args) => {
    const names = textList(args.name);
    const wanted = names.length > 0 ? antennasOf(state, names) : opened(state).antennas;
    const largest = args.maxdiameter === '1pc' ? Infinity : lengthOf(args.maxdiameter);
    const smallest = lengthOf(args.mindiameter);
    return intArray(wanted.filter(({ diameter }) => diameter >= smallest && diameter <= largest).map(({ id }) => id));
  }),
  antennastations: ask('which=-1, obsid=-1', (state, args) =>
    antennasOf(state, args.which).map(({ station }) => station),
  ),
  antennadiameter: ask('antenna=-1', (state, args) => {
    const chosen = antennasOf(state, args.antenna);
    if (args.antenna !== -1) return quantityReply(chosen[0].diameter, 'm');
    return dictionary(chosen.map(({ id, diameter }) => [id, quantityReply(diameter, 'm')]));
  }),
  antennaposition: ask('which=0', (state, args) => {
    const [x, y, z] = antennasOf(state, args.which)[0].position;
    return positionReply(Math.atan2(y, x), Math.atan2(z, Math.hypot(x, y)), Math.hypot(x, y, z), 'ITRF');
  }),
  antennaoffset: ask('which=0', (state, args) => antennaOffset(state, antennasOf(state, args.which)[0])),
  nbaselines: ask('ac=False', (state, args) => {
    const all = [...rowIndex(state).baselines];
    return all.filter((code) => args.ac === true || Math.floor(code / 65_536) !== code % 65_536).length;
  }),
  baselines: ask('', (state) => {
    const count = opened(state).antennas.length;
    const table = new Uint8Array(count * count);
    for (const code of rowIndex(state).baselines) {
      const [one, other] = [Math.floor(code / 65_536), code % 65_536];
      table[one * count + other] = table[other * count + one] = 1;
    }
    return boolArray(table, [count, count]);
  }),
};

/** East, north and up of the observatory, as listobs and CASA have them (longitudes on the sphere of the Earth's centre). */
function antennaOffset(state: MsmdState, antenna: AntennaInfo): TaskValue {
  const centre = observatoryPosition(opened(state).observation.telescope);
  const spherical = (xyz: ArrayLike<number>) => ({
    longitude: Math.atan2(xyz[1], xyz[0]),
    latitude: Math.atan2(xyz[2], Math.hypot(xyz[0], xyz[1])),
    radius: Math.hypot(xyz[0], xyz[1], xyz[2]),
  });
  const [from, to] = [spherical(centre), spherical(antenna.position)];
  return {
    'longitude offset': quantityReply((to.longitude - from.longitude) * from.radius * Math.cos(from.latitude), 'm'),
    'latitude offset': quantityReply((to.latitude - from.latitude) * from.radius, 'm'),
    'elevation offset': quantityReply(to.radius - from.radius, 'm'),
  };
}

const observations = {
  nobservations: ask('', (state) => opened(state).observations.length),
  observatorynames: ask('', (state) => opened(state).observations.map(({ telescope }) => telescope)),
  observatoryposition: ask('which=0', (state, args) => {
    const { telescope } = element(opened(state).observations, numberArgument(args, 'which'), 'observation');
    const { longitude, latitude, height } = geodeticOf(observatoryPosition(telescope));
    return positionReply(longitude, latitude, height, 'WGS84');
  }),
  observers: ask('', (state) => opened(state).observations.map(({ observer }) => observer)),
  projects: ask('', (state) => opened(state).observations.map(({ project }) => project)),
  schedule: ask('obsid=-1', (state, args) => [
    ...element(opened(state).observations, numberArgument(args, 'obsid'), 'observation').schedule,
  ]),
  narrays: ask('', (state) => new Set(rowGroups(state).map(({ array }) => array)).size),
  name: ask('', (state) => openedMs(state).path),
};

const DIRECTION_FRAMES: Readonly<Record<number, string>> = {
  0: 'J2000',
  21: 'ICRS',
  8: 'AZEL',
  10: 'AZELGEO',
  7: 'HADEC',
};

/** The direction that an antenna pointed to at a time, and the frame that the table says. */
function pointingOf(state: MsmdState, antenna: number, time: number): TaskValue {
  const table = openedMs(state).subtable('POINTING');
  const [ids, times, intervals] = ['ANTENNA_ID', 'TIME', 'INTERVAL'].map((name) => readNumbers(table, name));
  let best = -1;
  for (let row = 0; row < ids.length; row++) {
    if (ids[row] !== antenna) continue;
    const half = intervals[row] > 0 ? intervals[row] / 2 : Infinity;
    if (Math.abs(times[row] - time) <= half && (best < 0 || Math.abs(times[row] - time) < Math.abs(times[best] - time)))
      best = row;
  }
  if (best < 0) fail('missing', `The POINTING table has no direction of antenna ${antenna} at that time.`);
  const [longitude, latitude] = readArray(table, 'DIRECTION', best) ?? [0, 0];
  const measure = table.column('DIRECTION').keywords.get('MEASINFO');
  const fixed = measure?.type === 'Record' ? measure.record.get('Ref') : undefined;
  const frame = table.hasColumn('Direction_Ref')
    ? DIRECTION_FRAMES[Number(table.column('Direction_Ref').get(best))]
    : fixed && 'value' in fixed
      ? String(fixed.value)
      : undefined;
  return directionReply(longitude, latitude, frame ?? 'J2000');
}

const pointing = {
  pointingdirection: ask('rownum=0, interpolate=False, initialrow=0', (state, args) => {
    if (args.interpolate === true)
      fail('unsupported', 'msmd.pointingdirection(): only interpolate=False is available.');
    const { main } = openedMs(state);
    const row = numberArgument(args, 'rownum');
    if (row < 0 || row >= main.rowCount) fail('usage', `There is no row ${row}; there are ${main.rowCount}.`);
    const [one, other, time] = ['ANTENNA1', 'ANTENNA2', 'TIME'].map((name) => Number(main.column(name).get(row)));
    const entry = (id: number) => ({ id, pointingdirection: pointingOf(state, id, time) });
    return { antenna1: entry(one), antenna2: entry(other), time: real(time) };
  }),
};

const close = ask('', (state) => {
  closeMsmd(state);
  return true;
});

/** msmd: what an MS says about the observation. */
export const msmdTool: ToolDeclaration<MsmdState> = {
  name: 'msmd',
  summary: 'Metadata of a MeasurementSet',
  create: () => ({}),
  close: closeMsmd,
  methods: {
    open: ask("msfile='', maxcache=50.0", (state, args, { context }) => {
      openMsmd(state, joinPath(context.cwd, textArgument(args, 'msfile')));
      return true;
    }),
    close,
    done: close,
    ...windowMethods,
    ...fieldMethods,
    ...scanMethods,
    ...antennas,
    ...observations,
    ...flagMethods,
    ...pointing,
  },
};
