"""Runs scripts: finds out which Python they are written in, compiles, executes, reports failures."""

import ast
import atexit
import builtins
import codecs
import functools
import importlib.machinery
import importlib.util
import inspect
import io
import linecache
import os
import re
import sys
import time
import tokenize
import traceback
import types
import warnings
import zipimport

import qa2_host
import qa2_linux_errors
import qa2_numpy_random
import qa2_python2
import qa2_python2_errors

_MAIN = types.ModuleType('__main__')
SPACE = _MAIN.__dict__
SPACE['__builtins__'] = builtins
"""The namespace in which scripts run."""

HIDDEN = []
"""Ends of the names of files whose frames are left out of tracebacks."""

on_source = []
"""Called with the text and the name of every source that is about to run."""

at_end = []
"""Called after the main script ended well; each returns an exit code."""

arguments_of = None
"""Gives sys.argv for a language and the text of the main script; set by the room that knows the command line."""

prompt = None
"""Runs the interactive prompt in the language that is given; set by the room that has one."""

_old_names = None


class Stream(io.TextIOBase):
    """Standard output: takes text of both Pythons and keeps Python 2's soft space."""

    encoding = 'utf-8'
    softspace = 0

    def __init__(self, raw):
        self._raw, self._parts, self._size = raw, [], 0

    @property
    def buffer(self):
        self.flush()
        return self._raw

    def write(self, text):
        self.softspace = 0
        self._parts.append(qa2_python2.native(text).encode('utf-8', 'surrogateescape'))
        self._size += len(text)
        if self._size > 4096 or '\n' in text:
            self.flush()
        return len(text)

    def flush(self):
        data, self._parts, self._size = b''.join(self._parts), [], 0
        if data:
            self._raw.write(data)
            self._raw.flush()

    def isatty(self):
        return self._raw.isatty()

    def fileno(self):
        return self._raw.fileno()

    def writable(self):
        return True


# ---------------------------------------------------------------- which Python

_MARKS = re.compile(
    r'\b(?:has_key|iteritems|itervalues|iterkeys|xrange|raw_input|unicode|basestring|cStringIO|cPickle'
    r'|taskinit|os\.getcwdu|time\.clock|string\.(?:join|letters|atoi|atof)'
    r'|imagermode|psfmode|es\.fixForCSV2555|stuffForScienceDataReduction|__casac__)\b'
    r'|^(?:import|from)[ \t]+(?:urllib2|ConfigParser)\b'
    # Tasks that said True until CASA 5.
    r'|\bassert[ \t]+(?:split|concat|cvel2?|mstransform|uvcontsub)\(',
    re.MULTILINE,
)
_VERSION_CHECKS = (
    re.compile(r"(?:search|match)\(\s*r?['\"]\^?(\d+(?:\\?\.\d+)+)['\"]\s*,[^\n]*version"),
    re.compile(r"version\w*(?:\(\))?\.startswith\(\s*['\"](\d+(?:\.\d+)+)"),
    re.compile(r"casadef\.casa_version\s*[=!]=\s*['\"](\d+(?:\.\d+)+)"),
    re.compile(r"casadef\.casa_version\s*>=\s*['\"](\d+(?:\.\d+)+)"),
    re.compile(r"USED FOR GENERATING THE SCRIPT: (\d+(?:\.\d+)+)"),
    re.compile(r"(?i)\bcasa(?:\s+version)?\s*:?\s*v?(\d+\.\d+(?:\.\d+)*)"),
)


def stated_version(text):
    """The CASA version that a script checks for or names, or None."""
    for check in _VERSION_CHECKS:
        found = check.search(text)
        if found:
            return found.group(1).replace('\\', '')
    return None


_VERSION = re.compile(r'(?i)casa(?!py\s+-)[\w.]*(?:[\s:\'"=<>!,(\^v]|version|use|the|was)*?(\d+)\.(\d+)')


def _is_python3(text, filename):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            compile(text, filename, 'exec', dont_inherit=True)
        return True
    except (SyntaxError, ValueError):
        return False


_LOOKS_PRINTED = re.compile(r'(?:^|[:;])[ \t]*print[ \t]*(?:$|[;#]|\(.*\)[ \t]*[-%/*+,])', re.M)


def _leftmost(node):
    while isinstance(node, (ast.BinOp, ast.Tuple)):
        node = node.left if isinstance(node, ast.BinOp) else node.elts[0] if node.elts else None
    return node


def _tree_of(text):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # told when it is compiled
        return ast.parse(text)


