"""Arrays as numpy has them: shapes, views, broadcasting, and how numpy prints them. Of many numbers, the host's loops make them (qa2_kernels); Python does the rest."""

import array
import functools
import itertools
import math
import operator

import qa2_kernels as kernels


class dtype:
    """The kind of an array's values: b, i, f, c, U or O, and the bytes of one; the order of its bytes counts where they are written."""

    __slots__ = ('name', 'kind', 'itemsize', 'byteorder', '_given_out')
    _known = {}

    def __new__(cls, name):
        if type(name) is cls:
            return name
        found = cls._known.get(name) if isinstance(name, (str, type)) else None
        return found or cls._make(name)

    @classmethod
    def _make(cls, name):
        self = object.__new__(cls)
        self.name, self.kind, self.itemsize = _find_type(name)
        order = name[:1] if isinstance(name, str) else '='
        is_ordered = self.itemsize > 1 and self.kind in 'iufc'
        self.byteorder = '>' if is_ordered and order in ('>', '!') else '=' if is_ordered else '|'
        self._given_out = None
        if isinstance(name, (str, type)):
            cls._known[name] = self
        return self

    @property
    def given_out(self):
        """Makes of a stored value what a script gets."""
        if self._given_out is None:
            self._given_out = getattr(SCALARS[self.name], '_of', _as_it_is)
        return self._given_out

    def __reduce__(self):
        return dtype, (self.str if self.byteorder == '>' else self.name,)

    def __eq__(self, other):
        try:
            other = dtype(other)
            return self.name == other.name and self.byteorder == other.byteorder
        except TypeError:
            return False

    def __hash__(self):
        return hash(self.name)

    @property
    def type(self):
        return SCALARS[self.name]

    @property
    def str(self):
        order = '<' if self.kind == 'U' or self.byteorder == '=' else self.byteorder
        return order + self.kind + ('' if self.kind == 'O' else repr(self.itemsize))

    def __repr__(self):
        return "dtype('%s')" % ('O' if self.kind == 'O' else '<U' if self.kind == 'U' else self.str if self.byteorder == '>' else self.name)

    def __str__(self):
        return {'str': '<U', 'object': 'object'}.get(self.name, self.str if self.byteorder == '>' else self.name)


_TYPES = {
    'bool': ('b', 1), 'int8': ('i', 1), 'int16': ('i', 2), 'int32': ('i', 4), 'int64': ('i', 8), 'uint8': ('u', 1), 'uint16': ('u', 2),
    'uint32': ('u', 4), 'uint64': ('u', 8), 'float32': ('f', 4), 'float64': ('f', 8), 'complex64': ('c', 8), 'complex128': ('c', 16),
    'str': ('U', 4), 'object': ('O', 8),
}
_NAMES = {
    'int': 'int64', 'float': 'float64', 'complex': 'complex128', 'bool_': 'bool', 'int_': 'int64', 'float_': 'float64', 'b': 'int8', 'B': 'uint8', 'h': 'int16', 'H': 'uint16',
    'I': 'uint32', 'q': 'int64', 'Q': 'uint64', 'L': 'uint64', 'b1': 'bool', 'byte': 'int8', 'ubyte': 'uint8', 'short': 'int16', 'longlong': 'int64',
    'i': 'int32', 'i4': 'int32', 'i8': 'int64', 'i2': 'int16', 'i1': 'int8', 'u1': 'uint8', 'u2': 'uint16', 'u4': 'uint32', 'u8': 'uint64', 'f': 'float32', 'd': 'float64', 'f4': 'float32',
    'f8': 'float64', 'c8': 'complex64', 'c16': 'complex128', 'D': 'complex128', 'F': 'complex64', '?': 'bool', 'O': 'object', 'S': 'str',
    'U': 'str', 'double': 'float64', 'single': 'float32', 'long': 'int64', 'str_': 'str', 'string': 'str', 'unicode': 'str', 'l': 'int64',
}
_CODES = {
    'bool': 'B', 'int8': 'b', 'int16': 'h', 'int32': 'i', 'int64': 'q', 'uint8': 'B', 'uint16': 'H', 'uint32': 'I', 'uint64': 'Q',
    'float32': 'f', 'float64': 'd',
}


def _find_type(name):
    if isinstance(name, type):
        name = getattr(name, '_dtype_name', name.__name__)
    elif isinstance(name, (list, dict)):
        raise NotImplementedError('numpy: record arrays (dtype=%r) are not available here.' % (name,))
    # Types of Python 2 have stand-ins.
    text = str(name if isinstance(name, str) else getattr(name, '_name', name)).lstrip('<>=|!')
    text = text if text in _TYPES else _NAMES.get(text, 'str' if text[:1] in 'SUa' and text[1:].isdigit() else text)
    if text not in _TYPES:
        raise TypeError('data type %r not understood' % (name,))
    return (text,) + _TYPES[text]


class _Scalar:
    """numpy.float32 and the like: names of types that also make values."""

    __slots__ = ()


class number(_Scalar):
    """A number out of an array: a Python number that also has what an array of one value has."""

    __slots__ = ()
    shape, ndim, size = (), 0, 1

    @property
    def dtype(self):
        return dtype(self._dtype_name)

    def item(self):
        return self._plain(self)

    tolist = item

    def __reduce__(self):
        return self._plain, (self._plain(self),)

    def __getattr__(self, name):
        if name not in _OF_ARRAYS:
            raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))
        method = getattr(from_values([self], (1,), self._dtype_name), name)

        def run(*args, **kwargs):
            found = method(*args, **kwargs)
            return found[0] if isinstance(found, ndarray) and found.size == 1 else found

        return run


class integer(number):
    __slots__ = ()
    _dtype_name = 'int64'


class floating(number):
    __slots__ = ()
    _dtype_name = 'float64'


class complexfloating(number):
    __slots__ = ()
    _dtype_name = 'complex128'


