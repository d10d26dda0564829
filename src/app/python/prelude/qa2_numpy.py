"""numpy: what analysts' scripts use of it, on the arrays of qa2_ndarray; the host's loops do what takes many numbers (qa2_kernels)."""

import builtins
import cmath
import functools
import math
import operator
import sys
import types

import qa2_kernels as kernels
import qa2_ndarray as core
from qa2_ndarray import SCALARS, broadcast_all, broadcast_to, combine, complexfloating, dtype, floating, from_values, integer, make_array, ndarray, number

pi, e, inf, nan, newaxis = math.pi, math.e, math.inf, math.nan, None
Inf = Infinity = PINF = inf
NINF, NaN, NAN = -inf, nan, nan
euler_gamma = 0.5772156649015329
__version__ = '1.11.3'

bool_, int8, int16, int32, int64 = (SCALARS[name] for name in ('bool', 'int8', 'int16', 'int32', 'int64'))
uint8, uint16, uint32, uint64 = (SCALARS[name] for name in ('uint8', 'uint16', 'uint32', 'uint64'))
float32, float64, complex64, complex128 = (SCALARS[name] for name in ('float32', 'float64', 'complex64', 'complex128'))
int_, float_, complex_, str_, object_ = int64, float64, complex128, SCALARS['str'], SCALARS['object']
intp, double = int64, float64


def _array(value):
    return make_array(value)


def _shape(shape):
    return tuple(shape) if hasattr(shape, '__iter__') else (shape,)


# ---------------------------------------------------------------- making arrays


def array(object, dtype=None, copy=True, order='K', ndmin=0):
    found = make_array(object, dtype, copy=True)
    return found.reshape((1,) * (ndmin - found.ndim) + found.shape) if found.ndim < ndmin else found


def asarray(a, dtype=None, order=None):
    return make_array(a, dtype)


asanyarray = ascontiguousarray = asarray


def copy(a):
    return _array(a).copy()


def full(shape, fill_value, dtype=None):
    fill_value = make_array(fill_value) if isinstance(fill_value, (list, tuple)) else fill_value
    shape, kind = _shape(shape), core.dtype(dtype or (fill_value.dtype if isinstance(fill_value, ndarray) else core.type_of_value(fill_value)))
    if kind.name not in kernels.CODES:
        return from_values([fill_value] * math.prod(shape), shape, kind)
    found = core.blank(shape, kind)
    if not isinstance(fill_value, (int, float)) or fill_value:
        found[...] = fill_value
    return found


def zeros(shape, dtype='float64', order='C'):
    return full(shape, 0, dtype)


def ones(shape, dtype='float64', order='C'):
    return full(shape, 1, dtype)


empty = zeros


def zeros_like(a, dtype=None):
    return zeros(_array(a).shape, dtype or _array(a).dtype)


def ones_like(a, dtype=None):
    return ones(_array(a).shape, dtype or _array(a).dtype)


empty_like = zeros_like


def full_like(a, fill_value, dtype=None):
    return full(_array(a).shape, fill_value, dtype or _array(a).dtype)


def arange(start, stop=None, step=1, dtype=None):
    if stop is None:
        start, stop = 0, start
    count = builtins.max(0, math.ceil((stop - start) / step))
    kind = dtype or core.type_of_values([start, stop, step])
    if count >= kernels.MANY:
        if start == 0 and step == 1 and kind == 'int64':
            return _counted(count)
        return (start + _counted(count) * step).astype(kind, copy=False)
    return from_values([start + step * index for index in range(count)], (count,), kind)


def _counted(count):
    """0, 1, 2 … as a running sum of ones."""
    found = core.blank((count,), 'int64')
    one = core.from_values([1], (1,), 'int64')
    kernels.run('scan_sum_i64', (count - 1,), [('int64', found._data, 1, (1,)), ('int64', one._data, 0, (0,))])
    return found


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None):
    num = int(num)
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else nan
    if num >= kernels.MANY and isinstance(start, (int, float, complex)) and isinstance(stop, (int, float, complex)):
        found = _counted(num) * step + start
        if endpoint:
            found[-1] = stop
        found = found.astype(dtype or found.dtype, copy=False)
        return (found, step) if retstep else found
    values = [start + step * index for index in range(num)] if parts > 0 else [start] * num
    if endpoint and num > 1:
        values[-1] = stop
    found = from_values(values, (num,), dtype or ('complex128' if isinstance(step, complex) else 'float64'))
    return (found, step) if retstep else found


def logspace(start, stop, num=50, endpoint=True, base=10.0):
    return from_values([base ** value for value in linspace(start, stop, num, endpoint)], (int(num),), 'float64')


def eye(N, M=None, k=0, dtype='float64'):
    M = N if M is None else M
    return from_values([1 if column - row == k else 0 for row in range(N) for column in range(M)], (N, M), dtype)


def identity(n, dtype='float64'):
    return eye(n, dtype=dtype)


def meshgrid(*arrays, indexing='xy', sparse=False):
    vectors = [_array(one).ravel() for one in arrays]
    shape = [one.size for one in vectors]
    order = list(range(len(vectors)))
    if indexing == 'xy' and len(vectors) > 1:
        order[0], order[1] = 1, 0
    shape = [vectors[at].size for at in order]
    found = []
    for at, one in enumerate(vectors):
        place = [1] * len(vectors)
        place[order.index(at)] = one.size
        found.append(one.reshape(place) if sparse else broadcast_to(one.reshape(place), shape).copy())
    return found


def indices(dimensions):
    shape = _shape(dimensions)
    return stack([broadcast_to(arange(size).reshape([-1 if at == axis else 1 for at in range(len(shape))]), shape) for axis, size in enumerate(shape)])


# ---------------------------------------------------------------- functions of each value


def _scalar_or(function, kind, value, out=None):
    if out is not None:
        return _put_out(_scalar_or(function, kind, value), out)
    if isinstance(value, core.Masked):
        return value.apply(functools.partial(_scalar_or, function, kind))
    if isinstance(value, (ndarray, list, tuple, range)):
        given = _array(value)
        found = dtype(kind(given.dtype) if callable(kind) else kind or given.dtype)
        made = core.one_looped(core.LOOPS.get(function), given, found)
        return from_values([function(one) for one in given._values()], given.shape, found) if made is None else made
    found = function(value)
    if getattr(value, '_dtype_name', '') == 'float32' and type(found) is float:
        return float32(found)
    return core.as_scalar(found)


def _put_out(found, out):
    """What numpy's `out` asks for."""
    out[...] = found
    return out


def _as_float(kind):
    return kind if kind.kind in 'fc' else 'float64'


def _as_loop(name, function):
    """A function of one value whose work on arrays the loop of that name does."""
    core.LOOPS[function] = name
    return function


def _guarded(real, complex_form=None, outside=nan):
    def run(value):
        if isinstance(value, complex):
            return complex_form(value)
        try:
            return real(value)
        except ValueError:
            return outside
        except OverflowError:
            return inf

    return run


def _function(loop, real, complex_form=None, outside=nan):
    return functools.partial(_scalar_or, _as_loop(loop, _guarded(real, complex_form, outside)), _as_float)


def _log(of):
    return lambda value: -inf if value == 0 else of(value)


sqrt = _function('sqrt', math.sqrt, cmath.sqrt)
exp, log, log10 = _function('exp', math.exp, cmath.exp), _function('log', _log(math.log), cmath.log), _function('log10', _log(math.log10), cmath.log10)
log2, log1p, expm1 = _function('log2', _log(math.log2)), _function('log1p', math.log1p), _function('expm1', math.expm1)
sin, cos, tan = _function('sin', math.sin, cmath.sin), _function('cos', math.cos, cmath.cos), _function('tan', math.tan, cmath.tan)
arcsin, arccos, arctan = _function('arcsin', math.asin, cmath.asin), _function('arccos', math.acos, cmath.acos), _function('arctan', math.atan, cmath.atan)
sinh, cosh, tanh = _function('sinh', math.sinh, cmath.sinh), _function('cosh', math.cosh, cmath.cosh), _function('tanh', math.tanh, cmath.tanh)
arcsinh, arccosh, arctanh = _function('arcsinh', math.asinh), _function('arccosh', math.acosh), _function('arctanh', math.atanh)
degrees = rad2deg = _function('degrees', math.degrees)
radians = deg2rad = _function('radians', math.radians)
sinc = _function(None, lambda value: 1.0 if value == 0 else math.sin(pi * value) / (pi * value))


def _keep_special(of):
    return lambda value: of(value) if math.isfinite(value) else value