def _has_print_statement(text):
    """`print (a) % b`, `print (a)/2, b` and a bare `print`: Python 3 reads them too, as something that nobody means."""
    if not _LOOKS_PRINTED.search(text):
        return False
    for node in ast.walk(_tree_of(text)):
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
            first = _leftmost(node.value)
            name = first.func if isinstance(first, ast.Call) else first
            if isinstance(name, ast.Name) and name.id == 'print':
                return True
    return False


_LOOKS_NEW = re.compile(
    r'\b(?:[fF][rR]?|[rR][fF])[\'"]|\bprint[ \t]*\(|\bnonlocal\b|\braise\b.*\bfrom\b|\)[ \t]*->|:=|\byield[ \t]+from\b|\basync\b'
    # Annotations, class C(metaclass=…), and stars that gather the rest.
    r'|\{[ \t]*\*\*|,[ \t\n]*\*\*|\b\d[\dA-Fa-fxXoObB]*_[\dA-Fa-f]|[\w)\]][ \t]*@=?[ \t]*[\w(\[]|^[ \t]*match\b.*:|^[ \t]*except[ \t]*\*'
    r'|^[ \t]*[\w.\[\]]+[ \t]*:[ \t]*[\w\'"]|\bdef\b[^\n]*\([^\n)]*[:*]|\bclass\b.*=|(?:^|[,(\[])[ \t]*\*[ \t]*[\w(\[]',
    re.M,
)
_NEW_KINDS = (
    ast.JoinedStr, ast.Nonlocal, ast.AnnAssign, ast.NamedExpr, ast.YieldFrom, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await,
    ast.MatMult, ast.Match, ast.TryStar,
)
_NEW_PARTS = {ast.Raise: ('cause',), ast.arg: ('annotation',), ast.ClassDef: ('keywords',)}
_PRINT_OPTIONS = {'end', 'file', 'sep', 'flush'}


def _is_new(node, has_function):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'print':
        return not has_function and any(keyword.arg in _PRINT_OPTIONS for keyword in node.keywords)
    if isinstance(node, ast.Call):
        # f(*a, *b), f(*a, b) and f(**a, **b)
        return any(isinstance(part, ast.Starred) for part in node.args[:-1]) or sum(keyword.arg is None for keyword in node.keywords) > 1
    if isinstance(node, ast.Dict):
        return None in node.keys
    if isinstance(node, ast.FunctionDef):
        return node.returns is not None or bool(node.args.kwonlyargs)
    if isinstance(node, (ast.List, ast.Tuple)):
        return any(isinstance(part, ast.Starred) for part in node.elts)
    return isinstance(node, _NEW_KINDS) or any(getattr(node, part, None) for part in _NEW_PARTS.get(type(node), ()))


def _has_new_syntax(text):
    """f-strings, print(…, end='') and the like: Python 2 does not read them."""
    if not _LOOKS_NEW.search(text):
        return False
    has_function = re.search(r'^from[ \t]+__future__[ \t]+import\b.*\bprint_function', text, re.M) is not None
    return any(_is_new(node, has_function) for node in ast.walk(_tree_of(text))) or (_NUMBER_WITH_LINE.search(text) and _has_parted_number(text))


_NUMBER_WITH_LINE = re.compile(r'(?<![\w.])\d[\dA-Fa-fxXoObB]*_[\dA-Fa-f]')


def _has_parted_number(text):
    """`1_000`."""
    tokens = tokenize.generate_tokens(io.StringIO(text, None).readline)
    return any(token.type == tokenize.NUMBER and '_' in token.string for token in tokens)


def language_of(text, filename, default):
    """2 or 3: by the syntax, the CASA version that the script names, words that only one of them has; else `default`."""
    if not _is_python3(text, filename) or _has_print_statement(text):
        return 2
    if _has_new_syntax(text):
        return 3
    loose = _VERSION.search(text)
    stated = stated_version(text) or (loose and loose.group(1))
    if stated:
        return 2 if int(stated.split('.')[0]) < 6 else 3
    if re.search(r'^\s*(?:from|import)\s+(?:casatasks|casatools|casashell)\b', text, re.M):
        return 3
    return 2 if _MARKS.search(text) else default


_STATED_ENCODING = re.compile(r'(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)')


def _encoding_of(old_text):
    """The encoding that one of the first two lines states; UTF-8 where none does."""
    stated = _STATED_ENCODING.match(old_text)
    try:
        return codecs.lookup(stated.group(1)).name if stated else 'utf-8'
    except LookupError:
        return 'utf-8'


