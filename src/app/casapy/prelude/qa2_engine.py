"""The way from Python to the engine: values there and back, tasks and tools as callable objects."""

import array
import json
import math
import os

import qa2_host
import qa2_python2


class CasaError(RuntimeError):
    """A task or tool failed; the message says what was wrong and where."""

    tag = 'internal'


class CasaUsageError(CasaError, ValueError, TypeError, AssertionError):
    """A task or tool was called in a way that it does not know."""


class Array:
    """Values of a column or cell: axes as CASA has them, the first one fastest, rows last."""

    __slots__ = ('_flat', 'shape', '_offset', '_strides', '_pairs')

    def __init__(self, flat, shape, offset=0, strides=None, pairs=False):
        if strides is None:
            strides = [1]
            for size in shape[:-1]:
                strides.append(strides[-1] * size)
        self._flat, self.shape, self._offset, self._strides, self._pairs = flat, tuple(shape), offset, strides, pairs

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return math.prod(self.shape)

    @property
    def T(self):
        return Array(self._flat, self.shape[::-1], self._offset, self._strides[::-1], self._pairs)

    def _value(self, at):
        return complex(self._flat[2 * at], self._flat[2 * at + 1]) if self._pairs else self._flat[at]

    def __len__(self):
        return self.shape[0]

    def __iter__(self):
        for index in range(self.shape[0]):
            yield self[index]

    def __getitem__(self, key):
        keys = key if isinstance(key, tuple) else (key,)
        offset, shape, strides = self._offset, [], []
        for axis, size in enumerate(self.shape):
            part = keys[axis] if axis < len(keys) else slice(None)
            step = self._strides[axis]
            if isinstance(part, slice):
                chosen = range(*part.indices(size))
                offset += chosen.start * step if len(chosen) else 0
                shape.append(len(chosen))
                strides.append(step * chosen.step)
            else:
                if not -size <= part < size:
                    raise IndexError('index %d is out of bounds for axis %d with size %d' % (part, axis, size))
                offset += (part % size) * step
        if len(keys) > len(self.shape):
            raise IndexError('too many indices: the array has %d axes' % len(self.shape))
        return Array(self._flat, shape, offset, strides, self._pairs) if shape else self._value(offset)

    def tolist(self):
        return [part.tolist() if isinstance(part, Array) else part for part in self]

    def __eq__(self, other):
        return self.tolist() == (other.tolist() if isinstance(other, Array) else list(other))

    def __contains__(self, value):
        return any(value in part if isinstance(part, Array) else part == value for part in self)

    def __repr__(self):
        return 'array(%r)' % (self.tolist(),)

    def __str__(self):
        return str(self.tolist()).replace(',', '')


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
    if hasattr(value, 'tolist'):
        return pack(value.tolist())
    if isinstance(value, (list, tuple, set, range, type({}.keys()), type({}.values()))):
        return [pack(part) for part in value]
    if isinstance(value, bytes):
        return value.decode('latin-1')
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise CasaUsageError('a value of type %s cannot be given to a task or tool' % type(value).__name__)


def _unpack_array(tag, buffers):
    if 'values' in tag:
        return Array(tag['values'], tag['shape'])
    flat = array.array(tag['code'])
    flat.frombytes(buffers[tag['buffer']])
    if tag['type'] == 'bool':
        flat = [bool(value) for value in flat]
    return Array(flat, tag['shape'], pairs=tag['type'] == 'complex')


def _unpack(text, buffers):
    def restore(part):
        if len(part) != 1:
            return part
        if '$float' in part:
            return float(part['$float'])
        if '$complex' in part:
            return complex(*part['$complex'])
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


class Task:
    """A CASA task; called with parameters by position, by name, or, after default(), from globals."""

    def __init__(self, name):
        self.__name__ = name

    def __call__(self, *positional, **named):
        if not positional and not named and current.get('task') == self.__name__:
            named = current['values']()
            _keep_last(self.__name__, named)
        request = {'kind': 'task', 'name': self.__name__, 'positional': pack(positional), 'named': pack(named)}
        return ask(request)

    @property
    def __doc__(self):
        return ask({'kind': 'help', 'name': self.__name__})

    def __repr__(self):
        return '<CASA task %s>' % self.__name__


def _keep_last(name, values):
    """<task>.last: what tget reads; where it cannot be written, it is left out as CASA does."""
    try:
        with open(name + '.last', 'w') as file:
            file.write('taskname = %r\n' % name)
            file.write(''.join('%-20s = %r\n' % item for item in values.items()))
    except OSError:
        pass


current = {}
"""What default(), inp() and go() work on: the task's name and a function that collects its globals."""


class Tool:
    """A CASA tool such as tb; its methods run in the engine."""

    def __init__(self, name, handle=0):
        self.__dict__.update(_name=name, _handle=handle)

    def __getattr__(self, method):
        if method.startswith('_'):
            raise AttributeError(method)

        def call(*positional, **named):
            return ask({
                'kind': 'tool', 'tool': self._name, 'handle': self._handle, 'method': method,
                'positional': pack(positional), 'named': pack(named),
            })

        call.__name__ = method
        return call

    def __call__(self):
        """CASA 4's tools made new ones: tb.create(), casac.table()."""
        return ask({'kind': 'new-tool', 'tool': self._name})

    create = __call__

    def __repr__(self):
        return '<CASA tool %s>' % self._name

    def __del__(self):
        if self._handle:
            try:
                ask({'kind': 'drop-tool', 'handle': self._handle})
            except Exception:
                pass