floor = _function('floor', _keep_special(lambda value: float(math.floor(value))))
ceil = _function('ceil', _keep_special(lambda value: float(math.ceil(value))))
trunc = fix = _function('trunc', _keep_special(lambda value: float(math.trunc(value))))
rint = _function('rint', _keep_special(lambda value: float(builtins.round(value))))
_MODULUS = {'complex64': 'float32', 'complex128': 'float64'}
absolute = abs = functools.partial(_scalar_or, _as_loop('absolute', builtins.abs), lambda kind: _MODULUS.get(kind.name, kind))
fabs = _function('absolute', math.fabs)
sign = functools.partial(_scalar_or, _as_loop('sign', lambda value: value if value != value else type(value)((value > 0) - (value < 0))), None)
square = functools.partial(_scalar_or, _as_loop('square', lambda value: value * value), None)
negative = functools.partial(_scalar_or, _as_loop('negative', lambda value: -value), None)
reciprocal = functools.partial(_scalar_or, _as_loop('reciprocal', lambda value: core.divide(1, value)), None)
conj = conjugate = functools.partial(_scalar_or, _as_loop('conjugate', lambda value: value.conjugate()), None)
isnan = functools.partial(_scalar_or, _as_loop('isnan', lambda value: value != value), 'bool')


isfinite = functools.partial(_scalar_or, _as_loop('isfinite', lambda value: (cmath if isinstance(value, complex) else math).isfinite(value)), 'bool')
isinf = functools.partial(_scalar_or, _as_loop('isinf', lambda value: (cmath if isinstance(value, complex) else math).isinf(value)), 'bool')
logical_not = functools.partial(_scalar_or, lambda value: not value, 'bool')
signbit = functools.partial(_scalar_or, _as_loop('signbit', lambda value: math.copysign(1, value) < 0), 'bool')
invert = bitwise_not = lambda value: ~_array(value)


_phase = _as_loop('angle', cmath.phase)


def angle(z, deg=False):
    found = _scalar_or(_phase, lambda kind: 'float32' if kind.name in ('complex64', 'float32') else 'float64', z)
    return found * (180 / pi) if deg else found


def real(value):
    return value.real if hasattr(value, 'real') else _array(value).real


def imag(value):
    return value.imag if hasattr(value, 'imag') else _array(value).imag


def _rounded(value, decimals):
    if isinstance(value, complex):
        return complex(_rounded(value.real, decimals), _rounded(value.imag, decimals))
    if isinstance(value, float) and math.isfinite(value):
        # By way of a whole number, as numpy: 2.675 becomes 2.68, whatever its last bit.
        scale = 10.0 ** builtins.abs(decimals)
        moved = value * scale if decimals >= 0 else value / scale
        whole = math.copysign(builtins.round(moved), moved) if math.isfinite(moved) else moved
        return whole / scale if decimals >= 0 else whole * scale
    return builtins.round(value, decimals) if isinstance(value, int) and decimals < 0 else value


def around(a, decimals=0):
    if isinstance(a, ndarray) and a.dtype.kind == 'f' and kernels.works_on(a):
        scale = 10.0 ** builtins.abs(decimals)
        return rint(a) if decimals == 0 else rint(a * scale) / scale if decimals > 0 else rint(a / scale) * scale
    return _scalar_or(lambda value: _rounded(value, decimals), None, a)


round_ = round = around


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    largest = sys.float_info.max if posinf is None else posinf
    smallest = -sys.float_info.max if neginf is None else neginf

    def real(value):
        return nan if value != value else largest if value == inf else smallest if value == -inf else value

    found = _scalar_or(lambda value: complex(real(value.real), real(value.imag)) if isinstance(value, complex) else real(value), None, x)
    return found if copy else _put_out(found, x)


# ---------------------------------------------------------------- functions of two values


def _pair(function, kind=None, loop=None):
    core.LOOPS.setdefault(function, loop)

    def run(x1, x2):
        if isinstance(x1, core.Masked) or isinstance(x2, core.Masked):
            masked, is_second = (x1, False) if isinstance(x1, core.Masked) else (x2, True)
            return masked._with(x1 if is_second else x2, run, is_second)
        if not isinstance(x1, (ndarray, list, tuple, range)) and not isinstance(x2, (ndarray, list, tuple, range)):
            return core.as_scalar(function(x1, x2))
        return combine(x1, x2, function, kind)

    return run


def _larger(one, other):
    return one if one != one or one > other else other


def _smaller(one, other):
    return one if one != one or one < other else other


def _fmod(one, other):
    try:
        return math.fmod(one, other)
    except ValueError:
        return 0 if isinstance(one, int) and isinstance(other, int) else nan


add, subtract, multiply = _pair(operator.add), _pair(operator.sub), _pair(operator.mul)
true_divide = _pair(core.divide, 'quotient')
divide, floor_divide, power = true_divide, _pair(core.floor_divide), _pair(core.power)
mod = remainder = _pair(core.remainder)
fmod = _pair(_fmod, loop='fmod')
maximum, minimum = _pair(_larger, loop='maximum'), _pair(_smaller, loop='minimum')
fmax = _pair(lambda a, b: b if a != a else a if b != b else builtins.max(a, b), loop='fmax')
fmin = _pair(lambda a, b: b if a != a else a if b != b else builtins.min(a, b), loop='fmin')
arctan2, hypot = _pair(math.atan2, 'quotient', 'arctan2'), _pair(math.hypot, 'quotient', 'hypot')
logical_and = _pair(lambda a, b: bool(a) and bool(b), 'bool', 'logical_and')
logical_or = _pair(lambda a, b: bool(a) or bool(b), 'bool', 'logical_or')
logical_xor = _pair(lambda a, b: bool(a) != bool(b), 'bool', 'logical_xor')
bitwise_and, bitwise_or, bitwise_xor = _pair(operator.and_), _pair(operator.or_), _pair(operator.xor)
equal, not_equal = _pair(operator.eq, 'bool'), _pair(operator.ne, 'bool')
less, less_equal = _pair(operator.lt, 'bool'), _pair(operator.le, 'bool')
greater, greater_equal = _pair(operator.gt, 'bool'), _pair(operator.ge, 'bool')


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    def near(one, other):
        return one == other or (equal_nan and one != one and other != other) or (
            builtins.abs(other) != inf and builtins.abs(one - other) <= atol + rtol * builtins.abs(other)
        )

    if builtins.any(isinstance(one, ndarray) and kernels.works_on(one, kernels.MANY) for one in (a, b)):
        is_close = equal(a, b) | (isfinite(b) & (absolute(subtract(a, b)) <= atol + rtol * absolute(b)))
        return is_close | (isnan(a) & isnan(b)) if equal_nan else is_close
    return _pair(near, 'bool')(a, b)


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2):
    one, other = _array(a1), _array(a2)
    return one.shape == other.shape and bool(all(one == other))


def clip(a, a_min=None, a_max=None, out=None, min=None, max=None):
    found, low, high = _array(a), a_min if min is None else min, a_max if max is None else max
    found = found if low is None else maximum(found, low)
    found = found if high is None else minimum(found, high)
    if out is not None:
        return _put_out(found, out)
    return found if isinstance(a, (ndarray, list, tuple)) else found.item()


# ---------------------------------------------------------------- along axes


def _lines(a, axis):
    """The values along an axis, and the shape of the rest."""
    given = _array(a)
    if axis is None:
        return [given._values()], ()
    axis = axis % given.ndim
    moved = given.transpose([at for at in range(given.ndim) if at != axis] + [axis])
    size, values = given.shape[axis], moved._values()
    count = math.prod(moved.shape[:-1])
    return [values[at * size:(at + 1) * size] for at in range(count)], moved.shape[:-1]


def _reduce(function, kind=None, fold=None, at_least=None):
    """A function of the values along axes; `fold` does it with loops and answers an array without those axes, or None."""

    def run(a, axis=None, dtype=None, keepdims=False, out=None):
        if out is not None:
            return _put_out(run(a, axis, dtype, keepdims), out)
        if isinstance(a, core.Masked):
            return a.reduce(function, dtype or (kind(a.dtype) if callable(kind) else kind) or a.dtype, axis, keepdims)
        given = _array(a)
        if fold and kernels.works_on(given, at_least or 4 * kernels.SMALL) and given.dtype.name != 'uint64':
            axes = tuple(range(given.ndim)) if axis is None else tuple(one % given.ndim for one in (axis if isinstance(axis, tuple) else (axis,)))
            made = fold(given, axes, core.dtype(dtype or (kind(given.dtype) if callable(kind) else kind) or given.dtype))
            if made is not None:
                if keepdims:
                    return made.reshape([1 if at in axes else size for at, size in enumerate(given.shape)])
                return made if made.shape else made[()]
        kept = None
        if isinstance(axis, tuple):
            kept = [1 if at in [one % given.ndim for one in axis] else size for at, size in enumerate(given.shape)]
            rest = [at for at in range(given.ndim) if at not in [one % given.ndim for one in axis]]
            given = given.transpose(rest + [at for at in range(given.ndim) if at not in rest]).reshape([given.shape[at] for at in rest] + [-1])
            axis = -1
        lines, shape = _lines(given, axis)
        found = dtype or (kind(given.dtype) if callable(kind) else kind) or given.dtype
        values = [function(line) for line in lines]
        if not shape:
            return from_values(values, (1,), found)[0] if not keepdims else from_values(values, (1,) * given.ndim, found)
        if keepdims:
            shape = kept or [1 if at == axis % given.ndim else size for at, size in enumerate(given.shape)]
        return from_values(values, shape, found)

    return run


