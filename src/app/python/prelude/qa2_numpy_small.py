"""Small functions of numpy that scripts ask for now and then, made of the others."""

import itertools
import math

import qa2_ndarray as core
import qa2_numpy as np
from qa2_ndarray import make_array, ndarray


def partition(a, kth, axis=-1):
    """Sorted, which is more than asked for."""
    return np.sort(a, axis)


def argpartition(a, kth, axis=-1):
    return np.argsort(a, axis)


def sort_complex(a):
    return np.sort(make_array(a).astype('complex128'))


def atleast_3d(a):
    given = np.atleast_2d(a)
    if make_array(a).ndim < 2:
        return given.reshape(1, -1, 1)
    return given.reshape(given.shape + (1,)) if given.ndim == 2 else given


def cbrt(x):
    return np.sign(x) * np.abs(x) ** (1 / 3.0)


def exp2(x):
    return np.power(2.0, x)


def float_power(x1, x2):
    return np.power(np.multiply(x1, 1.0), x2)


def heaviside(x1, x2):
    return np.where(np.less(x1, 0), 0.0, np.where(np.equal(x1, 0), x2, 1.0))


def divmod_of(x1, x2):
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def modf(x):
    whole = np.trunc(np.multiply(x, 1.0))
    return np.subtract(x, whole), whole


def frexp(x):
    parts = [math.frexp(value) for value in np.ravel(x)._values()]
    shape = make_array(x).shape
    return tuple(np.array([part[at] for part in parts], kind).reshape(shape) for at, kind in ((0, 'float64'), (1, 'int32')))


def ldexp(x1, x2):
    return np.multiply(x1, np.power(2.0, x2))


def left_shift(x1, x2):
    return make_array(x1) << x2


def right_shift(x1, x2):
    return make_array(x1) >> x2


gcd, lcm = np._pair(math.gcd), np._pair(math.lcm)


def copyto(dst, src, casting='same_kind', where=True):
    dst[...] = src if where is True else np.where(where, src, dst)


def diag_indices(n, ndim=2):
    return (np.arange(n),) * ndim


def diagflat(v, k=0):
    return np.diag(np.ravel(v), k)


def tril_indices(n, k=0, m=None):
    return np.nonzero(np.tril(np.ones((n, m or n), 'bool'), k))


def triu_indices(n, k=0, m=None):
    return np.nonzero(np.triu(np.ones((n, m or n), 'bool'), k))


def fill_diagonal(a, val):
    places = np.arange(min(a.shape))
    a[(places,) * a.ndim] = val


def histogram_bin_edges(a, bins=10, range=None):
    return np.histogram(a, bins, range)[1]


def nancumsum(a, axis=None):
    given = make_array(a)
    return np.cumsum(np.where(np.isnan(given), 0, given), axis)


def nanquantile(a, q, axis=None):
    return np.nanpercentile(a, np.multiply(q, 100), axis)


def ndindex(*shape):
    shape = shape[0] if len(shape) == 1 and hasattr(shape[0], '__iter__') else shape
    return itertools.product(*map(range, shape))


def ndenumerate(arr):
    given = make_array(arr)
    return zip(ndindex(given.shape), given.flat)


def poly(seq_of_zeros):
    """Coefficients of the polynomial with these roots."""
    found = np.array([1.0])
    for root in np.ravel(seq_of_zeros):
        found = np.convolve(found, [1.0, -root])
    return found


def take_along_axis(arr, indices, axis):
    given, chosen = make_array(arr), make_array(indices)
    axis = axis % given.ndim
    steps = [np.arange(size).reshape([-1 if one == at else 1 for one in range(given.ndim)]) for at, size in enumerate(chosen.shape)]
    return given[tuple(chosen if at == axis else step for at, step in enumerate(steps))]


def trim_zeros(filt, trim='fb'):
    line = list(filt)
    while 'f' in trim.lower() and line and line[0] == 0:
        line.pop(0)
    while 'b' in trim.lower() and line and line[-1] == 0:
        line.pop()
    return np.array(line) if isinstance(filt, ndarray) else line


def base_repr(number, base=2, padding=0):
    digits, rest = '', abs(number)
    while rest:
        rest, digit = divmod(rest, base)
        digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'[digit] + digits
    return ('-' if number < 0 else '') + '0' * padding + (digits or ('' if padding else '0'))


_ABOVE = {'number': 'iufc', 'integer': 'iu', 'floating': 'f', 'complexfloating': 'c', 'inexact': 'fc', 'generic': 'biufcUO'}


def issubdtype(arg1, arg2):
    """Whether a type is of a kind, or another type."""
    name = getattr(arg2, '__name__', '')
    name = {'float': 'floating', 'int': 'integer', 'complex': 'complexfloating'}.get(name, name) if isinstance(arg2, type) else ''
    return core.dtype(arg1).kind in _ABOVE[name] if name in _ABOVE else core.dtype(arg1) == core.dtype(arg2)


class _Slices:
    """numpy.s_: an index as it is written."""

    def __getitem__(self, key):
        return key


class _Flags:
    """How an array lies in memory."""

    writeable, owndata, aligned = True, True, True

    def __init__(self, given):
        self.c_contiguous = self.contiguous = given._is_contiguous()
        self.f_contiguous = self.fortran = given.transpose()._is_contiguous()

    def __getitem__(self, name):
        return getattr(self, name.lower())


def _resize(self, *new_shape, refcheck=True):
    """In place: values that are more are 0."""
    shape = new_shape[0] if len(new_shape) == 1 and hasattr(new_shape[0], '__iter__') else new_shape
    changed = np.zeros(tuple(shape), self.dtype)
    count = min(changed.size, self.size)
    changed.reshape(-1)[:count] = self.ravel()[:count]
    self._data, self.shape_, self._strides, self._offset = changed._data, changed.shape_, changed._strides, 0


def _item_set(self, *given):
    self.reshape(-1)[given[0]] = given[-1]


_NAMES = '''
partition argpartition sort_complex atleast_3d cbrt exp2 float_power heaviside modf frexp ldexp left_shift right_shift gcd lcm copyto diag_indices
diagflat tril_indices triu_indices fill_diagonal histogram_bin_edges nancumsum nanquantile ndindex ndenumerate poly take_along_axis trim_zeros
base_repr issubdtype
'''.split()
np.__dict__.update({name: globals()[name] for name in _NAMES})
np.__dict__.update(divmod=divmod_of, s_=_Slices(), index_exp=_Slices())
ndarray.partition = lambda self, kth, axis=-1: self.sort(axis)
ndarray.argpartition = argpartition
ndarray.strides = property(lambda self: tuple(step * self.itemsize for step in self._strides))
ndarray.flags = property(_Flags)
ndarray.resize = _resize
ndarray.itemset = _item_set
