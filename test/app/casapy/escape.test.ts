import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
const top = realpathSync(mkdtempSync(join(tmpdir(), 'qa2-escape-')));
const script = join(top, 'tree', 'script');
const secret = join(top, 'secret');
afterAll(() => rmSync(top, { recursive: true }));

/** Every act is tried; what a script could see or do with it is printed. */
const ATTACK = `
import os, sys
TOP, ROOT = sys.argv[-2:]
def tries(name, act):
    try:
        found = act()
    except BaseException as error:
        print('%s: refused' % name)
    else:
        print('%s: %s' % (name, 'ESCAPED %r' % (found,) if found else 'nothing'))

for module in ('js', 'pyodide_js', 'pyodide', 'pyodide.code', '_pyodide', '_pyodide_core', 'ctypes', '_ctypes', '_testcapi',
               '_posixsubprocess', '_interpreters', '_remote_debugging'):
    tries('import ' + module, lambda: __import__(module))
def c_shell():
    import posix
    return posix.system('echo ESCAPED') == 0
tries('posix.system', c_shell)
def again(name):
    import importlib.machinery as machinery
    return machinery.BuiltinImporter.create_module(machinery.ModuleSpec(name, machinery.BuiltinImporter, origin='built-in'))
for name in ('_ctypes', '_pyodide_core', 'posix', '_imp', 'gc'):
    tries('again ' + name, lambda: again(name))
def created():
    import _imp
    return _imp.create_builtin
tries('create_builtin', created)
def objects():
    import gc
    return gc.get_objects() or gc.get_referrers(object)
tries('gc', objects)
def proxies():
    return [name for name, module in sys.modules.items() for value in list(vars(module).values()) if 'Proxy' in type(value).__name__ and 'ffi' in type(value).__module__]
tries('proxies', proxies)
def beside(folder):
    'What a directory shows, without the way to directories that may be read and without what the interpreter itself makes'
    if folder.startswith('/proc'):
        return None
    ways = [os.path.dirname(os.getcwd()) + '/', os.environ['CASAPATH'].split()[0] + '/']
    below = [os.path.normpath(folder + '/' + name) + '/' for name in os.listdir(folder)]
    return [path for path in below if not any(way.startswith(path) for way in ways)]
for path in (TOP + '/secret/key', '../../secret/key', '/etc/passwd', '/proc/self/environ', '/proc/1/environ', ROOT + '/package.json'):
    tries('open ' + path, lambda: open(path).read())
    tries('listdir ' + path, lambda: beside(os.path.dirname(path)))
tries('link', lambda: os.symlink(TOP + '/secret', 'out') or open('out/key').read())
tries('link up', lambda: os.symlink('../../secret/key', 'up') or open('up').read())
tries('hard link', lambda: os.link(TOP + '/secret/key', 'hard') or open('hard').read())
tries('rename', lambda: os.rename('../raw/data', 'data') or True)
tries('write raw', lambda: open('../raw/data', 'w').write('x'))
tries('append qa', lambda: open('../qa/report', 'a').write('x'))
tries('truncate', lambda: os.truncate('../qa/report', 0) or True)
tries('chmod', lambda: os.chmod('../qa/report', 0o777) or True)
tries('remove', lambda: os.remove('../qa/report') or True)
tries('write linked', lambda: open('../raw/linked/inside', 'w').write('x'))
tries('new in tree', lambda: open('../new', 'w').write('x'))
tries('environment', lambda: [value for value in os.environ.values() if 'hidden' in value])
tries('shell environment', lambda: 'hidden' in os.popen('env').read() + os.popen('echo $QA2_SECRET').read())
tries('shell', lambda: 'secret' in os.popen('cat ../../secret/key').read())
def network():
    import socket
    connection = socket.socket()
    connection.connect(('127.0.0.1', 9))
    return connection
tries('socket', network)
def page():
    import urllib.request
    return urllib.request.urlopen('http://127.0.0.1:9/').read()
tries('urlopen', page)
tries('tb', lambda: tb.open(TOP + '/secret'))
tries('log', lambda: casalog.setlogfile(TOP + '/secret/log'))
tries('task', lambda: listobs(vis=TOP + '/secret/a.ms', listfile=TOP + '/secret/list'))
tries('rmtables', lambda: rmtables(TOP + '/secret/*'))
tries('statvfs', lambda: os.statvfs(TOP + '/secret').f_blocks)
import io, pathlib, shutil, struct, subprocess, tarfile
KEY = TOP + '/secret/key'
for path in (KEY, '//' + KEY, './././../../secret/key', '/proc/self/root' + KEY, '/proc/self/cwd/../../secret/key', '/dev/fd/../../..' + KEY):
    tries('os.open ' + path, lambda: os.read(os.open(path, os.O_RDONLY), 9))
    tries('FileIO ' + path, lambda: io.FileIO(path).read())
tries('bytes', lambda: open(os.fsencode(KEY)).read())
tries('pathlib', lambda: pathlib.Path(KEY).read_text())
tries('zero', lambda: open(KEY + '\\0.txt').read())
tries('opener', lambda: open('x', opener=lambda path, flags: os.open(KEY, flags)).read())
tries('descriptors', lambda: [fd for fd in range(3, 64) if b'secret' in read_some(fd)])
def read_some(fd):
    try:
        return os.read(fd, 9)
    except OSError:
        return b''
tries('chdir', lambda: os.chdir(TOP + '/secret') or os.listdir('.'))
tries('walk', lambda: [place for place in os.walk(TOP) if 'secret' in place[0]])
tries('in memory', lambda: os.makedirs(TOP + '/secret/deep') or 1)
tries('/tmp', lambda: open('/tmp/made', 'w').write('x'))
tries('rename raw', lambda: os.rename('../raw', '../calibrated/raw') or 1)
tries('rmtree raw', lambda: shutil.rmtree('../raw') or 1)
def moved_link():
    os.makedirs('../calibrated/k/m/n')
    os.symlink('../../secret', '../calibrated/k/m/n/s')
    os.rename('../calibrated/k/m/n/s', 'planted')
    return 1
tries('moved link', moved_link)
def moved_folder():
    os.system('mkdir -p deep/er; ln -s ../../../secret deep/er/link; mv deep/er planted2; mv deep/er/link planted3')
    return os.path.lexists('planted2') or os.path.lexists('planted3')
tries('moved folder', moved_folder)
tries('bent link', lambda: os.symlink('../script', 'bend') or os.symlink('bend/../../secret', 'planted4') or 1)
R, S, H = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
for number, members in enumerate([[('../../secret/t', R, '')], [(TOP + '/secret/t', R, '')], [('o1', S, TOP + '/secret'), ('o1/t', R, '')],
        [('o2', S, '../../secret'), ('o2/t', R, '')], [('h1', H, '../../secret/key')], [('../raw/data', R, '')]]):
    archive = 'evil%d.tar' % number
    with tarfile.open(archive, 'w') as tar:
        for name, kind, link in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            tar.addfile(info)
    tries('extract %d' % number, lambda: tarfile.open(archive).extractall(filter='fully_trusted'))
    os.system('tar xf %s; tar xPf %s; gzip -c %s | tar xz' % (archive, archive, archive))
os.system('tar cf stolen.tar ../../secret/key; tar cf stolen2.tar -C / ' + KEY[1:])
tries('stolen', lambda: [name for name in ('h1', 'stolen.tar', 'stolen2.tar') if os.path.exists(name) and b'secret\\n' in open(name, 'rb').read()])
for line in ('cat %s', 'cat < %s', 'cat \`echo %s\`', 'cat $(echo %s)', 'X=%s; cat $X', 'cat "%s"', 'cp %s got; cat got', 'ln %s got; cat got', 'ln -s %s got; cat got', 'mv %s got; cat got',
             'sed -n p %s', "awk '{print}' %s", 'find %s -exec cat {} \\\\;', 'echo %s | xargs cat', 'cd /; cat %s', 'cat %s*', "awk 'BEGIN{while((getline l < \\"%s\\")>0) print l}'", "awk 'BEGIN{system(\\"cat %s\\")}'",
             'bash -c "cat %s"', 'sh -c "cat %s"', 'eval cat %s', '. %s', '/bin/cat %s', 'tar cO %s', 'env cat %s', '(cat %s)', 'cat<%s', 'python -c "print(open(\\'%s\\').read())"'):
    for path in (KEY, '../../secret/key'):
        tries('shell ' + line, lambda: 'secret' in os.popen(line.replace('%s', path)).read().replace(KEY, '').replace(path, ''))
for line in ('echo x > %s', 'echo x >> %s', 'echo x | tee %s', 'touch %s', 'mkdir %s', 'cp attack.py %s', 'mv here.txt %s', 'ln -s . %s', 'sed -n "w %s" attack.py', "awk 'BEGIN{print 1 > \\"%s\\"}'", 'ls nosuch 2> %s', 'gzip -c attack.py > %s',
             'rm -rf ../../secret; rm -rf ../raw; rm -rf ../raw/data; rm -f ../qa/*; rm -rf ..; find ../.. -delete; mv ../raw ../calibrated; chmod 0 ../raw/data'):
    os.system(line.replace('%s', '../../secret/written'))
    os.system(line.replace('%s', TOP + '/secret/written'))
tries('subprocess', lambda: b'secret' in subprocess.check_output(['cat', KEY]))
tries('popen elsewhere', lambda: b'secret' in subprocess.Popen('cat key', shell=True, stdout=subprocess.PIPE, cwd=TOP + '/secret').communicate()[0])
CARDS = ['SIMPLE  =                    T', 'BITPIX  =                  -32', 'NAXIS   =                    2', 'NAXIS1  =                    4', 'NAXIS2  =                    4',
         "CTYPE1  = 'RA---SIN'", 'CRVAL1  = 10.0', 'CRPIX1  = 2.0', 'CDELT1  = -0.001', "CTYPE2  = 'DEC--SIN'", 'CRVAL2  = 10.0', 'CRPIX2  = 2.0', 'CDELT2  = 0.001', 'END']
with open('a.fits', 'wb') as file:
    file.write(''.join(card.ljust(80) for card in CARDS).ljust(2880).encode() + struct.pack('>16f', *range(16)).ljust(2880, b'\\0'))
importfits('a.fits', 'a.im')
exportfits('a.im', 'inside.fits')
for place in (TOP + '/secret/', '../../secret/', '../raw/'):
    tries('importfits ' + place, lambda: importfits('a.fits', place + 'im') or 1)
    tries('exportfits ' + place, lambda: exportfits('a.im', place + 'x.fits', overwrite=True) or 1)
    tries('immath ' + place, lambda: immath(imagename='a.im', expr='IM0', outfile=place + 'm') or 1)
    tries('impbcor ' + place, lambda: impbcor(imagename='a.im', pbimage='a.im', outfile=place + 'p') or 1)
    tries('saveinputs ' + place, lambda: saveinputs('split', place + 's') or 1)
    tries('setlogfile ' + place, lambda: casalog.setlogfile(place + 'l') or 1)
    tries('split ' + place, lambda: split('a.im', place + 'split') or 1)
    tries('flagmanager ' + place, lambda: flagmanager(vis='a.im', mode='save', versionname=place + 'v') or 1)
tries('tget', lambda: tget('split', KEY) or 1)
tries('ia.open', lambda: ia.open(TOP + '/secret'))
tries('overwrite raw', lambda: exportfits('a.im', '../raw/data', overwrite=True) or 1)
tries('overwrite up', lambda: importfits('a.fits', '..', overwrite=True) or 1)
tries('keyword', lambda: (tb.open('a.im', nomodify=False), tb.putkeyword('OUT', 'Table: ' + KEY), tb.getkeyword('OUT')))
tries('untar', lambda: __import__('qa2_engine').ask({'kind': 'program', 'name': 'untar', 'words': ['evil0.tar', TOP + '/secret']}))
print('image', os.path.exists('inside.fits'))
print(open('../raw/linked/inside').read())
open('../calibrated/made', 'w').write('made')
open('here', 'w').write('made')
`;