def _without_axes(shape, axes):
    return tuple(size for at, size in enumerate(shape) if at not in axes)


def _folded(name, given, axes, found, start, loop_type=None):
    """Loops along axes, from values that `start` gives: an array without the axes; None where there is no such loop."""
    ending = {'float32': 'f32', 'complex64': 'c64'}.get(given.dtype.name) if name == 'sum' else None
    ending = ending if ending and found is given.dtype else kernels.loop_kind((loop_type or given.dtype).kind if name in ('all', 'any') else found.kind)
    made = {'f32': 'float32', 'c64': 'complex64'}.get(ending) or kernels.loop_type(ending)
    loop = 'fold_%s_%s' % (name, ending)
    if not kernels.has(loop):
        return None
    result = core.blank(_without_axes(given.shape, axes), made)
    if start is not None:
        result[...] = start
    whole = [1 if at in axes else size for at, size in enumerate(given.shape)]
    strides = [0 if at in axes else step for at, step in enumerate(result.reshape(whole)._strides)]
    wide = [at for at, size in enumerate(given.shape) if size > 1]
    fastest = builtins.min(wide, key=lambda at: builtins.abs(given._strides[at]), default=0)
    target = (made, core._buffer(result._data), 0, strides)
    source = core._operand(given, given.shape)
    if fastest in axes or not wide:
        kernels.run(loop, given.shape, [target, source])
    else:
        _fold_rows(name, ending, given.shape, target, source)
    return result if found.name == made else result.astype(found)


_ROW_LOOPS = {'sum': 'add', 'prod': 'multiply', 'max': 'maximum', 'min': 'minimum', 'all': 'logical_and', 'any': 'logical_or'}


def _fold_rows(name, ending, shape, target, source):
    """Folds whole rows, one upon the other, where values of a row lie side by side."""
    ending = {'f32': 'f64', 'c64': 'c128'}.get(ending, ending)
    kernels.run('%s_%s' % (_ROW_LOOPS[name], ending), shape, [target, target, source])


def _fold_sum(given, axes, found):
    return _folded('sum', given, axes, found, None) if found.kind in 'iufc' else None


def _fold_mean(given, axes, found):
    count = math.prod(given.shape[at] for at in axes)
    total = _folded('sum', given, axes, found, None)
    return None if total is None else total / count


def _first(given, axes):
    """The values from which the largest or smallest is sought."""
    return given[tuple(0 if at in axes else slice(None) for at in range(given.ndim))]


def _fold_extreme(name):
    def fold(given, axes, found):
        if given.dtype.kind not in 'biuf':
            return None
        return _folded(name, given, axes, found if found.kind != 'b' else dtype('int64'), _first(given, axes)).astype(found)

    return fold


def _fold_place(name):
    def fold(given, axes, _found):
        if given.dtype.kind not in 'biuf':
            return None
        lanes = _as_lanes(given, axes, _ordered_kind(given))
        shape = _without_axes(given.shape, axes)
        result = core.blank(shape, 'int64')
        target = ('int64', result._data, 0, (1, 0))
        kernels.run('place_%s_%s' % (name, kernels.loop_kind(lanes.dtype.kind)), lanes.shape, [target, core._operand(lanes, lanes.shape)])
        return result

    return fold


def _ordered_kind(given):
    """The type in which loops compare numbers."""
    return 'float64' if given.dtype.kind == 'f' else 'int64'


def _as_lanes(given, axes, kind):
    """Values along axes as the second axis of a new array, the others as its first; of a type."""
    rest = [at for at in range(given.ndim) if at not in axes]
    count = math.prod(given.shape[at] for at in rest)
    return given.transpose(rest + sorted(axes)).astype(kind).reshape(count, -1)


def _fold_truth(name):
    return lambda given, axes, _found: _folded(name, given, axes, dtype('bool'), name == 'all', dtype('bool'))


def _fold_count(given, axes, _found):
    return _folded('sum', given.astype('bool'), axes, dtype('int64'), None)


def _squares(given):
    """Squared distances of complex numbers or floats from 0."""
    return given.real * given.real + given.imag * given.imag if given.dtype.kind == 'c' else given * given


def _fold_spread(ddof):
    def fold(given, axes, found):
        count = math.prod(given.shape[at] for at in axes)
        middle = _reduce_mean(given, axes, keepdims=True)
        if count <= ddof:
            return None
        return (_folded('sum', _squares(given - middle), axes, found, None) / (count - ddof)).astype(found)

    return fold


def _fold_median(given, axes, found):
    if given.dtype.kind not in 'biuf':
        return None
    lanes = _as_lanes(given, axes, 'float64')
    middle = lanes.shape[1] // 2
    bad = isnan(lanes).any(1)
    kernels.run('select', lanes.shape, [core._operand(lanes, lanes.shape)], middle)
    result = lanes[:, middle].copy()
    if lanes.shape[1] % 2 == 0:
        result = (lanes[:, :middle].max(1) + result) / 2
    result[bad] = nan
    return result.reshape(_without_axes(given.shape, axes)).astype(found)


def _summed(kind):
    return 'int64' if kind.kind in 'bi' else 'uint64' if kind.kind == 'u' else kind


def _total(line):
    return math.fsum(line) if line and isinstance(line[0], float) and builtins.all(map(math.isfinite, line)) else builtins.sum(line)


def _none(line, what):
    if not line:
        raise ValueError('zero-size array to reduction operation %s which has no identity' % what)
    return line


def _extreme(of, what):
    def run(line):
        bad = next((value for value in _none(line, what) if value != value), None)
        return (of(line, key=_key) if isinstance(line[0], complex) else of(line)) if bad is None else bad

    return run


def _mean(line):
    return _total(line) / len(line) if line else nan


def _spread(line, ddof=0):
    if len(line) <= ddof:
        return nan
    middle = _mean(line)
    away = [value - middle for value in line]
    squares = math.fsum(builtins.abs(value) ** 2 for value in away) if isinstance(middle, complex) else math.sumprod(away, away)
    return squares / (len(line) - ddof)


def _median(line):
    if not line or builtins.any(value != value for value in line):
        return nan
    ordered, middle = sorted(line), len(line) // 2
    return float(ordered[middle]) if len(line) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


sum = _reduce(_total, _summed, _fold_sum)
prod = _reduce(math.prod, _summed, lambda given, axes, found: _folded('prod', given, axes, found, 1))
mean = _reduce_mean = average_plain = _reduce(_mean, _as_float, _fold_mean)
amax = max = _reduce(_extreme(builtins.max, 'maximum'), None, _fold_extreme('max'))
amin = min = _reduce(_extreme(builtins.min, 'minimum'), None, _fold_extreme('min'))
median = _reduce(_median, _as_float, _fold_median, kernels.MANY)
all = _reduce(lambda line: builtins.all(line), 'bool', _fold_truth('all'))
any = _reduce(lambda line: builtins.any(line), 'bool', _fold_truth('any'))
alltrue, sometrue = all, any
ptp = _reduce(lambda line: builtins.max(line) - builtins.min(line), None, lambda given, axes, _found: amax(given, axes) - asarray(amin(given, axes)))
argmax = _reduce(lambda line: line.index(_extreme(builtins.max, 'argmax')(line)), 'int64', _fold_place('max'))
argmin = _reduce(lambda line: line.index(_extreme(builtins.min, 'argmin')(line)), 'int64', _fold_place('min'))
count_nonzero = _reduce(lambda line: builtins.sum(1 for value in line if value), 'int64', _fold_count)


def _real_kind(kind):
    return _MODULUS.get(kind.name, _as_float(kind))


def var(a, axis=None, dtype=None, ddof=0, keepdims=False):
    return _reduce(lambda line: _spread(line, ddof), _real_kind, _fold_spread(ddof), kernels.MANY)(a, axis, keepdims=keepdims)


def std(a, axis=None, dtype=None, ddof=0, keepdims=False):
    if isinstance(a, core.Masked):
        return a.reduce(lambda line: math.sqrt(_spread(line, ddof)), _real_kind(a.dtype), axis, keepdims)
    return sqrt(var(a, axis, dtype, ddof, keepdims))


def average(a, axis=None, weights=None, returned=False):
    if weights is None:
        found = mean(a, axis)
        return (found, len(_lines(a, axis)[0][0])) if returned else found
    weights = _array(weights)
    given = _array(a)
    if weights.ndim == 1 and given.ndim > 1 and axis is not None:
        weights = weights.reshape([-1 if at == axis % given.ndim else 1 for at in range(given.ndim)])
    weights = broadcast_to(weights, given.shape)
    total = sum(weights, axis)
    found = sum(given * weights, axis) / total
    return (found, total) if returned else found


