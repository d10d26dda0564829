"""numpy.ma: arrays in which some values do not count."""

import operator
import sys
import types

import qa2_ndarray as core
import qa2_numpy as np
from qa2_ndarray import broadcast_to, from_values, make_array, ndarray


class _Nothing:
    """What stands where no value counts."""

    def __repr__(self):
        return '--'

    def __bool__(self):
        return False

    def __float__(self):
        return np.nan

    def __format__(self, _form):
        return '--'

    def _itself(self, *_others):
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = __abs__ = _itself


masked = _Nothing()
nomask = False
_FILLS = {'b': True, 'i': 999999, 'u': 999999, 'f': 1e20, 'c': 1e20 + 0j, 'U': 'N/A', 'O': '?'}


def _mask_for(mask, shape):
    if mask is None or mask is False:
        return np.zeros(shape, 'bool')
    return broadcast_to(make_array(mask).astype('bool'), shape).copy()


class MaskedArray(core.Masked):
    """Values with a mask of their shape: True where a value does not count."""

    def __init__(self, data, mask=None, dtype=None, fill_value=None, copy=False):
        own = data.mask if isinstance(data, MaskedArray) else None
        self.data = make_array(data.data if isinstance(data, MaskedArray) else data, dtype, copy)
        self.mask = _mask_for(mask, self.data.shape)
        if own is not None:
            self.mask = self.mask | own
        self._fill = fill_value

    @property
    def fill_value(self):
        return _FILLS[self.data.dtype.kind] if self._fill is None else self._fill

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)
    dtype = property(lambda self: self.data.dtype)
    T = property(lambda self: self._both(lambda one: one.T))
    real = property(lambda self: MaskedArray(self.data.real, self.mask))
    imag = property(lambda self: MaskedArray(self.data.imag, self.mask))

    def _both(self, change):
        return MaskedArray(change(self.data), change(self.mask), fill_value=self._fill)

    def reshape(self, *shape):
        return self._both(lambda one: one.reshape(*shape))

    def ravel(self):
        return self.reshape(-1)

    flatten = ravel

    def transpose(self, *axes):
        return self._both(lambda one: one.transpose(*axes))

    def squeeze(self):
        return self._both(lambda one: one.squeeze())

    def copy(self):
        return self._both(lambda one: one.copy())

    def astype(self, kind):
        return MaskedArray(self.data.astype(kind), self.mask)

    def filled(self, fill_value=None):
        found = self.data.copy()
        found[self.mask] = self.fill_value if fill_value is None else fill_value
        return found

    def compressed(self):
        return self.data[~self.mask]

    def count(self, axis=None):
        return np.sum(~self.mask, axis)

    def tolist(self):
        return [None if isinstance(one, _Nothing) else one.tolist() if isinstance(one, MaskedArray) else one for one in self]

    def __len__(self):
        return len(self.data)

    def __iter__(self):
        return (self[at] for at in range(len(self)))

    def __getitem__(self, key):
        key = key.filled(False) if isinstance(key, MaskedArray) else key
        value, hidden = self.data[key], self.mask[key]
        if isinstance(hidden, ndarray):
            return MaskedArray(value, hidden, fill_value=self._fill)
        return masked if hidden else value

    def __setitem__(self, key, value):
        key = key.filled(False) if isinstance(key, MaskedArray) else key
        if value is masked:
            self.mask[key] = True
        else:
            self.data[key] = value.data if isinstance(value, MaskedArray) else value
            self.mask[key] = value.mask if isinstance(value, MaskedArray) else False

    # ------------------------------------------------------------ what numpy's functions ask for

    def apply(self, function):
        return MaskedArray(function(self.data), self.mask)

    def reduce(self, function, kind, axis, keepdims):
        if keepdims or isinstance(axis, tuple):
            raise NotImplementedError('Sums over several axes, and keepdims, of masked arrays are not available here.')
        lines, shape = np._lines(self.data, axis)
        hidden, _ = np._lines(self.mask, axis)
        kept = [[value for value, gone in zip(line, mask) if not gone] for line, mask in zip(lines, hidden)]
        values = [function(line) if line else 0 for line in kept]
        if axis is None or not shape:
            return from_values(values, (1,), kind)[0] if kept[0] else masked
        return MaskedArray(from_values(values, shape, kind), from_values([not line for line in kept], shape, 'bool'))

    def _with(self, other, function, swap=False):
        value = other.data if isinstance(other, MaskedArray) else other
        found = function(value, self.data) if swap else function(self.data, value)
        hidden = _mask_for(self.mask, found.shape)
        if isinstance(other, MaskedArray):
            hidden = hidden | _mask_for(other.mask, found.shape)
        if function in (operator.truediv, operator.floordiv, operator.mod):
            below = self.data if swap else make_array(value)
            hidden = hidden | _mask_for(below == 0, found.shape)
        return MaskedArray(found, hidden)

    def __neg__(self):
        return self.apply(operator.neg)

    def __abs__(self):
        return self.apply(abs)

    def __invert__(self):
        return self.apply(operator.invert)

    __hash__ = None

    def __repr__(self):
        lines = ['data=%s' % self, 'mask=%s' % self.mask, 'fill_value=%s' % (self.fill_value,)]
        return 'masked_array(%s)' % (',\n%s' % (' ' * 13)).join(lines)

    def __str__(self):
        shown = [masked if hidden else value for value, hidden in zip(self.data._values(), self.mask._values())]
        return str(from_values(shown, self.shape, 'object'))