def _texts_of(data):
    """The text that bytes mean, and the same read byte by character as Python 2 sees it."""
    old_text = data.removeprefix(codecs.BOM_UTF8).decode('latin-1')
    return old_text.encode('latin-1').decode(_encoding_of(old_text), 'surrogateescape'), old_text


def read_source(path):
    """Text of a script, and the same read byte by character as Python 2 sees it."""
    with builtins.open(path, 'rb') as file:
        return _texts_of(file.read())


# ---------------------------------------------------------------- running


def _compile_old(text, filename, mode='exec'):
    translated = qa2_host.call('translate', text if text.endswith('\n') else text + '\n')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        try:
            translated = translated.strip() if mode == 'eval' else translated
            return qa2_python2.compile_translated(translated, filename, mode, _encoding_of(text))
        except SyntaxError as error:
            # The line as it was written; the place in it is that of the translation.
            error.text = ''.join(text.split('\n')[(error.lineno or 1) - 1:error.lineno or 1])
            error.offset = error.end_offset = None
            raise


def _see_linux_errors(tree):
    """Handlers of a script see errors, and the module errno, with Linux's numbers; so do errors that it makes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            call = ast.Expr(ast.Call(ast.Name('__told__', ast.Load()), [], []))
            node.body.insert(0, ast.fix_missing_locations(ast.copy_location(call, node)))
        elif isinstance(node, ast.Call):
            qa2_linux_errors.picks_kind(node)
        elif isinstance(node, ast.Import):
            for part in node.names:
                if part.name == 'errno':
                    part.name, part.asname = qa2_linux_errors.NAME, part.asname or 'errno'
        elif isinstance(node, ast.ImportFrom) and node.module == 'errno' and node.level == 0:
            node.module = qa2_linux_errors.NAME
    return tree


_LOOKS_AT_ERRORS = re.compile(r'\b(?:except|errno|(?:OS|IO|Environment)Error)\b')


def _compile_new(text, filename, mode='exec'):
    with warnings.catch_warnings():
        # "\d" in a plain string and the like were no matter to the Pythons of CASA 6.
        warnings.simplefilter('ignore')
        if not _LOOKS_AT_ERRORS.search(text):
            return compile(text, filename, mode, dont_inherit=True)
        return compile(_see_linux_errors(ast.parse(text, filename, mode)), filename, mode, dont_inherit=True)


_LIBRARY = ('<frozen ', '/lib/python3', '/lib/qa2/')


def _importing_language():
    """The language of the script or module whose import is under way; the library may stand between it and the module."""
    frame = sys._getframe(1)
    while frame and frame.f_code.co_filename.startswith(_LIBRARY):
        frame = frame.f_back
    return 2 if frame and frame.f_builtins is _old_names else 3


def _language_of_module(text, path):
    """That of whoever imports it, unless it is written in what only the other one has."""
    if not _is_python3(text, path):
        return 2
    return 3 if _importing_language() == 3 or _has_new_syntax(text) else 2


class _Folders(importlib.machinery.PathFinder):
    """Finds modules in folders; one without __init__.py is a package in Python 3 alone."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        spec = super().find_spec(name, path, target)
        return None if spec and spec.loader is None and _importing_language() == 2 else spec


def _run_module(loader, module):
    """Runs a module that lies beside a script, or in an archive there."""
    path = module.__spec__.origin
    text, old_text = _texts_of(loader.get_data(path))
    if _language_of_module(text, path) == 2:
        module.__dict__['__builtins__'] = _old_names
        code = _compile_old(old_text, path)
    else:
        module.__dict__['__builtins__'] = vars(builtins)
        code = _compile_new(importlib.util.decode_source(loader.get_data(path)), path)
    exec(code, module.__dict__)


_run_of_library, _file_of_library = zipimport.zipimporter.exec_module, zipimport.zipimporter.get_filename


def _run_archived(loader, module):
    """The same for a module of an archive on sys.path; the standard library is in one, too."""
    (_run_of_library if loader.archive.startswith('/lib/') else _run_module)(loader, module)


def _file_in_archive(loader, name):
    """The source of an archive's module; what this Python has for it compiles the source first, as Python 3."""
    inside = loader.prefix + name.rpartition('.')[2]
    if loader.archive.startswith('/lib/'):
        return _file_of_library(loader, name)
    files = ['%s/%s' % (loader.archive, inside + ending) for ending in ('/__init__.py', '.py')]
    return next((file for file in files if _is_in_archive(loader, file)), None) or _file_of_library(loader, name)