_PLACES = {
    'linear': float, 'lower': math.floor, 'higher': math.ceil, 'nearest': builtins.round,
    'midpoint': lambda place: (math.floor(place) + math.ceil(place)) / 2,
}
"""Where between two values a percentile is taken, by the name of the method."""


def _percentile(line, part, choose=float):
    ordered = sorted(line)
    if not ordered or builtins.any(value != value for value in ordered):
        return nan
    place = choose((len(ordered) - 1) * (part / 100))
    low = math.floor(place)
    high = builtins.min(low + 1, len(ordered) - 1)
    step, part = ordered[high] - ordered[low], place - low
    return ordered[low] + step * part if part < 0.5 else ordered[high] - step * (1 - part)


def _fold_percentile(part, choose):
    def fold(given, axes, found):
        if given.dtype.kind not in 'biuf':
            return None
        lanes = _as_lanes(given, axes, 'float64')
        bad = isnan(lanes).any(1)
        place = choose((lanes.shape[1] - 1) * (part / 100))
        low = math.floor(place)
        kernels.run('select', lanes.shape, [core._operand(lanes, lanes.shape)], low)
        one = lanes[:, low].copy()
        other = lanes[:, low + 1:].min(1) if low + 1 < lanes.shape[1] else one
        result = one + (other - one) * (place - low) if place - low < 0.5 else other - (other - one) * (1 - (place - low))
        result[bad] = nan
        return result.reshape(_without_axes(given.shape, axes)).astype(found)

    return fold


def percentile(a, q, axis=None, method='linear', interpolation=None, keepdims=False):
    choose = _PLACES[interpolation or method]
    if isinstance(q, (list, tuple, ndarray)):
        return array([percentile(a, one, axis, method, interpolation, keepdims) for one in q])
    return _reduce(lambda line: _percentile(line, q, choose), _as_float, _fold_percentile(q, choose), kernels.MANY)(a, axis, keepdims=keepdims)


def quantile(a, q, axis=None):
    return percentile(a, asarray(q) * 100 if isinstance(q, (list, tuple, ndarray)) else q * 100, axis)


def _without(function, empty_value=nan):
    def run(line):
        good = [value for value in line if value == value]
        return function(good) if good else empty_value

    return run


def _but_bad(fold, filling):
    """A fold that takes NaN for a value that changes nothing."""
    return lambda given, axes, found: fold(where(isnan(given), _like(filling, given), given) if given.dtype.kind in 'fc' else given, axes, found)


def _like(value, given):
    """A number as a value of an array's type."""
    return SCALARS[given.dtype.name](value)


def _fold_good_mean(given, axes, found):
    if given.dtype.kind not in 'fc':
        return _fold_mean(given, axes, found)
    return _but_bad(_fold_sum, 0)(given, axes, found) / _fold_count(~isnan(given), axes, found)


def _fold_good_extreme(name, filling):
    def fold(given, axes, found):
        if given.dtype.kind != 'f':
            return _fold_extreme(name)(given, axes, found)
        result = _but_bad(_fold_extreme(name), filling)(given, axes, found)
        return where(isnan(given).all(axes), nan, result)

    return fold


def _fold_good_spread(ddof):
    def fold(given, axes, found):
        if given.dtype.kind not in 'fc':
            return _fold_spread(ddof)(given, axes, found)
        count = maximum(_fold_count(~isnan(given), axes, found) - ddof, 0)
        middle = _fold_good_mean(given, axes, given.dtype).reshape([1 if at in axes else size for at, size in enumerate(given.shape)])
        squares = _squares(given - middle)
        return (_but_bad(_fold_sum, 0)(squares, axes, found) / count).astype(found)

    return fold


def _fold_good_median(given, axes, found):
    """Where all is good, or all axes are folded; else lines are taken one by one."""
    bad = isnan(given) if given.dtype.kind == 'f' else None
    if bad is None or not bad.any():
        return _fold_median(given, axes, found)
    good = given[~bad] if len(axes) == given.ndim else zeros(0)
    return _fold_median(good, (0,), found) if good.size else None


nansum = _reduce(_without(_total, 0), _summed, _but_bad(_fold_sum, 0), kernels.MANY)
nanmean = _reduce(_without(_mean), _as_float, _fold_good_mean, kernels.MANY)
nanmedian = _reduce(_without(_median), _as_float, _fold_good_median, kernels.MANY)
nanmax = _reduce(_without(builtins.max), None, _fold_good_extreme('max', -inf), kernels.MANY)
nanmin = _reduce(_without(builtins.min), None, _fold_good_extreme('min', inf), kernels.MANY)
nanprod = _reduce(_without(math.prod, 1), _summed)


def nanvar(a, axis=None, dtype=None, ddof=0, keepdims=False):
    return _reduce(_without(lambda line: _spread(line, ddof)), _real_kind, _fold_good_spread(ddof), kernels.MANY)(a, axis, dtype, keepdims)


def nanstd(a, axis=None, dtype=None, ddof=0, keepdims=False):
    return sqrt(nanvar(a, axis, dtype, ddof, keepdims))


nanargmax = _reduce(lambda line: line.index(builtins.max(value for value in line if value == value)), 'int64')
nanargmin = _reduce(lambda line: line.index(builtins.min(value for value in line if value == value)), 'int64')


def nanpercentile(a, q, axis=None):
    if isinstance(q, (list, tuple, ndarray)):
        return array([nanpercentile(a, one, axis) for one in q])
    return _reduce(_without(lambda line: _percentile(line, q)), _as_float)(a, axis)


def _along(function, kind=None):
    """A function that makes a line of each line."""

    def run(a, axis, **options):
        given = _array(a)
        if axis is None:
            given, axis = given.ravel(), 0
        axis = axis % given.ndim
        lines, rest = _lines(given, axis)
        made = [function(line, **options) for line in lines]
        found = (kind(given.dtype) if callable(kind) else kind) or given.dtype
        size = len(made[0]) if made else 0
        whole = from_values([value for line in made for value in line], tuple(rest) + (size,), found)
        order = list(range(len(rest)))
        order.insert(axis, len(rest))
        return whole.transpose(order)

    return run


def _running(operation):
    def run(line):
        found = []
        for value in line:
            found.append(operation(found[-1], value) if found else value)
        return found

    return run


def cumsum(a, axis=None, dtype=None):
    given = _array(a)
    found = core.dtype(dtype or _summed(given.dtype))
    if kernels.works_on(given) and given.dtype.kind in 'biufc' and found.name in kernels.CODES and found.name not in ('bool', 'complex64'):
        return _running_sum(given if axis is not None else given.ravel(), axis or 0, found)
    return _along(_running(lambda one, other: one + other), found)(given, axis)


def _running_sum(given, axis, found):
    order = [at for at in range(given.ndim) if at != axis % given.ndim] + [axis % given.ndim]
    ending = 'f32' if found.name == 'float32' else kernels.loop_kind(found.kind)
    seen = 'float32' if ending == 'f32' else kernels.loop_type(ending)
    given = given.astype(seen).transpose(order)
    result = core.blank(given.shape, seen)
    kernels.run('scan_sum_' + ending, given.shape, [core._operand(result, given.shape), core._operand(given, given.shape)])
    return result.astype(found, copy=False).transpose([order.index(at) for at in range(len(order))])


def cumprod(a, axis=None):
    return _along(_running(lambda one, other: one * other), _summed)(a, axis)


def diff(a, n=1, axis=-1):
    found = _array(a)
    before = (slice(None),) * (axis % found.ndim)
    for _ in range(n):
        one, other = found[before + (slice(None, -1),)], found[before + (slice(1, None),)]
        found = other ^ one if found.dtype.kind == 'b' else other - one
    return found


def _key(value):
    return (value != value, 0 if value != value else (value.real, value.imag) if isinstance(value, complex) else value)


def _lines_to_order(given, axis):
    """A copy for loops that order, whose last axis is the given one, and the way back."""
    order = [at for at in range(given.ndim) if at != axis % given.ndim] + [axis % given.ndim]
    back = [order.index(at) for at in range(given.ndim)]
    return given.transpose(order).astype(_ordered_kind(given)), lambda lines: lines.transpose(back)


def _is_ordered_by_loops(given):
    return kernels.works_on(given, kernels.MANY) and given.dtype.kind in 'biuf' and given.dtype.name != 'uint64'


def sort(a, axis=-1, kind=None):
    given = _array(a).ravel() if axis is None else _array(a)
    axis = -1 if axis is None else axis
    if _is_ordered_by_loops(given):
        lines, back = _lines_to_order(given, axis)
        kernels.run('sort', lines.shape, [core._operand(lines, lines.shape)])
        return back(lines).astype(given.dtype, copy=False)
    return _along(lambda line: sorted(line, key=_key))(a, axis)


