import { listItem, textTable, wrapText } from '../qa/index.ts';
import type { MemberNames } from './names.ts';
import { fileNameToUid } from './names.ts';

/** A table of the README; see {@link textTable} for heads. */
export interface ReadmeTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences below it. */
  readonly notes: readonly string[];
}

export interface ReadmeContent {
  readonly names: MemberNames;
  readonly title?: string;
  readonly pi?: string;
  readonly programVersion: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  /** Requested and achieved. */
  readonly goal: ReadmeTable;
  readonly blocks: ReadmeTable;
  readonly fluxes: ReadmeTable;
  readonly images: ReadmeTable;
  readonly comments: readonly string[];
  readonly hasFluxScript: boolean;
  readonly tree: readonly string[];
}

const WIDTH = 78;
/** Width of the names in the head. */
const LABEL = 23;
const RULE = '='.repeat(WIDTH);

const item = (text: string) => listItem(text, WIDTH);

/** The README of a Member: the first thing that the PI reads. */
export function writeReadme(content: ReadmeContent): string {
  const lines = [
    'Atacama Large Millimeter/submillimeter Array (ALMA): data delivery',
    RULE,
    '',
    ...identity(content),
    '',
    `QA2 Result:            ${content.verdict}`,
    ...content.reasons.flatMap(item),
    '',
    ...tableSection('Requested and achieved', content.goal),
    ...tableSection('Execution Blocks', content.blocks),
    ...tableSection('Flux densities of the calibrators (Jy)', content.fluxes),
    ...tableSection('Images (directory product)', content.images),
    ...section('Comments from the reduction', content.comments.flatMap(item)),
    ...section('What is where', DIRECTORIES),
    ...section('How to get the calibrated visibilities', calibrationSteps(content)),
    ...section('How to make the images again', IMAGING_STEPS),
    ...section('Directory tree', content.tree),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function identity({ names, title, pi, programVersion }: ReadmeContent): string[] {
  const titled = title ? wrapText(title, WIDTH - LABEL) : [];
  return [
    `Project code:          ${names.project}`,
    ...titled.map((line, index) => `${(index === 0 ? 'Project title:' : '').padEnd(LABEL)}${line}`),
    ...(pi ? [`PI name:               ${pi}`] : []),
    `Science Goal OUS:      ${fileNameToUid(names.scienceGoal)}`,
    `Group OUS:             ${fileNameToUid(names.group)}`,
    `Member OUS:            ${fileNameToUid(names.member)}`,
    `Reduced with:          alma-qa2 ${programVersion}`,
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, '-'.repeat(title.length), '', ...lines, ''];
}

function tableSection(title: string, table: ReadmeTable): string[] {
  if (table.rows.length === 0) return [];
  const notes = table.notes.flatMap((note) => wrapText(note, WIDTH));
  return section(title, [...textTable(table.heads, table.rows), ...(notes.length > 0 ? ['', ...notes] : [])]);
}

const DIRECTORIES = [
  'script       the Python scripts of calibration and imaging, step by step',
  'calibration  calibration tables of each Execution Block (.tgz) and their plots',
  'qa           QA2 report: open qa2_report.html in a browser; figures, text,',
  '             and all numbers in qa2_report.json',
  'product      images as FITS: *.fits as cleaned, with even noise; *.pbcor.fits',
  '             corrected for the primary beam, for measuring fluxes',
  'log          the logs of all steps',
  'raw          the raw data (ASDM), in part b of the delivery',
];

function calibrationSteps(content: ReadmeContent): string[] {
  return [
    '1. Unpack part b of the delivery (raw data) where you unpacked this part, so',
    '   that the directory raw stands beside script.',
    '2. Run',
    '',
    '       cd script',
    '       casapy -c "execfile(\'scriptForPI.py\')"',
    '',
    ...(content.hasFluxScript
      ? ['3. ../calibrated/calibrated.ms holds all Execution Blocks on one flux scale.']
      : ['3. ../calibrated/uid___*.ms.split.cal holds the calibrated data.']),
    '',
    'casapy comes with alma-qa2 and needs no CASA; the scripts run in CASA as well.',
    'To save disk space give SPACESAVING from 1 (without *.ms.split) to 3 (only',
    'calibrated.ms), for example',
    '',
    '       casapy -c "SPACESAVING=2; execfile(\'scriptForPI.py\')"',
    '',
    'Before you change the calibration, read the comments in the scripts: they say',
    'why each choice was made.',
  ];
}

const IMAGING_STEPS = [
  'With the calibrated visibilities in place, run',
  '',
  '       cd script',
  '       casapy scriptForImaging.py',
  '',
  'The images appear in ../calibrated.',
];
