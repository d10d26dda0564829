"""
Imports of Python 2: a module of the package that imports comes before one of the same name elsewhere, and what is not
found is told in Python 2's words. In which language a module beside a script is read, qa2_session decides.
"""

import __future__
import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import types
import weakref

_NOT_FOUND = re.compile(r"No module named '[\w.]+'(?:; .* is not a package)?$")


_elsewhere = weakref.WeakKeyDictionary()
"""Names that modules of a package imported from elsewhere; Python 2 does not look for them in it again."""


def _is_part(package, name):
    """Whether a package has a module of this name; a folder without __init__.py is none in Python 2."""
    full = package + '.' + name
    if full in sys.modules:
        return True
    module = sys.modules.get(package)
    if module is None or name in _elsewhere.get(module, ()):
        return False
    places = getattr(module, '__path__', None)
    spec = places is not None and importlib.machinery.PathFinder.find_spec(full, places)
    return bool(spec and spec.loader)


# What Python 3 has and Python 2.7 had not: a module of the name beside a script is the script's.
_NEW = frozenset(
    'asyncio builtins concurrent configparser contextvars copyreg dataclasses enum faulthandler graphlib html http ipaddress lzma pathlib'
    ' queue reprlib secrets selectors socketserver statistics tkinter tomllib tracemalloc typing venv xmlrpc zipapp zoneinfo'.split()
)
_beside = {}
"""Modules of such names by their files; the library goes on with its own."""


def _module_beside(name):
    """The script's own module of a name that only Python 3's library has, or None."""
    places = [place for place in sys.path if not place.startswith('/lib/')]
    _look_again()
    spec = importlib.machinery.PathFinder.find_spec(name, places)
    if not spec or not spec.loader or spec.submodule_search_locations:
        return None
    if spec.origin not in _beside:
        _beside[spec.origin] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(_beside[spec.origin])
        except BaseException:
            del _beside[spec.origin]
            raise
    return _beside[spec.origin]


def _look_again():
    """Forgets which files folders held, and where relative ones were: a module may have been written, the script elsewhere."""
    for folder, finder in list(sys.path_importer_cache.items()):
        if not os.path.isabs(folder):
            del sys.path_importer_cache[folder]
        elif isinstance(finder, importlib.machinery.FileFinder):
            finder.invalidate_caches()


def _in_old_words(error, name, package):
    """ImportError as Python 2 words it: of a dotted name, the parts from the one that is missing."""
    missing = error.name.removeprefix(package + '.') if package else error.name
    is_own = (name + '.').startswith(missing + '.')
    told = '.'.join(name.split('.')[missing.count('.'):]) if is_own else error.name
    made = ImportError('No module named ' + told, name=error.name)
    return made.with_traceback(error.__traceback__)


def importer(old_module):
    """__import__ of Python 2; old_module(name) gives a module of the library as it was then, or None where nothing changed."""

    def find(name, space=None, local=None, fromlist=None, level=-1):
        package, top, passes = (space or {}).get('__package__') or '', name.partition('.')[0], False
        if level <= 0:
            is_absolute = not package or space.get('absolute_import') is __future__.absolute_import
            passes = not is_absolute and not _is_part(package, top)
            level = 0 if is_absolute or passes else 1
        found = found_at(name, space, local, fromlist, level, package)
        if passes and package in sys.modules:
            _elsewhere.setdefault(sys.modules[package], set()).add(top)
        return found

    def found_at(name, space, local, fromlist, level, package):
        known = (old_module(name) or name in _NEW and _module_beside(name) or None) if level == 0 else None
        if known is not None:
            return known
        if name not in sys.modules:
            _look_again()
        try:
            return builtins.__import__(name, space, local, fromlist or (), level)
        except ModuleNotFoundError as error:
            if not _NOT_FOUND.match(str(error)):
                raise
            told = _in_old_words(error, name, package if level else '')
        except ImportError as error:
            if not str(error).startswith('attempted relative import'):
                raise
            told = ValueError('Attempted relative import ' + ('beyond toplevel package' if package else 'in non-package'))
        raise told from None

    return find


def reload(module):
    """A module beside a script runs again; one of the library comes back as it is."""
    loader = getattr(module, '__loader__', None)
    is_beside = isinstance(loader, importlib.machinery.SourceFileLoader) and not loader.path.startswith('/lib/')
    return importlib.reload(module) if loader is None or is_beside else module


# ---------------------------------------------------------------- the module imp

_SOURCE, _PACKAGE, _BUILT_IN = 1, 5, 6


def _load_from(name, path, places=None):
    """A module from a file; one that is there already is filled anew."""
    loader = importlib.machinery.SourceFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader, submodule_search_locations=places)
    module = sys.modules.get(name)
    if module is None:
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
    else:
        module.__spec__, module.__loader__, module.__file__ = spec, loader, path
    loader.exec_module(module)
    return module


def _load_source(name, path, _file=None):
    return _load_from(name, path)


def _find_module(name, places=None):
    if places is None and name in sys.builtin_module_names:
        return None, name, ('', '', _BUILT_IN)
    for folder in sys.path if places is None else places:
        place = os.path.join(folder, name)
        if os.path.isfile(os.path.join(place, '__init__.py')):
            return None, place, ('', '', _PACKAGE)
        if os.path.isfile(place + '.py'):
            return open(place + '.py', encoding='latin-1'), place + '.py', ('.py', 'U', _SOURCE)
    raise ImportError('No module named ' + name)


def _load_module(name, _file, path, description):
    if description[2] == _SOURCE:
        return _load_from(name, path)
    if description[2] == _PACKAGE:
        return _load_from(name, os.path.join(path, '__init__.py'), [path])
    return importlib.import_module(name)


def _load_package(name, path):
    return _load_module(name, None, path, ('', '', _PACKAGE))


IMP = dict(
    PY_SOURCE=_SOURCE, PY_COMPILED=2, C_EXTENSION=3, PKG_DIRECTORY=_PACKAGE, C_BUILTIN=_BUILT_IN,
    load_source=_load_source, find_module=_find_module, load_module=_load_module, load_package=_load_package,
    new_module=types.ModuleType, reload=reload, lock_held=lambda: False, acquire_lock=lambda: None,
    release_lock=lambda: None, get_suffixes=lambda: [('.py', 'U', _SOURCE)],
)
"""What the module imp holds."""