def argsort(a, axis=-1, kind=None):
    given = _array(a).ravel() if axis is None else _array(a)
    axis = -1 if axis is None else axis
    if _is_ordered_by_loops(given):
        lines, back = _lines_to_order(given, axis)
        order = core.blank(lines.shape, 'int64')
        kernels.run('argsort', lines.shape, [core._operand(order, lines.shape), core._operand(lines, lines.shape)])
        return back(order)
    return _along(lambda line: sorted(range(len(line)), key=lambda at: _key(line[at])), 'int64')(a, axis)


def flip(a, axis=None):
    given = _array(a)
    axes = range(given.ndim) if axis is None else [axis % given.ndim]
    return given[tuple(slice(None, None, -1) if at in axes else slice(None) for at in range(given.ndim))]


def flipud(a):
    return flip(a, 0)


def fliplr(a):
    return flip(a, 1)


def roll(a, shift, axis=None):
    given = _array(a)
    if isinstance(shift, (tuple, list)):
        for one, along in zip(shift, axis):
            given = roll(given, one, along)
        return given
    line = given.ravel() if axis is None else given
    axis = 0 if axis is None else axis % given.ndim
    if not line.size:
        return line.copy().reshape(given.shape)
    cut = -shift % line.shape[axis]
    before = (slice(None),) * axis
    return concatenate([line[before + (slice(cut, None),)], line[before + (slice(None, cut),)]], axis).reshape(given.shape)


def lexsort(keys):
    keys = [list(_array(key)) for key in keys]
    return array(sorted(range(len(keys[0])), key=lambda at: [key[at] for key in reversed(keys)]))


def unique(ar, return_index=False, return_inverse=False, return_counts=False):
    given = _array(ar)
    if _is_ordered_by_loops(given):
        return _unique_by_loops(given.ravel(), return_index, return_inverse, return_counts)
    # All NaN are one.
    values = [nan if value != value else value for value in given._values()] if given.dtype.kind == 'f' else given._values()
    first, counts = {}, {}
    for at, value in enumerate(values):
        first.setdefault(value, at)
        counts[value] = counts.get(value, 0) + 1
    is_plain = given.dtype.kind in 'biuU' or (given.dtype.kind == 'f' and nan not in first)
    ordered = sorted(first, key=None if is_plain else _key)
    found = [from_values(ordered, (len(ordered),), given.dtype)]
    if return_index:
        found.append(array([first[value] for value in ordered]))
    if return_inverse:
        place = {value: at for at, value in enumerate(ordered)}
        found.append(array([place[value] for value in values]))
    if return_counts:
        found.append(array([counts[value] for value in ordered]))
    return found[0] if len(found) == 1 else tuple(found)


def _unique_by_loops(line, return_index, return_inverse, return_counts):
    order = argsort(line) if return_index or return_inverse else None
    ordered = sort(line) if order is None else line[order]
    is_new = ones(line.size, 'bool')
    is_new[1:] = ordered[1:] != ordered[:-1]
    if line.dtype.kind == 'f':
        is_new[1:] &= ~(isnan(ordered[1:]) & isnan(ordered[:-1]))
    starts = flatnonzero(is_new)
    found = [ordered[starts]]
    if return_index:
        found.append(order[starts])
    if return_inverse:
        place = zeros(line.size, 'int64')
        place[order] = cumsum(is_new) - 1
        found.append(place)
    if return_counts:
        found.append(diff(append(starts, line.size)))
    return found[0] if len(found) == 1 else tuple(found)


def in1d(ar1, ar2, invert=False):
    line = _array(ar1).ravel()
    if _is_ordered_by_loops(line) and _array(ar2).dtype.kind in 'biuf' and _array(ar2).size:
        known = sort(_array(ar2).ravel())
        places = minimum(searchsorted(known, line), known.size - 1)
        return (known[places] == line) != invert
    known = set(_array(ar2)._values())
    return array([(value in known) != invert for value in _array(ar1)._values()], dtype='bool')


def isin(element, test_elements, invert=False):
    return in1d(element, test_elements, invert).reshape(_array(element).shape)


def intersect1d(ar1, ar2):
    known = set(_array(ar2)._values())
    return unique([value for value in _array(ar1)._values() if value in known])


def setdiff1d(ar1, ar2):
    return unique(ravel(ar1)[~in1d(ar1, ar2)])


def union1d(ar1, ar2):
    return unique(concatenate([_array(ar1).ravel(), _array(ar2).ravel()]))


# ---------------------------------------------------------------- choosing and shaping


def where(condition, x=None, y=None):
    condition = _array(condition)
    if x is None:
        return condition.nonzero()
    kind = core.result_type(x if isinstance(x, ndarray) else _array(x) if hasattr(x, '__len__') and not isinstance(x, str) else x,
                            y if isinstance(y, ndarray) else _array(y) if hasattr(y, '__len__') and not isinstance(y, str) else y, None)
    kind = core.common_type(_array(x).dtype, _array(y).dtype) if kind.kind == 'b' or _array(x).dtype.kind == 'b' == _array(y).dtype.kind else kind
    parts = broadcast_all([condition, _array(x), _array(y)])
    if kernels.works_on(parts[0]) and kind.name in kernels.CODES and kind.name != 'uint64' and builtins.all(one.dtype.name in kernels.CODES for one in parts):
        ending = kernels.loop_kind(kind.kind)
        return core.looped('where_' + ('i64' if ending == 'bool' else ending), parts, parts[0].shape, kind)
    values = [one if test else other for test, one, other in zip(*[part._values() for part in parts])]
    return from_values(values, parts[0].shape, kind)


def nonzero(a):
    return _array(a).nonzero()


def argwhere(a):
    found = nonzero(a)
    return transpose(array([list(one) for one in found], dtype='int64').reshape(len(found), -1))


def flatnonzero(a):
    return ravel(a).nonzero()[0]


def take(a, indices, axis=None):
    given = _array(a).ravel() if axis is None else _array(a)
    return given[(slice(None),) * (0 if axis is None else axis % given.ndim) + (_array(indices),)]


def compress(condition, a, axis=None):
    return take(a, flatnonzero(condition), axis)


def extract(condition, arr):
    return ravel(arr)[ravel(condition).astype('bool')]


def searchsorted(a, v, side='left'):
    import bisect

    values = _array(v)
    if kernels.works_on(values) and values.dtype.kind in 'biuf' and _array(a).dtype.kind in 'biuf' and _array(a).size:
        return _found_places(_array(a).astype('float64'), values.astype('float64'), side == 'right')
    find = bisect.bisect_left if side == 'left' else bisect.bisect_right
    line = list(_array(a))
    return _scalar_or(lambda value: find(line, value), 'int64', v)


def _found_places(line, values, is_right):
    """For each value how many of the line stand before it."""
    result = core.blank(values.shape, 'int64')
    operands = [('int64', result._data, 0, (1,)), ('float64', values._data, 0, (1,)), ('float64', line._data, 0, (0,))]
    kernels.run('search', (values.size,), operands, int(is_right))
    return result


def concatenate(arrays, axis=0):
    parts = [_array(one) for one in arrays]
    if axis is None:
        parts, axis = [one.ravel() for one in parts], 0
    if not parts:
        raise ValueError('need at least one array to concatenate')
    axis = axis % parts[0].ndim
    rest = {one.shape[:axis] + one.shape[axis + 1:] for one in parts}
    if len(rest) > 1:
        raise ValueError('all the input array dimensions except for the concatenation axis must match exactly')
    kind = core.common_type(*[one.dtype for one in parts])
    total = builtins.sum(one.shape[axis] for one in parts)
    shape = parts[0].shape[:axis] + (total,) + parts[0].shape[axis + 1:]
    if kind.name in kernels.CODES and math.prod(shape) >= kernels.SMALL and (kind.name != 'uint64' or builtins.all(one.dtype is kind for one in parts)):
        joined, start = core.blank(shape, kind), 0
        for one in parts:
            if one.size:
                core.copy_into(joined[(slice(None),) * axis + (slice(start, start + one.shape[axis]),)], one)
            start += one.shape[axis]
        return joined
    chunks = math.prod(shape[:axis])
    lines = [(one._values(), math.prod(one.shape[axis:])) for one in parts]
    values = [value for at in range(chunks) for line, size in lines for value in line[at * size:(at + 1) * size]]
    return from_values(values, shape, kind)


def stack(arrays, axis=0):
    parts = [expand_dims(one, axis) for one in arrays]
    return concatenate(parts, axis)


def atleast_1d(a):
    return _array(a).reshape(-1) if _array(a).ndim == 0 else _array(a)


def atleast_2d(a):
    given = atleast_1d(a)
    return given.reshape(1, -1) if given.ndim == 1 else given


def hstack(tup):
    parts = [atleast_1d(one) for one in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tup):
    return concatenate([atleast_2d(one) for one in tup], 0)