def _is_in_archive(loader, file):
    try:
        loader.get_data(file)
    except OSError:
        return False
    return True


def _within(language, space, local, act):
    """Runs act() with the builtins of the language in `space`."""
    before = space.get('__builtins__', builtins)
    space['__builtins__'] = _old_names if language == 2 else builtins
    try:
        return act()
    finally:
        space['__builtins__'] = before


def _run_code(code, language, space, local):
    _within(language, space, local, lambda: exec(code, space, space if local is None or local is space else local))


def _run_old(text, space, local):
    _run_code(_compile_old(text, '<string>'), 2, space, local)


def _evaluate_old(text, space, local):
    code = _compile_old(text, '<string>', 'eval')
    return _within(2, space, local, lambda: eval(code, space, space if local is None else local))


def current_language(space):
    return 2 if space.get('__builtins__') is _old_names else 3


@functools.lru_cache(maxsize=8)
def _compiled(text, filename, default, old_text):
    """Language and code of a source text; delivered scripts are run again for each of their steps."""
    language = language_of(text, filename, default)
    if language == 2:
        return language, _compile_old(text if old_text is None else old_text, filename)
    return language, _compile_new(text, filename)


def run_text(text, filename, space=SPACE, local=None, default=3, old_text=None):
    """Runs a source text in its own Python."""
    for listener in on_source:
        listener(text, filename)
    language, code = _compiled(text, filename, default, old_text)
    _run_code(code, language, space, local)


def execfile(path, space=None, local=None):
    """Runs a file in the caller's namespace."""
    frame = sys._getframe(1)
    if space is None:
        space, local = frame.f_globals, frame.f_locals
        if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
            return _run_file_in_function(path, frame)
    language = 2 if frame.f_builtins is _old_names else current_language(space)
    _run_file(path, space, local, language)


def _run_file_in_function(path, frame):
    """New names live beside the variables of a function, which stay as they are."""
    code, local = frame.f_code, dict(frame.f_locals)
    try:
        _run_file(path, frame.f_globals, local)
    finally:
        own = {*code.co_varnames, *code.co_cellvars, *code.co_freevars}
        frame.f_locals.update({name: value for name, value in local.items() if name not in own})


def _run_file(path, space, local, language=None):
    text, old_text = read_source(path)
    run_text(text, path, space, local, language or current_language(space), old_text)


def _is_of_old_script(error):
    frames = [step for step, _line in traceback.walk_tb(error.__traceback__) if not step.f_code.co_filename.startswith(_LIBRARY)]
    return bool(frames) and frames[-1].f_builtins is _old_names


def _refusals(error):
    """Directories that a script may not touch do not exist for it; people are told why."""
    asked, use = [], 'write' if isinstance(error, PermissionError) else 'read'
    if isinstance(error, OSError) and isinstance(error.filename, str):
        asked = [error.filename]
    elif isinstance(error, ImportError) and error.name:
        closed = [folder for folder in dict.fromkeys(sys.path) if not os.path.isdir(folder or '.')]
        asked = [os.path.join(folder, error.name + '.py') for folder in closed if not folder.startswith(_LIBRARY)]
    told = [qa2_host.call('refusal', path, os.getcwd(), use) for path in asked]
    return [refusal + '\n' for refusal in told if refusal]


def _own_trace(error):
    """The traceback from the script's first frame on."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename.startswith(_LIBRARY):
        trace = trace.tb_next
    return trace


def _report(error):
    """The traceback, our own frames left out, with the script's own lines as they stand there."""
    is_old = _is_of_old_script(error)
    (qa2_python2_errors if is_old else qa2_linux_errors).told(error)
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.endswith(tuple(HIDDEN))
    ]
    if isinstance(error, SyntaxError):
        frames = [frame for frame in frames if not frame.filename.startswith(_LIBRARY)]
    kind_and_words = qa2_python2_errors.lines_of if is_old else traceback.format_exception_only
    lines = traceback.format_list(frames) + kind_and_words(type(error), error)
    lines += _refusals(error)
    if sys.excepthook is not sys.__excepthook__:
        try:
            return sys.excepthook(type(error), error, _own_trace(error))
        except Exception as failure:
            shown = traceback.format_exception(type(failure), failure, _own_trace(failure), chain=False)
            sys.stderr.write('Error in sys.excepthook:\n%s\nOriginal exception was:\n' % ''.join(shown))
    sys.stderr.write('Traceback (most recent call last):\n' + ''.join(lines))


