import { describe, expect, it } from 'vitest';
import { readCalls } from '../../../src/app/replay/script-calls.ts';
import { readFacts } from '../../../src/app/replay/script-facts.ts';
import { readScaledFluxes } from '../../../src/app/replay/script-fluxes.ts';
import { readChannelRanges, readNumbers } from '../../../src/app/replay/selection-numbers.ts';
import { planTwin } from '../../../src/app/replay/twin-plan.ts';

/** A script in the style of those that were delivered, for an observation that never was. */
const SCRIPT = `
# CALIBRATE_POINTING: J1100+1000,J1111+1111
if applyonly != True: es = aU.stuffForScienceDataReduction()
importasdm('uid___A002_X1_X2', asis='Antenna Station', bdfflags=True, lazy=False)
flagdata(vis = 'uid___A002_X1_X2.ms', mode = 'manual', spw = '1~24', autocorr = T, flagbackup = F)
wvrgcal(vis = 'uid___A002_X1_X2.ms', spw = [17, 19, 21, 23], tie = ['Blob,J1130+1200'], statsource = 'Blob')
flagdata(vis = 'uid___A002_X1_X2.ms.tsys', spw = '9:0~3;124~127,11:0~3;124~127,13:0~3;124~127,15:0~3;124~127')
gencal(vis = 'uid___A002_X1_X2.ms', caltype = 'antpos',
  antenna = 'DA41,DA42,DA43,DA44,DA45,DA46,DV01', parameter = [0,0,0])
#  position measured: baseline run made on 2015-01-02 03:04:05.
applycal(vis = 'uid___A002_X1_X2.ms', field = '0', gainfield = ['0', '', ''])
applycal(vis = 'uid___A002_X1_X2.ms', field = '2', gainfield = ['2', '', ''])
applycal(vis = 'uid___A002_X1_X2.ms', field = '3', gainfield = ['4', '', ''])
applycal(vis = 'uid___A002_X1_X2.ms', field = '4~40', gainfield = ['4', '', ''])
split(vis = 'uid___A002_X1_X2.ms', outputvis = 'uid___A002_X1_X2.ms.split', spw = '17,19,21,23')
flagdata(vis = 'uid___A002_X1_X2.ms.split', antenna = 'DV01', spw = '1:5000~5010')
setjy(vis = 'uid___A002_X1_X2.ms.split',
  field = '2', # J1120+1000
  spw = '0', # center frequency of spw = 100.5GHz
  standard = 'manual',
  fluxdensity = [2.5, 0, 0, 0])
gaincal(vis = 'uid___A002_X1_X2.ms.split', field = '0', # J1100+1000
  spw = '0:1536~2304,1:3072~4608,2:1638~2457,3:0~127', scan = '1,2,4', refant = 'DA42', calmode = 'p')
bandpass(vis = 'uid___A002_X1_X2.ms.split', field = '0', scan = '1,2,4', solint = 'inf', refant = 'DA42')
gaincal(vis = 'uid___A002_X1_X2.ms.split', field = '0~0,2~3', # J1100+1000,J1120+1000,J1130+1200
  solint = 'int', refant = 'DA42')
fluxscale(vis = 'uid___A002_X1_X2.ms.split', reference = '2') # J1120+1000
for i in ['0', '2']: # J1100+1000,J1120+1000
  applycal(vis = 'uid___A002_X1_X2.ms.split', field = str(i), gainfield = ['', i, i])
applycal(vis = 'uid___A002_X1_X2.ms.split',
  field = '3,4~40', # Blob
  gainfield = ['', '3', '3']) # J1130+1200
`;

