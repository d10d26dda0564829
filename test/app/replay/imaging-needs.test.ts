import { describe, expect, it } from 'vitest';
import { cutPrelude, planCuts } from '../../../src/app/replay/cube-cut.ts';
import { readNeeds } from '../../../src/app/replay/imaging-needs.ts';
import type { RehearsedCall } from '../../../src/app/replay/imaging-rehearsal.ts';
import { planImagingTwin } from '../../../src/app/replay/imaging-twin.ts';
import { lineDemands } from '../../../src/app/replay/imaging-windows.ts';
import { installEngine } from '../../../src/app/tasks/index.ts';
import { spectrumOf } from '../../../src/pipeline/simulation/index.ts';

installEngine(64 * 1024 * 1024);

const call = (task: string, named: Record<string, unknown>): RehearsedCall => ({ task, named });
const cube = { mode: 'velocity', restfreq: '90GHz', start: '-10km/s', width: '1km/s', nchan: 20 };
const picture = { imsize: 64, cell: '2arcsec', imagermode: 'mosaic', phasecenter: 'J2000 17h47m19.4 -28d23m29' };

function needsOf(calls: readonly RehearsedCall[], inputs: readonly string[]) {
  return readNeeds({ calls, inputs, absent: [], masks: [] });
}

describe('what an imaging script needs', () => {
  it('follows windows, channels and fields through split and uvcontsub to the data that it finds', () => {
    const needs = needsOf(
      [
        call('split', {
          vis: 'calibrated.ms',
          outputvis: 'a.cal',
          field: '4~6',
          spw: '1,3',
          width: 10,
          datacolumn: 'data',
        }),
        call('uvcontsub', { vis: 'a.cal', fitspw: '1:5~99' }),
        call('clean', { vis: 'a.cal.contsub', imagename: 'x', field: '0~2', spw: '1', ...cube, ...picture }),
      ],
      ['calibrated.ms'],
    );
    const [image] = needs.images;
    expect(image.uses).toEqual([
      { input: 'calibrated.ms', leastWindows: 0, windows: [3], fields: [4, 5, 6], channels: new Map() },
    ]);
    expect(needs.uses[1].channels).toEqual(new Map([[3, 999]]));
    expect(image.content).toBe('lines');
    expect(needs.wantsCorrected).toBe(false);
    // One that is given is made with its continuum, whatever its name.
    const given = call('clean', { vis: 'co.ms.contsub', imagename: 'x', spw: '0', ...cube, ...picture });
    expect(needsOf([given], ['co.ms.contsub']).images[0].content).toBe('all');
  });

  it('gives joined data as many windows as the numbers say that are selected from them', () => {
    const join = call('concat', { vis: ['a.ms', 'b.ms', 'c.ms'], concatvis: 'all.ms' });
    const one = call('clean', { vis: 'all.ms', imagename: 'x', spw: '25,82,100', ...cube, ...picture });
    const needs = needsOf([join, one], ['a.ms', 'b.ms', 'c.ms']);
    expect(needs.images[0].uses.map(({ windows, leastWindows }) => [windows, leastWindows])).toEqual([
      [[25], 82],
      [[0], 18],
      [[0], 1],
    ]);
    const { inputs } = planImagingTwin(needs, 'x');
    expect(inputs.map(({ spec }) => spec.windows.length)).toEqual([82, 18, 1]);
    // The line is in the middle of the windows that are imaged, and nowhere else.
    for (const [index, window] of [25, 0, 0].entries()) {
      const { centreHz, stepHz } = inputs[index].spec.windows[window];
      expect(Math.abs(centreHz / 90e9 - 1)).toBeLessThan(2e-4);
      expect(stepHz).toBeCloseTo(3.0e5, -3);
    }
  });

  it('places the fields that are numbered about the phase centre and a source in the image', () => {
    const one = call('clean', {
      vis: 'a.ms',
      imagename: 'x',
      spw: '0',
      field: '4~56',
      threshold: '300mJy',
      ...cube,
      ...picture,
    });
    const { inputs, sources } = planImagingTwin(needsOf([one], ['a.ms']), 'script_7m');
    const { fields, dishDiameter } = inputs[0].spec;
    expect(dishDiameter).toBe(7);
    expect(fields).toHaveLength(57);
    expect(fields.flatMap(({ isObserved }, id) => (isObserved ? [id] : []))).toEqual([4, 5, 6]);
    const arcsec = (angle: number) => (angle * 648_000) / Math.PI;
    expect(arcsec(sources[0].dec - fields[4].dec)).toBeCloseTo(8, 6);
    expect(arcsec((sources[0].ra - fields[4].ra) * Math.cos(fields[4].dec))).toBeCloseTo(12, 6);
    // At 0 km/s, the middle of the cube, line and continuum are six times the threshold each.
    expect(spectrumOf(sources[0], 90e9)).toBeCloseTo(3.6, 6);
  });

  it('puts fields of several MeasurementSets that are imaged as one at one place, whatever their numbers', () => {
    const one = (imagename: string, field: readonly string[]) =>
      call('tclean', { vis: ['a.ms', 'b.ms'], imagename, field, imsize: 64, cell: '1arcsec' });
    const calls = [one('m', ['5', '4']), one('n', ['7', '6']), one('o', ['9', '9'])];
    const { inputs, sources } = planImagingTwin(needsOf(calls, ['a.ms', 'b.ms']), 'x');
    const { fields } = inputs[0].spec;
    expect(sources).toHaveLength(3);
    expect([fields[4].ra === fields[5].ra, fields[6].ra === fields[7].ra]).toEqual([true, true]);
    expect(new Set([4, 6, 9].map((id) => fields[id].ra)).size).toBe(3);
    expect(fields.filter(({ isObserved }) => isObserved)).toHaveLength(5);
  });

  it('gives every input the dishes of its name and baselines for its own cells, and images their numbered field as the middle', () => {
    const fine = { ...picture, imagename: 'fine', field: 'target', phasecenter: '4', imagermode: 'mosaic' };
    const calls = [
      call('clean', { ...fine, vis: 'a.ms' }),
      call('clean', { ...fine, vis: 'a.aca.ms', imagename: 'coarse', cell: '8arcsec' }),
    ];
    const { inputs, sources } = planImagingTwin(needsOf(calls, ['a.ms', 'a.aca.ms']), 'script');
    const [large, small] = inputs.map(({ spec }) => spec);
    expect([large.dishDiameter, small.dishDiameter]).toEqual([12, 7]);
    expect(small.longestBaseline).toBeLessThan(large.longestBaseline);
    // Dishes of 7 m collect a third.
    expect(small.noiseJy / large.noiseJy).toBeGreaterThan(2.9);
    expect(large.fields.map(({ isObserved }) => isObserved)).toEqual([true, true, false, false, true]);
    expect(Math.abs(sources[0].dec - large.fields[4].dec)).toBeLessThan(1e-4);
    expect(Math.abs(sources[0].dec - large.fields[0].dec)).toBeLessThan(1e-2);
  });

  it('has the observations, antennas and windows that are selected, and takes fields below a numbered one for those of the mosaic whose name is', () => {
    const calls = [
      call('clean', { ...picture, vis: 'a.ms', imagename: 'x', field: 'target' }),
      call('flagdata', { vis: 'a.ms', field: '4', observation: '6', antenna: 'DV15&DA42', spw: '1;5:0~3' }),
    ];
    const [{ spec }] = planImagingTwin(needsOf(calls, ['a.ms']), 'script').inputs;
    expect([spec.observationCount, spec.visitCount]).toEqual([7, 7]);
    expect(spec.antennaNames).toEqual(['DV15', 'DA42']);
    expect(spec.windows).toHaveLength(6);
    expect(spec.fields.map(({ name }) => name)).toEqual(Array(5).fill('target'));
    expect(spec.fields.map(({ isObserved }) => isObserved)).toEqual([true, true, true, false, true]);
  });

  it('halves a window until its channels are as fine as those of its cube', () => {
    const fine = { mode: 'velocity', restfreq: '230GHz', start: '-10km/s', width: '0.35km/s', nchan: 60 };
    const calls = [
      call('clean', { ...picture, ...fine, vis: 'a.ms', imagename: 'x', spw: '0' }),
      call('flagdata', { vis: 'a.ms', spw: '0:3820~3839' }),
    ];
    const [window] = planImagingTwin(needsOf(calls, ['a.ms']), 'script').inputs[0].spec.windows;
    expect(window.channelCount).toBe(3840);
    expect(window.stepHz * 3840).toBeCloseTo(937.5e6, 0);
  });

  it('keeps windows of later Execution Blocks apart from those of the first', () => {
    const lines = ['90GHz', '100GHz'].map((restfreq, index) =>
      call('clean', { ...cube, ...picture, vis: 'a.ms', imagename: `x${index}`, spw: '', restfreq }),
    );
    const more = call('clean', { ...picture, vis: 'a.ms', imagename: 'y', spw: '0,3' });
    const [{ spec }] = planImagingTwin(needsOf([...lines, more], ['a.ms']), 'script').inputs;
    expect(spec.windows.map(({ block = 0 }) => block)).toEqual([0, 0, 1, 1]);
    expect(new Set(spec.windows.map(({ centreHz }) => centreHz)).size).toBe(4);
  });

  it('reads channels from the width of an average, and gives joined data the same windows where one is imaged from all parts', () => {
    const parts = ['a.ms', 'b.ms', 'c.ms'];
    const calls = [
      call('concat', { vis: parts, concatvis: 'all.ms' }),
      call('split', { vis: 'all.ms', outputvis: 'cont.ms', spw: '1,2,3', width: [3840, 3840, 3840] }),
      call('uvcontsub', { vis: 'all.ms', spw: '0', fitspw: '0:200~1500;2500~3700,1~3:100~3700' }),
      call('tclean', { ...picture, vis: 'all.ms.contsub', imagename: 'x', spw: '0:1500~2500', ...cube }),
    ];
    const { inputs } = planImagingTwin(needsOf(calls, parts), 'script');
    for (const { spec } of inputs) {
      expect(spec.windows.map(({ channelCount }) => channelCount)).toEqual([3840, 3840, 3840, 3840]);
      expect(spec.windows).toEqual(inputs[0].spec.windows);
    }
    expect(inputs[0].spec.dishDiameter).toBe(12);
    const small = calls.map((one) => (one.task === 'split' ? { ...one, named: { ...one.named, width: 4080 } } : one));
    const twin = planImagingTwin(needsOf(small, parts), 'script');
    expect(twin.inputs.map(({ spec }) => spec.dishDiameter)).toEqual([7, 7, 7]);
    // Windows without lines are beside that of the line.
    const [line, ...others] = inputs[0].spec.windows;
    for (const { centreHz } of others) expect(Math.abs(centreHz - line.centreHz)).toBeGreaterThan(1e9);
    expect(Math.max(...others.map(({ centreHz }) => Math.abs(centreHz / line.centreHz - 1)))).toBeLessThan(0.06);
  });

  it('gives windows the channels to which they are brought, and knows joined data by these', () => {
    const grids = [25, 27].flatMap((id) =>
      ['a.ms', 'b.ms'].map((vis) =>
        call('mstransform', {
          ...{
            vis,
            outputvis: `${vis}.spw${id}`,
            spw: String(id),
            regridms: true,
            mode: 'frequency',
            outframe: 'LSRK',
          },
          ...{ start: `${id + 60}GHz`, width: '244.118kHz', nchan: 1918 },
        }),
      ),
    );
    const calls = [
      ...grids,
      call('concat', { vis: ['a.ms.spw25', 'a.ms.spw27', 'b.ms.spw25', 'b.ms.spw27'], concatvis: 'all.ms' }),
      { ...call('tclean', { ...picture, vis: 'moved.ms', imagename: 'x', spw: '1' }), makers: { 'moved.ms': 4 } },
    ];
    const needs = needsOf(calls, ['a.ms', 'b.ms']);
    expect(needs.images[0].uses.map(({ input, windows }) => [input, windows])).toEqual([
      ['a.ms', [27]],
      ['b.ms', [27]],
    ]);
    const { windows } = planImagingTwin(needs, 'script').inputs[0].spec;
    const { centreHz, stepHz, channelCount } = windows[25];
    expect([channelCount, windows[24].channelCount]).toEqual([1923, 1]);
    expect(stepHz).toBeLessThan(244118);
    expect(centreHz / (85e9 + 959 * 244118)).toBeCloseTo(1, 3);
    expect(stepHz * channelCount).toBeGreaterThan(1918 * 244118);
  });

  it('has as many channels as are named where they are few', () => {
    const few = [
      call('flagdata', { vis: 'a.ms', spw: '0:0~7;120~127' }),
      call('plotms', { vis: 'a.ms', spw: '1:200' }),
      call('tclean', { ...picture, vis: 'a.ms', imagename: 'x', spw: '0,1', specmode: 'cont' }),
    ];
    const needs = needsOf(few, ['a.ms']);
    expect(needs.images[0].isCube).toBe(false);
    const [{ spec }] = planImagingTwin(needs, 'script').inputs;
    expect(spec.windows.map(({ channelCount }) => channelCount)).toEqual([128, 16]);
  });

  it('cuts cubes that are too large to the channels around their line, and tells the tasks so', () => {
    const large = { ...picture, ...cube, imsize: 4096, nchan: 50 };
    const one = call('tclean', {
      vis: 'a.ms',
      imagename: 'big',
      spw: '0',
      specmode: 'cube',
      gridder: 'mosaic',
      ...large,
    });
    const two = call('clean', { vis: 'a.ms', imagename: 'small', spw: '0', ...cube, ...picture });
    const needs = needsOf([one, two], ['a.ms']);
    const cuts = planCuts(needs.images, lineDemands(needs), []);
    expect([...cuts]).toEqual([['big', { start: '13.5000km/s', nchan: 3 }]]);
    expect(cutPrelude(cuts)).toContain('13.5000km/s');
  });
});
