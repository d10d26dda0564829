import type { MemberNames } from './names.ts';
import { fileNameToUid } from './names.ts';
import { wrap } from './script-writer.ts';

/** What the README tells of one image. */
export interface ReadmeProduct {
  readonly file: string;
  readonly description: string;
  readonly beam: string;
  readonly rms: string;
}

export interface ReadmeContent {
  readonly names: MemberNames;
  readonly title?: string;
  readonly pi?: string;
  readonly programVersion: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  /** Lines such as "Sensitivity: requested 1.0 mJy/beam in 10 MHz, achieved 0.9 mJy/beam". */
  readonly checks: readonly string[];
  readonly blocks: readonly { readonly uid: string; readonly observed: string; readonly antennas: number }[];
  readonly comments: readonly string[];
  readonly products: readonly ReadmeProduct[];
  readonly hasFluxScript: boolean;
  readonly tree: readonly string[];
}

const RULE = '='.repeat(78);

/** The README of a Member: the first thing that the PI reads. */
export function writeReadme(content: ReadmeContent): string {
  const { names } = content;
  const lines = [
    'Atacama Large Millimeter/submillimeter Array (ALMA): data delivery',
    RULE,
    '',
    `Project code:          ${names.project}`,
    ...(content.title ? [`Project title:         ${content.title}`] : []),
    ...(content.pi ? [`PI name:               ${content.pi}`] : []),
    `Science Goal OUS:      ${fileNameToUid(names.scienceGoal)}`,
    `Group OUS:             ${fileNameToUid(names.group)}`,
    `Member OUS:            ${fileNameToUid(names.member)}`,
    `Reduced with:          alma-qa2 ${content.programVersion}`,
    '',
    `QA2 Result:            ${content.verdict}`,
    ...content.reasons.flatMap((line) => paragraph(line)),
    '',
    ...section('Requested and achieved', content.checks),
    ...section(
      'Execution Blocks',
      content.blocks.map(
        (block) => `${fileNameToUid(block.uid)}: observed ${block.observed}, ${block.antennas} antennas`,
      ),
    ),
    ...section('Comments from the reduction', content.comments),
    ...productSection(content.products),
    ...instructions(content),
    'Directory tree',
    '--------------',
    '',
    ...content.tree,
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  return [title, '-'.repeat(title.length), '', ...items.flatMap((item) => paragraph(item)), ''];
}

function paragraph(text: string): string[] {
  return wrap(`* ${text}`, 78);
}

function productSection(products: readonly ReadmeProduct[]): string[] {
  return section(
    'Images (directory product)',
    products.map((product) => `${product.file}: ${product.description}; beam ${product.beam}; rms ${product.rms}`),
  );
}

function instructions(content: ReadmeContent): string[] {
  return [
    'How to get the calibrated visibilities',
    '--------------------------------------',
    '',
    'Unpack the raw data (part b of the delivery) at the top of this tree, so that the directory',
    '"raw" appears beside "script". Then',
    '',
    '    cd script',
    '    casapy -c "execfile(\'scriptForPI.py\')"',
    '',
    'The result is in ../calibrated: ' +
      (content.hasFluxScript ? 'calibrated.ms holds all Execution Blocks on one flux scale.' : 'uid….ms.split.cal.'),
    'casapy is part of alma-qa2, which needs no CASA; the scripts also run in CASA.',
    'To save disk space start with: casapy -c "SPACESAVING=2; execfile(\'scriptForPI.py\')" (0 to 3).',
    '',
    'To make the images again: cd script; casapy scriptForImaging.py',
    '',
  ];
}
