import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { visHead } from '../../../src/app/tasks/visibility-header.ts';
import { freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

function start() {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  const call = (more: Record<string, string | string[] | number>) =>
    visHead(context, { vis: 'a.ms', mode: 'get', listitems: [], hdkey: '', hdindex: '', hdvalue: '', ...more });
  return { call };
}

describe('vishead', () => {
  it('gets, changes and lists', () => {
    const { call } = start();
    expect(call({ hdkey: 'telescope' })).toMatchObject({
      $tuple: [{ type: 'string', shape: [1], values: ['ALMA'] }, {}],
    });
    call({ mode: 'put', hdkey: 'field', hdindex: '1', hdvalue: 'NGC3256' });
    expect(call({ hdkey: 'field', hdindex: 1 })).toMatchObject({ $tuple: ['NGC3256', {}] });
    expect(call({ mode: 'list', listitems: ['ptcs', 'spw_name'] })).toMatchObject({
      ptcs: { $tuple: [{ r1: { shape: [2, 1, 1] } }, { QuantumUnits: {} }] },
      spw_name: { $tuple: [{ shape: [2] }, {}] },
    });
  });

  it('says what it cannot do', () => {
    const { call } = start();
    expect(() => call({ hdkey: 'nothing' })).toThrow(/telescope/);
    expect(() => call({ hdkey: 'field', hdindex: 7 })).toThrow(/beyond/);
    expect(() => call({ mode: 'put', hdkey: 'ptcs', hdvalue: 1 })).toThrow(/arrays/);
    const date = { mode: 'put', hdkey: 'release_date', hdindex: '0' };
    for (const hdvalue of ['soon', '', ['1', '2']]) expect(() => call({ ...date, hdvalue })).toThrow(/hdvalue/);
  });
});
