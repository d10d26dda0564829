import { SaxesParser } from 'saxes';
import { fail } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';

/** What a `*.pipeline_manifest.xml` says about an Execution Block. */
export interface ManifestBlock {
  readonly session: string;
  /** Archives with calibration tables of its session. */
  readonly caltables?: string;
  readonly flagversions?: string;
  readonly calapply?: string;
  /** Parameters of hifa_renorm, when the pipeline corrected the data by the autocorrelations. */
  readonly renorm?: Readonly<Record<string, string>>;
}

export interface PipelineManifest {
  readonly path: string;
  readonly casaVersion?: string;
  readonly pipelineVersion?: string;
  /** By the name of the Execution Block, without `.ms`. */
  readonly blocks: ReadonlyMap<string, ManifestBlock>;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

function readElements(path: string): Element {
  const top: Element = { name: '', attributes: {}, children: [] };
  const open = [top];
  const parser = new SaxesParser();
  parser.on('error', (error) => fail('bad-format', `The manifest is not XML: ${error.message}`, { file: path }));
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [] };
    open[open.length - 1].children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.write(disk().readText(path)).close();
  return top;
}

/** All elements of a name, in the order of the file. */
function findAll(element: Element, name: string): Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

function nameOf(element: Element, child: string): string | undefined {
  const name = findAll(element, child)[0]?.attributes.name;
  return name === 'Undefined' ? undefined : name;
}

/** Reads a pipeline manifest; @throws bad-format */
export function readManifest(path: string): PipelineManifest {
  const top = readElements(path);
  if (top.children[0]?.name !== 'piperesults')
    fail('bad-format', 'This is not a pipeline manifest: its first element is not piperesults', { file: path });
  const blocks = findAll(top, 'session').flatMap((session) =>
    findAll(session, 'asdm').map((asdm): [string, ManifestBlock] => [
      (asdm.attributes.name ?? '').replace(/\.ms$/, ''),
      {
        session: session.attributes.name ?? '',
        caltables: nameOf(session, 'caltables'),
        flagversions: nameOf(asdm, 'finalflags'),
        calapply: nameOf(asdm, 'applycmds'),
        renorm: findAll(asdm, 'hifa_renorm')[0]?.attributes,
      },
    ]),
  );
  return {
    path,
    casaVersion: nameOf(top, 'casaversion'),
    pipelineVersion: nameOf(top, 'pipeline_version'),
    blocks: new Map(blocks),
  };
}