_OF_ARRAYS = {'all', 'any', 'astype', 'clip', 'copy', 'cumsum', 'flatten', 'max', 'mean', 'min', 'prod', 'ravel', 'reshape', 'round', 'std', 'sum', 'var'}
_OPERATIONS = ['add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'pow']
_PLAIN = {'i': (int, integer), 'u': (int, integer), 'f': (float, floating), 'c': (complex, complexfloating)}


def _operation(plain, name):
    """An operation between numbers whose result is again a number of arrays; a quotient by zero is no error."""
    act, is_reflected = getattr(plain, '__%s__' % name), name[0] == 'r'
    quotient = {'truediv': divide, 'floordiv': floor_divide, 'mod': remainder}.get(name.lstrip('r'))

    def run(self, other):
        if quotient and isinstance(other, (int, float, complex)) and not (self if is_reflected else other):
            return as_scalar(quotient(other, self) if is_reflected else quotient(self, other))
        found = act(self, other)
        if self._dtype_name == 'float32' == getattr(other, '_dtype_name', None):
            return SCALARS['float32'](found)
        if found is NotImplemented and isinstance(other, (float, complex)):
            wider = float if isinstance(other, float) else complex
            found = getattr(wider, '__%s__' % name)(wider(self), other)
        return as_scalar(found)

    return run


def as_scalar(value):
    """A number as arrays give it out; other values as they are."""
    kind = type(value)
    name = 'float64' if kind is float else 'int64' if kind is int else 'complex128' if kind is complex else None
    return SCALARS[name]._of(value) if name else value


def _scalar_type(name):
    letter = _TYPES[name][0]
    convert = {'b': bool, 'U': str, 'O': lambda value: value}.get(letter) or _PLAIN[letter][0]

    def make(cls, value=0):
        if isinstance(value, ndarray):
            return value.astype(name)
        if isinstance(value, (list, tuple)):
            return make_array(value, dtype(name))
        value = _rounded(convert(value), name)
        return value if letter not in _PLAIN else convert.__new__(cls, value)

    if letter not in _PLAIN:
        return type(name, (_Scalar,), {'__new__': make, '_dtype_name': name})
    members = {'__module__': 'numpy', '__new__': make, '_dtype_name': name, '_plain': convert, '__slots__': ()}
    for operation in _OPERATIONS:
        for form in (operation, 'r' + operation):
            if hasattr(convert, '__%s__' % form):
                members['__%s__' % form] = _operation(convert, form)
    for operation in ('neg', 'pos', 'abs'):
        members['__%s__' % operation] = lambda self, act=getattr(convert, '__%s__' % operation): as_scalar(act(self))
    if name == 'float32':
        members['__repr__'] = members['__str__'] = lambda self: repr(_short_float(float(self)))
    found = type(name, (_PLAIN[letter][1], convert), members)
    found._of = functools.partial(convert.__new__, found)
    return found


def _as_it_is(value):
    return value


def _rounded(value, name):
    if name == 'float32':
        return array.array('f', [value])[0]
    return value


SCALARS = {}


class _Bools:
    """Storage of truth values, one byte each."""

    __slots__ = ('bytes',)

    def __init__(self, values):
        self.bytes = values if isinstance(values, (array.array, bytearray)) else bytearray(bool(value) for value in values)

    def __len__(self):
        return len(self.bytes)

    def __getitem__(self, at):
        return self.bytes[at] != 0

    def __setitem__(self, at, value):
        self.bytes[at] = 1 if value else 0

    def line(self, start, stop):
        return [value != 0 for value in self.bytes[start:stop]]


class _Pairs:
    """Storage of complex numbers, two floats each."""

    __slots__ = ('parts',)

    def __init__(self, parts):
        self.parts = parts

    @classmethod
    def of(cls, values, code):
        return cls(array.array(code, [part for value in map(complex, values) for part in (value.real, value.imag)]))

    def __len__(self):
        return len(self.parts) // 2

    def __getitem__(self, at):
        return complex(self.parts[2 * at], self.parts[2 * at + 1])

    def __setitem__(self, at, value):
        value = complex(value)
        self.parts[2 * at], self.parts[2 * at + 1] = value.real, value.imag

    def line(self, start, stop):
        return list(map(complex, self.parts[2 * start:2 * stop:2], self.parts[2 * start + 1:2 * stop:2]))


def _buffer(storage):
    """The memory of a storage of numbers."""
    return storage.parts if isinstance(storage, _Pairs) else storage.bytes if isinstance(storage, _Bools) else storage


def _share(one, other):
    """Whether two arrays lie in the same memory."""
    return _buffer(one._data) is _buffer(other._data)


def refuse_large(value, kind):
    """Python's own whole numbers must fit a type of whole numbers; those out of arrays are cut."""
    if type(value) is int and kind.kind in 'iu':
        bits = 8 * kind.itemsize - (kind.kind == 'i')
        if not (-1 << bits if kind.kind == 'i' else 0) <= value < 1 << bits:
            raise OverflowError('Python integer %d out of bounds for %s' % (value, kind))


def _stored(name, memory):
    """Memory of numbers as the storage of a type."""
    return _Bools(memory) if name == 'bool' else _Pairs(memory) if name[0] == 'c' else memory


def blank(shape, kind, strides=None):
    """A new array of zeros of a type of numbers."""
    kind = dtype(kind)
    return ndarray(shape, kind, _stored(kind.name, kernels.memory(kind.name, math.prod(shape))), strides)


def _operand(given, shape):
    """An array as an operand of loops over a shape."""
    strides = given._strides
    if given.shape_ != shape:
        lead = len(shape) - len(strides)
        strides = (0,) * lead + tuple(0 if size == 1 else step for size, step in zip(given.shape_, strides))
    return given.dtype.name, _buffer(given._data), given._offset, strides


def _strides_as(arrays, shape):
    """Strides of a new array in the order in which the arrays of that shape lie; None: the last axis fastest."""
    for one in arrays:
        if one.shape_ == shape and len(shape) > 1 and not one._is_contiguous():
            order = sorted(range(len(shape)), key=lambda axis: -abs(one._strides[axis]))
            strides, step = [0] * len(shape), 1
            for axis in reversed(order):
                strides[axis], step = step, step * shape[axis]
            return strides
    return None


def looped(name, inputs, shape, kind):
    """A new array that a loop makes of arrays, value by value; their shapes are broadcast to `shape`."""
    shape = tuple(shape)
    found = blank(shape, kind, _strides_as(inputs, shape))
    kernels.run(name, shape, [_operand(one, shape) for one in (found, *inputs)])
    return found


def copy_into(target, source):
    """Values of one array into another, whose shape they are broadcast to; both have numbers, and room of their own."""
    kernels.run('copy', target.shape_, [_operand(target, target.shape_), _operand(source, target.shape_)])


def _store(values, kind):
    """Storage of a type for flat values."""
    name = kind.name
    if name == 'bool':
        return _Bools(values)
    if kind.kind == 'c':
        return _Pairs.of(values, 'f' if name == 'complex64' else 'd')
    if kind.kind in 'iu':
        size, unsigned = 8 * kind.itemsize, kind.kind == 'u'
        wrap = (lambda value: value % (1 << size)) if unsigned else (lambda value: (value + (1 << size - 1)) % (1 << size) - (1 << size - 1))
        try:
            return array.array(_CODES[name], values)
        except TypeError:
            return _store([int(value) for value in values], kind)
        except OverflowError:
            return array.array(_CODES[name], [wrap(int(value)) for value in values])
    if kind.kind == 'f':
        try:
            return array.array(_CODES[name], values)
        except TypeError:
            return array.array(_CODES[name], [float(value) for value in values])
    return [str(value) for value in values] if kind.kind == 'U' else list(values)


_ORDER = ['bool', 'uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64', 'float32', 'float64', 'complex64', 'complex128']


def common_type(*types):
    """The type that can hold the values of all."""
    kinds = {one.kind for one in types}
    if 'O' in kinds or ('U' in kinds and len(kinds) > 1):
        return dtype('object') if 'O' in kinds else dtype('str')
    if 'U' in kinds:
        return dtype('str')
    best = max(types, key=lambda one: _ORDER.index(one.name))
    if best.kind in 'iu' and {'i', 'u'} <= kinds:
        signed, unsigned = (max(one.itemsize for one in types if one.kind == kind) for kind in 'iu')
        size = signed if signed > unsigned else 2 * unsigned
        return dtype('int%d' % (8 * size) if size <= 8 else 'float64')
    if best.name == 'float32' and any(one.kind in 'iu' and one.itemsize > 2 for one in types):
        return dtype('float64')
    if best.name == 'complex64' and any(one.name == 'float64' or (one.kind in 'iu' and one.itemsize > 2) for one in types):
        return dtype('complex128')
    return dtype(best.name)


def type_of_value(value):
    if isinstance(value, number):
        return value.dtype
    if isinstance(value, bool):
        return dtype('bool')
    if isinstance(value, int):
        return dtype('int64') if -2 ** 63 <= value < 2 ** 63 else dtype('object')
    if isinstance(value, float):
        return dtype('float64')
    if isinstance(value, complex):
        return dtype('complex128')
    return dtype('str') if isinstance(value, (str, bytes)) else dtype('object')


def type_of_values(values):
    if not values:
        return dtype('float64')
    kinds = set(map(type, values))
    if kinds <= {float, int, bool}:
        return dtype('float64' if float in kinds else 'int64' if int in kinds else 'bool')
    if all(kind is float or issubclass(kind, number) for kind in kinds):
        return common_type(*[dtype(getattr(kind, '_dtype_name', 'float64')) for kind in kinds])
    return common_type(*[type_of_value(value) for value in values])


def from_storage(kind, flat, shape):
    """An array on flat values whose first axis is the fastest; they are not copied."""
    kind = dtype(kind)
    data = _Bools(flat) if kind.kind == 'b' else _Pairs(flat) if kind.kind == 'c' else flat
    strides, step = [], 1
    for size in shape:
        strides.append(step)
        step *= size
    return ndarray(shape, kind, data, strides)


class Masked:
    """What numpy's functions know arrays of numpy.ma by: `apply` takes a function of values, `reduce` one of lines."""


@functools.lru_cache(4096)
def _c_strides(shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


_KIND_ORDER = 'buifc'
"""Kinds of numbers, each of which holds those before it."""


def _joined_strides(shape, strides, wanted):
    """Strides of the values in another shape of as many; None where they have to be copied for it."""
    given = [(size, step) for size, step in zip(shape, strides) if size != 1]
    found, place, step = [], 0, 1
    while place < len(given):
        size, step = given[place]
        sizes, count = [], 1
        place += 1
        while not sizes or count != size:
            if count < size or not sizes:
                sizes.append(wanted[len(found) + len(sizes)])
                count *= sizes[-1]
            else:
                if step != given[place][0] * given[place][1]:
                    return None
                size, step = size * given[place][0], given[place][1]
                place += 1
        found += [step * math.prod(sizes[at + 1:]) for at in range(len(sizes))]
    return found + [step] * (len(wanted) - len(found))


class _Flat:
    """The values of an array as one line: numpy's `flat`."""

    def __init__(self, given):
        self._given = given

    def __iter__(self):
        return iter(self._given.ravel())

    def __len__(self):
        return self._given.size

    def __getitem__(self, key):
        return self._given.ravel()[key]

    def __setitem__(self, key, value):
        line = self._given.ravel()
        line[key] = value
        if not self._given._is_contiguous():
            self._given[...] = line.reshape(self._given.shape_)


class ndarray:
    """Values of one type on a grid; views share their values."""

    # Scripts print types: arrays are numpy's.
    __module__ = 'numpy'

    __slots__ = ('_data', 'shape_', '_strides', '_offset', 'dtype')
    __array_priority__ = 1
    __hash__ = None

    def __init__(self, shape, kind=None, data=None, strides=None, offset=0):
        self.shape_ = shape if type(shape) is tuple else tuple(shape) if hasattr(shape, '__iter__') else (shape,)
        self.dtype = dtype(kind or 'float64')
        if data is None:
            count = math.prod(self.shape_)
            data = _stored(self.dtype.name, kernels.memory(self.dtype.name, count)) if self.dtype.name in kernels.CODES else _store([0] * count, self.dtype)
        self._data = data
        self._strides = tuple(_c_strides(self.shape_) if strides is None else strides)
        self._offset = offset

    # ------------------------------------------------------------ shape

    @property
    def shape(self):
        return self.shape_

    @shape.setter
    def shape(self, shape):
        changed = self.reshape(shape)
        self._data, self.shape_, self._strides, self._offset = changed._data, changed.shape_, changed._strides, changed._offset

    @property
    def ndim(self):
        return len(self.shape_)

    @property
    def size(self):
        return math.prod(self.shape_)

    @property
    def nbytes(self):
        return self.size * self.dtype.itemsize

    @property
    def itemsize(self):
        return self.dtype.itemsize

    @property
    def T(self):
        return self.transpose()

    @property
    def flat(self):
        return _Flat(self)

    @flat.setter
    def flat(self, values):
        self.flat[:] = values

    def transpose(self, *axes):
        if len(axes) == 1 and (axes[0] is None or hasattr(axes[0], '__iter__')):
            axes = axes[0]
        axes = tuple(range(self.ndim))[::-1] if not axes else [axis % self.ndim for axis in axes]
        return self._view([self.shape_[axis] for axis in axes], [self._strides[axis] for axis in axes], self._offset)

    def swapaxes(self, one, other):
        axes = list(range(self.ndim))
        axes[one], axes[other] = axes[other], axes[one]
        return self.transpose(axes)

    def reshape(self, *shape, order='C'):
        shape = list(shape[0]) if len(shape) == 1 and hasattr(shape[0], '__iter__') else list(shape)
        if -1 in shape:
            at = shape.index(-1)
            others = math.prod(shape[:at] + shape[at + 1:])
            shape[at] = self.size // others if others else 0
        if math.prod(shape) != self.size:
            raise ValueError('cannot reshape array of size %d into shape (%s)' % (self.size, ','.join(map(str, shape))))
        if order == 'F':
            return self.transpose().reshape(shape[::-1]).transpose()
        strides = _c_strides(tuple(shape)) if self._is_contiguous() else _joined_strides(self.shape_, self._strides, shape)
        if strides is None:
            return self.copy().reshape(shape)
        return self._view(shape, strides, self._offset)

    def ravel(self, order='C'):
        given = self if order == 'C' else self.transpose()
        return (given if given._is_contiguous() else given.copy()).reshape(-1)

    def flatten(self, order='C'):
        return self.copy().ravel(order)

    def squeeze(self, axis=None):
        kept = [at for at, size in enumerate(self.shape_) if size != 1 or (axis is not None and at != axis % self.ndim)]
        return self._view([self.shape_[at] for at in kept], [self._strides[at] for at in kept], self._offset)

    def _is_contiguous(self):
        return self._strides == _c_strides(self.shape_) or self.size <= 1 or all(
            size == 1 or step == wanted for size, step, wanted in zip(self.shape_, self._strides, _c_strides(self.shape_))
        )

    def _view(self, shape, strides, offset):
        found = object.__new__(ndarray)
        found._data, found.shape_, found._strides, found._offset, found.dtype = self._data, tuple(shape), tuple(strides), offset, self.dtype
        return found

    def view(self, kind=None):
        """The same values in another array, and complex numbers as their parts; other types are not seen in the same memory."""
        kind = self.dtype if kind is None or kind is ndarray else dtype(kind)
        if kind == self.dtype:
            return self._view(self.shape_, self._strides, self._offset)
        parts = {'complex64': 'float32', 'complex128': 'float64'}
        if parts.get(self.dtype.name) != kind.name or not self.shape_ or not self._is_contiguous():
            raise NotImplementedError('numpy: values of %s are not seen as %s here; astype() makes numbers of another type.' % (self.dtype, kind))
        shape = self.shape_[:-1] + (2 * self.shape_[-1],)
        return ndarray(shape, kind, self._data.parts, None, 2 * self._offset)

    # ------------------------------------------------------------ values

    def _positions(self):
        """Positions in the storage, last axis fastest."""
        if self._is_contiguous():
            return range(self._offset, self._offset + self.size)
        positions = [self._offset]
        for size, step in zip(self.shape_, self._strides):
            steps = [step * index for index in range(size)]
            positions = [start + part for start in positions for part in steps]
        return positions

    def _values(self):
        data = self._data
        if self._is_contiguous():
            if isinstance(data, (list, array.array)):
                return list(data[self._offset:self._offset + self.size])
            return data.line(self._offset, self._offset + self.size)
        if kernels.works_on(self):
            return self.copy()._values()
        return [data[at] for at in self._positions()]

    def tolist(self):
        return _nested(self._values(), self.shape_)

    def item(self, *index):
        return self._values()[index[0] if index else 0] if len(index) < 2 else self[index]

    def copy(self, order='C'):
        found = self._converted(self.dtype)
        return from_values(self._values(), self.shape_, self.dtype) if found is None else found

    def _converted(self, kind):
        """A copy with the values as another type of numbers; None where loops do not make it."""
        if not kernels.works_on(self) or kind.name not in kernels.CODES or not _are_cast(self.dtype, kind):
            return None
        found = blank(self.shape_, kind)
        copy_into(found, self)
        return found

    def astype(self, kind, copy=True):
        kind = dtype(kind)
        if not copy and kind is self.dtype:
            return self
        found = self._converted(kind)
        if found is not None:
            return found
        values = self._values()
        if kind.kind in 'iu' and self.dtype.kind == 'f':
            values = [int(value) if math.isfinite(value) else -2 ** 63 for value in values]
        elif self.dtype.kind == 'U' and kind.kind in 'iufc':
            values = [{'i': int, 'u': int, 'f': float, 'c': complex}[kind.kind](value) for value in values]
        elif kind.kind in 'iuf' and self.dtype.kind == 'c':
            values = [value.real for value in values]
        return from_values(values, self.shape_, kind)

    def tostring(self):
        return self.tobytes()

    def tobytes(self):
        if self.dtype.name not in kernels.CODES:
            return bytes(_store(self._values(), self.dtype))
        values = _buffer(self.copy()._data)
        if self.dtype.byteorder == '>':
            values.byteswap()
        return bytes(values)

    def fill(self, value):
        self[...] = value

    @property
    def real(self):
        return self if self.dtype.kind != 'c' else self._part(0)

    @real.setter
    def real(self, value):
        self.real[...] = value

    @property
    def imag(self):
        return blank(self.shape_, self.dtype) if self.dtype.kind != 'c' else self._part(1)

    @imag.setter
    def imag(self, value):
        self.imag[...] = value

    def _part(self, at):
        """One part of complex numbers, as a view."""
        kind = 'float32' if self.itemsize == 8 else 'float64'
        return ndarray(self.shape_, kind, self._data.parts, [2 * step for step in self._strides], 2 * self._offset + at)

    def conj(self):
        if self.dtype.kind == 'c' and kernels.works_on(self):
            return looped('conjugate_c128', [self], self.shape_, self.dtype)
        return self if self.dtype.kind != 'c' else self._each(lambda value: value.conjugate())

    conjugate = conj

    def _each(self, function, kind=None):
        return from_values([function(value) for value in self._values()], self.shape_, kind or self.dtype)

    # ------------------------------------------------------------ indexing

    def __len__(self):
        if not self.shape_:
            raise TypeError('len() of unsized object')
        return self.shape_[0]

    def __iter__(self):
        if not self.shape_:
            raise TypeError('iteration over a 0-d array')
        if self.ndim == 1:
            return map(self.dtype.given_out, self._values())
        shape, strides, step = self.shape_[1:], self._strides[1:], self._strides[0]
        return (self._view(shape, strides, self._offset + index * step) for index in range(self.shape_[0]))

    def _split_key(self, key):
        """Basic indices applied as a view; what is left are lists and masks by axis of the view."""
        keys = list(key) if isinstance(key, tuple) else [key]
        keys = [make_array(part) if isinstance(part, (list, range)) else part for part in keys]
        used = sum(part.ndim if isinstance(part, ndarray) and part.dtype.kind == 'b' else part is not None and part is not Ellipsis for part in keys)
        if used > self.ndim:
            raise IndexError('too many indices for array: array is %d-dimensional, but %d were indexed' % (self.ndim, used))
        at = next((index for index, part in enumerate(keys) if part is Ellipsis), len(keys))
        keys[at:at + 1] = [slice(None)] * (self.ndim - used)
        shape, strides, offset, lists, axis = [], [], self._offset, {}, 0
        # Beside lists, a number is a list of one.
        has_lists = any(isinstance(part, ndarray) and part.ndim for part in keys)
        for part in keys:
            if part is None:
                shape.append(1)
                strides.append(0)
                continue
            if isinstance(part, ndarray) and part.ndim == 0 and part.dtype.kind in 'iu':
                part = part.item()
            if has_lists and not isinstance(part, (ndarray, slice)):
                part = make_array(operator.index(part))
            if isinstance(part, ndarray):
                for index in part.nonzero() if part.dtype.kind == 'b' else [part]:
                    if part.dtype.kind == 'b' and part.shape_ != self.shape_[axis - axis:][: 0] and part.ndim == 1 and part.shape_[0] != self.shape_[axis]:
                        raise IndexError('boolean index did not match indexed array along axis %d; size of axis is %d but size of corresponding boolean axis is %d' % (axis, self.shape_[axis], part.shape_[0]))
                    lists[len(shape)] = index
                    shape.append(self.shape_[axis])
                    strides.append(self._strides[axis])
                    axis += 1
                continue
            size, step = self.shape_[axis], self._strides[axis]
            axis += 1
            if isinstance(part, slice):
                part = slice(*[None if one is None else operator.index(one) for one in (part.start, part.stop, part.step)])
                chosen = range(*part.indices(size))
                offset += chosen.start * step if len(chosen) else 0
                shape.append(len(chosen))
                strides.append(step * chosen.step)
            else:
                try:
                    index = operator.index(part)
                except TypeError:
                    raise IndexError('only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices')
                if not -size <= index < size:
                    raise IndexError('index %d is out of bounds for axis %d with size %d' % (index, axis - 1, size))
                offset += (index % size) * step
        return self._view(shape, strides, offset), lists

    def _place(self, key):
        """The place in the storage of what one whole number for each axis means; None for all other keys."""
        keys = key if type(key) is tuple else (key,)
        if len(keys) != len(self.shape_):
            return None
        place = self._offset
        for one, size, step in zip(keys, self.shape_, self._strides):
            if not isinstance(one, int) or isinstance(one, bool) or not -size <= one < size:
                return None
            place += (one if one >= 0 else one + size) * step
        return place

    def __getitem__(self, key):
        place = self._place(key)
        if place is not None:
            return self.dtype.given_out(self._data[place])
        if isinstance(key, ndarray) and key.dtype.kind == 'b' and key.shape_ == self.shape_ and kernels.works_on(self) and self._is_contiguous():
            return self._chosen(key)
        view, lists = self._split_key(key)
        if not lists:
            return view if view.shape_ else self.dtype.given_out(self._data[view._offset])
        places = view._places(lists)
        if places is not None:
            return self._gathered(places)
        positions, shape = view._fancy(lists)
        return from_values([self._data[at] for at in positions], shape, self.dtype)

    def _chosen(self, mask):
        """The values where a mask of the same shape is true."""
        found, count = mask._true_places()
        places = ndarray((count,), 'int64', found._data[:count])
        return self._gathered(places + self._offset if self._offset else places)

    def _gathered(self, places):
        """A new array of the values at places of the storage."""
        found = blank(places.shape_, self.dtype)
        if found.size:
            memory = _buffer(self._data)
            operands = [(self.dtype.name, _buffer(found._data), 0, (1,)), ('int64', places._data, 0, (1,)), (self.dtype.name, memory, 0, (0,))]
            kernels.run('gather', (found.size,), operands)
        return found

    def _places(self, lists):
        """Places in the storage that lists of indices by axis mean, as an array; None where few are meant, or not of numbers."""
        total = max(one.size for one in lists.values()) * math.prod(size for axis, size in enumerate(self.shape_) if axis not in lists)
        if total < kernels.MANY or self.dtype.name not in kernels.CODES or any(one.dtype.kind not in 'iu' or not one.size for one in lists.values()):
            return None
        shape = broadcast_shape(*[one.shape_ for one in lists.values()])
        together = None
        for axis, index in lists.items():
            size, step = self.shape_[axis], self._strides[axis]
            index = index.astype('int64')
            low, high = int(index.min()), int(index.max())
            if low < -size or high >= size:
                raise IndexError('index %d is out of bounds for axis %d with size %d' % (low if low < -size else high, axis, size))
            index = (index % size if low < 0 else index) * step
            together = index if together is None else together + index
        axes = list(lists)
        rest = [axis for axis in range(self.ndim) if axis not in lists]
        is_adjacent = axes == list(range(axes[0], axes[0] + len(axes)))
        before = [axis for axis in rest if is_adjacent and axis < axes[0]]
        after = [axis for axis in rest if axis not in before]
        places = together.reshape(shape + (1,) * len(after)) + self._offset
        dimensions = len(before) + len(shape) + len(after)
        for at, axis in [*enumerate(before), *enumerate(after, len(before) + len(shape))]:
            steps = make_array(range(self.shape_[axis]), 'int64') * self._strides[axis]
            places = places + steps.reshape([-1 if one == at else 1 for one in range(dimensions)])
        return places if places._is_contiguous() and places._offset == 0 else places.copy()

    def _fancy(self, lists):
        """Storage positions and shape of lists of indices by axis."""
        indices = broadcast_all(list(lists.values()))
        axes = list(lists)
        columns = []
        for axis, index in zip(axes, indices):
            size = self.shape_[axis]
            values = index._values()
            for value in values:
                if not -size <= value < size:
                    raise IndexError('index %d is out of bounds for axis %d with size %d' % (value, axis, size))
            columns.append([(value % size) * self._strides[axis] for value in values])
        together = [sum(parts) for parts in zip(*columns)]
        rest = [axis for axis in range(self.ndim) if axis not in lists]
        is_adjacent = axes == list(range(axes[0], axes[0] + len(axes)))
        before = [axis for axis in rest if is_adjacent and axis < axes[0]]
        after = [axis for axis in rest if axis not in before]
        positions = [self._offset]
        for axis in before:
            positions = [start + self._strides[axis] * index for start in positions for index in range(self.shape_[axis])]
        positions = [start + part for start in positions for part in together]
        for axis in after:
            positions = [start + self._strides[axis] * index for start in positions for index in range(self.shape_[axis])]
        shape = [self.shape_[axis] for axis in before] + list(indices[0].shape_) + [self.shape_[axis] for axis in after]
        return positions, shape

    def __setitem__(self, key, value):
        place = self._place(key)
        if place is not None and self.dtype.kind in 'fcb' and isinstance(value, (int, float)):
            self._data[place] = value
            return
        view, lists = self._split_key(key)
        if self._put(view, lists, value):
            return
        positions, shape = view._fancy(lists) if lists else (view._positions(), view.shape_)
        data = self._data
        convert = {'i': int, 'u': int, 'f': float}.get(self.dtype.kind, lambda one: one)
        if isinstance(value, (ndarray, list, tuple, range)):
            given = make_array(value)
            if given is value and given.dtype.kind in 'ic' and self.dtype.kind in 'iuf':
                given = given.astype(self.dtype)
            if given.size == 1:
                value = given._values()[0]
            else:
                while given.ndim > len(shape) and given.shape_[0] == 1:
                    given = given[0]
                for at, one in zip(positions, broadcast_to(given, shape)._values()):
                    data[at] = convert(one)
                return
        value = convert(value)
        for at in positions:
            data[at] = value

    def _put(self, view, lists, value):
        """Sets what a key means by loops; False where few values are meant, or others than numbers."""
        kind = self.dtype
        if kind.name not in kernels.CODES or not (view.size >= kernels.MANY or lists):
            return False
        if isinstance(value, float) and kind.kind in 'iu' and not math.isfinite(value):
            return False
        given = value if isinstance(value, ndarray) else make_array(value)
        if given is not value and given.size and given.dtype.kind == 'i':
            refuse_large(min(given._data), kind)
            refuse_large(max(given._data), kind)
        if given.dtype.name not in kernels.CODES or (given is not value and given.dtype.kind == 'c' and kind.kind != 'c') or not _are_cast(given.dtype, kind):
            return False
        places = view._places(lists) if lists else None
        if not given.size or (lists and places is None):
            return False
        shape = view.shape_ if places is None else places.shape_
        while given.ndim > len(shape) and given.shape_[0] == 1:
            given = given[0] if isinstance(given[0], ndarray) else given.reshape(())
        if broadcast_shape(given.shape_, shape) != shape:
            raise ValueError('could not broadcast input array from shape %s into shape %s' % (_shape_text(given.shape_), _shape_text(shape)))
        if _share(given, self) or given.dtype is not kind:
            changed = blank(given.shape_, kind)
            copy_into(changed, given)
            given = changed
        if places is None:
            copy_into(view, given)
            return True
        given = given if given.size == 1 or (given.shape_ == shape and given._is_contiguous()) else broadcast_to(given, shape).copy()
        operands = [(kind.name, _buffer(self._data), 0, (0,)), ('int64', places._data, 0, (1,)), (kind.name, _buffer(given._data), given._offset, (0 if given.size == 1 else 1,))]
        kernels.run('scatter', (places.size,), operands)
        return True

    def __contains__(self, value):
        return value in self._values()

    def nonzero(self):
        if kernels.works_on(self):
            return self._true_indices()
        indices = [index for index, value in zip(itertools.product(*map(range, self.shape_)), self._values()) if value]
        return tuple(from_values([index[axis] for index in indices], (len(indices),), 'int64') for axis in range(self.ndim))

    def _true_places(self):
        """Where true values lie, counted with the last axis fastest: an array that begins with them, and how many they are."""
        flags = self if self.dtype.kind == 'b' and self._is_contiguous() else self.astype('bool')
        found = blank((self.size,), 'int64')
        return found, kernels.run('places', (self.size,), [('int64', found._data, 0, (1,)), ('bool', _buffer(flags._data), flags._offset, (1,))])

    def _true_indices(self):
        found, count = self._true_places()
        rest = ndarray((count,), 'int64', found._data[:count])
        indices = []
        for size in reversed(self.shape_[1:]):
            indices.append(rest % size)
            rest = rest // size
        return tuple([rest] + indices[::-1])

    # ------------------------------------------------------------ arithmetic

    def _with(self, other, function, kind=None, swap=False):
        if not isinstance(other, (ndarray, int, float, complex, str, list, tuple, range)):
            return NotImplemented
        return combine(other, self, function, kind) if swap else combine(self, other, function, kind)

    def __add__(self, other):
        return self._with(other, operator.or_ if self._both_bool(other) else operator.add)

    def __radd__(self, other):
        return self._with(other, operator.add, swap=True)

    def __sub__(self, other):
        return self._with(other, operator.sub)

    def __rsub__(self, other):
        return self._with(other, operator.sub, swap=True)

    def __mul__(self, other):
        return self._with(other, operator.and_ if self._both_bool(other) else operator.mul)

    def __rmul__(self, other):
        return self._with(other, operator.mul, swap=True)

    def __div__(self, other):
        """Division in Python 2: whole numbers give whole numbers."""
        return self // other if _are_whole(self, other) else self / other

    def __rdiv__(self, other):
        return other // self if _are_whole(self, other) else other / self

    def __truediv__(self, other):
        return self._with(other, divide, 'quotient')

    def __rtruediv__(self, other):
        return self._with(other, divide, 'quotient', swap=True)

    def __floordiv__(self, other):
        return self._with(other, floor_divide)

    def __rfloordiv__(self, other):
        return self._with(other, floor_divide, swap=True)

    def __mod__(self, other):
        return self._with(other, remainder)

    def __rmod__(self, other):
        return self._with(other, remainder, swap=True)

    def __divmod__(self, other):
        return self // other, self % other

    def __pow__(self, other):
        return self._with(other, power)

    def __rpow__(self, other):
        return self._with(other, power, swap=True)

    def __and__(self, other):
        return self._with(other, operator.and_)

    __rand__ = __and__

    def __or__(self, other):
        return self._with(other, operator.or_)

    __ror__ = __or__

    def __xor__(self, other):
        return self._with(other, operator.xor)

    def __lshift__(self, other):
        return self._with(other, operator.lshift)

    def __rshift__(self, other):
        return self._with(other, operator.rshift)

    def _both_bool(self, other):
        return self.dtype.kind == 'b' and (isinstance(other, bool) or (isinstance(other, ndarray) and other.dtype.kind == 'b'))

    def _in_place(self, other, function, kind=None):
        """self = function(self, other), in the memory where it is; in one go where nothing is read after it was written."""
        if isinstance(other, (int, float, complex)) or (isinstance(other, ndarray) and not _share(self, other) and _fits(other.shape_, self.shape_)):
            plan = _plans.get((function, kind, self.dtype, other.dtype if isinstance(other, ndarray) else type(other)))
            if plan and plan[0] is self.dtype and plan[1] and plan[1][:5] != 'power' and self.size >= kernels.SMALL and not _is_wide(other):
                refuse_large(other, self.dtype)
                given = other if isinstance(other, ndarray) else _of_number(other, plan[2])
                kernels.run(plan[1], self.shape_, [_operand(self, self.shape_), _operand(self, self.shape_), _operand(given, self.shape_)])
                return self
        return self._set_to(self._with(other, function, kind))

    def _set_to(self, result):
        if result is NotImplemented:
            return result
        if result.shape_ != self.shape_:
            raise ValueError('non-broadcastable output operand with shape %s' % (self.shape_,))
        if _KIND_ORDER.find(result.dtype.kind) > _KIND_ORDER.find(self.dtype.kind) >= 0:
            raise TypeError("Cannot cast ufunc output from dtype('%s') to dtype('%s') with casting rule 'same_kind'" % (result.dtype, self.dtype))
        self[...] = result
        return self

    def __iadd__(self, other):
        return self._in_place(other, operator.or_ if self._both_bool(other) else operator.add)

    def __isub__(self, other):
        return self._in_place(other, operator.sub)

    def __imul__(self, other):
        return self._in_place(other, operator.and_ if self._both_bool(other) else operator.mul)

    def __idiv__(self, other):
        return self._set_to(self.__div__(other))

    def __itruediv__(self, other):
        return self._in_place(other, divide, 'quotient')

    def __ifloordiv__(self, other):
        return self._in_place(other, floor_divide)

    def __imod__(self, other):
        return self._in_place(other, remainder)

    def __ipow__(self, other):
        return self._in_place(other, power)

    def __iand__(self, other):
        return self._in_place(other, operator.and_)

    def __ior__(self, other):
        return self._in_place(other, operator.or_)

    def __ixor__(self, other):
        return self._in_place(other, operator.xor)

    def __neg__(self):
        if self.dtype.kind == 'b':
            raise TypeError('The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.')
        return self._once('negative', operator.neg)

    def _once(self, loop, function, kind=None):
        """A function of each value, by the loop of that name where it can."""
        found = one_looped(loop, self, dtype(kind or self.dtype))
        return self._each(function, kind) if found is None else found

    def __pos__(self):
        return self.copy()

    def __abs__(self):
        return self._once('absolute', abs, {'complex64': 'float32', 'complex128': 'float64'}.get(self.dtype.name))

    def __invert__(self):
        return self._once('logical_not', operator.not_) if self.dtype.kind == 'b' else self._once('invert', operator.invert)

    def __lt__(self, other):
        return self._with(other, operator.lt, 'bool')

    def __le__(self, other):
        return self._with(other, operator.le, 'bool')

    def __gt__(self, other):
        return self._with(other, operator.gt, 'bool')

    def __ge__(self, other):
        return self._with(other, operator.ge, 'bool')

    def __eq__(self, other):
        return False if other is None else self._with(other, operator.eq, 'bool')

    def __ne__(self, other):
        return True if other is None else self._with(other, operator.ne, 'bool')

    def __matmul__(self, other):
        return self.dot(other)

    def _only(self):
        if self.size != 1:
            raise TypeError('only length-1 arrays can be converted to Python scalars')
        return self._values()[0]

    def __bool__(self):
        if self.size > 1:
            raise ValueError('The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()')
        return bool(self.size and self._values()[0])

    def __int__(self):
        return int(self._only())

    def __float__(self):
        return float(self._only())

    def __complex__(self):
        return complex(self._only())

    def __index__(self):
        if self.dtype.kind not in 'iu':
            raise TypeError('only integer scalar arrays can be converted to a scalar index')
        return int(self._only())

    def __round__(self, digits=0):
        return self._each(lambda value: round(value, digits))

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, _memory):
        return self.copy()

    def __reduce__(self):
        return from_values, (self._values(), self.shape_, self.dtype.name)

    def __format__(self, form):
        return format(self._only(), form) if form else str(self)

    def __repr__(self):
        if self.size == 0 and self.shape_ != (0,):
            body = '[], shape=%s' % (self.shape_,)
        else:
            body = text_of(self, ', ', 'array(') if self.size else '[]'
        usual = ('bool', 'int64', 'float64', 'complex128', 'str') if self.size else ()
        if self.dtype.kind == 'U':
            return "array(%s, dtype='<U%d')" % (body, max([1] + [len(value) for value in self._values()]))
        kind = repr(self.dtype.str) if self.dtype.byteorder == '>' else self.dtype.name
        return 'array(%s)' % (body if kind in usual else '%s, dtype=%s' % (body, kind))

    def __str__(self):
        return text_of(self, ' ', '')


# ---------------------------------------------------------------- making and combining


def _are_cast(given, wanted):
    """Whether loops make one type of another; they see whole numbers as signed ones, which matters beside floats."""
    return given is wanted or 'uint64' not in (given.name, wanted.name) or (given.kind in 'biu' and wanted.kind in 'biu')


def _are_whole(one, other):
    return one.dtype.kind in 'iub' and make_array(other).dtype.kind in 'iub'


def from_values(values, shape, kind):
    kind = dtype(kind)
    return ndarray(shape, kind, _store(values, kind))


def _nested(values, shape):
    if not shape:
        return values[0]
    if len(shape) == 1:
        return values
    step = len(values) // shape[0] if shape[0] else 0
    return [_nested(values[index * step:(index + 1) * step], shape[1:]) for index in range(shape[0])]


_PLAIN_TYPES = {int, float, complex, bool, str, bytes}


def _shape_of(value):
    if isinstance(value, ndarray):
        return value.shape_
    if isinstance(value, (list, tuple)) and value and _PLAIN_TYPES.issuperset(map(type, value)):
        return (len(value),)
    if isinstance(value, (list, tuple, range)) or (hasattr(value, '__len__') and hasattr(value, '__getitem__') and not isinstance(value, (str, bytes, dict))):
        if len(value) == 0:
            return (0,)
        shapes = {_shape_of(part) for part in value}
        if len(shapes) > 1:
            raise ValueError('setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions.')
        return (len(value),) + shapes.pop()
    return ()


def _flatten(value, depth):
    if isinstance(value, ndarray):
        return value._values()
    if depth == 0:
        return [value]
    if depth == 1:
        if isinstance(value, range) or _PLAIN_TYPES.issuperset(map(type, value)):
            return list(value)
        return [one.item() if isinstance(one, ndarray) else one for one in value]
    return [one for part in value for one in _flatten(part, depth - 1)]


def make_array(value, kind=None, copy=False):
    """numpy.array: of nested lists, numbers or another array."""
    if isinstance(value, Masked):
        raise NotImplementedError('This function does not know masked arrays here: take .filled(value) or .compressed().')
    if isinstance(value, ndarray):
        if kind is None or dtype(kind) == value.dtype:
            return value.copy() if copy else value
        return value.astype(kind)
    if isinstance(value, (set, frozenset, dict)) or (not hasattr(value, '__len__') and hasattr(value, '__next__')):
        value = list(value) if not isinstance(value, (set, frozenset, dict)) else value
    shape = _shape_of(value)
    values = _flatten(value, len(shape))
    if bytes in set(map(type, values)):
        values = [one.decode('latin-1') if isinstance(one, bytes) else one for one in values]
    if kind is None:
        has_arrays = isinstance(value, (list, tuple)) and any(issubclass(one, ndarray) for one in set(map(type, value)))
        parts = [part for part in value if isinstance(part, ndarray)] if has_arrays else []
        kind = common_type(*[part.dtype for part in parts]) if parts and len(parts) == len(value) else type_of_values(values)
    return from_values(values, shape, kind)


def broadcast_shape(*shapes):
    found = []
    for sizes in itertools.zip_longest(*[shape[::-1] for shape in shapes], fillvalue=1):
        large = {size for size in sizes if size != 1}
        if len(large) > 1:
            raise ValueError('operands could not be broadcast together with shapes %s' % ' '.join('(%s)' % (','.join(map(str, shape)) + (',' if len(shape) == 1 else '')) for shape in shapes))
        found.append(large.pop() if large else 1)
    return tuple(found[::-1])


def broadcast_to(given, shape):
    given = make_array(given)
    if given.shape_ == tuple(shape):
        return given
    if broadcast_shape(given.shape_, shape) != tuple(shape):
        raise ValueError('could not broadcast input array from shape %s into shape %s' % (_shape_text(given.shape_), _shape_text(shape)))
    lead = len(shape) - given.ndim
    strides = [0] * lead + [0 if size == 1 else step for size, step in zip(given.shape_, given._strides)]
    return given._view(shape, strides, given._offset)


def _fits(given, shape):
    """Whether arrays of a shape are broadcast to the other without changing that."""
    return given == shape or (len(given) <= len(shape) and all(size in (1, wanted) for size, wanted in zip(given[::-1], shape[::-1])))


def _shape_text(shape):
    return '(%s)' % (','.join(map(str, shape)) + (',' if len(shape) == 1 else ''))


def broadcast_all(arrays):
    shape = broadcast_shape(*[one.shape_ for one in arrays])
    return [broadcast_to(one, shape) for one in arrays]


def divide(left, right):
    if right == 0:
        if isinstance(left, complex) or isinstance(right, complex) or left == 0 or left != left:
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1, right)
    return left / right


