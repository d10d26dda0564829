"""More of numpy: window functions, padding, sums over indices by name, functions of two values over whole arrays."""

import builtins
import itertools
import math

import qa2_ndarray as core
import qa2_numpy as np
from qa2_ndarray import make_array, ndarray

# ---------------------------------------------------------------- windows


def _window(function):
    """A window of M points from its value at a place x, which runs from -1 to 1."""

    def window(M):
        if M < 2:
            return np.ones(builtins.max(0, int(M)))
        return np.array([function(2.0 * at / (M - 1) - 1) for at in range(int(M))])

    return window


hanning = _window(lambda x: 0.5 + 0.5 * math.cos(math.pi * x))
hamming = _window(lambda x: 0.54 + 0.46 * math.cos(math.pi * x))
blackman = _window(lambda x: 0.42 + 0.5 * math.cos(math.pi * x) + 0.08 * math.cos(2 * math.pi * x))
bartlett = _window(lambda x: 1 - builtins.abs(x))


def _bessel(x):
    """The modified Bessel function I0 by its power series, whose terms are all positive."""
    term = total = 1.0
    order = 0
    while term > 1e-17 * total:
        order += 1
        term *= (x / (2 * order)) ** 2
        total += term
    return total


def i0(x):
    return np._scalar_or(_bessel, 'float64', x)


def kaiser(M, beta):
    return _window(lambda x: _bessel(beta * math.sqrt(builtins.max(0.0, 1 - x * x))) / _bessel(beta))(M)


def geomspace(start, stop, num=50):
    found = np.exp(np.linspace(math.log(start), math.log(stop), num))
    if num > 0:
        found[0] = start
    if num > 1:
        found[-1] = stop
    return found


# ---------------------------------------------------------------- padding


def _widths(pad_width, ndim):
    given = np.array(pad_width)
    if given.ndim == 0:
        return [(int(given), int(given))] * ndim
    if given.ndim == 1:
        first, last = (list(given) * 2)[:2]
        return [(int(first), int(last))] * ndim
    return [(int(first), int(last)) for first, last in (list(given) * ndim)[:ndim]]


_PLACES = {
    'edge': lambda at, size: builtins.min(builtins.max(at, 0), size - 1),
    'wrap': lambda at, size: at % size,
    'reflect': lambda at, size: builtins.abs((at + size - 1) % (2 * size - 2) - (size - 1)) if size > 1 else 0,
    'symmetric': lambda at, size: at % (2 * size) if at % (2 * size) < size else 2 * size - 1 - at % (2 * size),
}


def pad(array, pad_width, mode='constant', constant_values=0):
    given = make_array(array)
    widths = _widths(pad_width, given.ndim)
    if mode == 'constant':
        found = np.full([size + before + after for size, (before, after) in zip(given.shape, widths)], constant_values, given.dtype)
        found[tuple(slice(before, before + size) for size, (before, _after) in zip(given.shape, widths))] = given
        return found
    if mode not in _PLACES:
        raise NotImplementedError('numpy.pad: mode %r is not available here; use constant, %s.' % (mode, ', '.join(_PLACES)))
    for axis, (before, after) in enumerate(widths):
        size = given.shape[axis]
        given = np.take(given, [_PLACES[mode](at, size) for at in range(-before, size + after)], axis)
    return given


# ---------------------------------------------------------------- sums over indices by name


def einsum(subscripts, *operands):
    terms, _, result = subscripts.replace(' ', '').partition('->')
    terms = terms.split(',')
    arrays = [make_array(one) for one in operands]
    if '.' in subscripts or [len(term) for term in terms] != [one.ndim for one in arrays]:
        raise ValueError('einsum: %r does not name each axis of %d arrays once.' % (subscripts, len(arrays)))
    letters = sorted(set(''.join(terms)))
    if '->' not in subscripts:
        result = ''.join(letter for letter in letters if ''.join(terms).count(letter) == 1)
    sizes = {}
    for term, one in zip(terms, arrays):
        for letter, size in zip(term, one.shape):
            if sizes.setdefault(letter, size) != size:
                raise ValueError('einsum: the index %s has sizes %d and %d.' % (letter, sizes[letter], size))
    summed = [letter for letter in letters if letter not in result]
    values = []
    for place in itertools.product(*[range(sizes[letter]) for letter in result]):
        at = dict(zip(result, place))
        total = 0
        for inner in itertools.product(*[range(sizes[letter]) for letter in summed]):
            at.update(zip(summed, inner))
            factor = 1
            for term, one in zip(terms, arrays):
                factor = factor * (one[tuple(at[letter] for letter in term)] if term else one.item())
            total = total + factor
        values.append(total)
    kind = core.common_type(*[one.dtype for one in arrays])
    found = make_array(values, kind)
    return found.reshape([sizes[letter] for letter in result]) if result else found[0]


# ---------------------------------------------------------------- functions of two values over whole arrays


class _Function:
    """A function of two values with numpy's methods: reduce, accumulate, outer and at."""

    def __init__(self, function, name):
        self._function, self.__name__ = function, name

    def __call__(self, x1, x2, out=None):
        found = self._function(x1, x2)
        if out is None:
            return found
        out[...] = found
        return out

    def at(self, array, indices, values):
        places = np.arange(array.size).reshape(array.shape)[indices]
        for place, value in zip(*[part.ravel() for part in np.broadcast_arrays(places, values)]):
            array.flat[place] = self(array.flat[place], value)

    def __repr__(self):
        return '<ufunc %r>' % self.__name__

    def reduce(self, array, axis=0):
        given = make_array(array)
        lines = given.reshape(-1) if axis is None else np.rollaxis(given, axis)
        found = lines[0]
        for line in lines[1:]:
            found = self(found, line)
        return found

    def accumulate(self, array, axis=0):
        lines = np.rollaxis(make_array(array), axis)
        found = [lines[0]]
        for line in lines[1:]:
            found.append(self(found[-1], line))
        return np.rollaxis(np.array(found), 0, axis % lines.ndim + 1)

    def outer(self, one, other):
        left, right = make_array(one), make_array(other)
        return self(left.reshape(left.shape + (1,) * right.ndim), right)


def frompyfunc(func, nin, nout):
    if nout != 1:
        raise NotImplementedError('numpy.frompyfunc: functions of one result are available here.')
    several = np.vectorize(func)

    def run(*values):
        found = several(*values)
        return found.astype(object) if isinstance(found, ndarray) and found.ndim else found

    return run


_FUNCTIONS = '''
add subtract multiply true_divide divide floor_divide power mod remainder fmod maximum minimum fmax fmin arctan2 hypot
logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor equal not_equal less less_equal greater greater_equal
'''.split()
np.__dict__.update({name: _Function(getattr(np, name), name) for name in _FUNCTIONS})
_NAMES = 'hanning hamming blackman bartlett kaiser i0 geomspace pad einsum frompyfunc'.split()
np.__dict__.update({name: globals()[name] for name in _NAMES})
