"""numpy.matrix, and what numpy.linalg has beyond equations: eigenvalues of symmetric matrices, singular values, powers."""

import builtins
import math

import qa2_numpy as np
from qa2_ndarray import make_array, ndarray


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

np.matrix = np.mat = np.asmatrix = matrix
