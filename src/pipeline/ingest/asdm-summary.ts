import { type Asdm, type AsdmRow, openAsdm } from '../../formats/asdm/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

/**
 * CASA's asdmsummary: execution blocks with their antennas, scans, subscans and binary data, as text.
 *
 * @param options.asdm directory of the ASDM
 * @returns the text that is posted to the log
 * @throws missing, bad-format
 */
export function asdmsummary(context: Context, options: { readonly asdm: string }): string {
  const name = options.asdm.trim().replace(/\/+$/, '');
  const asdm = openAsdm(joinPath(context.cwd, name));
  const ruler = '='.repeat(88);
  const lines = [ruler, `ASDM dataset :${name}`, ruler];
  const tables = readTables(asdm);
  for (const block of asdm.table('ExecBlock').rows()) {
    const id = block.id('execBlockId');
    lines.push(
      '',
      `Exec Block : ExecBlock_${id}`,
      `Telescope : ${block.text('telescopeName')}`,
      `Configuration name : ${block.text('configName')}`,
      `Observer name : ${block.text('observerName')}`,
      `The exec block started on ${fitsTime(block.ns('startTime'))} and ended on ${fitsTime(block.ns('endTime'))}`,
    );
    if (block.has('aborted') && /true/i.test(String(block.values.aborted))) lines.push('It was aborted.');
    lines.push(...antennaLines(tables, block), ...scanLines(tables, id));
  }
  const text = lines.join('\n');
  context.log.post(text, 'INFO', 'asdmsummary');
  return text;
}

/** The tables that are searched by number, and those that are listed for each scan. */
interface Tables {
  readonly asdm: Asdm;
  readonly byId: (table: string, id: number) => AsdmRow;
  readonly scans: readonly AsdmRow[];
  readonly subscans: readonly AsdmRow[];
  readonly mains: readonly AsdmRow[];
}

const KEYS: Readonly<Record<string, string>> = {
  Antenna: 'antennaId',
  Station: 'stationId',
  ConfigDescription: 'configDescriptionId',
  DataDescription: 'dataDescriptionId',
  SpectralWindow: 'spectralWindowId',
  Polarization: 'polarizationId',
};

function readTables(asdm: Asdm): Tables {
  const maps = new Map(
    Object.entries(KEYS).map(([table, key]) => [
      table,
      new Map([...asdm.table(table).rows()].map((row) => [row.id(key), row])),
    ]),
  );
  return {
    asdm,
    byId: (table, id) =>
      maps.get(table)?.get(id) ??
      fail('bad-format', `${table}_${id} is named but not in the ASDM.`, { file: asdm.path, table }),
    scans: [...asdm.table('Scan').rows()],
    subscans: [...asdm.table('Subscan').rows()],
    mains: [...asdm.table('Main').rows()],
  };
}

function antennaLines({ byId }: Tables, block: AsdmRow): string[] {
  const ids = Array.from(block.integers('antennaId'));
  return [
    '',
    `${ids.length} antennas have been used in this exec block.`,
    '        Id     Name         Make Station    Diameter         X              Y             Z',
    ...ids.map((id) => {
      const antenna = byId('Antenna', id);
      const station = byId('Station', antenna.id('stationId'));
      const cells: [string, number][] = [
        [antenna.text('name'), 6],
        [antenna.text('antennaMake'), 13],
        [station.text('name'), 6],
        [general(antenna.number('dishDiameter')), 10],
        ...Array.from(station.numbers('position'), (value): [string, number] => [general(value), 15]),
      ];
      // As CASA: the column is that of the name without its number.
      return [`${'Antenna'.padStart(12)}_${id}`, ...cells.map(([text, width]) => text.padStart(width))].join('');
    }),
  ];
}

