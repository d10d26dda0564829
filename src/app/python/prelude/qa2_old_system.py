"""sys and platform as Python 2 sees them: the version is that of CASA 4's Python, all else is the real module's."""

import builtins
import collections
import importlib
import sys
import types

VERSION = (2, 7, 18)
_Info = collections.namedtuple('version_info', 'major minor micro releaselevel serial')
_TEXT = '.'.join(map(str, VERSION))
_OLD = {
    'version': _TEXT + ' (default, Apr 20 2020, 00:00:00) \n[alma-qa2]',
    'version_info': _Info(*VERSION, 'final', 0),
    'hexversion': VERSION[0] << 24 | VERSION[1] << 16 | VERSION[2] << 8 | 0xF0,
    'maxunicode': 0x10FFFF,
    'subversion': ('CPython', '', ''),
    'py3kwarning': False,
    'getdefaultencoding': lambda: 'ascii',
    'setdefaultencoding': lambda _name: None,
    'exc_clear': lambda: None,
}


def _attribute(name):
    """What code of Python 2 finds under this name; code of Python 3, which may share the namespace, finds the real one."""

    def read(_module):
        if sys._getframe(1).f_builtins is _names:
            return _OLD[name]
        return getattr(sys, name)

    return property(read)


class _System(types.ModuleType):
    __doc__ = sys.__doc__
    vars().update({name: _attribute(name) for name in _OLD})

    def __getattr__(self, name):
        return getattr(sys, name)

    def __setattr__(self, name, value):
        setattr(sys, name, value)

    def __delattr__(self, name):
        delattr(sys, name)

    def __dir__(self):
        return dir(sys)


_names = None
"""The builtins of Python 2."""

system = _System('sys')


def _platform():
    real = importlib.import_module('platform')
    module = types.ModuleType('platform', real.__doc__)
    module.__dict__.update(vars(real))
    module.python_version = lambda: _TEXT
    module.python_version_tuple = lambda: tuple(map(str, VERSION))
    module.python_implementation = lambda: 'CPython'
    return module


def _import(name, globals=None, locals=None, fromlist=(), level=0):
    if name == 'sys' and '*' not in (fromlist or ()):
        return system
    if name == 'platform':
        return _platform()
    try:
        return builtins.__import__(name, globals, locals, fromlist, level)
    except ModuleNotFoundError as error:
        if str(error).startswith('No module named %r' % error.name):
            raise ImportError('No module named ' + error.name.rpartition('.')[2]) from None
        raise


def _reload(module):
    return module if module is system else importlib.reload(module)


def install(names):
    """Gives the builtins of Python 2 the import that leads here."""
    global _names
    _names = names
    names.update(__import__=_import, reload=_reload)
