"""Polynomials of numpy, highest power first."""

import builtins
import cmath
import math

import qa2_numpy as np


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


_NAMES = 'polyadd polysub polymul polyder polyint roots poly1d'.split()
np.__dict__.update({name: globals()[name] for name in _NAMES})