def dstack(tup):
    return concatenate([one.reshape(one.shape + (1,)) for one in map(atleast_2d, tup)], 2)


def column_stack(tup):
    return concatenate([one.reshape(-1, 1) if one.ndim == 1 else one for one in map(_array, tup)], 1)


row_stack = vstack


def append(arr, values, axis=None):
    return concatenate([ravel(arr), ravel(values)] if axis is None else [arr, values], axis or 0)


def insert(arr, obj, values, axis=None):
    line = ravel(arr).tolist()
    line[obj:obj] = ravel(values).tolist()
    return array(line, dtype=_array(arr).dtype)


def delete(arr, obj, axis=None):
    given = ravel(arr) if axis is None else _array(arr)
    size = given.shape[axis or 0]
    gone = {at % size for at in (range(*obj.indices(size)) if isinstance(obj, slice) else ravel(obj)._values())}
    return take(given, [at for at in range(size) if at not in gone], axis or 0)


def split(ary, indices_or_sections, axis=0):
    given = _array(ary)
    size = given.shape[axis]
    if isinstance(indices_or_sections, int):
        if size % indices_or_sections:
            raise ValueError('array split does not result in an equal division')
        step = size // indices_or_sections
        indices_or_sections = range(step, size, step)
    bounds = [0] + list(indices_or_sections) + [size]
    return [given[(slice(None),) * axis + (slice(low, high),)] for low, high in zip(bounds, bounds[1:])]


def repeat(a, repeats, axis=None):
    given = ravel(a) if axis is None else _array(a)
    counts = [repeats] * given.shape[axis or 0] if isinstance(repeats, int) else ravel(repeats)._values()
    return take(given, make_array([at for at, count in enumerate(counts) for _ in range(count)], 'int64'), axis or 0)


def tile(A, reps):
    given, reps = _array(A), _shape(reps)
    given = given.reshape((1,) * (len(reps) - given.ndim) + given.shape)
    reps = (1,) * (given.ndim - len(reps)) + tuple(reps)
    for axis, count in enumerate(reps):
        given = concatenate([given] * count, axis) if count else given[(slice(None),) * axis + (slice(0, 0),)]
    return given


def reshape(a, newshape, order='C'):
    return _array(a).reshape(newshape, order=order)


def ravel(a, order='C'):
    return _array(a).ravel(order)


def transpose(a, axes=None):
    return _array(a).transpose(axes)


def swapaxes(a, axis1, axis2):
    return _array(a).swapaxes(axis1, axis2)


def rollaxis(a, axis, start=0):
    given = _array(a)
    order = [at for at in range(given.ndim) if at != axis % given.ndim]
    order.insert(start, axis % given.ndim)
    return given.transpose(order)


def moveaxis(a, source, destination):
    given = _array(a)
    order = [at for at in range(given.ndim) if at != source % given.ndim]
    order.insert(destination % given.ndim, source % given.ndim)
    return given.transpose(order)


def squeeze(a, axis=None):
    return _array(a).squeeze(axis)


def expand_dims(a, axis):
    given = _array(a)
    place = axis % (given.ndim + 1)
    return given.reshape(given.shape[:place] + (1,) + given.shape[place:])


def broadcast_arrays(*args):
    return broadcast_all([_array(one) for one in args])


def shape(a):
    return _array(a).shape


def ndim(a):
    return _array(a).ndim


def size(a, axis=None):
    return _array(a).size if axis is None else _array(a).shape[axis]


def diagonal(a, offset=0):
    given = _array(a)
    return array([given[at, at + offset] for at in range(builtins.max(0, -offset), builtins.min(given.shape[0], given.shape[1] - offset))])


def diag(v, k=0):
    given = _array(v)
    if given.ndim == 2:
        return diagonal(given, k)
    count = given.size + builtins.abs(k)
    found = zeros((count, count), given.dtype)
    for at, value in enumerate(given):
        found[at - builtins.min(k, 0), at + builtins.max(k, 0)] = value
    return found


def trace(a):
    return sum(diagonal(a))


# ---------------------------------------------------------------- products, fits, statistics


def _product(one, other):
    """A matrix product by loops; None where the values are no floats."""
    kind = core.common_type(one.dtype, other.dtype)
    if kind.kind == 'c':
        parts = [[_product(left, right) for left in (one.real, one.imag)] for right in (other.real, other.imag)]
        return (parts[0][0] - parts[1][1]) + 1j * (parts[0][1] + parts[1][0])
    if kind.kind not in 'iuf' or not one.size or not other.size:
        return None
    rows, inner, columns = math.prod(one.shape[:-1]), one.shape[-1], math.prod(other.shape[1:])
    left, right = one.astype('float64'), other.astype('float64')
    if columns == 1 and kind.kind == 'f':
        made = sum(left * right.ravel(), -1)
        return made.reshape(one.shape[:-1] + other.shape[1:]).astype(kind) if isinstance(made, ndarray) else made
    result = core.blank(one.shape[:-1] + other.shape[1:], 'float64')
    step = builtins.max(1, 2 ** 30 // (inner * columns))
    for start in range(0, rows, step):
        operands = [('float64', result._data, start * columns, (columns, 0, 1)), ('float64', left._data, start * inner, (inner, 1, 0))]
        kernels.run('product', (builtins.min(step, rows - start), inner, columns), [*operands, ('float64', right._data, 0, (0, columns, 1))])
    if kind.kind != 'f' and builtins.max(abs(left).max() * abs(right).max() * inner, 0) > 2 ** 53:
        return None
    result = result.astype(kind, copy=False)
    return result if result.shape else result[()]


def dot(a, b):
    one, other = _array(a), _array(b)
    if one.ndim == 0 or other.ndim == 0:
        return one * other
    if one.ndim < 3 and other.ndim < 3 and one.shape[-1] == other.shape[0] and one.size * other.size >= 100 * kernels.MANY:
        made = _product(one, other)
        if made is not None:
            return made
    columns, shape = _lines(other, -2 if other.ndim > 1 else 0)
    lines, rest = _lines(one, -1)
    if lines and columns and len(lines[0]) != len(columns[0]):
        raise ValueError('shapes %s and %s not aligned' % (one.shape, other.shape))
    kind = core.common_type(one.dtype, other.dtype)
    values = [_total([x * y for x, y in zip(line, column)]) for line in lines for column in columns]
    found = from_values(values, tuple(rest) + tuple(shape), kind)
    return found if found.shape else found.item()


matmul = inner = dot


def vdot(a, b):
    return dot(conj(ravel(a)), ravel(b))


def outer(a, b):
    return ravel(a).reshape(-1, 1) * ravel(b).reshape(1, -1)


def cross(a, b):
    x, y = list(_array(a)), list(_array(b))
    return array([x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]])


def interp(x, xp, fp, left=None, right=None):
    import bisect

    given = _array(x)
    if kernels.works_on(given, kernels.MANY) and given.dtype.kind in 'biuf' and _array(fp).dtype.kind in 'biuf':
        return _interpolated(given.astype('float64'), _array(xp).astype('float64'), _array(fp).astype('float64'), left, right)
    places, values = list(_array(xp)), list(_array(fp))

    def at(value):
        if value != value:
            return nan
        if value <= places[0]:
            return float(values[0] if left is None or value == places[0] else left)
        if value >= places[-1]:
            return float(values[-1] if right is None or value == places[-1] else right)
        high = bisect.bisect_right(places, value)
        part = (value - places[high - 1]) / (places[high] - places[high - 1])
        return values[high - 1] + part * (values[high] - values[high - 1])

    return _scalar_or(at, 'float64', x)


def _interpolated(x, places, values, left, right):
    high = clip(searchsorted(places, x, 'right'), 1, places.size - 1) if places.size > 1 else zeros(x.shape, 'int64')
    low = maximum(high - 1, 0)
    width = places[high] - places[low]
    found = where(width == 0, values[low], values[low] + (x - places[low]) / width * (values[high] - values[low]))
    found = where(x <= places[0], values[0], where(x >= places[-1], values[-1], found))
    found = found if left is None else where(x < places[0], float(left), found)
    found = found if right is None else where(x > places[-1], float(right), found)
    return where(isnan(x), x, found)


def histogram(a, bins=10, range=None, density=False, weights=None):
    import bisect

    line = ravel(a)
    if isinstance(bins, int):
        low, high = range or (float(amin(line)), float(amax(line))) if range or line.size else (0.0, 1.0)
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = linspace(low, high, bins + 1)
    else:
        edges = asarray(bins)
    bounds = list(edges)
    if _is_ordered_by_loops(line) or weights is not None:
        is_inside = (line >= bounds[0]) & (line <= bounds[-1])
        places = minimum(searchsorted(edges, line[is_inside], 'right'), len(bounds) - 1) - 1
        found = _tally(places, len(bounds) - 1) if weights is None else bincount(places, ravel(weights)[is_inside], len(bounds) - 1).astype(ravel(weights).dtype)
        return (found / (diff(edges) * found.sum()) if density else found), edges
    counts = [0] * (len(bounds) - 1)
    for value in line._values():
        if bounds[0] <= value <= bounds[-1]:
            counts[builtins.min(bisect.bisect_right(bounds, value), len(counts)) - 1] += 1
    found = array(counts)
    return (found / (diff(edges) * sum(found)) if density else found), edges


