import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../../src/pipeline/restore/index.ts';

const path = join(mkdtempSync(join(tmpdir(), 'qa2-manifest-')), 'pipeline_manifest.xml');

function read(text: string) {
  writeFileSync(path, text);
  return readManifest(path);
}

describe('a pipeline manifest', () => {
  it('says which files belong to an Execution Block', () => {
    const { blocks, casaVersion, pipelineVersion } = read(`<?xml version="1.0" ?>
<piperesults name="uid://A001/X1/X2">
  <ous name="uid___A001_X1_X2">
    <casaversion name="6.2.1-7"/><pipeline_version name="2021.2.0.128"/>
    <session name="session_1">
      <caltables name="uid___A001_X1_X2.session_1.caltables.tgz"/>
      <asdm name="uid___A002_X1_X2.ms">
        <finalflags name="uid___A002_X1_X2.ms.flagversions.tgz"/>
        <applycmds name="Undefined"/>
        <hifa_renorm apply="True" threshold="1.02"/>
      </asdm>
    </session>
  </ous>
</piperesults>`);
    expect([casaVersion, pipelineVersion]).toEqual(['6.2.1-7', '2021.2.0.128']);
    expect([...blocks]).toEqual([
      [
        'uid___A002_X1_X2',
        {
          session: 'session_1',
          caltables: 'uid___A001_X1_X2.session_1.caltables.tgz',
          flagversions: 'uid___A002_X1_X2.ms.flagversions.tgz',
          calapply: undefined,
          renorm: { apply: 'True', threshold: '1.02' },
        },
      ],
    ]);
  });

  it('is refused when it is something else', () => {
    expect(() => read('<ous/>')).toThrow(/not a pipeline manifest/);
    expect(() => read('<piperesults><ous>')).toThrow(/not XML/);
  });
});
