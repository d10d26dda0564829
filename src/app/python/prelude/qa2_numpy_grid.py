"""More of numpy: index tricks, triangles, rearranging, choosing, polynomials, eigenvalues of symmetric matrices."""

import builtins
import cmath
import math

import qa2_ndarray as core
import qa2_numpy as np
from qa2_ndarray import broadcast_all, from_values, make_array, ndarray

# ---------------------------------------------------------------- index tricks


def _axis_of(part):
    """The values of one slice of mgrid, r_ …: a step that is imaginary counts points, both ends included."""
    start = 0 if part.start is None else part.start
    step = 1 if part.step is None else part.step
    if isinstance(step, complex):
        return np.linspace(start, part.stop, int(builtins.abs(step)))
    return np.arange(start, part.stop, step)


class _Grid:
    def __init__(self, is_open):
        self._is_open = is_open

    def __getitem__(self, key):
        if isinstance(key, slice):
            return _axis_of(key)
        axes = [_axis_of(part) for part in key]
        if self._is_open:
            return ix_(*axes)
        kind = core.common_type(*[one.dtype for one in axes])
        return np.stack(np.meshgrid(*[one.astype(kind) for one in axes], indexing='ij'))


class _Joined:
    """r_ and c_: what stands in the brackets, one after the other along an axis."""

    def __init__(self, is_column):
        self._is_column = is_column

    def __getitem__(self, key):
        parts = key if isinstance(key, tuple) else (key,)
        if builtins.any(isinstance(part, str) for part in parts):
            raise NotImplementedError('numpy.r_ and numpy.c_ take no text here; use hstack, vstack or column_stack.')
        made = [_axis_of(part) if isinstance(part, slice) else np.atleast_1d(part) for part in parts]
        if self._is_column:
            return np.concatenate([one.reshape(-1, 1) if one.ndim == 1 else one for one in made], -1)
        return np.concatenate(made)


def ix_(*args):
    vectors = [make_array(one) for one in args]
    vectors = [one.nonzero()[0] if one.dtype.kind == 'b' else one for one in vectors]
    return tuple(
        one.reshape([-1 if at == axis else 1 for at in range(len(vectors))]) for axis, one in enumerate(vectors)
    )


def unravel_index(indices, shape):
    given = make_array(indices)
    found = []
    for size in reversed(tuple(shape)):
        found.append(given % size)
        given = given // size
    found = found[::-1]
    return tuple(found) if make_array(indices).ndim else tuple(one.item() for one in found)


def ravel_multi_index(multi_index, dims):
    found = 0
    for index, size in zip(multi_index, dims):
        found = found * size + (make_array(index) if hasattr(index, '__len__') else index)
    return found


def fromfunction(function, shape, dtype='float64', **kwargs):
    return function(*[one.astype(dtype) for one in np.indices(shape)], **kwargs)


def fromiter(iter, dtype, count=-1):
    values = list(iter)
    return np.array(values if count < 0 else values[:count], dtype=dtype)


# ---------------------------------------------------------------- triangles and products


def tri(N, M=None, k=0, dtype='float64'):
    M = N if M is None else M
    return from_values([1 if column - row <= k else 0 for row in range(N) for column in range(M)], (N, M), dtype)


def tril(m, k=0):
    given = make_array(m)
    return np.where(tri(*given.shape[-2:], k=k, dtype='bool'), given, np.zeros(1, given.dtype))


def triu(m, k=0):
    given = make_array(m)
    return np.where(tri(*given.shape[-2:], k=k - 1, dtype='bool'), np.zeros(1, given.dtype), given)


def vander(x, N=None, increasing=False):
    given = make_array(x)
    N = given.size if N is None else N
    powers = range(N) if increasing else range(N - 1, -1, -1)
    return from_values([value ** power for value in given._values() for power in powers], (given.size, N), given.dtype)


def kron(a, b):
    one, other = np.atleast_1d(a), np.atleast_1d(b)
    depth = builtins.max(one.ndim, other.ndim)
    one, other = (given.reshape((1,) * (depth - given.ndim) + given.shape) for given in (one, other))
    wide = one.reshape([part for size in one.shape for part in (size, 1)]) * other.reshape([part for size in other.shape for part in (1, size)])
    return wide.reshape([left * right for left, right in zip(one.shape, other.shape)])


