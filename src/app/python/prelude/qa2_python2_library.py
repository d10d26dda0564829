"""Modules of the standard library whose functions did something else in Python 2."""

import re
import sys
import traceback
import types

import qa2_linux_errors
import qa2_python2_bytes
import qa2_python2_errors
import qa2_python2_random


def _copy_of(real):
    module = types.ModuleType(real.__name__)
    module.__dict__.update(vars(real))
    return module


# ---------------------------------------------------------------- re

_FLAGS = re.compile(r'(?<!\\)\(\?([iLmsux]+)\)')


def _pattern_of(pattern):
    """A pattern in which flags may stand anywhere."""
    if not isinstance(pattern, str):
        return pattern
    found = [mark for mark in _FLAGS.finditer(pattern) if mark.start() > 0]
    if not found:
        return pattern
    flags = ''.join(sorted({flag for mark in found for flag in mark.group(1)} - {'L', 'u'}))
    return ('(?%s)' % flags if flags else '') + _FLAGS.sub('', pattern)


def _split(pattern, string, maxsplit=0, flags=0):
    """What an empty match would split stays whole."""
    compiled = re.compile(pattern, flags)
    if compiled.search('') is None:
        return compiled.split(string, maxsplit)
    parts, start = [], 0
    for match in compiled.finditer(string):
        if maxsplit and len(parts) >= maxsplit * (1 + compiled.groups):
            break
        if match.end() > match.start():
            parts += [string[start:match.start()], *match.groups()]
            start = match.end()
    return [*parts, string[start:]]


def _subn(pattern, repl, string, count=0, flags=0):
    """An empty match that follows another at once is left alone."""
    compiled = re.compile(pattern, flags)
    if compiled.search('') is None:
        return compiled.subn(repl, string, count)
    made, start, before, done = [], 0, None, 0
    for match in compiled.finditer(string):
        if match.start() == match.end() == before:
            continue
        made += [string[start:match.start()], repl(match) if callable(repl) else match.expand(repl)]
        start = before = match.end()
        done += 1
        if count and done == count:
            break
    return ''.join([*made, string[start:]]), done


def _old_re():
    module = _copy_of(re)
    for name in ('compile', 'match', 'search', 'findall', 'finditer'):
        module.__dict__[name] = lambda pattern, *rest, real=getattr(re, name), **named: real(_pattern_of(pattern), *rest, **named)
    module.split = lambda pattern, *rest, **named: _split(_pattern_of(pattern), *rest, **named)
    module.subn = lambda pattern, *rest, **named: _subn(_pattern_of(pattern), *rest, **named)
    module.sub = lambda pattern, *rest, **named: _subn(_pattern_of(pattern), *rest, **named)[0]
    module.escape = lambda text: ''.join([mark if mark.isascii() and mark.isalnum() else '\\000' if mark == '\0' else '\\' + mark for mark in text])
    return module


# ---------------------------------------------------------------- others


def _old_errno():
    return qa2_linux_errors.MODULE


def _old_tempfile():
    import tempfile

    module = _copy_of(tempfile)

    def texts(make):
        def made(mode='w+b', *rest, **named):
            return make(mode.replace('b', ''), *rest, encoding='latin-1', errors='qa2', newline='\n', **named)

        return made

    for name in ('NamedTemporaryFile', 'TemporaryFile'):
        module.__dict__[name] = texts(getattr(tempfile, name))
    return module


def _old_urllib():
    import urllib.parse
    import urllib.request

    module = _copy_of(urllib)
    for part in (urllib.parse, urllib.request):
        module.__dict__.update({name: getattr(part, name) for name in part.__all__})
    module.quote = lambda text, safe='/': urllib.parse.quote(qa2_python2_bytes.to_bytes(text), safe)
    module.quote_plus = lambda text, safe='': urllib.parse.quote_plus(qa2_python2_bytes.to_bytes(text), safe)
    return module


def _old_inspect():
    import collections
    import inspect

    module = _copy_of(inspect)
    parts = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')
    module.getargspec = lambda function: parts(*inspect.getfullargspec(function)[:4])
    return module


def _old_traceback():
    module = _copy_of(traceback)
    head = 'Traceback (most recent call last):\n'

    def error_lines(kind, error):
        """The error alone, whose kind is told without its module."""
        return ['None\n'] if kind is None else qa2_python2_errors.lines_of(kind, error)

    def lines_of(kind, error, trace, limit=None):
        """All lines, without other errors that were being handled."""
        return ([head, *traceback.format_tb(trace, limit)] if trace else []) + error_lines(kind, error)

    def write(kind, error, trace, limit=None, file=None):
        (sys.stderr if file is None else file).write(''.join(lines_of(kind, error, trace, limit)))

    module.format_exception_only, module.format_exception, module.print_exception = error_lines, lines_of, write
    module.format_exc = lambda limit=None: ''.join(lines_of(*sys.exc_info(), limit))
    module.print_exc = lambda limit=None, file=None: write(*sys.exc_info(), limit, file)
    return module


_MAKERS = {
    're': _old_re, 'random': qa2_python2_random.make_module, 'errno': _old_errno, 'tempfile': _old_tempfile,
    'urllib': _old_urllib, 'inspect': _old_inspect, 'traceback': _old_traceback,
}
_made = {}


def module_of(name):
    """A module as Python 2 has it, or None for one that needs nothing."""
    if name in _MAKERS and name not in _made:
        _made[name] = _MAKERS[name]()
    return _made.get(name) or qa2_python2_bytes.module_of(name)
