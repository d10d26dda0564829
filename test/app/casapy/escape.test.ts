import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
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
    expect(output.split('\n').filter((line) => /: (?:refused|nothing)$/.test(line)).length).toBeGreaterThan(45);
  });

  it('leaves everything else as it was', () => {
    expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('secret');
    expect(existsSync(join(secret, 'log')) || existsSync(join(secret, 'list'))).toBe(false);
    expect(readFileSync(join(top, 'tree', 'raw', 'data'), 'utf8')).toBe('raw');
    expect(readFileSync(join(top, 'tree', 'qa', 'report'), 'utf8')).toBe('report');
    expect(readFileSync(join(top, 'disk', 'inside'), 'utf8')).toBe('linked data');
    expect(existsSync(join(top, 'tree', 'new'))).toBe(false);
  });

  it('reads links that were there before, which are listed, and writes where it may', () => {
    expect(output).toContain('linked data');
    expect(errors).toContain(`../raw/linked -> ${join(top, 'disk')}`);
    expect(readFileSync(join(top, 'tree', 'calibrated', 'made'), 'utf8')).toBe('made');
    expect(readFileSync(join(script, 'here'), 'utf8')).toBe('made');
  });
});
