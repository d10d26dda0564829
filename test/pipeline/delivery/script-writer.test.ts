import { describe, expect, it } from 'vitest';
import { writeScript, writeScriptForPi } from '../../../src/pipeline/delivery/index.ts';
import { pythonLiteral } from '../../../src/pipeline/delivery/python-text.ts';
import type { ScriptPlan } from '../../../src/pipeline/reduction/index.ts';

const plan: ScriptPlan = {
  kind: 'calibration',
  subject: 'x.ms',
  header: ['Calibration of x.ms', 'Reference antenna: DV02.'],
  steps: [
    {
      number: 0,
      title: "The observer's import",
      calls: [
        { kind: 'remove', paths: ['x.ms'] },
        { kind: 'task', task: 'importasdm', args: { asdm: 'x', vis: 'x.ms', bdfflags: true }, reason: 'raw data' },
      ],
    },
    {
      number: 1,
      title: 'Times',
      calls: [
        { kind: 'task', task: 'fixsyscaltimes', args: { vis: 'x.ms' } },
        { kind: 'tool', target: 'casalog', method: 'logfile', args: [], assign: 'mylogfile' },
        { kind: 'tool', target: 'casalog', method: 'setlogfile', args: [{ variable: 'mylogfile' }] },
      ],
    },
    { number: 2, title: 'Nothing', calls: [] },
  ],
};

describe('writeScript', () => {
  const text = writeScript(plan, '1.2.3');

  it('prints each call as it was run, with its reason', () => {
    expect(text).toContain(
      "    os.system('rm -rf x.ms')\n    # raw data\n    importasdm(asdm = 'x',\n               vis = 'x.ms',\n               bdfflags = True)",
    );
    expect(text).toContain(
      "    fixsyscaltimes(vis = 'x.ms')\n    mylogfile = casalog.logfile()\n    casalog.setlogfile(mylogfile)",
    );
  });

  it('imports recipes where old and new CASA have them', () => {
    expect(text).toContain(
      'import os\ntry:\n    from casarecipes.almahelpers import fixsyscaltimes\n' +
        'except ImportError:\n    from recipes.almahelpers import fixsyscaltimes\n\n',
    );
    expect(writeScript({ ...plan, steps: plan.steps.slice(0, 1) }, '1')).not.toContain('recipes');
  });

  it('numbers the steps and lets mysteps choose', () => {
    expect(text).toContain("step_title = {0: 'The observer\\'s import',");
    expect(text).toContain('mystep = 1\nif mystep in thesteps:');
    expect(text).toContain('thesteps = list(mysteps)');
    expect(text).toMatch(/mystep = 2\nif mystep in thesteps:\n.*\n.*\n {4}pass/);
  });

  it('states the decisions as comments', () => {
    expect(text.startsWith('# Calibration of x.ms\n#\n# Reference antenna: DV02.\n')).toBe(true);
  });
});

describe('pythonLiteral', () => {
  it('writes what Python 2 and 3 read alike', () => {
    expect(pythonLiteral([1, 2.5, -0.00001, 1e-20, "a'b\\c", true, null])).toBe(
      "[1, 2.5, -0.00001, 1e-20, 'a\\'b\\\\c', True, None]",
    );
    expect(pythonLiteral({ variable: 'mylogfile' })).toBe('mylogfile');
    expect(pythonLiteral({ a: [], b: { variable: 'c' } })).toBe("{'a': [], 'b': c}");
    expect(pythonLiteral(1.5e300)).toBe('1.5e300');
    expect(pythonLiteral([2147483647, 4881000030, -2147483648])).toBe('[2147483647, 4881000030.0, -2147483648.0]');
  });

  it('refuses numbers that Python cannot read', () => {
    expect(() => pythonLiteral(Number.NaN)).toThrow(/not finite/);
  });
});

describe('writeScriptForPi', () => {
  it('states the version and calls no private function', () => {
    const text = writeScriptForPi('1.2.3');
    expect(text).toContain('alma-qa2 1.2.3');
    expect(text).toContain("execfile(scriptdir + '/' + block + '.ms.scriptForCalibration.py')");
    expect(text).not.toMatch(/import qa2|qa2_/);
  });
});
