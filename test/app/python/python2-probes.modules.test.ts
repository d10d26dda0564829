import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A script `main.py` with the modules that it imports, and what Python 2.7.18 prints for it. */
interface Program {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly output: string;
}

const root = new URL('../../..', import.meta.url).pathname;
const programs = JSON.parse(readFileSync(join(root, 'test/fixtures/python2/modules.json'), 'utf8')) as Program[];

/** Runs each program as a main script of its own folder, and prints what each wrote, as JSON. */
const DRIVER = `
import builtins, io, json, os, sys, types
import qa2_session
results, known, places, top = [], set(sys.modules), list(sys.path), os.getcwd()
for number in range(int(open('count').read())):
    os.chdir(os.path.join(top, str(number)))
    sys.path[:] = places
    for name in set(sys.modules) - known:
        del sys.modules[name]
    raw = io.BytesIO()
    raw.isatty = lambda: False
    kept, sys.stdout = sys.stdout, qa2_session.Stream(raw)
    main = sys.modules['__main__'] = types.ModuleType('__main__')
    main.__dict__['__builtins__'] = builtins
    try:
        text, old_text = qa2_session.read_source('main.py')
        qa2_session.run_text(text, 'main.py', main.__dict__, default=2, old_text=old_text)
        if sys.stdout.softspace:
            sys.stdout.write('\\n')
        sys.stdout.flush()
        results.append(raw.getvalue().decode())
    except BaseException as error:
        results.append('%s: %s' % (type(error).__name__, error))
    finally:
        sys.stdout = kept
os.chdir(top)
json.dump(results, open('results.json', 'w'))
`;