describe('readCalls', () => {
  it('finds calls with literals, comments and dots, and none in comments', () => {
    const calls = readCalls(
      "# flagdata(vis='no')\ncasalog.post('a', 'INFO')\nx = f(1, k=-2.5, # why\n  m=[1,'b'], n=name)\n",
    );
    expect(calls.map(({ name }) => name)).toEqual(['casalog.post', 'f']);
    expect(calls[0].positional).toEqual(['a', 'INFO']);
    expect(calls[1].positional).toEqual([1]);
    expect(calls[1].named).toEqual({ k: -2.5, m: [1, 'b'], n: undefined });
    expect(calls[1].comments.k).toBe('why');
  });

  it('knows variables as the statements before gave them, and none of loops but Execution Blocks', () => {
    const calls = readCalls(
      [
        "uid = 'uid___A002_X1_X2'; vis = uid + '.ms'",
        "split(vis=vis, outputvis='%s.split' % vis, spw='{0}~{1}'.format(1, 4))",
        "for i in ['0', '2']: applycal(field=str(i), gaintable=[vis+'.a', vis+'.b'])",
        "for name in ['uid___A002_X3_X4', 'b']:\n  listobs(name + '.ms')",
        'vis = unknown()\nflagdata(vis=vis)',
      ].join('\n'),
    );
    expect(calls.find(({ name }) => name === 'split')?.named).toEqual({
      ...{ vis: 'uid___A002_X1_X2.ms', outputvis: 'uid___A002_X1_X2.ms.split', spw: '1~4' },
    });
    const apply = calls.find(({ name }) => name === 'applycal');
    expect(apply?.named).toEqual({ field: undefined, gaintable: ['uid___A002_X1_X2.ms.a', 'uid___A002_X1_X2.ms.b'] });
    expect(calls.find(({ name }) => name === 'listobs')?.positional).toEqual(['uid___A002_X3_X4.ms']);
    expect(calls.at(-1)?.named.vis).toBeUndefined();
  });
});

describe('selections', () => {
  it('are read as numbers and channel ranges', () => {
    expect(readNumbers('0,2~4, 7, name')).toEqual([0, 2, 3, 4, 7]);
    expect([...readChannelRanges('2:215.5~215.6GHz,3:4~9;220GHz')]).toEqual([[3, [[4, 9]]]]);
    expect([...readChannelRanges('0:1~2;5,3~4:7~8')]).toEqual([
      [
        0,
        [
          [1, 2],
          [5, 5],
        ],
      ],
      [3, [[7, 8]]],
      [4, [[7, 8]]],
    ]);
  });
});

