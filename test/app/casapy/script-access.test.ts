import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planAccess, readAllowance, scriptEnvironment } from '../../../src/app/casapy/script-access.ts';
import { AccessRules } from '../../../src/app/tasks/index.ts';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'qa2-access-')));
const tree = join(top, 'member');
for (const name of ['script', 'raw', 'qa', 'calibration']) mkdirSync(join(tree, name), { recursive: true });
mkdirSync(join(top, 'disk', 'asdm'), { recursive: true });
symlinkSync(join(top, 'disk', 'asdm'), join(tree, 'raw', 'uid.asdm.sdm'));
symlinkSync(join(top, 'disk'), join(tree, 'calibrated'));
afterAll(() => rmSync(top, { recursive: true }));

function modes(cwd: string, names: readonly string[], allowed: readonly string[] = []) {
  const plan = planAccess(
    cwd,
    allowed.map((text) => readAllowance(text, cwd)),
  );
  const rules = new AccessRules(plan.folders);
  return names.map((name) => rules.modeOf(join(tree, name)));
}

describe('planAccess', () => {
  const names = ['script/x', 'raw/x', 'qa/x', 'raw/uid.asdm.sdm/x', 'x', '../x'];

  it('lets scripts in script/ read the tree and write their own directories', () => {
    expect(modes(join(tree, 'script'), names)).toEqual(['write', 'read', 'read', 'read', 'read', undefined]);
  });

  it('does not write through a calibrated/ that is a link to somewhere else', () => {
    expect(modes(join(tree, 'script'), ['calibrated/x'])).toEqual(['read']);
  });

  it('keeps the products when it is started at the top of the tree', () => {
    expect(modes(tree, names)).toEqual(['write', 'read', 'read', 'read', 'write', undefined]);
  });

  it('never writes in raw/', () => {
    expect(modes(join(tree, 'raw'), ['raw/x'])).toEqual(['read']);
  });

  it('takes the working directory alone where there is no tree, and what the user adds', () => {
    expect(modes(top, ['x', '../../x'])).toEqual(['write', undefined]);
    expect(modes(join(top, 'disk'), ['qa/x', 'raw/x'], [`${tree}/qa`, `${tree}/raw:rw`])).toEqual(['read', 'write']);
    expect(() => readAllowance('nowhere', top)).toThrow('--allow');
  });

  it('takes a directory that is allowed already, or one above it, once', () => {
    const plan = planAccess(join(tree, 'script'), [readAllowance(`${tree}:rw`, top), readAllowance(tree, top)]);
    expect(new AccessRules(plan.folders).roots()).toEqual([tree, join(top, 'disk')]);
    expect(modes(join(tree, 'script'), names, [`${tree}:rw`])[4]).toBe('write');
    expect(modes(join(tree, 'script'), names, [join(tree, 'script')])[0]).toBe('write');
  });
});

describe('scriptEnvironment', () => {
  it('has nothing but what is harmless', () => {
    const found = scriptEnvironment({ LANG: 'C', TOKEN: 'x', PATH: '/home/me/bin' }, '/data', '/casa');
    expect(found).toMatchObject({ LANG: 'C', CASAPATH: '/casa', PATH: '/usr/bin:/bin', HOME: '/data' });
    expect(JSON.stringify(found)).not.toContain('TOKEN');
  });
});
