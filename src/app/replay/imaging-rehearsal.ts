import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { allTasks } from '../tasks/index.ts';
import { plainFiles } from './deliveries.ts';
import { casapy } from './member-run.ts';

/** A call of a task with the values that the script gave it. */
export interface RehearsedCall {
  readonly task: string;
  readonly named: Readonly<Record<string, unknown>>;
  /** Numbers of the calls that made MeasurementSets that have other names since. */
  readonly makers?: Readonly<Record<string, number>>;
}

/** What a script would do: its calls of tasks in order, as far as it can be followed without results. */
export interface Rehearsal {
  readonly calls: readonly RehearsedCall[];
  /** MeasurementSets that it reads and does not make, as it names them from calibrated/. */
  readonly inputs: readonly string[];
  /** Images that it uses and has not made by then. */
  readonly absent: readonly string[];
  /** Masks that it is given and that lie nowhere. */
  readonly masks: readonly string[];
  /** Why it stopped before its end. */
  readonly problem?: string;
}

/** How often a script is followed until all that it reads is known. */
const MOST_ROUNDS = 4;
/** MeasurementSets that are tried where a script takes all of a pattern. */
const USUAL_NAMES = [
  'uid___A002_X1_X1.ms',
  'uid___A002_X1_X2.ms',
  'uid___A002_X1_X1.ms.split.cal',
  'uid___A002_X1_X2.ms.split.cal',
  'calibrated.ms',
];
const LOG = '.rehearsal.jsonl';
/** In what the script would have made: the number of the call. */
const MAKER = '.made-by-call';

/**
 * Python that stands before a script: calls of tasks are noted, and make empty directories under the names of what they would
 * make; tools and results are things that take any use.
 */
const PRELUDE = `
import glob, json, os, fnmatch
import qa2_engine
class _Anything(object):
    def __call__(self, *_positional, **_named): return self
    def __getattr__(self, name):
        if name.startswith('__'): raise AttributeError(name)
        return self
    def __getitem__(self, _key): return self
    def __setitem__(self, _key, _value): pass
    def __iter__(self): return iter([])
    def __len__(self): return 0
    def __bool__(self): return True
    __nonzero__ = __bool__
    def __float__(self): return 1.0
    def __int__(self): return 1
    def __index__(self): return 1
    def __str__(self): return '1'
    def tolist(self): return 1.0
    item = tolist
    def _same(self, *_others): return self
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __abs__ = __pow__ = __round__ = _same
    __truediv__ = __rtruediv__ = __div__ = __rdiv__ = __floordiv__ = __mod__ = _same
    def __lt__(self, _other): return False
    __le__ = __gt__ = __ge__ = __lt__
    def __contains__(self, _item): return False
def _rehearse():
    orders = json.loads(open('${LOG}.orders').read())
    anything, real, log = _Anything(), qa2_engine.ask, open('${LOG}', 'a')
    count = [0]
    def note(event):
        log.write(json.dumps(event) + '\\n')
        log.flush()
    def make(name):
        if not name or not isinstance(name, str) or os.path.exists(name): return
        os.makedirs(name)
        with open(name + '/${MAKER}', 'w') as maker: maker.write(str(count[0]))
    def maker(name):
        path = name.rstrip('/') + '/${MAKER}'
        return int(open(path).read()) if os.path.isfile(path) else None
    def texts(value):
        values = value if isinstance(value, (list, tuple)) else [value]
        return [one for one in values if isinstance(one, str) and one]
    def ask(request):
        if request['kind'] == 'tool' and request['tool'] != 'casalog': return anything
        if request['kind'] == 'new-tool': return anything
        if request['kind'] != 'task': return real(request)
        name = request['name']
        named = dict(zip(orders.get(name, []), request['positional']))
        named.update(request['named'])
        makers = dict((one, maker(one)) for one in texts(named.get('vis')))
        note({'task': name, 'named': named, 'makers': dict((one, at) for one, at in makers.items() if at is not None)})
        for one in texts(named.get('vis')):
            if not os.path.exists(one): note({'missing': one})
        for one in texts(named.get('imagename')) + texts(named.get('pbimage')) if name not in ('clean', 'tclean') else []:
            if not os.path.exists(one): note({'absent': one})
        for one in texts(named.get('mask')) if name in ('clean', 'tclean') else []:
            if not os.path.exists(one) and '[' not in one and not one.startswith('auto'): note({'mask': one})
        for key in ('outputvis', 'concatvis', 'outfile', 'fitsimage'):
            if isinstance(named.get(key), str): make(named[key])
        if name in ('clean', 'tclean') and named.get('imagename'):
            terms = (named.get('nterms') or 2 if named.get('deconvolver') == 'mtmfs' else 1) if name == 'tclean' else named.get('nterms') or 1
            ends = ['.tt%d' % term for term in range(int(terms))] if terms > 1 or named.get('deconvolver') == 'mtmfs' else ['']
            kinds = ['image', 'model', 'residual', 'psf'] + (['image.pbcor'] if name == 'tclean' and named.get('pbcor') else [])
            for kind in kinds:
                for end in ends: make(named['imagename'] + ('.image' + end + '.pbcor' if kind == 'image.pbcor' else '.' + kind + end))
            for kind in ('flux', 'mask') if name == 'clean' else ('pb' + ends[0], 'mask', 'sumwt' + ends[0]):
                make(named['imagename'] + '.' + kind)
        if name == 'uvcontsub' and named.get('vis') and not named.get('outputvis'):
            make(named['vis'] + '.contsub')
            if named.get('want_cont'): make(named['vis'] + '.cont')
        count[0] += 1
        if name == 'rmtables':
            for one in texts(named.get('tablenames')):
                for path in glob.glob(one): os.system('rm -rf ' + path)
        return anything
    found = glob.glob
    def listed(pattern, *_positional, **_named):
        names = found(pattern, *_positional, **_named)
        if not names: note({'glob': pattern})
        return names
    qa2_engine.ask, glob.glob = ask, listed
_rehearse()
`;