def tensordot(a, b, axes=2):
    one, other = make_array(a), make_array(b)
    if isinstance(axes, int):
        axes = (list(range(one.ndim - axes, one.ndim)), list(range(axes)))
    first, second = ([part] if isinstance(part, int) else list(part) for part in axes)
    first, second = [at % one.ndim for at in first], [at % other.ndim for at in second]
    left = [at for at in range(one.ndim) if at not in first]
    right = [at for at in range(other.ndim) if at not in second]
    size = math.prod(one.shape[at] for at in first)
    rows = one.transpose(left + first).reshape(-1, size)
    columns = other.transpose(second + right).reshape(size, -1)
    return np.dot(rows, columns).reshape([one.shape[at] for at in left] + [other.shape[at] for at in right])


def correlate(a, v, mode='valid'):
    return np.convolve(a, np.conj(make_array(v))[::-1], mode)


# ---------------------------------------------------------------- rearranging


def rot90(m, k=1):
    found = make_array(m)
    for _ in range(k % 4):
        found = np.flip(found.transpose([1, 0] + list(range(2, found.ndim))), 0)
    return found


def resize(a, new_shape):
    values = np.ravel(a)._values()
    shape = tuple(new_shape) if hasattr(new_shape, '__iter__') else (new_shape,)
    count = math.prod(shape)
    repeated = values * (-(-count // len(values))) if values else [0] * count
    return from_values(repeated[:count], shape, make_array(a).dtype)


def array_split(ary, indices_or_sections, axis=0):
    if not isinstance(indices_or_sections, int):
        return np.split(ary, indices_or_sections, axis)
    size = make_array(ary).shape[axis]
    each, more = divmod(size, indices_or_sections)
    sizes = [each + 1] * more + [each] * (indices_or_sections - more)
    return np.split(ary, np.cumsum(sizes)[:-1].tolist(), axis)


def vsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, 0)


def hsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, 0 if make_array(ary).ndim == 1 else 1)


def dsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, 2)


def ediff1d(ary, to_end=None, to_begin=None):
    parts = [np.diff(np.ravel(ary))]
    parts = parts if to_begin is None else [np.atleast_1d(to_begin)] + parts
    return np.concatenate(parts if to_end is None else parts + [np.atleast_1d(to_end)])


def setxor1d(ar1, ar2):
    return np.unique(np.concatenate([np.setdiff1d(ar1, ar2), np.setdiff1d(ar2, ar1)]))


# ---------------------------------------------------------------- choosing


def select(condlist, choicelist, default=0):
    found = default
    for condition, choice in reversed(list(zip(condlist, choicelist))):
        found = np.where(condition, choice, found)
    return found


def choose(a, choices):
    places, *parts = broadcast_all([make_array(a)] + [make_array(one) for one in choices])
    lists = [one._values() for one in parts]
    values = [lists[place][at] for at, place in enumerate(places._values())]
    return from_values(values, places.shape, core.common_type(*[one.dtype for one in parts]))


def piecewise(x, condlist, funclist):
    given = make_array(x)
    masks = [make_array(one) for one in condlist]
    if len(funclist) == len(masks) + 1:
        rest = ~masks[0]
        for mask in masks[1:]:
            rest = rest & ~mask
        masks.append(rest)
    found = np.zeros(given.shape, given.dtype)
    for mask, function in zip(masks, funclist):
        found[mask] = function(given[mask]) if callable(function) else function
    return found


def place(arr, mask, vals):
    chosen = np.ravel(mask).nonzero()[0]
    values = np.ravel(vals)._values()
    arr[make_array(mask).astype('bool')] = [values[at % len(values)] for at in range(chosen.size)]


def putmask(a, mask, values):
    chosen = make_array(mask).astype('bool')
    arr = np.ravel(values)._values()
    places = np.ravel(chosen).nonzero()[0]._values()
    a[chosen] = [arr[at % len(arr)] for at in places]


