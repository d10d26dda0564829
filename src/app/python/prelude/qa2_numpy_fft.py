"""numpy.fft: discrete Fourier transforms of any length."""

import cmath
import math
import sys
import types

import qa2_numpy as np
from qa2_ndarray import from_values, make_array


def _factor(size):
    return next((part for part in (4, 2, 3, 5, 7) if size % part == 0), size)


def _transform(values, sign):
    """sum over n of x[n] exp(sign 2 pi i k n / N): mixed radix, a chirp (Bluestein) for large prime lengths."""
    size = len(values)
    if size <= 1:
        return list(values)
    radix = _factor(size)
    if radix > 30:
        return _chirp(values, sign)
    parts = [_transform(values[start::radix], sign) for start in range(radix)] if radix < size else [[value] for value in values]
    rest = size // radix
    turns = [cmath.exp(sign * 2j * math.pi * at / size) for at in range(size)]
    return [
        sum(parts[part][place % rest] * turns[part * place % size] for part in range(radix)) for place in range(size)
    ]


def _chirp(values, sign):
    size = len(values)
    padded = 1 << (2 * size - 1).bit_length()
    chirp = [cmath.exp(sign * 1j * math.pi * (at * at % (2 * size)) / size) for at in range(size)]
    wave = [value * turn for value, turn in zip(values, chirp)] + [0j] * (padded - size)
    kernel = [0j] * padded
    for at, turn in enumerate(chirp):
        kernel[at] = kernel[-at] = turn.conjugate()
    product = [one * other for one, other in zip(_transform(wave, -1), _transform(kernel, -1))]
    return [value * turn / padded for value, turn in zip(_transform(product, 1), chirp)]


def _fitted(line, count):
    return line if count is None else (list(line) + [0] * count)[:count]


def fft(a, n=None, axis=-1):
    return np._along(lambda line: _transform(list(map(complex, _fitted(line, n))), -1), 'complex128')(a, axis)


def ifft(a, n=None, axis=-1):
    def run(line):
        line = list(map(complex, _fitted(line, n)))
        return [value / len(line) for value in _transform(line, 1)]

    return np._along(run, 'complex128')(a, axis)


def rfft(a, n=None, axis=-1):
    return np._along(lambda line: _half(_fitted(line, n)), 'complex128')(a, axis)


def _half(line):
    return _transform(list(map(complex, line)), -1)[:len(line) // 2 + 1]


def irfft(a, n=None, axis=-1):
    def run(line):
        count = 2 * (len(line) - 1) if n is None else n
        half = _fitted(list(line), count // 2 + 1)
        whole = [half[at] if at < len(half) else half[count - at].conjugate() for at in range(count)]
        return [value.real / count for value in _transform(list(map(complex, whole)), 1)]

    return np._along(run, 'float64')(a, axis)


def _over_axes(one):
    def run(a, s=None, axes=None):
        found = make_array(a)
        axes = range(found.ndim) if axes is None else axes
        for place, axis in enumerate(axes):
            found = one(found, None if s is None else s[place], axis)
        return found

    return run


fftn, ifftn = _over_axes(fft), _over_axes(ifft)


def fft2(a, s=None, axes=(-2, -1)):
    return fftn(a, s, axes)


def ifft2(a, s=None, axes=(-2, -1)):
    return ifftn(a, s, axes)


def fftfreq(n, d=1.0):
    return from_values([(at if at < (n + 1) // 2 else at - n) / (n * d) for at in range(n)], (n,), 'float64')


def rfftfreq(n, d=1.0):
    return from_values([at / (n * d) for at in range(n // 2 + 1)], (n // 2 + 1,), 'float64')


def _shifted(x, axes, places):
    given = make_array(x)
    axes = range(given.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
    for axis in axes:
        given = np.roll(given, places(given.shape[axis]), axis)
    return given


def fftshift(x, axes=None):
    return _shifted(x, axes, lambda size: size // 2)


def ifftshift(x, axes=None):
    return _shifted(x, axes, lambda size: -(size // 2))


_module = types.ModuleType('numpy.fft')
_NAMES = 'fft ifft rfft irfft fftn ifftn fft2 ifft2 fftfreq rfftfreq fftshift ifftshift'.split()
_module.__dict__.update({name: globals()[name] for name in _NAMES})
np.fft = sys.modules['numpy.fft'] = _module
