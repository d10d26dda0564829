"""Takes from Python what leads out of it: JavaScript, C by hand, other interpreters, the host's shell."""

import gc
import importlib
import sys

_CLOSED = {
    '_ctypes', '_pyodide_core', '_remote_debugging', '_testcapi', '_testinternalcapi', '_testlimitedcapi',
    '_testclinic', '_testclinic_limited', '_testbuffer', '_xxtestfuzz', '_posixsubprocess', 'xxsubtype', '_interpreters',
    'js', 'pyodide_js', 'pyodide', '_pyodide', 'ctypes',
}
_POSIX = ('system', 'execv', 'execve', 'fork', 'register_at_fork', 'posix_spawn', 'posix_spawnp')


class _ClosedFinder:
    """Refuses to find what is closed, with one clear line."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition('.')[0] in _CLOSED:
            raise ImportError('The module %s is not available to scripts.' % name)
        return None


def preload():
    """Loads every open built-in module, so that the way to load built-in modules can be closed; kept in the snapshot."""
    for name in sys.builtin_module_names:
        if name not in _CLOSED:
            importlib.import_module(name)


def seal():
    """Closes the ways out; there is no way back."""
    import posix
    import _imp
    import os

    for name in _POSIX:
        if getattr(os, name, None) is getattr(posix, name, os):
            delattr(os, name)
        if hasattr(posix, name):
            delattr(posix, name)
    for name in [name for name in sys.modules if name.partition('.')[0] in _CLOSED]:
        _empty(sys.modules.pop(name))
    sys.meta_path[:] = [_ClosedFinder] + [finder for finder in sys.meta_path if 'pyodide' not in str(finder)]
    for name in ('create_builtin', 'create_dynamic'):
        delattr(_imp, name)
    for name in ('get_objects', 'get_referrers', 'get_referents'):
        delattr(gc, name)
    import _socket

    _socket.socket = _no_socket
    sys.modules['_socket'].__dict__.pop('SocketType', None)


def _no_socket(*_arguments, **_options):
    raise PermissionError('Scripts have no network.')


def _empty(module):
    """A module that something still refers to keeps nothing that could be used."""
    content = getattr(module, '__dict__', {})
    if type(module).__name__ != 'module':
        return
    for name in [name for name, value in content.items() if 'pyodide.ffi' in str(type(value)) or 'JsProxy' in str(type(value))]:
        content[name] = None


preload()