def put(a, ind, v):
    values = np.ravel(v)._values()
    positions = list(a._positions())
    for at, index in enumerate(np.ravel(ind)._values()):
        a._data[positions[index]] = values[at % len(values)]


def copysign(x1, x2):
    return np._pair(math.copysign, 'float64')(x1, x2)


def _log_sum(one, other):
    high, low = builtins.max(one, other), builtins.min(one, other)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def logaddexp(x1, x2):
    return np._pair(_log_sum, 'float64')(x1, x2)


# ---------------------------------------------------------------- differences and counts


def gradient(f, *spacing, axis=None):
    given = make_array(f)
    axes = list(range(given.ndim)) if axis is None else [axis % given.ndim]
    steps = list(spacing) * (len(axes) if len(spacing) == 1 else 1) or [1.0] * len(axes)
    found = [np._along(lambda line, step=step: _slope(line, step), 'float64')(given, at) for at, step in zip(axes, steps)]
    return found[0] if len(found) == 1 else found


def _slope(line, step):
    """Second-order differences inside, first-order at the ends; the step is one number or the places themselves."""
    places = [float(step) * at for at in range(len(line))] if isinstance(step, (int, float)) else list(map(float, make_array(step)))
    if len(line) < 2:
        raise ValueError('Shape of array too small to calculate a numerical gradient, at least 2 elements are required.')
    inner = []
    for at in range(1, len(line) - 1):
        before, after = places[at] - places[at - 1], places[at + 1] - places[at]
        inner.append(
            (before ** 2 * line[at + 1] + (after ** 2 - before ** 2) * line[at] - after ** 2 * line[at - 1])
            / (before * after * (before + after))
        )
    first = (line[1] - line[0]) / (places[1] - places[0])
    last = (line[-1] - line[-2]) / (places[-1] - places[-2])
    return [first] + inner + [last]


def histogram2d(x, y, bins=10, range=None):
    import bisect

    pairs = list(zip(np.ravel(x)._values(), np.ravel(y)._values()))
    each = list(bins) if hasattr(bins, '__len__') and len(bins) == 2 else [bins, bins]
    ranges = range or [None, None]
    edges = [np.histogram([pair[at] for pair in pairs], each[at], ranges[at])[1] for at in (0, 1)]
    bounds = [list(one) for one in edges]
    counts = np.zeros([len(one) - 1 for one in bounds])
    for pair in pairs:
        if builtins.all(line[0] <= value <= line[-1] for line, value in zip(bounds, pair)):
            place = [builtins.min(bisect.bisect_right(line, value), len(line) - 1) - 1 for line, value in zip(bounds, pair)]
            counts[place[0], place[1]] += 1
    return counts, edges[0], edges[1]


# ---------------------------------------------------------------- polynomials


def _trimmed(values):
    values = list(values)
    while len(values) > 1 and values[0] == 0:
        values = values[1:]
    return values


def polyadd(a1, a2):
    one, other = list(np.atleast_1d(_coefficients(a1))), list(np.atleast_1d(_coefficients(a2)))
    size = builtins.max(len(one), len(other))
    return np.array([x + y for x, y in zip([0] * (size - len(one)) + one, [0] * (size - len(other)) + other)])


def polysub(a1, a2):
    return polyadd(a1, -np.atleast_1d(_coefficients(a2)))


def polymul(a1, a2):
    return np.convolve(np.atleast_1d(_coefficients(a1)), np.atleast_1d(_coefficients(a2)))


def polyder(p, m=1):
    values = list(np.atleast_1d(_coefficients(p)))
    for _ in range(m):
        values = [value * (len(values) - 1 - at) for at, value in enumerate(values[:-1])] or [0]
    return poly1d(values) if isinstance(p, poly1d) else np.array(values)


def polyint(p, m=1, k=0):
    values = list(np.atleast_1d(_coefficients(p)))
    for _ in range(m):
        values = [value / (len(values) - at) for at, value in enumerate(values)] + [k]
    return poly1d(values) if isinstance(p, poly1d) else np.array(values, dtype='float64')


def _coefficients(p):
    return p.coeffs if isinstance(p, poly1d) else p