describe('a script that tries to get out', () => {
  let output = '';
  let errors = '';

  beforeAll(() => {
    for (const name of ['script', 'calibrated', 'raw', 'qa']) mkdirSync(join(top, 'tree', name), { recursive: true });
    mkdirSync(join(top, 'disk'));
    mkdirSync(secret);
    writeFileSync(join(secret, 'key'), 'secret');
    writeFileSync(join(top, 'disk', 'inside'), 'linked data');
    writeFileSync(join(top, 'tree', 'raw', 'data'), 'raw');
    writeFileSync(join(top, 'tree', 'qa', 'report'), 'report');
    symlinkSync(join(top, 'disk'), join(top, 'tree', 'raw', 'linked'));
    writeFileSync(join(script, 'attack.py'), ATTACK);
    const args = [join(root, 'bin/casapy.mjs'), '--nologfile', '--casa-version', '6.5.0', 'attack.py', top, root];
    const run = spawnSync(process.execPath, args, { cwd: script, env: { ...process.env, QA2_SECRET: 'hidden' } });
    output = run.stdout.toString();
    errors = run.stderr.toString();
  }, 120_000);

  it('gets nowhere', () => {
    expect(output).not.toContain('ESCAPED');
    expect(output.split('\n').filter((line) => /: (?:refused|nothing)$/.test(line)).length).toBeGreaterThan(160);
    expect(output).toContain('image True');
  });

  it('leaves everything else as it was', () => {
    expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('secret');
    expect(existsSync(join(secret, 'log')) || existsSync(join(secret, 'list'))).toBe(false);
    expect(readFileSync(join(top, 'tree', 'raw', 'data'), 'utf8')).toBe('raw');
    expect(readFileSync(join(top, 'tree', 'qa', 'report'), 'utf8')).toBe('report');
    expect(readFileSync(join(top, 'disk', 'inside'), 'utf8')).toBe('linked data');
    expect(existsSync(join(top, 'tree', 'new'))).toBe(false);
    expect(readdirSync(secret)).toEqual(['key']);
    expect(readdirSync(join(top, 'tree', 'raw')).sort()).toEqual(['data', 'linked']);
    expect(readdirSync(script).filter((name) => name.startsWith('planted'))).toEqual([]);
  });

  it('reads links that were there before, which are listed, and writes where it may', () => {
    expect(output).toContain('linked data');
    expect(errors).toContain(`../raw/linked -> ${join(top, 'disk')}`);
    expect(readFileSync(join(top, 'tree', 'calibrated', 'made'), 'utf8')).toBe('made');
    expect(readFileSync(join(script, 'here'), 'utf8')).toBe('made');
  });
});