def floor_divide(left, right):
    if right == 0:
        return 0 if isinstance(left, int) and isinstance(right, int) else divide(left, right)
    return left // right


def remainder(left, right):
    if isinstance(left, str):
        return left % right
    if right == 0:
        return 0 if isinstance(left, int) and isinstance(right, int) else math.nan
    return left % right


def power(left, right):
    try:
        found = left ** right
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return math.inf
    return math.nan if isinstance(found, complex) and not isinstance(left, complex) and not isinstance(right, complex) else found


def result_type(left, right, function):
    """The type of an operation; Python's own numbers do not widen an array of their kind."""
    types = [one.dtype if isinstance(one, ndarray) else type_of_value(one) for one in (left, right)]
    rank = {'b': 0, 'u': 1, 'i': 1, 'f': 2, 'c': 3}
    for one, kind, other in ((left, types[0], types[1]), (right, types[1], types[0])):
        if not isinstance(one, ndarray) and kind.kind in rank and other.kind in rank and rank[kind.kind] <= rank[other.kind]:
            types = [other, other]
    if not isinstance(left, ndarray) or not isinstance(right, ndarray):
        array_type = types[0] if isinstance(left, ndarray) else types[1]
        if array_type.name == 'float32' and {one.kind for one in types} == {'f', 'c'}:
            return dtype('complex64')
    found = common_type(*types)
    return dtype('int64') if found.kind == 'b' and LOOPS.get(function) not in _KEEPING_TRUTH else found


