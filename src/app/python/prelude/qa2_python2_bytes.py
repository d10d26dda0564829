"""Bytes of Python 2: what files opened 'rb' give, and the modules that take and give bytes (pickle, struct, hashlib …)."""

import builtins
import importlib
import io
import pickle
import types

from qa2_python2_text import UnicodeText, unicode_deep


def to_bytes(value):
    """The bytes of a Python 2 string; anything else as it is."""
    return value.encode('latin-1', 'qa2') if isinstance(value, str) else value


class ByteText(str):
    """A string of bytes: text to a script, bytes to the functions of Python 3 that look for a buffer."""

    __slots__ = ()

    def __buffer__(self, _flags):
        return memoryview(to_bytes(self))

    def __getitem__(self, place):
        return ByteText(str.__getitem__(self, place))


ByteText.__name__ = 'str'


def to_text(value):
    """Bytes as a Python 2 string; anything else as it is."""
    return ByteText(value, 'latin-1') if isinstance(value, (bytes, bytearray)) else value


class _TextsOfBytes:
    """A binary file that reads and writes Python 2 strings."""

    def read(self, size=-1):
        return to_text(super().read(size))

    def readline(self, size=-1):
        return to_text(super().readline(size))

    def readlines(self, hint=-1):
        return [to_text(line) for line in super().readlines(hint)]

    def __next__(self):
        line = super().readline()
        if not line:
            raise StopIteration
        return to_text(line)

    def write(self, data):
        return super().write(to_bytes(data))

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class _Reader(_TextsOfBytes, io.BufferedReader):
    pass


class _Writer(_TextsOfBytes, io.FileIO):
    pass


class _ReaderWriter(_TextsOfBytes, io.BufferedRandom):
    pass


def open_binary(path, mode):
    """open(path, mode) of Python 2 for a mode with b."""
    plain = mode.replace('b', '')
    if '+' in plain:
        return _ReaderWriter(io.FileIO(path, plain))
    return _Reader(io.FileIO(path, plain)) if plain == 'r' else _Writer(path, plain)


# ---------------------------------------------------------------- pickle


class _ByteSource:
    """What an unpickler reads from: a file of either kind, as bytes."""

    def __init__(self, file):
        self._file = file

    def read(self, size=-1):
        return to_bytes(self._file.read(size))

    def readline(self):
        return to_bytes(self._file.readline())


class _ByteSink:
    """What a pickler writes to: a file of either kind."""

    def __init__(self, file):
        self._file = file

    def write(self, data):
        return self._file.write(to_text(bytes(data)))


def _protocol(number):
    """As Python 2: text (0) unless asked for another, and never one that it could not read."""
    return 2 if number is not None and (number < 0 or number > 2) else number or 0


def _pickler(file, protocol=0):
    return pickle.Pickler(_ByteSink(file), _protocol(protocol))


class _TextUnpickler(pickle.Unpickler):
    """Reads the strings that a script pickled as unicode as such again."""

    def find_class(self, module, name):
        return UnicodeText if (module, name) == ('__builtin__', 'unicode') else super().find_class(module, name)


def _unpickler(file):
    return _TextUnpickler(_ByteSource(file), encoding='latin-1')


def _old_pickle():
    module = types.ModuleType('pickle')
    module.__dict__.update(
        vars(pickle),
        dump=lambda value, file, protocol=0: _pickler(file, protocol).dump(value),
        dumps=lambda value, protocol=0: to_text(pickle.dumps(value, _protocol(protocol))),
        load=lambda file: _unpickler(file).load(),
        loads=lambda text: _TextUnpickler(io.BytesIO(to_bytes(text)), encoding='latin-1').load(),
        Pickler=_pickler, Unpickler=_unpickler, HIGHEST_PROTOCOL=2,
    )
    return module


# ---------------------------------------------------------------- modules whose functions take and give bytes


def _with_texts(function):
    def call(*args, **named):
        found = function(*[to_bytes(arg) for arg in args], **named)
        return tuple(to_text(part) for part in found) if isinstance(found, tuple) else to_text(found)

    return call


class _Hash:
    """A hash that takes Python 2 strings."""

    def __init__(self, made):
        self._made = made

    def update(self, data):
        self._made.update(to_bytes(data))

    def digest(self):
        return to_text(self._made.digest())

    def __getattr__(self, name):
        return getattr(self._made, name)


def _old_hashlib():
    import hashlib

    def maker(kind):
        return lambda data='': _Hash(hashlib.new(kind, to_bytes(data)))

    module = types.ModuleType('hashlib')
    kinds = {kind: maker(kind) for kind in ('md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512')}
    module.__dict__.update(vars(hashlib), **kinds, new=lambda kind, data='': maker(kind)(data))
    return module


def _old_gzip():
    import gzip

    class GzipFile(_TextsOfBytes, gzip.GzipFile):
        pass

    module = types.ModuleType('gzip')
    module.__dict__.update(vars(gzip), GzipFile=GzipFile, open=lambda name, mode='rb', level=9: GzipFile(name, mode, level))
    return module


def _told_deep(value):
    """The same value with its strings as the text that their bytes mean."""
    if isinstance(value, str) and not value.isascii():
        try:
            return value.encode('latin-1').decode('utf-8')
        except UnicodeError:
            return value
    if type(value) in (list, tuple):
        return [_told_deep(part) for part in value]
    if type(value) is dict:
        return {_told_deep(key): _told_deep(part) for key, part in value.items()}
    return value


def _old_json():
    import json

    module = types.ModuleType('json')
    module.__dict__.update(vars(json))
    real = json.dumps
    module.dumps = lambda value, **named: real(_told_deep(value), **({'separators': (', ', ': ')} | named))
    module.dump = lambda value, file, **named: file.write(module.dumps(value, **named))
    module.load = lambda file, *rest, **named: unicode_deep(json.load(file, *rest, **named))
    module.loads = lambda text, *rest, **named: unicode_deep(json.loads(text, *rest, **named))
    return module


def _native_layout(layout):
    return layout if layout[:1] in ('<', '>', '=', '!') else layout.replace('l', 'q').replace('L', 'Q')


def _adapted(name):
    """A copy of a module whose functions take and give strings of bytes."""
    real = importlib.import_module(name)
    module = types.ModuleType(name)
    module.__dict__.update(
        {key: _with_texts(value) if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) else value for key, value in vars(real).items()}
    )
    if name == 'struct':
        # Long whole numbers have eight bytes where the layout is the machine's.
        for key in ('pack', 'unpack', 'calcsize', 'pack_into', 'unpack_from'):
            module.__dict__[key] = lambda layout, *rest, plain=module.__dict__[key], **named: plain(_native_layout(layout), *rest, **named)
    if name in ('zlib', 'binascii'):
        module.crc32 = lambda data, start=0: (real.crc32(to_bytes(data), start) ^ 2**31) - 2**31
    if name == 'base64':
        module.encodestring, module.decodestring = module.encodebytes, module.decodebytes
    return module


_MAKERS = {
    'pickle': _old_pickle, 'cPickle': _old_pickle, 'hashlib': _old_hashlib, 'gzip': _old_gzip, 'json': _old_json,
    **{name: (lambda name=name: _adapted(name)) for name in ('struct', 'zlib', 'base64', 'binascii')},
}
_made = {}


def module_of(name):
    """A module as Python 2 has it, or None for one that needs nothing."""
    if name in _MAKERS and name not in _made:
        _made[name] = _MAKERS[name]()
    return _made.get(name)