def digitize(x, bins):
    return searchsorted(bins, x, 'right')


_NEGATIVE_PLACES = "'list' argument must have no negative elements"


def _tally(places, size):
    """How often each place is there."""
    counts = zeros(size, 'int64')
    if places.size:
        bad = kernels.run('tally', places.shape, [('int64', counts._data, 0, (0,)), core._operand(places, places.shape)])
        if bad >= 0:
            raise ValueError(_NEGATIVE_PLACES)
    return counts


def bincount(x, weights=None, minlength=0):
    line = ravel(x)
    if kernels.works_on(line) and weights is None and line.dtype.kind in 'biu':
        return _tally(line.astype('int64'), builtins.max(int(line.max()) + 1, minlength))
    places = line._values()
    if builtins.any(place < 0 for place in places):
        raise ValueError(_NEGATIVE_PLACES)
    counts = [0 if weights is None else 0.0] * builtins.max([minlength] + [place + 1 for place in places])
    for place, weight in zip(places, [1] * len(places) if weights is None else ravel(weights)._values()):
        counts[place] += weight
    return array(counts, dtype='int64' if weights is None else 'float64')


def polyval(p, x):
    found = 0
    for coefficient in list(_array(p)):
        found = found * (x if not isinstance(x, (list, tuple)) else asarray(x)) + coefficient
    return found


def polyfit(x, y, deg, w=None):
    """Least squares by Householder reflections, columns scaled."""
    x, y = list(map(float, _array(x))), list(map(float, _array(y)))
    weights = [1.0] * len(x) if w is None else list(map(float, _array(w)))
    rows = [[weight * value ** (deg - power) for power in range(deg + 1)] for value, weight in zip(x, weights)]
    return array(_least_squares(rows, [one * weight for one, weight in zip(y, weights)]))


def _least_squares(rows, values):
    rows, values = [row[:] for row in rows], values[:]
    count, unknowns = len(rows), len(rows[0])
    scales = [math.sqrt(math.fsum(row[at] ** 2 for row in rows)) or 1.0 for at in range(unknowns)]
    rows = [[value / scale for value, scale in zip(row, scales)] for row in rows]
    for at in range(unknowns):
        column = [rows[row][at] for row in range(at, count)]
        length = math.copysign(math.sqrt(math.fsum(value * value for value in column)), column[0])
        if length == 0:
            raise linalg.LinAlgError('Singular matrix')
        column[0] += length
        norm = math.fsum(value * value for value in column)
        for target in range(at, unknowns + 1):
            get = (lambda row: values[row]) if target == unknowns else (lambda row: rows[row][target])
            part = 2 * math.fsum(column[row - at] * get(row) for row in range(at, count)) / norm
            for row in range(at, count):
                if target == unknowns:
                    values[row] -= part * column[row - at]
                else:
                    rows[row][target] -= part * column[row - at]
    found = [0.0] * unknowns
    for at in range(unknowns - 1, -1, -1):
        found[at] = (values[at] - math.fsum(rows[at][other] * found[other] for other in range(at + 1, unknowns))) / rows[at][at]
    return [value / scale for value, scale in zip(found, scales)]


def cov(m, y=None):
    lines = [list(line) for line in atleast_2d(m)] + ([] if y is None else [list(line) for line in atleast_2d(y)])
    centred = [[value - _mean(line) for value in line] for line in lines]
    found = [[math.fsum(a * b for a, b in zip(one, other)) / (len(one) - 1) for other in centred] for one in centred]
    return array(found) if len(found) > 1 else found[0][0]


def corrcoef(x, y=None):
    table = cov(x, y)
    root = sqrt(diagonal(table))
    return table / outer(root, root)


def convolve(a, v, mode='full'):
    one, other = list(_array(a)), list(_array(v))
    whole = [_total([one[at] * other[place - at] for at in range(len(one)) if 0 <= place - at < len(other)]) for place in range(len(one) + len(other) - 1)]
    if mode == 'full':
        return array(whole)
    longest, shortest = builtins.max(len(one), len(other)), builtins.min(len(one), len(other))
    size = longest if mode == 'same' else longest - shortest + 1
    start = (len(whole) - size) // 2
    return array(whole[start:start + size])


def unwrap(p, discont=pi, axis=-1):
    def run(line):
        found, shift = line[:1], 0.0
        for one, other in zip(line, line[1:]):
            step = other - one
            wrapped = (step + pi) % (2 * pi) - pi
            if wrapped == -pi and step > 0:
                wrapped = pi
            shift += 0 if builtins.abs(step) < discont else wrapped - step
            found.append(other + shift)
        return found

    return _along(run, 'float64')(p, axis)


def trapz(y, x=None, dx=1.0, axis=-1):
    heights = _array(y)
    before = (slice(None),) * (axis % heights.ndim)
    steps = dx if x is None else diff(x, axis=axis if _array(x).ndim > 1 else -1)
    if x is not None and steps.ndim < heights.ndim:
        steps = steps.reshape([-1 if at == axis % heights.ndim else 1 for at in range(heights.ndim)])
    return sum(steps * (heights[before + (slice(1, None),)] + heights[before + (slice(None, -1),)]) / 2.0, axis)


trapezoid = trapz


def vectorize(pyfunc, otypes=None):
    return lambda *args: array([pyfunc(*values) for values in zip(*[part._values() for part in broadcast_all([_array(one) for one in args])])]).reshape(
        core.broadcast_shape(*[_array(one).shape for one in args])
    )


def apply_along_axis(func1d, axis, arr):
    lines, rest = _lines(arr, axis)
    return array([func1d(asarray(line)) for line in lines]).reshape(tuple(rest) + (-1,)).squeeze()


# ---------------------------------------------------------------- text files


def _read_table(fname, dtype, comments, delimiter, skiprows, usecols, unpack, ndmin=0, converters=None, convert=None):
    lines = list(open(fname)) if isinstance(fname, str) else list(fname)
    marks = [comments] if isinstance(comments, str) else list(comments or [])
    kind, rows = core.dtype(dtype), []
    convert = convert or {'f': float, 'i': lambda word: int(float(word)), 'c': complex, 'U': str}.get(kind.kind, lambda word: word)
    for line in lines[skiprows:]:
        line = line.decode('latin-1') if isinstance(line, bytes) else line
        for mark in marks:
            line = line.partition(mark)[0]
        words = [word.strip() for word in line.split(delimiter)] if line.strip() else []
        if not words:
            continue
        if usecols is not None:
            words = [words[at] for at in _shape(usecols)]
        if converters:
            words = [converters[at](word) if at in converters else word for at, word in enumerate(words)]
        if rows and len(words) != len(rows[0]):
            raise ValueError('the number of columns changed from %d to %d' % (len(rows[0]), len(words)))
        rows.append([convert(word) for word in words])
    found = array(rows, dtype=kind) if rows else zeros(0, kind)
    found = found.squeeze() if ndmin < 2 else found
    found = found.reshape(-1) if ndmin == 1 else found
    return found.T if unpack else found


def loadtxt(fname, dtype='float64', comments='#', delimiter=None, skiprows=0, usecols=None, unpack=False, ndmin=0, converters=None):
    return _read_table(fname, dtype, comments, delimiter, skiprows, usecols, unpack, ndmin, converters)


def _type_of_words(words, axes):
    """The type that genfromtxt finds: whole numbers, numbers or texts."""
    found = set()
    for word in words:
        for kind in (int, float):
            try:
                kind(word)
            except ValueError:
                continue
            found.add(kind)
            break
        else:
            found.add(str)
    if str in found and len(found) > 1 and axes > 1:
        raise NotImplementedError('numpy.genfromtxt: columns of numbers and of texts (dtype=None) make a record array, which is not available here; read them with usecols, or with dtype=str.')
    return 'str' if str in found else 'float64' if float in found else 'int64'


def genfromtxt(fname, dtype='float64', comments='#', delimiter=None, skip_header=0, usecols=None, unpack=False, filling_values=None, **others):
    if others:
        raise NotImplementedError('numpy.genfromtxt: %s is not available here; read the file with open() or csv.' % ', '.join(others))
    filling = nan if filling_values is None else filling_values

    def number(word):
        try:
            return float(word)
        except ValueError:
            return filling

    if dtype is None:
        words = _read_table(fname, 'str', comments, delimiter, skip_header, usecols, unpack)
        return words.astype(_type_of_words([str(word) for word in words.ravel()], words.ndim))
    is_float = core.dtype(dtype).kind == 'f'
    return _read_table(fname, dtype, comments, delimiter, skip_header, usecols, unpack, convert=number if is_float else None)


