"""The way from Python to the engine: values there and back, tasks and tools as callable objects."""

import array
import binascii
import json
import math
import os

import qa2_host
import qa2_ndarray
import qa2_python2


class CasaError(RuntimeError):
    """A task or tool failed; the message says what was wrong and where."""

    # Tracebacks name it without a module, as it stands in the namespace of scripts.
    __module__ = 'builtins'
    tag = 'internal'


class CasaUsageError(CasaError, ValueError, TypeError, AssertionError):
    """A task or tool was called in a way that it does not know."""

    __module__ = 'builtins'


def pack(value):
    """A Python value as JSON can carry it."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return qa2_python2.native(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {'$float': {'nan': 'NaN', 'inf': 'Infinity'}.get(str(value), '-Infinity')}
    if isinstance(value, complex):
        return {'$complex': [pack(value.real), pack(value.imag)]}
    if isinstance(value, dict):
        return {str(key): pack(part) for key, part in value.items()}
    if isinstance(value, qa2_ndarray.ndarray) and value.size >= 100 and value.dtype.kind in 'biufc':
        kind = {'b': 'bool', 'f': 'float', 'c': 'complex'}.get(value.dtype.kind, 'int')
        values = value.astype({'bool': 'bool', 'float': 'float64', 'complex': 'complex128', 'int': 'int64'}[kind])
        return {'$packed': {'kind': kind, 'shape': value.shape, 'bytes': binascii.b2a_base64(values.tobytes(), newline=False).decode()}}
    if hasattr(value, 'tolist'):
        return pack(value.tolist())
    if isinstance(value, (list, tuple, set, range, type({}.keys()), type({}.values()))):
        return [pack(part) for part in value]
    if isinstance(value, bytes):
        return value.decode('latin-1')
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise CasaUsageError('a value of type %s cannot be given to a task or tool' % type(value).__name__)


_TYPE_OF_CODE = {'B': 'uint8', 'h': 'int16', 'H': 'uint16', 'i': 'int32', 'I': 'uint32', 'q': 'int64', 'Q': 'uint64', 'f': 'float32', 'd': 'float64'}
"""Types of numpy by the codes of Python's array module."""


def _unpack_array(tag, buffers):
    """Values of a column or cell: axes as CASA has them, the first one fastest, rows last."""
    if 'values' in tag:
        return qa2_ndarray.from_storage('str', tag['values'], tag['shape'])
    flat = array.array(tag['code'])
    flat.frombytes(buffers[tag['buffer']])
    wide = {'int': 'Q' if flat.typecode in 'BHI' else 'q', 'float': 'd', 'complex': 'd'}.get(tag['type'], flat.typecode)
    if wide != flat.typecode:
        flat = qa2_ndarray.from_storage(_TYPE_OF_CODE[flat.typecode], flat, (len(flat),)).astype(_TYPE_OF_CODE[wide])._data
    kind = {'bool': 'bool', 'complex': 'complex128'}.get(tag['type']) or _TYPE_OF_CODE[flat.typecode]
    return qa2_ndarray.from_storage(kind, flat, tag['shape'])


def _unpack(text, buffers):
    def restore(part):
        if len(part) != 1:
            return part
        if '$float' in part:
            return float(part['$float'])
        if '$complex' in part:
            return complex(*part['$complex'])
        if '$keyed' in part:
            return dict(part['$keyed'])
        if '$tuple' in part:
            return tuple(part['$tuple'])
        if '$array' in part:
            return _unpack_array(part['$array'], buffers)
        if '$tool' in part:
            return Tool(part['$tool']['name'], part['$tool']['handle'])
        return part

    return json.loads(text, object_hook=restore)


def ask(request):
    """Sends a request to the engine and waits for its answer."""
    import sys

    sys.stdout.flush()
    answer, buffers = qa2_host.exchange('engine', json.dumps(request), os.getcwd())
    if answer['tag']:
        if answer['tag'] == 'aborted':
            raise KeyboardInterrupt()
        error = (CasaUsageError if answer['tag'] == 'usage' else CasaError)(answer['message'])
        error.tag = answer['tag']
        raise error
    return _unpack(answer['text'], buffers)