describe('readFacts', () => {
  const facts = readFacts(SCRIPT);

  it('reads DOS line ends, and names by the longer list where a comment was left over', () => {
    const edited = SCRIPT.replace("field = '0', # J1100+1000", "field = '3', #'0', # J1100+1000").replace(
      /\n/g,
      '\r\n',
    );
    expect(readFacts(edited).fields.map(({ name }) => name)).toEqual(readFacts(SCRIPT).fields.map(({ name }) => name));
  });

  it('reads windows and their channels', () => {
    expect(facts.asdm).toBe('uid___A002_X1_X2');
    expect(facts.day).toBe('2015/01/02');
    expect(facts.hasRadiometers).toBe(true);
    expect(facts.usesDataFlags).toBe(true);
    expect(facts.tsysWindows.map(({ id, channelCount }) => [id, channelCount])).toEqual(
      [9, 11, 13, 15].map((id) => [id, 128]),
    );
    expect(facts.scienceWindows.map(({ id, channelCount }) => [id, channelCount])).toEqual([
      [17, 3840],
      [19, 7680],
      [21, 4096],
      [23, 128],
    ]);
    expect(facts.scienceWindows[0].centreHz).toBe(100.5e9);
  });

  it('takes windows of Tsys for those before the science, or for these where there is no room', () => {
    const ids = (spw: string) => {
      const edited = SCRIPT.replace(/flagdata\(vis = 'uid___A002_X1_X2\.ms\.tsys'.*\n/, '')
        .replace("spw = '1~24', ", '')
        .replace("spw = '17,19,21,23'", `spw = '${spw}'`);
      const found = readFacts(edited);
      expect(planTwin(found).uses.pointing).toEqual(found.tsysWindows.map(({ id }) => id));
      return found.tsysWindows.map(({ id }) => id);
    };
    expect(ids('17,19,21,23')).toEqual([9, 11, 13, 15]);
    expect(ids('1,3,5,7')).toEqual([1, 3, 5, 7]);
  });

  it('reads fields, their parts and names', () => {
    expect(facts.fields).toHaveLength(41);
    expect(facts.fields.slice(0, 6).map(({ name }) => name)).toEqual([
      'J1100+1000',
      'J1111+1111',
      'J1120+1000',
      'J1130+1200',
      'Blob',
      'Blob',
    ]);
    expect(facts).toMatchObject({
      bandpassField: 0,
      bandpassScan: 4,
      fluxField: 2,
      phaseFields: [3],
      waterSource: 'Blob',
    });
    expect(facts.tsysFields).toEqual([0, 2, 4]);
    expect(facts.targetFields[0]).toBe(4);
    expect(facts.fields[2].fluxes).toEqual([{ window: 0, jy: 2.5, spectralIndex: 0, referenceHz: undefined }]);
  });

  it('reads scripts of CASA 5.6, whose windows keep their numbers', () => {
    const kept = SCRIPT.replace('split(vis', 'mstransform(reindex = False, vis')
      .replaceAll('uid___A002_X1_X2', 'uid___A002_X1_X2_v1')
      .replace("spw = '0', # center", "spw = '17', # center")
      .replace('0:1536~2304,1:3072~4608,2:1638~2457,3:0~127', '17:1536~2304,19:3072~4608,21:1638~2457,23:0~127')
      .replace("'1:5000~5010'", "'19:5000~5010'");
    const { asdm, ...others } = readFacts(kept);
    expect(asdm).toBe('uid___A002_X1_X2_v1');
    expect(others).toEqual({ ...facts, asdm: undefined });
  });

  it('reads antennas: the reference first', () => {
    expect(facts.referenceAntenna).toBe('DA42');
    expect(facts.antennas[0]).toBe('DA42');
    expect(facts.antennas).toHaveLength(7);
    expect(facts.flaggedAntennas).toEqual(['DV01']);
  });

  it('keeps antennas in the data that gains are solved on by themselves', () => {
    const short = "gaincal(vis = 'x', antenna = 'DA50,DA51,DA52,DA53,DA54,DA55&')\n";
    const alone = readFacts(`${SCRIPT}${short}`);
    expect(alone.solvedAntennas).toEqual(['DA50', 'DA51', 'DA52', 'DA53', 'DA54', 'DA55']);
    const { antennas } = planTwin(alone);
    expect(antennas.slice(0, 6)).toEqual(['DA42', 'DA50', 'DA51', 'DA52', 'DA53', 'DA54']);
    expect(antennas).toHaveLength(7);
  });

  it('counts the steps that have titles, for scripts run no others', () => {
    const titled = "step_title = {0: 'Import',\n              1: 'listobs'}\nmystep = 0\nmystep = 1\nmystep = 2\n";
    expect(readFacts(`${SCRIPT}\n${titled}`).stepCount).toBe(2);
  });

  it('takes names from the list at the head rather than from other comments', () => {
    const head = '# CALIBRATE_FLUX: J1120+1000\n# CALIBRATE_PHASE: J1130+1200\n';
    const text = SCRIPT.replace("field = '0~0,2~3', # J1100", "field = '3', # phase cal\n  field = '0~0,2~3', # J1100");
    expect(readFacts(head + text).fields[3].name).toBe('J1130+1200');
  });

  it('gives a field without a name the one that is left over in a comment', () => {
    const wide = `# OBSERVE_TARGET: J1130+1200,Fifth\n${SCRIPT}x(field = '2,3,41', # J1130+1200,Fifth\n)\n`;
    expect(readFacts(wide).fields[41].name).toBe('Fifth');
  });

  it('finds the bandpass field by a comment, and calls that give the MeasurementSet first', () => {
    const text = SCRIPT.replace("bandpass(vis = 'uid___A002_X1_X2.ms.split', field = '0',", 'bandpass(').replace(
      "setjy(vis = 'uid___A002_X1_X2.ms.split',\n  field = '2',",
      "setjy('uid___A002_X1_X2.ms.split', field = 'J1120+1000',",
    );
    const other = readFacts(`"""\nsetjy(field = '0', fluxdensity = [9, 0, 0, 0])\n"""\n${text}`);
    expect(other.bandpassField).toBe(0);
    expect(other.fluxField).toBe(2);
    expect(other.fields[0].fluxes).toEqual([]);
  });

  it('knows which calibrators stay at 1 Jy: those without a model whose own gains are applied unscaled', () => {
    const applied = SCRIPT.replaceAll(
      "field = str(i), gainfield = ['', i, i]",
      "field = str(i), gaintable = ['b', 'p', 'a'], gainfield = ['', i, i]",
    );
    expect(facts.defaultFluxFields).toEqual([]);
    expect(readFacts(applied).defaultFluxFields).toEqual([0, 3]);
    expect(readFacts(`for name in ['J1130+1200']:\n  pass\n${applied}`).defaultFluxFields).toEqual([0]);
    expect(readFacts(applied.replace("reference = '2'", "fluxtable = 'a', reference = '2'")).defaultFluxFields).toEqual(
      [],
    );
  });

  it('reads what scriptForFluxCalibration.py scales to, and where it says that windows are', () => {
    const text = `
#   "J1130+1200"     1     102.30      0.57291      0.64488       2014-07-01T06:27:00
setjy(vis = 'uid___A002_X1_X2.ms.split.cal', field = 'J1130+1200', spw = '1', fluxdensity = [0.7, 0, 0, 0])
setjy(vis = 'uid___A002_X1_X9.ms.split.cal', field = 'J1130+1200', spw = '1', fluxdensity = [0.9, 0, 0, 0])
`;
    const scaled = readScaledFluxes(text, facts);
    expect(scaled.fields[3].fluxes).toEqual([{ window: 1, jy: 0.7, spectralIndex: 0, referenceHz: undefined }]);
    expect(scaled.scienceWindows.map(({ centreHz }) => centreHz)).toEqual([100.5e9, 102.3e9, undefined, undefined]);
  });

  it('refuses a text that calibrates nothing', () => {
    expect(() => readFacts("print 'nothing'\n")).toThrow(/no call of importasdm/);
  });
});

describe('planTwin', () => {
  const twin = planTwin(readFacts(SCRIPT));

  it('numbers windows as the script does', () => {
    expect(twin.windows).toHaveLength(25);
    expect(twin.windows[0].kind).toBe('WVR');
    expect(twin.uses).toEqual({ pointing: [1, 3, 5, 7], atmosphere: [9, 11, 13, 15], science: [17, 19, 21, 23] });
    expect(twin.windows[18]).toMatchObject({ kind: 'CH_AVG', channelCount: 1, baseband: 0 });
  });

  it('puts antennas where the script corrects them to', () => {
    const names = "antenna = 'DA41,DA42,DA43,DA44,DA45,DA46,DV01', parameter = [0,0,0]";
    expect(twin.positionErrors).toEqual(new Map());
    const moved = planTwin(readFacts(SCRIPT.replace(names, "antenna = 'DA41,DV01', parameter = [0,0,1e-3,-2e-3,0,0]")));
    expect([...(moved.positionErrors ?? [])]).toEqual([
      ['DA41', [0, 0, 1e-3]],
      ['DV01', [-2e-3, 0, 0]],
    ]);
  });

  it('gives sources that check the calibration their intent', () => {
    const checked = planTwin(
      readFacts(SCRIPT.replace('# CALIBRATE_POINTING', '# OBSERVE_CHECK: Blob\n# CALIBRATE_POINTING')),
    );
    const intents = new Set(checked.scans.filter(({ field }) => field >= 4).map(({ intent }) => intent));
    expect([...intents]).toEqual(['CALIBRATE_ATMOSPHERE', 'OBSERVE_CHECK_SOURCE']);
  });

  it('observes what the script needs and no more', () => {
    expect(twin.uid).toBe('uid://A002/X1/X2');
    expect(twin.scans[3]).toMatchObject({ field: 0, use: 'science', intent: 'CALIBRATE_BANDPASS' });
    const targets = twin.scans.filter(({ intent }) => intent === 'OBSERVE_TARGET').map(({ field }) => field);
    expect(targets).toEqual([4, 22, 40]);
    expect(twin.scans.filter(({ use }) => use === 'atmosphere').map(({ field }) => field)).toEqual([0, 2, 4]);
    expect(twin.antennas).toHaveLength(6);
    expect(twin.antennas).toContain('DV01');
    expect(twin.silentAntennas).toEqual(['DA46']);
    expect(twin.fields[2].fluxes[0]).toEqual({ hz: 100.5e9, jy: 2.5 });
  });
});