def savetxt(fname, X, fmt='%.18e', delimiter=' ', newline='\n', header='', footer='', comments='# '):
    given = _array(X)
    given = given.reshape(-1, 1) if given.ndim == 1 else given
    file = open(fname, 'w') if isinstance(fname, str) else fname
    if header:
        file.write(comments + header.replace('\n', '\n' + comments) + newline)
    forms = [fmt] * given.shape[1] if isinstance(fmt, str) and fmt.count('%') == 1 else fmt
    line = (delimiter.join(forms) if not isinstance(forms, str) else forms) + newline
    for start in builtins.range(0, given.shape[0], 1000):
        file.write(''.join([line % tuple(row) for row in given[start:start + 1000].tolist()]))
    if footer:
        file.write(comments + footer.replace('\n', '\n' + comments) + newline)
    if isinstance(fname, str):
        file.close()


def set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, suppress=None, **_others):
    given = dict(precision=precision, threshold=threshold, edgeitems=edgeitems, linewidth=linewidth, suppress=suppress)
    core.PRINTING.update({name: value for name, value in given.items() if value is not None})


def get_printoptions():
    return dict(core.PRINTING)


def array2string(a, max_line_width=None, precision=None, suppress_small=None, separator=' ', prefix='', threshold=None, edgeitems=None):
    before = get_printoptions()
    set_printoptions(precision, threshold, edgeitems, max_line_width, suppress_small)
    try:
        return core.text_of(_array(a), separator, prefix)
    finally:
        core.PRINTING.update(before)


array_str, array_repr = str, repr


def isscalar(value):
    return isinstance(value, (int, float, complex, str))


def iscomplexobj(x):
    return _array(x).dtype.kind == 'c'


def isrealobj(x):
    return not iscomplexobj(x)


iscomplex = functools.partial(_scalar_or, lambda value: complex(value).imag != 0, 'bool')
isreal = functools.partial(_scalar_or, lambda value: complex(value).imag == 0, 'bool')


def seterr(**_options):
    """Nothing is told about divisions by zero here, so there is nothing to switch off."""
    return {}


class errstate:
    def __init__(self, **_options):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False


class _Info:
    def __init__(self, **values):
        self.__dict__.update(values)


def finfo(kind):
    if dtype(kind).itemsize == 4:
        return _Info(eps=1.1920928955078125e-07, max=3.4028234663852886e+38, min=-3.4028234663852886e+38, tiny=1.1754943508222875e-38)
    return _Info(eps=sys.float_info.epsilon, max=sys.float_info.max, min=-sys.float_info.max, tiny=sys.float_info.min)


def iinfo(kind):
    found = dtype(kind)
    bits = 8 * found.itemsize
    return _Info(max=2 ** (bits - (found.kind == 'i')) - 1, min=-2 ** (bits - 1) if found.kind == 'i' else 0)


# ---------------------------------------------------------------- linear algebra


class LinAlgError(ValueError):
    """A matrix without inverse."""


def _solve(a, b):
    given, right = _array(a), _array(b)
    rows = [list(map(complex if given.dtype.kind == 'c' or right.dtype.kind == 'c' else float, row)) for row in given.tolist()]
    sides = [row if isinstance(row, list) else [row] for row in right.tolist()]
    count = len(rows)
    for at in range(count):
        best = builtins.max(range(at, count), key=lambda row: builtins.abs(rows[row][at]))
        if rows[best][at] == 0:
            raise LinAlgError('Singular matrix')
        rows[at], rows[best], sides[at], sides[best] = rows[best], rows[at], sides[best], sides[at]
        for row in range(count):
            if row != at:
                factor = rows[row][at] / rows[at][at]
                rows[row] = [one - factor * other for one, other in zip(rows[row], rows[at])]
                sides[row] = [one - factor * other for one, other in zip(sides[row], sides[at])]
    return array([[value / rows[at][at] for value in sides[at]] for at in range(count)]).reshape(right.shape)


def _det(a):
    rows, found = [list(map(float, row)) for row in _array(a).tolist()], 1.0
    for at in range(len(rows)):
        best = builtins.max(range(at, len(rows)), key=lambda row: builtins.abs(rows[row][at]))
        if rows[best][at] == 0:
            return 0.0
        if best != at:
            rows[at], rows[best], found = rows[best], rows[at], -found
        found *= rows[at][at]
        for row in range(at + 1, len(rows)):
            factor = rows[row][at] / rows[at][at]
            rows[row] = [one - factor * other for one, other in zip(rows[row], rows[at])]
    return found


def _norm(x, ord=None, axis=None):
    return sqrt(sum(abs(_array(x)) ** 2.0, axis))


def _lstsq(a, b, rcond=None):
    found = array(_least_squares([list(map(float, row)) for row in _array(a).tolist()], list(map(float, _array(b)))))
    left = _array(b) - dot(a, found)
    return found, array([float(sum(left * left))]), len(found), None


linalg = types.ModuleType('numpy.linalg')
linalg.__dict__.update(solve=_solve, inv=lambda a: _solve(a, eye(len(_array(a)))), det=_det, norm=_norm, lstsq=_lstsq, LinAlgError=LinAlgError)


_OLD_NAMES = {
    'int': builtins.int, 'float': builtins.float, 'complex': builtins.complex, 'bool': builtins.bool, 'str': builtins.str,
    'object': builtins.object, 'long': builtins.int, 'unicode': builtins.str, 'string_': str_, 'unicode_': str_, 'bool8': bool_, 'infty': inf,
    'product': prod, 'cumproduct': cumprod, 'rank': ndim, 'asscalar': lambda a: a.item(), 'msort': lambda a: sort(a, 0),
    'asfarray': lambda a, dtype='float64': asarray(a, dtype), 'alen': len, 'version': types.SimpleNamespace(version=__version__),
}
"""Names that numpy had in CASA 3 to 6.5; those of Python's own types hide nothing here."""


def __getattr__(name):
    if name in _OLD_NAMES:
        return _OLD_NAMES[name]
    if name.startswith('__'):
        raise AttributeError(name)
    raise AttributeError('numpy.%s is not available here; see "numpy" in docs/differences-from-casa.md for what is.' % name)


# ---------------------------------------------------------------- methods of arrays

for _name in 'sum prod mean max min all any ptp argmax argmin var std cumsum cumprod argsort clip repeat take dot trace diagonal searchsorted round'.split():
    setattr(ndarray, _name, globals()[_name])
ndarray.median = median
ndarray.compress = lambda self, condition, axis=None: compress(condition, self, axis)


def _sort_in_place(self, axis=-1, kind=None):
    self[...] = sort(self, axis)


ndarray.sort = _sort_in_place


def _sorted_argsort(self, axis=-1, kind=None):
    return argsort(self, axis)


ndarray.argsort = _sorted_argsort


def install():
    """Makes `import numpy` find this module."""
    module = sys.modules[__name__]
    sys.modules['numpy'] = module
    sys.modules['numpy.linalg'] = linalg
    for name in ('numeric', 'core'):
        sys.modules['numpy.' + name] = module


install()


class _Drawing(types.ModuleType):
    """pylab and matplotlib: their numpy is there; of their drawing, what qa2_pylab of casapy adds."""

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        if name in sys.modules['numpy'].__dict__:
            return sys.modules['numpy'].__dict__[name]
        return functools.partial(_refuse_drawing, '%s.%s' % (self.__name__, name))


def _nothing(*_arguments, **_options):
    """Switches of windows, which there are none of."""


def _refuse_drawing(name, *_arguments, **_options):
    raise NotImplementedError('%s() is not available: scripts draw plain plots alone here (plot, scatter, errorbar, hist …); plotms, plotcal, plotbandpass and plotants write PNG files.' % name)


_DRAWING_PARTS = (
    'animation axes backends backends.backend_agg backends.backend_pdf cm collections colorbar colors dates figure font_manager gridspec image '
    'legend lines mlab offsetbox patches path patheffects style text ticker transforms widgets'
)


def _install_drawing():
    silent = dict.fromkeys('ion ioff close clf cla show draw use rc switch_backend interactive'.split(), _nothing)
    names = ['pylab', 'matplotlib', 'matplotlib.pyplot', 'matplotlib.pylab'] + ['matplotlib.' + part for part in _DRAWING_PARTS.split()]
    for name in names + ['mpl_toolkits', 'mpl_toolkits.axes_grid1', 'mpl_toolkits.axes_grid1.inset_locator', 'mpl_toolkits.mplot3d']:
        module = sys.modules[name] = _Drawing(name)
        module.__dict__.update(silent, __path__=[], rcParams={})
        parent, _, part = name.rpartition('.')
        if parent:
            setattr(sys.modules[parent], part, module)
    sys.modules['pylab'].pyplot = sys.modules['matplotlib.pyplot']


_install_drawing()