_KEEPING_TRUTH = ('bitwise_and', 'bitwise_or', 'bitwise_xor', 'maximum', 'minimum', 'fmax', 'fmin')
"""Loops that make truth values of truth values."""


LOOPS = {
    operator.add: 'add', operator.sub: 'subtract', operator.mul: 'multiply', divide: 'divide', floor_divide: 'floor_divide',
    remainder: 'remainder', power: 'power', operator.and_: 'bitwise_and', operator.or_: 'bitwise_or', operator.xor: 'bitwise_xor',
    operator.lshift: 'left_shift', operator.rshift: 'right_shift', operator.eq: 'equal', operator.ne: 'not_equal', operator.lt: 'less',
    operator.le: 'less_equal', operator.gt: 'greater', operator.ge: 'greater_equal',
}
"""Loops that do for arrays what functions do for one or two values, by function."""

_BOOL_LOOPS = {'bitwise_and': 'logical_and', 'bitwise_or': 'logical_or', 'bitwise_xor': 'logical_xor'}


def one_looped(loop, given, kind):
    """A new array by a loop over one array; None where there is no such loop, or few values."""
    if loop is None or not kernels.works_on(given) or given.dtype.name == 'uint64' or kind.name not in kernels.CODES:
        return None
    kinds = (given.dtype.kind, kind.kind if kind.kind == 'f' else '')
    ending = given.dtype.kind == 'c' and 'c128' or kernels.loop_kind(*kinds)
    name = '%s_%s' % (loop, ending)
    if kernels.loop_type(ending) != kind.name and not kernels.has(name):
        name += '_' + kernels.loop_kind(kind.kind)
    return looped(name, [given], given.shape_, kind) if kernels.has(name) else None