def roots(p):
    """All zeros at once by Durand and Kerner's iteration, in descending real part."""
    values = _trimmed(np.atleast_1d(_coefficients(p)))
    zeros = 0
    while len(values) > 1 and values[-1] == 0:
        values, zeros = values[:-1], zeros + 1
    degree = len(values) - 1
    if degree < 1:
        return np.zeros(zeros)
    monic = [complex(value) / values[0] for value in values]
    size = 1 + builtins.max(builtins.abs(value) for value in monic)
    found = [size ** (1 / degree) * cmath.rect(1, 2 * math.pi * at / degree + 0.4) for at in range(degree)]
    for _ in range(500):
        moved = 0.0
        for at, root in enumerate(found):
            value = 0j
            for one in monic:
                value = value * root + one
            step = value / math.prod((root - other for place, other in enumerate(found) if place != at), start=1 + 0j)
            found[at] = root - step
            moved = builtins.max(moved, builtins.abs(step))
        if moved < 1e-15 * size:
            break
    is_real = not builtins.any(isinstance(value, complex) for value in values)
    if is_real and builtins.all(builtins.abs(root.imag) <= 1e-9 * (1 + builtins.abs(root)) for root in found):
        found = [root.real for root in found]
    found.sort(key=lambda root: (-root.real, -root.imag))
    return np.array(found + [0.0] * zeros)


class poly1d:
    """A polynomial, highest power first."""

    def __init__(self, c_or_r, r=False):
        if r:
            found = np.array([1.0])
            for root in np.atleast_1d(c_or_r):
                found = np.convolve(found, [1, -root])
            self.coeffs = found
        else:
            self.coeffs = np.array(_trimmed(np.atleast_1d(_coefficients(c_or_r))))

    c = coef = coefficients = property(lambda self: self.coeffs)
    order = o = property(lambda self: len(self.coeffs) - 1)
    r = roots = property(lambda self: roots(self.coeffs))

    def __call__(self, x):
        return np.polyval(self.coeffs, x)

    def __getitem__(self, power):
        return self.coeffs[self.order - power] if 0 <= power <= self.order else 0

    def __len__(self):
        return self.order

    def __iter__(self):
        return iter(self.coeffs)

    def __add__(self, other):
        return poly1d(polyadd(self, other))

    def __sub__(self, other):
        return poly1d(polysub(self, other))

    def __mul__(self, other):
        return poly1d(polymul(self, other))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return poly1d(polysub(other, self))

    def __neg__(self):
        return poly1d(-self.coeffs)

    def deriv(self, m=1):
        return polyder(self, m)

    def integ(self, m=1, k=0):
        return polyint(self, m, k)

    def __repr__(self):
        return repr(self.coeffs).replace('array', 'poly1d', 1)


# ---------------------------------------------------------------- linear algebra


def _eigh(a):
    """Eigenvalues, ascending, and vectors of a real symmetric matrix by Jacobi's rotations."""
    rows = [list(map(float, row)) for row in make_array(a).tolist()]
    count = len(rows)
    vectors = [[1.0 if row == column else 0.0 for column in range(count)] for row in range(count)]
    for _ in range(100):
        off = math.fsum(rows[p][q] ** 2 for p in range(count) for q in range(p))
        if off <= 1e-32 * math.fsum(value * value for row in rows for value in row):
            break
        for p in range(count - 1):
            for q in range(p + 1, count):
                if rows[p][q] == 0:
                    continue
                theta = (rows[q][q] - rows[p][p]) / (2 * rows[p][q])
                t = math.copysign(1, theta) / (builtins.abs(theta) + math.hypot(theta, 1))
                c = 1 / math.hypot(t, 1)
                s = t * c
                for table in (rows, vectors):
                    for row in table:
                        row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
                rows[p], rows[q] = (
                    [c * one - s * other for one, other in zip(rows[p], rows[q])],
                    [s * one + c * other for one, other in zip(rows[p], rows[q])],
                )
    order = sorted(range(count), key=lambda at: rows[at][at])
    return np.array([rows[at][at] for at in order]), np.array([[row[at] for at in order] for row in vectors])