RETURNED_TRUE = frozenset(
    'concat cvel cvel2 flagcmd hanningsmooth imcollapse imcontsub immath immoments impbcor impv imrebin imreframe imregrid '
    'imsmooth imsubimage imtrans listobs makemask mstransform split split2 specsmooth uvcontsub'.split()
)
"""Tasks of CASA 3 to 5 that said so when they had done their work; those of CASA 6 return nothing."""


class Task:
    """A CASA task; called with parameters by position, by name, or, after default(), from globals."""

    def __init__(self, name):
        self.__name__ = name

    def __call__(self, *positional, **named):
        if not positional and not named:
            is_current = current.get('task') == self.__name__
            named = current['values']() if is_current else globals_of(self.__name__) if takes_globals() else {}
        before_task(self.__name__, positional, named)
        request = {'kind': 'task', 'name': self.__name__, 'positional': pack(positional), 'named': pack(named)}
        reply = ask(request)
        return True if reply is None and self.__name__ in RETURNED_TRUE and takes_globals() else reply

    @property
    def __doc__(self):
        return ask({'kind': 'help', 'name': self.__name__})

    def __repr__(self):
        return '<CASA task %s>' % self.__name__


def absent_task(name, sentence):
    """A task that says why it is not here; scripts may import it."""

    def task(*_positional, **_named):
        raise CasaUsageError(sentence)

    task.__name__ = name
    return task


class AbsentTool:
    """A tool that says why it is not here, as soon as one of its methods is wanted; scripts may import and make it."""

    def __init__(self, name, purpose):
        self.__dict__.update(_name=name, _purpose=purpose)

    def __getattr__(self, method):
        if method.startswith('_'):
            raise AttributeError(method)
        raise CasaUsageError('The tool %s (%s) is not available here.' % (self._name, self._purpose))

    def __call__(self):
        return self

    def create(self):
        return self

    def __repr__(self):
        return '<CASA tool %s, not available>' % self._name


def before_task(name, positional, named):
    """Told of each call of a task; qa2_parameters keeps <task>.last."""


def takes_globals():
    """Whether calls without parameters take globals; the session answers by the language that runs."""
    return False


def globals_of(name):
    """The globals of the names of a task's parameters; qa2_parameters knows them."""
    return {}


current = {}
"""What default(), inp() and go() work on: the task's name and a function that collects its globals."""


class ToolMethod:
    """A method of a tool; called with arguments by position or by name."""

    def __init__(self, tool, name):
        self.__name__ = name
        self._tool = tool

    def __call__(self, *positional, **named):
        return ask({
            'kind': 'tool', 'tool': self._tool._name, 'handle': self._tool._handle, 'method': self.__name__,
            'positional': pack(positional), 'named': pack(named),
        })

    @property
    def __doc__(self):
        return ask({'kind': 'tool-help', 'tool': self._tool._name, 'method': self.__name__})

    def __repr__(self):
        return '<CASA method %s.%s>' % (self._tool._name, self.__name__)


class Tool:
    """A CASA tool such as tb; its methods run in the engine."""

    # Names of methods by tool.
    METHODS = {}

    def __init__(self, name, handle=0):
        self.__dict__.update(_name=name, _handle=handle)

    def __getattr__(self, method):
        if method.startswith('_'):
            raise AttributeError(method)
        methods = self.METHODS.get(self._name, [method])
        if method not in methods:
            raise AttributeError('%s.%s() is not known; %s has %s.' % (self._name, method, self._name, ', '.join(methods)))

        return ToolMethod(self, method)

    @property
    def __doc__(self):
        return ask({'kind': 'tool-help', 'tool': self._name})

    def __call__(self):
        """CASA 4's tools made new ones: tb.create(), casac.table()."""
        return ask({'kind': 'new-tool', 'tool': self._name})

    def create(self, *positional, **named):
        """A new tool, as in CASA 4; with arguments a new table, as of CASA 5: tb.create(name, tabledesc)."""
        if not positional and not named:
            return self()
        return self.__getattr__('create')(*positional, **named)

    def __dir__(self):
        return list(self.METHODS.get(self._name, []))

    def __repr__(self):
        return '<CASA tool %s>' % self._name

    def __del__(self):
        if self._handle:
            try:
                ask({'kind': 'drop-tool', 'handle': self._handle})
            except Exception:
                pass