def _of_number(value, kind):
    """A number as an array without axes, of the type in which loops see it."""
    return from_values([value], (), kind)


_plans = {}
"""Loops for two operands as they were found before, by function, wanted type and the operands' types."""


def _plan(left, right, function, kind):
    """The type of the result, the loop (None: there is none) and the type in which it sees numbers."""
    if kind in (None, 'quotient'):
        found = result_type(left, right, function)
        kind = dtype('float64') if kind == 'quotient' and found.kind in 'iub' else found
    kind, loop = dtype(kind), LOOPS.get(function)
    types = [one.dtype if isinstance(one, ndarray) else type_of_value(one) for one in (left, right)]
    if loop is None or any(one.name not in kernels.CODES or one.name == 'uint64' for one in (kind, *types)):
        return kind, None, None
    ending = kernels.loop_kind(*[one.kind for one in types], '' if kind.kind == 'b' else kind.kind)
    if ending == 'bool':
        loop = _BOOL_LOOPS.get(loop, loop)
        ending = 'bool' if loop.startswith('logical_') else 'i64'
    elif loop.startswith('logical_'):
        ending = 'bool'
    name = '%s_%s' % (loop, ending)
    name = name if kernels.has(name) else name + '_' + kernels.loop_kind(kind.kind)
    seen = common_type(*[one.dtype for one in (left, right) if isinstance(one, ndarray)])
    seen = seen if seen.kind == {'c128': 'c', 'f64': 'f'}.get(ending) else dtype(kernels.loop_type(ending))
    return kind, name if kernels.has(name) else None, seen