interface LoggedEvent {
  readonly task?: string;
  readonly named?: Record<string, unknown>;
  readonly glob?: string;
  readonly missing?: string;
  readonly makers?: Record<string, number>;
  readonly absent?: string;
  readonly mask?: string;
}

/**
 * Follows a script without running any task, and says what it would do.
 *
 * @param script file of the script
 * @param scratch directory in which it may be followed
 */
export function rehearse(script: string, scratch: string): Rehearsal {
  const inputs = new Set<string>();
  let rehearsal: Rehearsal = { calls: [], inputs: [], absent: [], masks: [] };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { events, problem } = follow(script, scratch, [...inputs]);
    const calls = events.flatMap(({ task, named, makers }) => (task && named ? [{ task, named, makers }] : []));
    const before = inputs.size;
    for (const { missing } of events) if (missing !== undefined) inputs.add(trimmed(missing));
    // What later patterns take, the script makes from what the first one takes.
    const [first] = events.map(({ glob }) => namesLike(glob)).filter((names) => names.length > 0);
    if (inputs.size === 0) for (const name of first ?? []) inputs.add(name);
    const absent = events.flatMap((event) => event.absent ?? []);
    const masks = [...new Set(events.flatMap((event) => event.mask ?? []))];
    rehearsal = { calls, inputs: [...inputs], absent, masks, problem };
    if (inputs.size === before) break;
  }
  return rehearsal;
}

function follow(script: string, scratch: string, inputs: readonly string[]) {
  mkdirSync(scratch, { recursive: true });
  const root = mkdtempSync(join(scratch, 'rehearsal-'));
  const place = workplace(root, inputs);
  mkdirSync(place, { recursive: true });
  for (const name of inputs) mkdirSync(resolve(place, name), { recursive: true });
  const folder = join(dirname(place), 'script');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rehearsal.py'), PRELUDE);
  copyWithNeighbours(script, folder, place);
  const orders = Object.fromEntries(
    allTasks().map(({ name, parameters }) => [name, parameters.map((one) => one.name)]),
  );
  writeFileSync(join(place, `${LOG}.orders`), JSON.stringify(orders));
  const code = `execfile('../script/rehearsal.py'); execfile('../script/${basename(script)}')`;
  const status = casapy(root, place, code, ['--nologfile', '--allow', `${root}:rw`]);
  const log = join(place, LOG);
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').filter(Boolean) : [];
  const events = lines.map((line) => JSON.parse(line) as LoggedEvent);
  const output = readFileSync(join(root, 'output.txt'), 'utf8').trimEnd().split('\n');
  rmSync(root, { recursive: true, force: true });
  return { events, problem: status === 0 ? undefined : output.at(-1) };
}

/** Largest file beside a script that it may need. */
const NEIGHBOUR_BYTES = 1 << 20;

/**
 * Copies a script into a directory, and the small files that lie beside it: parts of it, masks as text, lists. Those that it names, as
 * files or modules, lie where it runs, too.
 *
 * @param place directory in which it runs
 */
export function copyWithNeighbours(script: string, folder: string, place: string): void {
  const from = dirname(script);
  const words = new Set(readFileSync(script, 'utf8').match(/\w+/g));
  for (const name of plainFiles(from)) {
    if (statSync(join(from, name)).size > NEIGHBOUR_BYTES) continue;
    copyFileSync(join(from, name), join(folder, name));
    const isNamed = (name.match(/\w+/g) ?? []).slice(0, 1).some((stem) => words.has(stem));
    if (isNamed && name !== basename(script)) copyFileSync(join(from, name), join(place, name));
  }
}

/** calibrated/ so deep below the top that all that a script reads lies below the top too. */
export function workplace(root: string, inputs: readonly string[]): string {
  const climbs = (name: string) => /^(?:\.\.\/)*/.exec(name)?.[0].length ?? 0;
  const depth = Math.max(0, ...inputs.map((name) => climbs(name) / 3 - 1));
  return join(root, ...Array.from({ length: depth }, (_, level) => `level-${level + 1}`), 'calibrated');
}

/** The texts of a value: one, or those of a list. */
export const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');

/** Names that a call makes as MeasurementSets. */
export function madeBy({ task, named }: RehearsedCall): string[] {
  const made = [...textsOf(named.outputvis), ...textsOf(named.concatvis)];
  if (task === 'uvcontsub' && made.length === 0) {
    for (const vis of textsOf(named.vis)) made.push(`${trimmed(vis)}.contsub`, `${trimmed(vis)}.cont`);
  }
  return made.map(trimmed);
}

export const trimmed = (name: string): string => relative('.', name) || name;
export const visesOf = ({ named }: RehearsedCall): string[] => textsOf(named.vis).map(trimmed);

/** Usual names of MeasurementSets that a pattern takes; those of one kind. */
function namesLike(pattern: string | undefined): string[] {
  if (pattern === undefined) return [];
  const source = pattern
    .replace(/[.+^$(){}|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  const isLike = new RegExp(`^${source}$`);
  const fitting = USUAL_NAMES.filter((name) => isLike.test(name));
  return fitting.filter((name) => name.endsWith('.cal') === fitting[0].endsWith('.cal')).slice(0, 2);
}