def _exit_code(error):
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    sys.stderr.write('%s\n' % error.code)
    return 1


def run_main(job):
    """Runs what the command line asks for; returns the exit code."""
    try:
        if job['kind'] == 'prompt':
            sys.argv = arguments_of(job['language'], '')
            return prompt(job['language'])
        if job['kind'] == 'code':
            name, text, old_text = '<-c>', job['text'], qa2_python2_bytes(job['text'])
        else:
            name = SPACE['__file__'] = job['path']
            text, old_text = _texts_of(job['bytes'].encode('latin-1'))
        sys.argv = arguments_of(_compiled(text, name, job['language'], old_text)[0], text)
        run_text(text, name, old_text=old_text, default=job['language'])
        return max([act() for act in at_end], default=0)
    except SystemExit as error:
        return _exit_code(error)
    except KeyboardInterrupt:
        sys.stderr.write('Stopped by the user.\n')
        return 130
    except BaseException as error:
        _report(error)
        return 1
    finally:
        atexit._run_exitfuncs()
        if sys.stdout.softspace:
            sys.stdout.write('\n')
        sys.stdout.flush()
        sys.stderr.flush()


def qa2_python2_bytes(text):
    """Text from the command line as the bytes that Python 2 would have got."""
    return text.encode('utf-8', 'surrogateescape').decode('latin-1')


_sleep = time.sleep


def sleep(seconds):
    """time.sleep that Ctrl-C ends."""
    end = time.monotonic() + seconds
    left = seconds
    while left > 0:
        _sleep(min(left, 0.05))
        left = end - time.monotonic()


def _stack(context=1):
    """inspect.stack: the last frame is the script's, in whose names scripts of CASA look for what the user has set."""
    found = inspect.getouterframes(sys._getframe(1), context)
    while found and found[-1].filename.startswith((*_LIBRARY, '<exec>')):
        found.pop()
    return found


_uname = os.uname


def _machine():
    """os.uname: what runs here behaves as Linux does."""
    told = _uname()
    return os.uname_result(('Linux', told.nodename, told.release, told.version, 'x86_64'))


_leave = os._exit


def _exit(status):
    """os._exit, after what was printed is out."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    _leave(status)


def install():
    """What the snapshot keeps: everything that needs no host."""
    global _old_names
    time.sleep = sleep
    # Scripts are older than what this Python will lack one day.
    warnings.simplefilter('ignore', DeprecationWarning)
    warnings.simplefilter('ignore', PendingDeprecationWarning)
    sys.setrecursionlimit(3000)
    os.uname, os._exit, inspect.stack = _machine, _exit, _stack
    qa2_python2.install_modules()
    _old_names = qa2_python2.old_builtins(_run_old, _evaluate_old, execfile, _run_file, _compile_old)
    qa2_python2.install_builtins(_old_names)
    builtins.execfile = execfile
    builtins.__told__, builtins.__os_error__ = qa2_linux_errors.told, qa2_linux_errors.os_error
    importlib.machinery.SourceFileLoader.exec_module = _run_module
    zipimport.zipimporter.exec_module, zipimport.zipimporter.get_filename = _run_archived, _file_in_archive
    sys.meta_path[sys.meta_path.index(importlib.machinery.PathFinder)] = _Folders
    numbers = ['ndarray', 'numpy', 'numpy_grid', 'numpy_files', 'numpy_fft', 'numpy_random', 'numpy_masked']
    HIDDEN.extend(['qa2_%s.py' % name for name in ['session', 'host', 'linux_errors', 'python2', 'python2_bytes', 'python2_errors', 'python2_format', 'python2_imports', 'python2_library', 'python2_random', 'python2_scopes', 'python2_text'] + numbers] + ['_pyodide/_base.py', '<frozen importlib._bootstrap>'])


def attach(start):
    """Connects the session to its thread: streams, directory, environment, arguments."""
    qa2_host.attach()
    sys.modules['__main__'] = _MAIN
    os.environ.clear()
    os.environ.update(start['environment'])
    os.chdir(start['cwd'])
    sys.platform, sys.excepthook = 'linux', sys.__excepthook__
    qa2_numpy_random.start()
    sys.stdout = Stream(sys.__stdout__.buffer)
    sys.stderr = Stream(sys.__stderr__.buffer)
    linecache.clearcache()


install()