def _is_wide(value):
    """Whether a whole number of Python's has more than 64 bits; its types are not those of others."""
    return type(value) is int and not -2 ** 63 <= value < 2 ** 63


def _two_looped(left, right, function, kind):
    """The type of an operation's result, and a new array by a loop over two operands, one of which may be a number; None where none is made."""
    key = (function, kind, left.dtype.name if isinstance(left, ndarray) else type(left), right.dtype.name if isinstance(right, ndarray) else type(right))
    is_wide = int in key and (_is_wide(left) or _is_wide(right))
    plan = None if is_wide else _plans.get(key)
    if plan is None:
        plan = _plan(left, right, function, kind)
        if not is_wide:
            _plans[key] = plan
    kind, name, seen = plan
    refuse_large(left, kind)
    refuse_large(right, kind)
    inputs = [one if isinstance(one, ndarray) else None for one in (left, right)]
    if name is None or all(one is None or one.size < kernels.SMALL for one in inputs) or any(one is not None and not one.size for one in inputs):
        return kind, None
    if name == 'power_i64' and _has_negative(right):
        return kind, None
    if name == 'power_f64' and inputs[1] is None and right in (2, 0.5):
        return kind, looped('square_f64' if right == 2 else 'sqrt_f64', [left], left.shape_, kind)
    one, other = (_of_number(number, seen) if given is None else given for given, number in zip(inputs, (left, right)))
    shape = one.shape_ if one.shape_ == other.shape_ else broadcast_shape(one.shape_, other.shape_)
    return kind, looped(name, [one, other], shape, kind)