function casapy(folder: string, ...words: string[]) {
  const run = spawnSync(process.execPath, [join(root, 'bin/casapy.mjs'), '--nologfile', ...words], { cwd: folder });
  return { output: run.stdout.toString(), errors: run.stderr.toString() };
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

describe('modules that a Python 2 script imports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qa2-modules-'));
  let results: string[] = [];

  beforeAll(() => {
    programs.forEach(({ files }, number) => {
      write(join(folder, String(number)), files);
    });
    write(folder, { 'driver.py': DRIVER, count: String(programs.length) });
    expect(casapy(folder, 'driver.py').errors).not.toContain('Traceback');
    results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as string[];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(programs.map(({ name, output }, number) => [name, output, number] as const))(
    '%s',
    (_name, output, number) => {
      expect(results[number]).toBe(output);
    },
  );

  it('are read as Python 3 where only that has their syntax, and in a script of Python 3', () => {
    write(join(folder, 'mixed'), {
      'old.py': 'import plain, later\nprint plain.half, later.text\n',
      'new.py': 'import plain, ancient\nprint(plain.half, f"{ancient.half}")\n',
      'plain.py': 'half = 1 / 2\n# made with CASA 4.7\n',
      'later.py': 'text = f"{1 / 2}"\n',
      'ancient.py': 'print "ancient"\nhalf = 1 / 2\n',
    });
    expect(casapy(join(folder, 'mixed'), 'old.py').output).toBe('0 0.5\n');
    expect(casapy(join(folder, 'mixed'), 'new.py').output).toBe('ancient\n0.5 0\n');
  });

  it('are read as Python 3 where they have any syntax that only that has', () => {
    const forms = {
      annotated: 'half: float = 1 / 2',
      gathering: 'first, *rest = 1, 1 / 2\nhalf = rest[0]',
      spread: 'half = [*[1 / 2]][0]',
      delegating: 'def f():\n    yield from [1 / 2]\nhalf = next(f())',
      assigning: 'if (half := 1 / 2):\n    pass',
      waiting: 'async def f():\n    pass\nhalf = 1 / 2',
      parameter: 'def f(a: int, b=1):\n    return a / 2\nhalf = f(1)',
      keywords: 'def f(*, a=1):\n    return a / 2\nhalf = f()',
      kinds: 'class C(metaclass=type):\n    half = 1 / 2\nhalf = C.half',
      // What both have: lambda, dict, slice, stars of calls and of functions.
      common:
        'def f(*a, **b):\n    return a[0] / 2\nd = {\n  f: 1,\n  2: lambda x: f(x)}\nhalf = f(\n  *[1][0:1], **{})',
    };
    const names = Object.keys(forms);
    const halves = names.map((name) => `${name}.half`);
    write(join(folder, 'forms'), {
      'main.py': `import ${names.join(', ')}\nprint ${halves.join(', ')}\n`,
      ...Object.fromEntries(Object.entries(forms).map(([name, text]) => [`${name}.py`, `${text}\n`])),
    });
    expect(casapy(join(folder, 'forms'), 'main.py')).toEqual({ output: `${'0.5 '.repeat(9)}0\n`, errors: '' });
  });

  it('are read, as is the script, without a byte order mark and in the encoding that they state', () => {
    const there = join(folder, 'encodings');
    write(there, { 'marked.py': '\ufeffprint "marked", 7 / 2\n' });
    writeFileSync(
      join(there, 'stated.py'),
      Buffer.from('# -*- coding: iso-8859-15 -*-\nprint repr((u"\xa4", u"\\xa4", "\xa4"))\n', 'latin1'),
    );
    writeFileSync(
      join(there, 'new.py'),
      Buffer.from('# -*- coding: iso-8859-15 -*-\nprint("\xa4", 1 / 2, end="\\n")\n', 'latin1'),
    );
    expect(casapy(there, '--casa-version', '4.7.2', 'marked.py').output).toBe('marked 3\n');
    expect(casapy(there, 'stated.py').output).toBe("(u'\\u20ac', u'\\xa4', '\\xa4')\n");
    expect(casapy(there, 'new.py').output).toBe('\u20ac 0.5\n');
  });

  it('find the names of the main script at the end of the stack, also through execfile', () => {
    const there = join(folder, 'stack');
    write(there, {
      'main.py': "value = 7\nimport tools\nprint tools.seen()\nexecfile('part.py')\n",
      'part.py': 'import tools\nprint tools.seen()\n',
      'tools.py':
        "import inspect, sys\ndef seen():\n    return sys._getframe(len(inspect.stack()) - 1).f_globals['value'] / 2\n",
    });
    expect(casapy(there, '--casa-version', '4.7.2', 'main.py')).toEqual({ output: '3\n3\n', errors: '' });
    expect(casapy(there, '--casa-version', '4.7.2', '-c', "execfile('main.py')").output).toBe('3\n3\n');
  });

  it('fail with tracebacks of Python 2, at their own lines', () => {
    const there = join(folder, 'failing');
    write(there, {
      'main.py': 'print "start"\nimport tools\ntools.f(0)\n',
      'tools.py': '# first\ndef f(n):\n    a = {1: n,\n         2: n <> 1}\n    return 1 / n + absent\n',
      'unfinished.py': 'import broken\n',
      'broken.py': 'a = 1\nprint "a\n',
    });
    expect(casapy(there, '--casa-version', '4.7.2', 'main.py').errors.split('\n')).toEqual([
      'Traceback (most recent call last):',
      '  File "main.py", line 3, in <module>',
      '    tools.f(0)',
      `  File "${there}/tools.py", line 5, in f`,
      '    return 1 / n + absent',
      'ZeroDivisionError: integer division or modulo by zero',
      '',
    ]);
    const { errors } = casapy(there, '--casa-version', '4.7.2', 'unfinished.py');
    expect(errors).toContain('  File "unfinished.py", line 1, in <module>\n    import broken\n');
    expect(errors).toContain(`  File "${there}/broken.py", line 2\n    print "a\nSyntaxError: `);
  });

  it('leave their errors to the sys.excepthook that a script sets', () => {
    const text =
      "import sys\ndef hook(kind, error, trace):\n    sys.stderr.write('%s, %s, line %d\\n' % (kind.__name__, error, trace.tb_lineno))\n";
    const there = join(folder, 'hook');
    write(there, {
      'old.py': `${text}sys.excepthook = hook\nprint 1 / 2\n1 / 0\n`,
      'new.py': `${text}sys.excepthook = hook\nprint(1 / 2)\n1 / 0\n`,
      'failing.py': 'import sys\nsys.excepthook = lambda *parts: absent\nprint(1)\n1 / 0\n',
    });
    const old = { output: '0\n', errors: 'ZeroDivisionError, integer division or modulo by zero, line 6\n' };
    expect(casapy(there, 'old.py')).toEqual(old);
    expect(casapy(there, 'new.py')).toEqual({
      output: '0.5\n',
      errors: 'ZeroDivisionError, division by zero, line 6\n',
    });
    const { errors } = casapy(there, 'failing.py');
    expect(errors).toMatch(
      /^Error in sys.excepthook:[\s\S]*NameError: name 'absent'[\s\S]*\nOriginal exception was:\n/,
    );
    expect(errors).toMatch(/line 4, in <module>\n[\s\S]*ZeroDivisionError: division by zero\n$/);
  });

  it('are missed with a word on directories that the script may not read', () => {
    const outside = mkdtempSync(join(tmpdir(), 'qa2-elsewhere-'));
    write(outside, { 'mine.py': '' });
    write(join(folder, 'away'), { 'main.py': `import sys\nsys.path.append('${outside}')\nimport mine\n` });
    const { errors } = casapy(join(folder, 'away'), '--casa-version', '4.7.2', 'main.py');
    expect(errors).toContain('ImportError: No module named mine\n');
    expect(errors).toContain(`casapy --allow ${outside} would let it (${outside}/mine.py)`);
    rmSync(outside, { recursive: true });
  });
});
