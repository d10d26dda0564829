import { readNumbers } from './selection-numbers.ts';

/** A selection of fields with the names that a comment gives them. */
interface NamedSelection {
  readonly ids: readonly number[];
  readonly names: readonly string[];
}

/**
 * Names of all fields from the comments behind selections (`field = '0~1,3', # A,B,C`); one name for many fields is that of
 * a mosaic. Fields that only the pointing used get the names left over from the list of pointing calibrators.
 *
 * @param groups fields that belong together, by which several names for many fields are told apart
 */
export function fieldNames(source: string, groups: readonly (readonly number[])[]): string[] {
  const code = source.replace(/^\s*#.*$/gm, '');
  const listed = new Set(headerNames(source));
  const isListed = ({ names: own }: NamedSelection) => own.every((name) => listed.has(name));
  const all = [...readFieldSelections(code), ...readLoops(code)];
  // Comments may say other things than names; those that the list at the script's head has are names.
  const selections = [...all.filter(isListed), ...all.filter((selection) => !isListed(selection))];
  const ids = [...code.matchAll(/\b(?:field|reference)\s*=\s*'([^']*)'/g)].flatMap(([, list]) => readNumbers(list));
  const names = new Map<number, string>();
  const exact = (selection: NamedSelection) => {
    if (selection.ids.length === selection.names.length) {
      selection.ids.forEach((id, index) => void names.set(id, names.get(id) ?? selection.names[index]));
    }
  };
  // Of those that name each field, the longer ones stand: comments behind a changed selection may be left over.
  for (const selection of selections.toSorted((one, other) => other.names.length - one.names.length)) exact(selection);
  for (const selection of selections) {
    const open = { ids: selection.ids.filter((id) => !names.has(id)), names: selection.names };
    exact({ ids: open.ids, names: open.names.filter((name) => ![...names.values()].includes(name)) });
    if (open.names.length === 1) for (const id of open.ids) names.set(id, open.names[0]);
    else exact(open);
    nameGroups(open, groups, names);
  }
  const spare = pointingNames(source).filter((name) => ![...names.values()].includes(name));
  return Array.from({ length: Math.max(0, ...ids) + 1 }, (_, id) => names.get(id) ?? spare.shift() ?? `FIELD-${id}`);
}

function nameGroups(open: NamedSelection, groups: readonly (readonly number[])[], names: Map<number, string>): void {
  const within = groups.filter((group) => group.every((id) => open.ids.includes(id)));
  if (within.length !== open.names.length || within.length < 2) return;
  within.forEach((group, index) => {
    for (const id of group) names.set(id, names.get(id) ?? open.names[index]);
  });
}

const splitNames = (list: string) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
const SOURCE_NAME = /^[\w+.*-]+(?: [\w+.*-]+)?$/;

function readFieldSelections(code: string): NamedSelection[] {
  return [...code.matchAll(/\bfield\s*=\s*'([\d,~ ]+)'\s*,?[ \t]*#[ \t]*([^\n]*)/g)]
    .map(([, list, comment]) => ({ ids: readNumbers(list), names: splitNames(comment) }))
    .filter(({ names }) => names.every((name) => SOURCE_NAME.test(name)));
}

function readLoops(code: string): NamedSelection[] {
  return [...code.matchAll(/\bfor \w+ in \[((?:'\d+',? ?)+)\]:[ \t]*#[ \t]*([^\n]*)/g)].map(([, list, comment]) => ({
    ids: readNumbers(list.replaceAll("'", '')),
    names: splitNames(comment),
  }));
}

/** Names in the list that heads a script, as `# CALIBRATE_PHASE: J1130+1200`. */
function headerNames(source: string): string[] {
  return [...source.matchAll(/^# (?:CALIBRATE|OBSERVE)_\w+: (.*)$/gm)].flatMap(([, list]) => splitNames(list));
}

function pointingNames(source: string): string[] {
  return splitNames(/^# CALIBRATE_POINTING: (.*)$/m.exec(source)?.[1] ?? '');
}

/** Names that the list at a script's head gives as sources which check the calibration. */
export function checkNames(source: string): string[] {
  return splitNames(/^# OBSERVE_CHECK(?:_SOURCE)?: (.*)$/m.exec(source)?.[1] ?? '');
}