def _has_negative(exponent):
    return bool((exponent < 0).any()) if isinstance(exponent, ndarray) else exponent < 0


def combine(left, right, function, kind=None):
    """An operation on two operands, element by element."""
    left = make_array(left) if isinstance(left, (list, tuple, range)) else left
    right = make_array(right) if isinstance(right, (list, tuple, range)) else right
    if function is operator.sub and isinstance(left, ndarray) and left._both_bool(right):
        raise TypeError('numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.')
    kind, made = _two_looped(left, right, function, kind)
    if made is not None:
        return made
    if not isinstance(right, ndarray):
        right = _rounded(right, left.dtype.name) if isinstance(right, float) else right
        return from_values([function(one, right) for one in left._values()], left.shape_, kind)
    if not isinstance(left, ndarray):
        left = _rounded(left, right.dtype.name) if isinstance(left, float) else left
        return from_values([function(left, one) for one in right._values()], right.shape_, kind)
    if left.shape_ != right.shape_:
        left, right = broadcast_all([left, right])
    return from_values(list(map(function, left._values(), right._values())), left.shape_, kind)


# ---------------------------------------------------------------- printing

PRINTING = {'precision': 8, 'threshold': 1000, 'edgeitems': 3, 'linewidth': 75, 'suppress': False}