def _svd(a, full_matrices=True, compute_uv=True):
    given = make_array(a).astype('float64')
    if compute_uv and full_matrices and given.shape[0] != given.shape[1]:
        raise NotImplementedError('numpy.linalg.svd of a matrix that is not square needs full_matrices=False here.')
    if given.shape[0] < given.shape[1]:
        found = _svd(given.T, False, compute_uv)
        return (found[2].T, found[1], found[0].T) if compute_uv else found
    squares, vectors = _eigh(np.dot(given.T, given))
    order = list(range(squares.size))[::-1]
    vectors = vectors[:, order]
    images = np.dot(given, vectors)
    sizes = np.sqrt(np.sum(images * images, 0))
    if not compute_uv:
        return sizes
    if float(np.min(sizes)) <= 1e-8 * float(np.max(sizes)):
        raise NotImplementedError('numpy.linalg.svd of a matrix without full rank gives its singular values only here (compute_uv=False).')
    return images / sizes, sizes, vectors.T


def _pinv(a):
    u, sizes, vh = _svd(a, full_matrices=False)
    return np.dot(vh.T / sizes, u.T)


def _matrix_rank(a):
    sizes = _svd(a, compute_uv=False)
    return int(np.sum(sizes > 1e-8 * np.max(sizes)))


def _matrix_power(a, n):
    base = np.linalg.inv(a) if n < 0 else make_array(a)
    found = np.eye(len(base), dtype=base.dtype)
    for _ in range(builtins.abs(n)):
        found = np.dot(found, base)
    return found


np.linalg.__dict__.update(
    eigh=_eigh, eigvalsh=lambda a: _eigh(a)[0], svd=_svd, pinv=_pinv, matrix_rank=_matrix_rank, matrix_power=_matrix_power
)


class matrix(ndarray):
    """A table of two axes whose * and ** are those of matrices."""

    __slots__ = ()

    def __init__(self, data, dtype=None):
        if isinstance(data, str):
            data = [[float(word) if '.' in word or 'e' in word else int(word) for word in row.replace(',', ' ').split()] for row in data.split(';')]
        given = np.atleast_2d(np.array(data, dtype))
        ndarray.__init__(self, given.shape, given.dtype, given._data, given._strides, given._offset)

    A = property(lambda self: np.array(self.tolist(), self.dtype))
    A1 = property(lambda self: self.A.ravel())
    I = property(lambda self: matrix(np.linalg.inv(self.A)))
    H = property(lambda self: matrix(np.conj(self.A).T))
    T = property(lambda self: matrix(self.A.T))

    def __mul__(self, other):
        return matrix(np.dot(self.A, other.A if isinstance(other, matrix) else other))

    def __rmul__(self, other):
        return matrix(np.dot(other, self.A))

    def __pow__(self, count):
        return matrix(_matrix_power(self.A, count))

    def __getitem__(self, key):
        found = self.A[key]
        return matrix(found) if isinstance(found, ndarray) else found

    def __str__(self):
        return str(self.A)

    def __repr__(self):
        return repr(self.A).replace('array', 'matrix', 1).replace('\n ', '\n  ')


def _keeps_matrix(name):
    plain = getattr(ndarray, name)

    def run(self, *others):
        found = plain(self.A, *[one.A if isinstance(one, matrix) else one for one in others])
        return matrix(found) if isinstance(found, ndarray) else found

    return run


for _name in '__add__ __radd__ __sub__ __rsub__ __truediv__ __div__ __neg__'.split():
    setattr(matrix, _name, _keeps_matrix(_name))

mgrid, ogrid, r_, c_ = _Grid(False), _Grid(True), _Joined(False), _Joined(True)
mat = asmatrix = matrix
_NAMES = '''
mgrid ogrid r_ c_ ix_ unravel_index ravel_multi_index fromfunction fromiter tri tril triu vander kron tensordot correlate rot90
resize array_split vsplit hsplit dsplit ediff1d setxor1d select choose piecewise place putmask put copysign logaddexp gradient
histogram2d polyadd polysub polymul polyder polyint roots poly1d matrix mat asmatrix
'''.split()
np.__dict__.update({name: globals()[name] for name in _NAMES})
ndarray.put = put
