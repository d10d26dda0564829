// node scripts/asdm-schema.mjs DIR [--write]: compares the tables and enumerations of src/formats/asdm/schema-data.ts and
// enumeration-data.ts with the classes of pyasdm (github.com/casangi/pyasdm, DIR = its src/pyasdm), which are generated from
// the ASDM 4 definitions: names, order, optional columns, words. --write renews enumeration-data.ts and the names of the
// enumerations in schema-data.ts; everything else is for a person to change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'formats', 'asdm');
const SCHEMA = join(here, 'schema-data.ts');
const ENUMERATIONS = join(here, 'enumeration-data.ts');

/** Words that version 3 had besides. */
const VERSION_3 = {
  PrimaryBeamDescription: 'APERTURE_FIELD_DISTRIBUTION',
  SidebandProcessingMode: 'FREQUENCY_OFFSET_SEPARATION',
};

/** Columns of a row class in the order of the binary form, with their enumerations. */
function columnsOf(text) {
  const writer = /def toBin\(self, eos\):([\s\S]*?)\n {4}@staticmethod/.exec(text)?.[1] ?? '';
  const columns = new Map();
  for (const [, exists, name] of writer.matchAll(/writeBool\(self\._(\w+)Exists\)|self\._(\w+)/g)) {
    const column = exists ?? name.replace(/Exists$/, '');
    if (!columns.has(column)) columns.set(column, { isOptional: exists !== undefined });
  }
  for (const [, name, body] of text.matchAll(
    /def (\w+)FromBin\(row, eis\):([\s\S]*?)(?=\n {4}@staticmethod|\n {4}def |$)/g,
  )) {
    const words = /(\w+)\.literal\(/.exec(body)?.[1];
    const column = columns.get(name);
    if (words && column) column.enumeration = words;
  }
  return columns;
}

/** Words of an enumeration class in their order. */
const wordsOf = (text) => Array.from(text.matchAll(/^_\w+Names\[_\w+\] = \(?\s*"(\w+)"/gm), ([, word]) => word);

/** Lines of at most 118 characters, the later ones indented. */
function wrap(words) {
  const lines = [''];
  for (const word of words) {
    if (lines.at(-1).length + word.length + 1 > 116) lines.push('');
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${word}`;
  }
  return lines.map((line) => `  ${line}`).join('\n');
}

const source = process.argv[2];
const isWriting = process.argv.includes('--write');
const enumerations = readdirSync(join(source, 'enumerations'))
  .filter((name) => /^[A-Z]\w+\.py$/.test(name))
  .sort()
  .map((name) => [name.slice(0, -3), wordsOf(readFileSync(join(source, 'enumerations', name), 'utf8'))])
  .map(([name, words]) => [name, [...words, ...(VERSION_3[name]?.split(' ') ?? [])]])
  .filter(([, words]) => words.length > 0);
const tables = new Map(
  readdirSync(source)
    .filter((name) => name.endsWith('Row.py'))
    .map((name) => [name.slice(0, -6), columnsOf(readFileSync(join(source, name), 'utf8'))]),
);
const schema = readFileSync(SCHEMA, 'utf8');
let table = '';
const seen = new Map();
const renewed = schema.replace(
  /^([A-Z]\w+)$|(\w+)(\??):(\w+)((?:\[\])*)/gm,
  (whole, name, column, mark, type, axes) => {
    if (name) {
      table = name;
      seen.set(table, []);
      return whole;
    }
    if (table === '') return whole;
    const reference = tables.get(table)?.get(column);
    seen.get(table).push(column);
    if (!reference) console.log(`${table}.${column} is not there`);
    else if (reference.isOptional !== (mark === '?')) console.log(`${table}.${column} is optional in one of the two`);
    const words = reference?.enumeration;
    if ((words ?? '') !== '' && type !== words) console.log(`${table}.${column} takes the words of ${words}`);
    return `${column}${mark}:${words ?? type}${axes}`;
  },
);
for (const [name, columns] of tables) {
  if ([...columns.keys()].join(' ') !== seen.get(name)?.join(' '))
    console.log(`${name} has other columns, or another order`);
}
const text = `/** Words of the enumerations of the ALMA Science Data Model 4, made by scripts/asdm-schema.mjs; words of version 3 (the XML schemas in demorest/sdmpy) that it lost come last. */
export const ENUMERATION_WORDS = \`
${enumerations.map(([name, words]) => `${name}\n${wrap(words)}`).join('\n')}
\`;
`;
if (isWriting) {
  writeFileSync(
    SCHEMA,
    renewed.replace(/(^ {2}\S.*\n)+/gm, (lines) => `${wrap(lines.trim().split(/\s+/))}\n`),
  );
  writeFileSync(ENUMERATIONS, text);
} else if (readFileSync(ENUMERATIONS, 'utf8') !== text) console.log('The enumerations differ.');