def _positional(value, precision):
    """Shortest digits that mean the value, at most `precision` after the point, which stands at the end of whole numbers."""
    text = '%.*f' % (precision, value)
    shortest = repr(float(value))
    if 'e' not in shortest and len(shortest.partition('.')[2]) <= precision:
        text = shortest
    return text.rstrip('0') if '.' in text else text + '.'


def _scientific(value, precision):
    digits = repr(float(value))
    mantissa, _, exponent = ('%.*e' % (precision, value)).partition('e')
    for count in range(precision + 1):
        tried = '%.*e' % (count, value)
        if float(tried) == float(value) or repr(float(tried)) == digits:
            mantissa, _, exponent = tried.partition('e')
            break
    if '.' in mantissa:
        mantissa = mantissa.rstrip('0')
    return (mantissa if '.' in mantissa else mantissa + '.'), exponent


def _float_format(values, sign=False, single=False):
    """A function that writes floats as numpy aligns them."""
    if single:
        values = [_short_float(value) for value in values]
    finite = [abs(value) for value in values if math.isfinite(value) and value != 0]
    precision = PRINTING['precision']
    is_scientific = False
    if finite:
        low, high = min(finite), max(finite)
        is_scientific = high >= 1e8 or (not PRINTING['suppress'] and (low < 1e-4 or high / low > 1000.0))
    shown = [value for value in values if math.isfinite(value)]
    special = max([len(str(value)) + (sign and value > 0) for value in values if not math.isfinite(value)] or [0])
    mark = lambda value: '+' if sign and math.copysign(1, value) > 0 else ''
    if is_scientific:
        parts = [_scientific(value, precision) for value in shown]
        count = max([len(mantissa.partition('.')[2]) for mantissa, _ in parts] or [0])
        left = max([len(mark(value) + mantissa.partition('.')[0]) for value, (mantissa, _) in zip(shown, parts)] or [0])
        digits = max([len(exponent) - 1 for _, exponent in parts] or [0])
        width = max([left + 1 + count + digits + 2 if parts else 0, special])

        def write(value):
            value = _short_float(value) if single else value
            if not math.isfinite(value):
                return ((mark(value) if value > 0 else '') + str(value)).rjust(width)
            mantissa, _, exponent = ('%.*e' % (count, value)).partition('e')
            return ('%s%s%se%s%s' % (mark(value), mantissa, '' if count else '.', exponent[0], exponent[1:].zfill(digits))).rjust(width)

        return write
    parts = [_positional(value, precision) for value in shown]
    right = max([len(text.partition('.')[2]) for text in parts] or [0])
    left = max([len(mark(value) + text.partition('.')[0]) for value, text in zip(shown, parts)] or [0])
    left = max(left, special - right - 1)

    def write(value):
        value = _short_float(value) if single else value
        if not math.isfinite(value):
            return ((mark(value) if value > 0 else '') + str(value)).rjust(left + right + 1)
        whole, _, fraction = _positional(value, precision).partition('.')
        return (mark(value) + whole).rjust(left) + '.' + fraction.ljust(right)

    return write


def _short_float(value):
    """The float64 with the fewest digits that rounds to the same float32."""
    if not math.isfinite(value):
        return value
    for digits in range(1, 10):
        tried = float('%.*g' % (digits, value))
        if array.array('f', [tried])[0] == value:
            return tried
    return value


def _formatter(values, kind):
    if kind.kind == 'f':
        return _float_format(values, single=kind.name == 'float32')
    if kind.kind == 'c':
        single = kind.name == 'complex64'
        real = _float_format([value.real for value in values], single=single)
        imag = _float_format([value.imag for value in values], sign=True, single=single)

        def write(value):
            text = imag(value.imag)
            bare = text.rstrip()
            return real(value.real) + bare + 'j' + text[len(bare):]

        return write
    if kind.kind in 'iu':
        width = max([len(str(value)) for value in values] or [0])
        return lambda value: str(value).rjust(width)
    if kind.kind == 'b':
        return lambda value: str(value).rjust(5)
    return repr


def text_of(given, separator, prefix):
    """numpy.array2string."""
    if not given.shape_:
        value = given.item()
        return _formatter([value], given.dtype)(value).strip() if given.dtype.kind in 'fc' else str(value)
    if not given.size:
        return '[]'
    edge = PRINTING['edgeitems'] if given.size > PRINTING['threshold'] else None
    shown = _edges(given, edge)._values() if edge else given._values()
    write = _formatter(shown, given.dtype)
    indent = ' ' * (len(prefix) + 1)
    width = PRINTING['linewidth'] - (1 if prefix else 0)

    def extend(done, line, word, limit, start):
        if len(line) + len(word) > limit and len(line) > len(start):
            done, line = done + line.rstrip() + '\n', start
        return done, line + word

    def build(part, hanging, limit, left):
        if left == 0:
            return write(part)
        size = len(part)
        is_cut = edge is not None and 2 * edge < size
        chosen = list(range(edge)) + [None] + list(range(size - edge, size)) if is_cut else list(range(size))
        done = ''
        if left == 1:
            line, room = hanging, limit - max(len(separator.rstrip()), 1)
            for place, index in enumerate(chosen):
                word = '...' if index is None else write(part[index])
                if place == len(chosen) - 1:
                    room = limit - max(0, 1)
                done, line = extend(done, line, word, limit - max(len(separator.rstrip()), 1), hanging)
                if place < len(chosen) - 1:
                    line += separator
            done += line
        else:
            breaks = separator.rstrip() + '\n' * (left - 1)
            texts = ['...' if index is None else build(part[index], hanging + ' ', limit - 1, left - 1) for index in chosen]
            done = breaks.join(hanging + text for text in texts)
        return '[' + done[len(hanging):] + ']'

    return build(given, indent, width, given.ndim)


def _edges(given, edge):
    for axis, size in enumerate(given.shape_):
        if size > 2 * edge:
            index = make_array(list(range(edge)) + list(range(size - edge, size)))
            given = given[(slice(None),) * axis + (index,)]
    return given


SCALARS.update((name, _scalar_type(name)) for name in _TYPES)
