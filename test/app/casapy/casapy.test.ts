import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'qa2-casapy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function casapy(...args: string[]) {
  const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', ...args], { cwd: folder });
  return { code: run.status, out: run.stdout.toString(), err: run.stderr.toString() };
}

describe('casapy', () => {
  it('runs Python 2 and tells the version that the script checks for', () => {
    const source = `import re
if re.search('^4.2.1', casadef.casa_version) == None:
  sys.exit('wrong version')
print 7/2, cu.version(), casalog.version(), sqrt(4), ceil(5)/2, time.time() > shutil.__name__.count('x')
execfile('newer.py')`;
    writeFileSync(
      join(folder, 'newer.py'),
      `from casarecipes.almahelpers import tsysspwmap
from taskinit import tb, tbtool, casalog
from tasks import flagdata, viewer
import analysisUtils as au, casac, pickle
from clean_cli import clean_cli as clean
from __main__ import default
class Kept: pass
if not isinstance(pickle.loads(pickle.dumps(Kept())), Kept) or au is not aU or hasattr(tb, 'nosuch'): sys.exit('names')
if re.search('^5.6.1', '.'.join([str(i) for i in cu.version().tolist()[:-1]])) == None: sys.exit('wrong version')\n`,
    );
    expect(casapy('-c', source)).toMatchObject({ code: 0, out: '3 [4 2 1 0] CASA Version 4.2.1 2.0 2.5 True\n' });
    const neutral =
      "if re.search('^5.6.1', '.'.join([str(i) for i in cu.version()])) == None: sys.exit(1)\nprint('a', 7/2)";
    expect(casapy('-c', neutral).out).toBe("('a', 3)\n");
  });

  it('runs Python 3 when the script is that', () => {
    const modern = "import casalith, casatools\nif not casalith.version_string().startswith('6.1.1'): sys.exit(1)\n";
    expect(casapy('-c', `${modern}print('a', 7/2, casatools.version())`).out).toBe('a 3.5 [6, 1, 1, 0]\n');
    // Of 3 by its syntax, whatever versions its comments name.
    const mixed =
      "# casapy 4.1 and earlier\n# from __future__ import print_function\nimport sys\nprint('a', 7/2, end='!\\n', file=sys.stdout)";
    expect(casapy('-c', mixed).out).toBe('a 3.5!\n');
    expect(casapy('-c', "from __future__ import print_function\n# CASA 4.7\nprint(7/2, end='!\\n')").out).toBe('3!\n');
    // What Python 3.12 and later warn about was silent in those of CASA 6.
    const loose = 'from casatasks import split\nprint("\\d")';
    expect(casapy('-c', loose)).toMatchObject({ out: '\\d\n', err: '' });
    expect(casapy('-c', "print(f'{7/2}', sorted({'b': 1, 'a': 2}))").out).toBe("3.5 ['a', 'b']\n");
  });

  it("gives sys.argv as the script's CASA did", () => {
    writeFileSync(join(folder, 'four.py'), 'print sys.argv[sys.argv.index("-c") - 1:]\n');
    writeFileSync(join(folder, 'five.py'), '# CASA 5.6.1\nprint sys.argv\n');
    writeFileSync(join(folder, 'six.py'), 'from casatasks import split\nprint(sys.argv)\n');
    expect(casapy('--nogui', '-c', 'four.py', '1').out).toBe("['--nogui', '-c', 'four.py', '1']\n");
    expect(casapy('--nogui', '-c', 'five.py', '1', '--x').out).toBe("['casa', '-c', 'five.py', '1', '--x']\n");
    expect(casapy('--nogui', '-c', 'six.py', '1').out).toBe("['six.py', '1']\n");
  });

  it("numbers errors of the system as Linux does, and leaves a script's own as they are", () => {
    const source = (name: string) => `import os, errno
from errno import EEXIST
for act in (lambda: open('no'), lambda: os.mkdir('made'), lambda: os.rename('no', 'b')):
    try:
        act()
    except EnvironmentError as ${name}:
        print((${name}.errno, ${name}.errno in (errno.ENOENT, EEXIST), ${name}.strerror))
try:
    raise OSError(2, 'mine')
except OSError as ${name}:
    print((${name}.errno, os.strerror(${name}.errno)))
os.mkdir('made/made')
os.rmdir('made')
`;
    mkdirSync(join(folder, 'made'));
    const told = "(2, True, 'No such file or directory')";
    const out = [told, "(17, True, 'File exists')", told, "(2, 'No such file or directory')", ''].join('\n');
    for (const start of ['from casatasks import split\n', 'if 1 <> 1: print 2\n']) {
      const run = casapy('-c', start + source('e'));
      expect(run.out).toBe(out);
      expect(run.err).toContain("[Errno 39] Directory not empty: 'made'");
      rmSync(join(folder, 'made/made'), { recursive: true });
    }
  });

  it("makes errors of the kind that Linux's number has, in scripts and in modules that lie beside them", () => {
    writeFileSync(
      join(folder, 'beside.py'),
      `import errno, os
def fail():
    try:
        open('no')
    except IOError as error:
        raise OSError(errno.EEXIST, os.strerror(errno.EEXIST), str(error.errno))
`,
    );
    const source = `import errno, importlib, os
from beside import fail
print(importlib.import_module('errno').ENOENT)
try:
    fail()
except FileExistsError as error:
    print(error)
for number in (errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ENOSPC, 9999):
    print(type(OSError(number, 'a', 'b')).__name__)
raise IOError(errno.ENOENT, os.strerror(errno.ENOENT), 'file')`;
    const run = casapy('-c', `from casatasks import split\n${source}`);
    const kinds = ['FileNotFoundError', 'PermissionError', 'NotADirectoryError', 'OSError', 'OSError'];
    expect(run.out.trimEnd().split('\n')).toEqual(['2', "[Errno 17] File exists: '2'", ...kinds]);
    expect(run.err).toContain("FileNotFoundError: [Errno 2] No such file or directory: 'file'");
    const old = casapy('-c', "import errno\nprint 1\nraise IOError, (errno.ENOENT, 'gone')");
    expect(old.err).toContain('\nIOError: [Errno 2] gone');
    const kinds2 = casapy('-c', "try: os.mkdir('n/o')\nexcept OSError, e: print [e]\nprint 1\nopen('none')");
    expect(kinds2.out).toBe("[OSError(2, 'No such file or directory')]\n1\n");
    expect(kinds2.err).toContain("\nIOError: [Errno 2] No such file or directory: 'none'");
  });

  it('runs a sum of very many terms, whatever stands beside it', () => {
    const source = `from casatasks import split\nprint(${Array(1500).fill('1').join('+')}, end='!')`;
    expect(casapy('-c', `${source}\ntry: pass\nexcept OSError: pass`)).toMatchObject({ out: '1500!', err: '' });
  });

  it('writes to what os.popen and its like start', () => {
    const source = `import os
pipe = os.popen('cat > piped', 'w'); print >>pipe, 'in', 7; print pipe.close(), open('piped').read(),
given, made = os.popen2('tr a b'); given.write('aaa'); given.close(); print made.read()`;
    expect(casapy('-c', source).out).toBe('None in 7\nbbb\n');
    // Whoever forgets to close it gets what the program does all the same, at once or at the end.
    const open = `import os, subprocess
def tell(): os.popen('cat > told', 'w').write('at once')
tell(); print open('told').read()
kept = os.popen('cat; echo', 'w'); kept.write('kept')
given, made = os.popen2('cat > given; echo'); given.write('given')
process = subprocess.Popen('cat', shell=True, stdin=subprocess.PIPE); process.stdin.write('last')
sys.exit(4)`;
    expect(casapy('-c', open)).toMatchObject({ code: 4, out: 'at once\nkept\nlast', err: '' });
    expect(readFileSync(join(folder, 'given'), 'utf8')).toBe('given');
  });

  it('has tasks that say True in Python 2, as those of CASA 4 did, and nothing in Python 3', () => {
    const make = "ia.fromarray('true.im', [[1.0, 2.0]], overwrite=True); ia.close()";
    const copy = "imsubimage('true.im', outfile='copy.im', overwrite=True)";
    expect(casapy('-c', `${make}\nprint ${copy}`).out).toBe('True\n');
    expect(casapy('-c', `if 0: assert split('a.ms')\nprint(${copy})`).out).toBe('True\n');
    expect(casapy('-c', `from casatasks import imsubimage\nprint(${copy})`).out).toBe('None\n');
  });

  it('runs files in the same namespace, each in its own Python', () => {
    writeFileSync(join(folder, 'two.py'), "print mysteps, 3/2\nx = 'set'\n");
    writeFileSync(join(folder, 'three.py'), "print(f'{x} {3/2}')\n");
    // Python 3 reads these too, as divisions and tuples of what print returns.
    writeFileSync(join(folder, 'printed.py'), "print (7)/2, 'of'\nif x: print ('%s') % 3\nprint\n");
    writeFileSync(join(folder, 'new.py'), 'import configparser\nconfigparser.ConfigParser()\nprint(7, 3/2)\n');
    expect(casapy('new.py').out).toBe('7 1.5\n');
    writeFileSync(join(folder, 'called.py'), 'from xml.etree import cElementTree\nprint(7, 3/2)\n');
    const files = ['two', 'three', 'printed', 'called'].map((name) => `execfile('${name}.py')`);
    const run = casapy('-c', `mysteps = [0]; ${files.join('; ')}`);
    expect(run).toMatchObject({ code: 0, out: '[0] 1\nset 1.5\n3 of\n3\n\n7 1.5\n' });
  });

  it('ends well however soon after the last call of a tool, where the engine still gets ready for the next', () => {
    for (const wait of [0.006, 0.009, 0.012, 0.015, 0.018, 0.021]) {
      const source = `qa.quantity('1s')\nend = time.time() + ${wait}\nwhile time.time() < end: pass\n`;
      expect(casapy('--trust', '-c', source)).toMatchObject({ code: 0, err: '' });
    }
  });

  it("ends with an error at the script's own line when a task fails", () => {
    writeFileSync(join(folder, 'failing.py'), "print 'before'\nimstat('no.image')\nprint 'after'\n");
    const run = casapy('failing.py');
    expect(run.code).toBe(1);
    expect(run.out).toBe('before\n');
    expect(run.err).toContain('File "failing.py", line 2, in <module>');
    expect(run.err.trim().split('\n').pop()).toMatch(/^CasaError: .*no\.image/);
  });

  it('says how to let a script at data outside of its directories', () => {
    const wish = 'casapy --allow /elsewhere would let it (/elsewhere/my.ms)';
    const source =
      "try: listobs('/elsewhere/my.ms')\nexcept Exception as error: print(error)\nopen('/elsewhere/my.ms')";
    const run = casapy('-c', source);
    expect(run.out).toContain(wish);
    expect(run.err.trim().split('\n').pop()).toContain(wish);
  });

  it('makes the log file that the script asks for, and hands over the exit code', () => {
    const run = casapy('-c', "casalog.setlogfile('my.log'); casalog.post('hello'); sys.exit(3)");
    expect(run.code).toBe(3);
    expect(readFileSync(join(folder, 'my.log'), 'utf8')).toMatch(/\tINFO\tcasa::::casa\thello\n/);
  });

  it('sees files that the shell made, in the directory of Python', () => {
    const source = `os.system('mkdir -p sub'); os.chdir('sub'); os.system('echo text > f')
print open('f').read(), os.popen('ls').readlines(), os.path.isdir('../sub')`;
    expect(casapy('-c', source).out).toBe("text\n['f\\n'] True\n");
    expect(existsSync(join(folder, 'sub', 'f'))).toBe(true);
  });

  it('has a prompt with inp, default, saveinputs and tget', () => {
    const first = ['print 7/2', '', '# half', '  print 9/2', '1/0', 'inp', 'tget split'];
    const lines = [...first, 'for i in range(2):', '    print i', '', 'default imstat', 'imagename = "a b"'];
    const more = ['saveinputs', 'imagename = ""', "tget('imstat', 'imstat.saved')", 'imagename', 'exit()', ''];
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile'], {
      cwd: folder,
      input: [...lines, ...more].join('\n'),
    });
    expect(run.status).toBe(0);
    const shown = run.stdout.toString().replace(/CASA <\d+>: | {3}\.\.\.: /g, '');
    expect(shown).toBe("3\n4\n0\n1\n'a b'\n");
    expect(run.stderr.toString()).toContain('ZeroDivisionError');
    expect(run.stderr.toString()).toContain('CasaUsageError: No task is chosen yet');
    expect(run.stderr.toString()).toContain('CasaUsageError: tget(): there is no split.last here');
  });

  it('has the modules that analysts import, and says of packages that are not here what there is', () => {
    const source = `from taskinit import gentools
from casampi.MPIEnvironment import MPIEnvironment
import matplotlib.ticker as ticker
from matplotlib.patches import Ellipse
print('%s %s %s' % (gentools(['tb', 'ms']), MPIEnvironment.is_mpi_enabled, ticker.__name__))
try:
    Ellipse((0, 0), 1, 2)
except NotImplementedError as error:
    print(str(error)[:40])
try:
    from astropy.table import Table
    from astropy.coordinates import SkyCoord
    Table()
except NotImplementedError as error:
    print(error)
`;
    writeFileSync(join(folder, 'imports.py'), source);
    const names = casapy('-c', 'print np.mean([1, 2]), pl is pylab, plt.__name__, au is aU').out;
    expect(names).toBe('1.5 True matplotlib.pyplot True\n');
    const run = casapy('--casa-version', '6.5.0', 'imports.py');
    expect(run.out).toBe(
      '(<CASA tool tb>, <CASA tool ms>) False matplotlib.ticker\nmatplotlib.patches.Ellipse() is not avai\n' +
        'astropy.table.Table is not available here: of astropy, casapy has io.fits, units, constants, SkyCoord (ICRS, FK5, Galactic) and angles, wcs of images, mad_std and log.\n',
    );
  });

  it('says of tools that are not here what they are, once one is used', () => {
    const old =
      'from taskinit import gentools, casac\nsm = gentools(["sm"])[0]\nprint vp, casac.simulator()\nsm.open("a.ms")';
    const run = casapy('-c', old);
    expect(run.out).toBe('<CASA tool vp, not available> <CASA tool sm, not available>\n');
    expect(run.err).toMatch(/The tool sm \(simulation of observations; .*\) is not available here/);
    const modern = 'from casatools import vpmanager\nvpmanager().setpbairy("ALMA")';
    expect(casapy('-c', modern).err).toContain('The tool vp (tables of primary beams) is not available here');
  });

  it('tells at its prompt how a tool and its methods are called', () => {
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile'], {
      cwd: folder,
      input: 'help(cu)\ntb.getcol?\nhelp("split")\ntb.getcol\n',
    });
    const shown = run.stdout.toString().replace(/CASA <\d+>: /g, '');
    expect(shown).toContain('cu: The version of CASA\n\n  cu.version()\n');
    expect(shown).toContain('tb.getcol(columnname, startrow=0, nrow=-1, rowincr=1)\n\ntb: Reads and changes tables\n');
    expect(shown).toContain('split(vis, outputvis,');
    expect(shown.trim().split('\n').pop()).toBe('<CASA method tb.getcol>');
  });

  it('takes at its prompt what is no Python: commands of IPython and the shell, calls without parentheses, globals', () => {
    writeFileSync(join(folder, 'typed.py'), 'print sys.argv[1:]\n');
    const lines = [
      '%run typed.py a "b c"',
      'run typed.py',
      'cat typed.py',
      'files = !ls typed.*',
      'files',
      '_[0]',
      'len files',
    ];
    const magic = [
      '%cpaste',
      '  >>> for i in range(2):',
      '  ...     print i',
      '  --',
      '%time 1+1',
      '%edit',
      'run absent.py',
      'inp = 3',
      'inp',
    ];
    const tasks = [
      'vis = "a.ms"',
      'del inp',
      'inp listobs',
      'try: listobs()',
      'except Exception, error: print error',
      '',
    ];
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile'], {
      cwd: folder,
      input: [...lines, ...magic, ...tasks, 'quit', ''].join('\n'),
    });
    expect(run.status).toBe(0);
    const shown = run.stdout.toString().replace(/CASA <\d+>: | {3}\.\.\.: /g, '');
    expect(shown.split('\n').slice(0, 6)).toEqual([
      "['a', 'b c']",
      '[]',
      'print sys.argv[1:]',
      "['typed.py']",
      "'typed.py'",
      '1',
    ]);
    expect(shown).toMatch(/\n:+0\n1\nCPU times: .*\n2\n3\n/);
    expect(shown).toContain('There is no MeasurementSet of this name. (');
    expect(shown).toContain('/a.ms)');
    expect(run.stderr.toString()).toMatch(/The prompt has no %edit; it has %run/);
    expect(run.stderr.toString()).toContain("No such file or directory: 'absent.py'");
  });

  it('calls at its prompt a task that stands alone, as IPython of CASA does, and tells on ? what there is', () => {
    const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile'], {
      cwd: folder,
      input: 'vis = "no.ms"\nlistobs\n?\nquit\n',
    });
    expect(run.stderr.toString()).toMatch(/There is no MeasurementSet of this name.*no\.ms/);
    expect(run.stdout.toString()).toContain('help(task) describes a task');
  });

  it('keeps the lines of its prompt in the directory where it was started', () => {
    const start = mkdtempSync(join(folder, 'typed-'));
    const input = '!mkdir inner\ncd inner\nprint 1\nquit\n';
    spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile'], { cwd: start, input });
    expect(readdirSync(start).sort()).toEqual(['inner', 'ipython.hist']);
    expect(readdirSync(join(start, 'inner'))).toEqual([]);
    expect(readFileSync(join(start, 'ipython.hist'), 'utf8')).toContain('print 1\n');
  });

  it('gives subprocess what a program prints as text or bytes, with its errors and its input', () => {
    const source = `from casatasks import listobs
import subprocess
with subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process: print(process.communicate(b'in'))
writer = subprocess.Popen('cat > typed', shell=True, stdin=subprocess.PIPE, text=True)
writer.stdin.write('a\\n'); writer.stdin.write('b'); writer.stdin.close(); print(writer.wait(), open('typed').read())
print(subprocess.run('ls no', shell=True, capture_output=True, text=True).stderr, end='')
print(subprocess.Popen('ls no', shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.readlines())`;
    const complaint = "ls: cannot access 'no': No such file or directory\\n";
    expect(casapy('-c', source).out).toBe(
      `(b'in', None)\n0 a\nb\n${complaint.replace('\\n', '\n')}[b"${complaint}"]\n`,
    );
    const old = "import subprocess; print repr(subprocess.check_output(['echo', 'x']))";
    expect(casapy('-c', old).out).toBe("'x\\n'\n");
  });

  it('keeps the parameters of a task as CASA does, and heads its log with the version', () => {
    const source = `default(listobs); vis = 'no.ms'; verbose = False
saveinputs('listobs', 'kept')
try: listobs()
except Exception, error: print 'failed'
vis = ''
tget(listobs); print vis, verbose
try: split('a.ms', 'b.ms', width=4)
except Exception, error: print 'failed'
lines = open('split.last').read().split('\\n')
print lines[0], lines[1], lines[17], lines[-2][:40]
execfile('kept'); print vis
inp()`;
    const run = casapy('--logfile', 'own.log', '--casa-version', '4.5.3', '-c', source);
    const [first, second, third, fourth, fifth, sixth, seventh] = run.out.split('\n');
    expect([first, second, third]).toEqual(['failed', 'no.ms False', 'failed']);
    expect(fourth).toBe(
      'taskname           = "split" vis                =  "a.ms" width              =  4 #split(vis="a.ms",outputvis="b.ms",keepm',
    );
    expect(fifth).toBe('no.ms');
    expect(sixth).toBe('#  listobs :: Lists what an observation holds');
    expect(seventh).toMatch(/^vis {17}= {4}'no.ms' {8}# /);
    const log = readFileSync(join(folder, 'own.log'), 'utf8').split('\n');
    expect(log[2]).toMatch(/\tINFO\t::casa\+\tCASA Version 4\.5\.3 /);
    expect(log[3]).toMatch(/\tINFO\tlistobs::::casa\t##########################################$/);
  });

  it('keeps long numbers so that they are read again, and shows with inp the parameters that count', () => {
    const run = casapy(
      '-c',
      "default('clean'); niter = 8L; saveinputs('clean', 'long'); niter = 0; execfile('long'); print niter; inp()",
    );
    expect(run.out.split('\n')[0]).toBe('8');
    expect(run.out).toMatch(/\ngridmode .*\ninterpolation /s);
    expect(run.out).not.toContain('rotpainc');
  });

  it('ends with the code of os._exit as Linux counts it', () => {
    const run = casapy('-c', 'import os\nprint 1\nos._exit(-1)');
    expect(run).toMatchObject({ code: 255, out: '1\n', err: '' });
  });

  it('needs source text after -c', () => {
    expect(casapy('-c').code).toBe(2);
  });

  it('forecasts the disk space of scriptForPI, and fails when what it promises is missing', () => {
    const script = join(folder, 'tree', 'script');
    const binary = join(folder, 'tree', 'raw', 'uid___A.asdm.sdm', 'ASDMBinary');
    for (const path of [script, binary]) mkdirSync(path, { recursive: true });
    writeFileSync(join(binary, 'bdf'), new Uint8Array(1e6));
    writeFileSync(join(script, 'member.uid___A001_X1_X2.uid___A.ms.scriptForCalibration.py'), '');
    writeFileSync(join(script, 'scriptForPI.py'), "os.mkdir('../calibrated')\nprint 'done'\n");
    const args = [join(root, 'bin/casapy.mjs'), '--nologfile', '-c', "execfile('scriptForPI.py')"];
    const run = spawnSync(process.execPath, args, { cwd: script });
    expect(run.status).toBe(1);
    expect(run.stdout.toString()).toMatch(
      /Forecast: about 17 MB .*\ndone\nResult \S*\/calibrated\/uid___A\.ms\.split\.cal: missing/,
    );
    expect(run.stderr.toString().trim().split('\n').pop()).toContain('1 of the results');
  });

  it.each([
    ['rerun', '', /Not started: script\/ has no casa_piperestorescript.py, .* anew \(casa_pipescript.py\)/],
    ['contsub', 'DOCONTSUB=True; ', /Not started: .* Start without DOCONTSUB for the calibrated data/],
    ['selfcal', '', /Not started: .* Move a.selfcal.json out of calibration\/ for/],
  ])('does not start a scriptForPI that would come to heuristics of the pipeline: %s', (name, before, sentence) => {
    const [script, calibration] = ['script', 'calibration'].map((part) => join(folder, name, part));
    for (const path of [script, calibration]) mkdirSync(path, { recursive: true });
    writeFileSync(join(script, 'casa_pipescript.py'), '');
    if (name !== 'rerun') writeFileSync(join(script, 'a.casa_piperestorescript.py'), '');
    writeFileSync(join(calibration, 'a.cont.dat'), '');
    if (name === 'selfcal') writeFileSync(join(calibration, 'a.selfcal.json'), '{}');
    const text = "print('started')\n# *selfcal.json *casa_pipescript.py\nif False: hif_mstransform()\n";
    writeFileSync(join(script, 'a.scriptForPI.py'), text);
    const run = (code: string) =>
      spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', '-c', code], { cwd: script });
    const refused = run(`${before}execfile('a.scriptForPI.py')`);
    expect(refused.status).toBe(1);
    expect(refused.stdout.toString()).not.toContain('started');
    expect(refused.stderr.toString()).toMatch(sentence);
    if (name === 'contsub') expect(run("execfile('a.scriptForPI.py')").stdout.toString()).toContain('started');
  });

  it('does not start a scriptForPI for which the disk is too small, unless told to', () => {
    const script = join(folder, 'large', 'script');
    const binary = join(folder, 'large', 'raw', 'uid___B.asdm.sdm', 'ASDMBinary');
    for (const path of [script, binary]) mkdirSync(path, { recursive: true });
    writeFileSync(join(binary, 'bdf'), '');
    truncateSync(join(binary, 'bdf'), 15e12); // a hole: it takes no space itself
    writeFileSync(join(script, 'scriptForPI.py'), "print 'started'\n");
    const run = (before: string) =>
      spawnSync(
        process.execPath,
        [join(root, 'bin/casapy.mjs'), '--nologfile', '-c', `${before}; execfile('scriptForPI.py')`],
        { cwd: script },
      );
    const refused = run('SPACESAVING=1');
    expect(refused.status).toBe(1);
    expect(refused.stdout.toString()).not.toContain('started');
    expect(refused.stderr.toString()).toMatch(
      /Not started: .* Make room \(SPACESAVING=3 needs \d+ MB\); IGNORESPACE=True/,
    );
    expect(run('IGNORESPACE=True').stdout.toString()).toContain('started');
  });

  it('goes on where a script wants a window or locks, and knows the good sizes of images', () => {
    const idle = casapy('-c', "browsetable('x.ms'); clearplot(); clearstat(); print 'on'");
    expect(idle).toMatchObject({ code: 0, out: 'on\n' });
    const sizes =
      'from casatools import synthesisutils\nprint([synthesisutils().getOptimumSize(n) for n in (7, 97, 2049)])';
    expect(casapy('-c', sizes).out).toBe('[8, 100, 2160]\n');
  });

  it('refuses wrong options with exit code 2', () => {
    expect(casapy('--nonsense').code).toBe(2);
  });
});