function scanLines(tables: Tables, block: number): string[] {
  const scans = tables.scans.filter((row) => row.id('execBlockId') === block);
  const lines = ['', `Number of scans in this exec Block : ${scans.length}`];
  for (const scan of scans) {
    const number = scan.number('scanNumber');
    const list = (name: string) => (scan.has(name) ? scan.texts(name) : []);
    lines.push('', `scan #${number} from ${fitsTime(scan.ns('startTime'))} to ${fitsTime(scan.ns('endTime'))}`);
    if (list('scanIntent').length > 0) lines.push(`\tIntents : ${list('scanIntent').join(',')}`);
    if (list('fieldName').length > 0) lines.push(`\tFields : ${list('fieldName').join(',')}`);
    if (scan.has('sourceName')) lines.push(`\tSources : ${scan.text('sourceName')}`);
    for (const subscan of tables.subscans) {
      if (subscan.id('execBlockId') !== block || subscan.number('scanNumber') !== number) continue;
      lines.push(...subscanLines(subscan));
      const key = { block, scan: number, subscan: subscan.number('subscanNumber') };
      for (const main of tables.mains) {
        const isOwn =
          main.id('execBlockId') === key.block &&
          main.number('scanNumber') === key.scan &&
          main.number('subscanNumber') === key.subscan;
        if (isOwn) lines.push(...dataLines(tables, main));
      }
    }
  }
  return lines;
}

function subscanLines(subscan: AsdmRow): string[] {
  const lines = [
    `\tSubscan #${subscan.number('subscanNumber')} from ${fitsTime(subscan.ns('startTime'))} to ${fitsTime(subscan.ns('endTime'))}`,
    `\t\tIntent : ${subscan.text('subscanIntent')}`,
    `\t\tNumber of integrations : ${subscan.number('numIntegration')}`,
  ];
  const parts = subscan.has('numSubintegration') ? subscan.integers('numSubintegration') : new Int32Array(0);
  if (parts.some((count) => count !== 0))
    lines.push(`\t\tNumber of subintegrations per integration : ${parts.join(',')}`);
  return lines;
}

function dataLines({ byId }: Tables, main: AsdmRow): string[] {
  const configuration = byId('ConfigDescription', main.id('configDescriptionId'));
  const corrections = configuration.has('atmPhaseCorrection') ? configuration.texts('atmPhaseCorrection') : [];
  const windows = Array.from(configuration.integers('dataDescriptionId'), (id) => {
    const description = byId('DataDescription', id);
    const spw = byId('SpectralWindow', description.id('spectralWindowId'));
    const polarization = byId('Polarization', description.id('polOrHoloId'));
    const first = spw.has('chanFreqStart')
      ? spw.number('chanFreqStart')
      : spw.has('chanFreqArray')
        ? spw.numbers('chanFreqArray')[0]
        : 0;
    const width = spw.has('chanWidthArray')
      ? spw.numbers('chanWidthArray')[0]
      : spw.has('chanWidth')
        ? spw.number('chanWidth')
        : 0;
    const frame = spw.has('measFreqRef') ? spw.text('measFreqRef') : 'TOPO';
    return `\t\t SpectralWindow_${spw.id('spectralWindowId')} : numChan = ${spw.number('numChan')}, frame = ${frame}, firstChan = ${general(first)}, chandWidth = ${general(width)} x Polarization_${polarization.id('polarizationId')} : corr = ${polarization.texts('corrType').join(',')}`;
  });
  return [
    '',
    `\t\t Binary data in ${main.text('dataUID')}`,
    `\t\t Number of integrations : ${main.number('numIntegration')}`,
    `\t\t Time sampling : ${main.text('timeSampling')}`,
    `\t\t Correlation Mode : ${configuration.text('correlationMode')}`,
    `\t\t Spectral resolution type : ${configuration.text('spectralType')}`,
    `\t\t Atmospheric phase correction : ${corrections.join(',')}`,
    ...windows,
  ];
}

const MJD_1970 = 40_587n;
const DAY_NS = 86_400_000_000_000n;

/** e.g. 2013-06-15T03:00:09.984000000 */
function fitsTime(ns: bigint): string {
  const since = ns - MJD_1970 * DAY_NS;
  const seconds = since / 1_000_000_000n;
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${date}.${String(since - seconds * 1_000_000_000n).padStart(9, '0')}`;
}

/** A number with ten digits at most, as a C++ stream prints it. */
function general(value: number): string {
  const rounded = Number(value.toPrecision(10));
  const isTiny = rounded !== 0 && Math.abs(rounded) < 1e-4;
  const [digits, exponent] = (isTiny ? rounded.toExponential(9) : value.toPrecision(10)).split('e');
  const short = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  if (exponent === undefined) return short;
  return `${short}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}