def _operation(name, function, swap=False):
    setattr(MaskedArray, name, lambda self, other: self._with(other, function, swap))


for _name in 'add sub mul truediv floordiv mod pow and or xor'.split():
    _function = getattr(operator, {'and': 'and_', 'or': 'or_'}.get(_name, _name))
    _operation('__%s__' % _name, _function)
    _operation('__r%s__' % _name, _function, True)
for _name in 'eq ne lt le gt ge'.split():
    _operation('__%s__' % _name, getattr(operator, _name))


MaskedArray.__div__ = lambda self, other: self._with(other, operator.floordiv if core._are_whole(self.data, getattr(other, 'data', other)) else operator.truediv)
MaskedArray.__rdiv__ = lambda self, other: self._with(other, operator.floordiv if core._are_whole(self.data, other) else operator.truediv, True)
_REDUCTIONS = 'sum prod mean median max min all any ptp std var'.split()
for _name in _REDUCTIONS:
    setattr(MaskedArray, _name, lambda self, axis=None, _of=getattr(np, _name), **options: _of(self, axis, **options))


def _array(data, mask=nomask, dtype=None, fill_value=None, copy=False):
    return MaskedArray(data, mask, dtype, fill_value, copy)


def masked_where(condition, a, copy=True):
    condition = condition.filled(False) if isinstance(condition, MaskedArray) else condition
    return MaskedArray(a, condition, copy=copy)


def _masked_by(test):
    return lambda x, *values: masked_where(test(x.data if isinstance(x, MaskedArray) else make_array(x), *values), x)


def getmaskarray(arr):
    return arr.mask if isinstance(arr, MaskedArray) else np.zeros(make_array(arr).shape, 'bool')


def filled(a, fill_value=None):
    return a.filled(fill_value) if isinstance(a, MaskedArray) else make_array(a)


def compressed(x):
    return x.compressed() if isinstance(x, MaskedArray) else np.ravel(x)


def is_masked(x):
    return bool(np.any(getmaskarray(x)))


def concatenate(arrays, axis=0):
    return MaskedArray(
        np.concatenate([one.data if isinstance(one, MaskedArray) else one for one in arrays], axis),
        np.concatenate([getmaskarray(one) for one in arrays], axis),
    )


def average(a, axis=None, weights=None):
    if weights is None:
        return np.mean(_array(a), axis)
    return np.sum(_array(a) * weights, axis) / np.sum(_array(broadcast_to(weights, _array(a).shape), getmaskarray(a)), axis)


_module = types.ModuleType('numpy.ma')
_module.__dict__.update(
    array=_array, masked_array=MaskedArray, MaskedArray=MaskedArray, asarray=_array, masked=masked, nomask=nomask,
    masked_where=masked_where, masked_invalid=_masked_by(lambda x: ~np.isfinite(x)), masked_equal=_masked_by(lambda x, value: x == value),
    masked_values=_masked_by(lambda x, value: np.isclose(x, value)), masked_not_equal=_masked_by(lambda x, value: x != value),
    masked_greater=_masked_by(lambda x, value: x > value), masked_greater_equal=_masked_by(lambda x, value: x >= value),
    masked_less=_masked_by(lambda x, value: x < value), masked_less_equal=_masked_by(lambda x, value: x <= value),
    masked_inside=_masked_by(lambda x, low, high: (x >= low) & (x <= high)),
    masked_outside=_masked_by(lambda x, low, high: (x < low) | (x > high)),
    getmask=getmaskarray, getmaskarray=getmaskarray, getdata=lambda a: a.data if isinstance(a, MaskedArray) else make_array(a),
    filled=filled, compressed=compressed, is_masked=is_masked, isMaskedArray=lambda x: isinstance(x, MaskedArray),
    count=lambda a, axis=None: _array(a).count(axis), concatenate=concatenate, average=average,
    zeros=lambda *shape, **kind: _array(np.zeros(*shape, **kind)), ones=lambda *shape, **kind: _array(np.ones(*shape, **kind)),
    **{name: (lambda of: lambda a, axis=None, **options: of(_array(a), axis, **options))(getattr(np, name)) for name in _REDUCTIONS},
    **{name: (lambda of: lambda a: of(_array(a)))(getattr(np, name)) for name in 'sqrt exp log log10 sin cos tan abs absolute'.split()},
)
np.ma = sys.modules['numpy.ma'] = _module
