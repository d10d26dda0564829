import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Probe {
  readonly source: string;
  readonly output: string;
}

const root = new URL('../../..', import.meta.url).pathname;
const probes = JSON.parse(readFileSync(join(root, 'test/fixtures/python2/probes.json'), 'utf8')) as Probe[];

/** Runs every probe in its own namespace and prints what each wrote, as JSON. */
const DRIVER = `
import builtins, io, json, sys
import qa2_session
results = []
for source in json.load(open('sources.json')):
    raw = io.BytesIO()
    raw.isatty = lambda: False
    kept, sys.stdout = sys.stdout, qa2_session.Stream(raw)
    try:
        space = {'__name__': '__main__', '__builtins__': builtins}
        qa2_session.run_text(source, '<probe>', space, default=2, old_text=source.encode().decode('latin-1'))
        if sys.stdout.softspace:
            sys.stdout.write('\\n')
        sys.stdout.flush()
        results.append(raw.getvalue().decode())
    except BaseException as error:
        results.append('%s: %s' % (type(error).__name__, error))
    finally:
        sys.stdout = kept
json.dump(results, open('results.json', 'w'))
`;

describe('Python 2 programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qa2-python2-'));
  let results: string[] = [];

  beforeAll(() => {
    writeFileSync(join(folder, 'driver.py'), DRIVER);
    writeFileSync(join(folder, 'sources.json'), JSON.stringify(probes.map(({ source }) => source)));
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', 'driver.py'], {
      cwd: folder,
    });
    expect(run.stderr.toString()).not.toContain('Traceback');
    results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as string[];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(probes.map((probe, index) => [probe.source, index] as const))('%s', (_source, index) => {
    expect(results[index]).toBe(probes[index].output);
  });

  it('are told from Python 3 by numbers such as 1_000 with work that grows as the text does', () => {
    const source = `
import qa2_session, sys
def work(lines):
    text, count = "name = '2016_05_data'\\n" + 'value = [1, 2, 3]\\n' * lines, [0]
    def tell(*_event):
        count[0] += 1
    sys.setprofile(tell)
    language = qa2_session.language_of(text, 'x.py', 2)
    sys.setprofile(None)
    return language, count[0]
few, many = work(100), work(400)
print(few[0], many[0], many[1] < 5 * few[1])
print([qa2_session.language_of(text, 'x.py', 2) for text in ("a = '1_0'; b = 1_000", "a = '1_0'\\rb = 0x1_f", "a = '1_0'; b = '1_000'")])
`;
    const run = spawnSync(process.execPath, [
      join(root, 'bin/casapy.mjs'),
      '--nologfile',
      '--casa-version',
      '6.5.0',
      '-c',
      source,
    ]);
    expect(run.stderr.toString() + run.stdout.toString()).toBe('2 2 True\n[3, 3, 2]\n');
  });

  it('find modules and functions by the names that they had', () => {
    writeFileSync(join(folder, 'part.py'), 'print "part", 7 / 2\nANSWER = 42\n');
    writeFileSync(
      join(folder, 'old.py'),
      `import Queue, ConfigParser, StringIO, HTMLParser, urlparse, sets, md5, sha, imp, types, itertools, exceptions, time
line = Queue.Queue()
line.put('first')
print line.get(), md5.new('ALMA').hexdigest(), sha.new('ALMA').hexdigest()[:8]
reader = ConfigParser.SafeConfigParser()
reader.readfp(StringIO.StringIO('[array]\\nantennas = 43\\n'))
print reader.getint('array', 'antennas'), urlparse.urlparse('http://a.b/c').netloc
print sorted(sets.Set([3, 1])), list(itertools.izip([1, 2], 'ab')), isinstance('a', types.StringTypes), type([]) == types.ListType
print imp.load_source('part', 'part.py').ANSWER, time.clock() >= 0, exceptions.ValueError is ValueError
from math import ceil as up
import math
print up(5) / 2, math.floor(2.5), math.trunc(2.5)
import csv, pickle, cPickle, struct, hashlib, gzip
import xml.etree.cElementTree as ET
from xml.etree import ElementTree
made = open('rows.csv', 'wb')
csv.writer(made).writerow(['a', u'b,c', 2.5])
made.close()
print repr(open('rows.csv', 'rb').read()), list(csv.reader(open('rows.csv', 'rb'))), repr(open('rows.csv').readline())
for protocol in (0, 2, -1):
    pickle.dump({'a': [1, 'u']}, open('kept.pkl', 'w'), protocol)
    print cPickle.load(open('kept.pkl')), pickle.loads(cPickle.dumps('x', protocol)),
print pickle.dumps([1, 2L])[:4] == '(lp0'
open('n.bin', 'wb').write(struct.pack('<2i', 1, 2) + 'end')
source = open('n.bin', 'rb')
print struct.unpack('<2i', source.read(8)), source.read(1), source.tell(), hashlib.md5('ALMA').hexdigest()[:6]
element = ET.fromstring('<a><b k="1"/></a>')
print element.getchildren()[0].attrib, len(element.getiterator()), ET.tostring(element), repr(ElementTree.tostring(element))
print 'abc'.encode('hex'), 'YQ=='.decode('base64'), 'caf\\xc3\\xa9'.decode('utf-8') == u'caf\\xe9', len(u'\\xe9'), type('a'), KeyError
packed = gzip.open('n.gz', 'wb')
packed.write('line\\n')
packed.close()
print gzip.open('n.gz').readlines()
class Sized:
    def __init__(self, size): self.size = size
    def __cmp__(self, other): return cmp(self.size, other.size)
print Sized(1) < Sized(2), Sized(3) == Sized(3), max(Sized(4), Sized(2)).size, sys.version_info[0], sys.version_info >= (3,), set([1])
import nothing_of_the_kind
`,
    );
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', 'old.py'], { cwd: folder });
    expect(run.stdout.toString()).toBe(
      [
        'first 3ebddf9804c556ddfd0e86eb23f59f51 17a146f3',
        '43 a.b',
        "[1, 3] [(1, 'a'), (2, 'b')] True True",
        'part 3',
        '42 True True',
        '2.5 2.0 2',
        String.raw`'a,"b,c",2.5\r\n' [['a', 'b,c', '2.5']] 'a,"b,c",2.5\r\n'`,
        "{'a': [1, 'u']} x {'a': [1, 'u']} x {'a': [1, 'u']} x True",
        '(1, 2) e 9 3ebddf',
        `{'k': '1'} 2 <a><b k="1" /></a> '<a><b k="1" /></a>'`,
        "616263 a True 1 <type 'str'> <type 'exceptions.KeyError'>",
        String.raw`['line\n']`,
        'True True 4 2 False set([1])',
        '',
      ].join('\n'),
    );
    expect(run.stderr.toString()).toContain('ImportError: No module named nothing_of_the_kind');
  });

  it('import modules of archives, in Python 2 too', () => {
    writeFileSync(
      join(folder, 'packer.py'),
      `import zipfile, sys, resource
packed = zipfile.ZipFile('parts.zip', 'w')
packed.writestr('bag/__init__.py', '')
packed.writestr('bag/part.py', 'import lone\\nprint "part", lone.HALF')
packed.writestr('lone.py', 'HALF = 7 / 2')
packed.close()
sys.path.insert(0, 'parts.zip')
import bag.part
used = resource.getrusage(resource.RUSAGE_SELF)
print bag.part.__file__, used.ru_utime > 0, used.ru_maxrss > 50000
`,
    );
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', 'packer.py'], {
      cwd: folder,
    });
    expect(run.stdout.toString()).toBe('part 3\nparts.zip/bag/part.py True True\n');
  });

  it('are told from those of Python 3 by what only one of them has', () => {
    const ofNew = [
      'a = {**{}}',
      'a = 1_000',
      'class A:\n  def __matmul__(self, o): return 1\na = A() @ A()',
      'match 3:\n  case 3: pass',
    ];
    const calls = ['f(*[1], *[2])', 'f(*[1], 3)', 'f(**{}, **{})'].map((call) => `def f(*a, **b): pass\n${call}`);
    const ofBoth = [
      'f = dict\na = f(a=1, **{})',
      '# a@b c_1 1_0\na = "1_0"',
      'class A(object):\n  @property\n  def b(self): return 1',
    ];
    const sources = [...ofNew, ...calls, ...ofBoth].map((source) => `${source}\nprint(1/2)\n`);
    sources.forEach((source, index) => {
      writeFileSync(join(folder, `told${index}.py`), source);
    });
    const all = `for at in range(${sources.length}): execfile('told%d.py' % at)`;
    const run = spawnSync(
      process.execPath,
      [join(root, 'bin/casapy.mjs'), '--nologfile', '--casa-version', '4.7', '-c', all],
      {
        cwd: folder,
      },
    );
    const found = run.stdout.toString().trimEnd().split('\n');
    expect(found).toEqual([...Array(7).fill('0.5'), ...Array(3).fill('0')]);
  });
});
