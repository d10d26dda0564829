"""scipy, as far as scripts of CASA use it: fits, interpolation, connected pixels, constants; what is lacking says so when it is called."""

import importlib
import importlib.machinery
import inspect
import math
import statistics
import types

import numpy as np
import qa2_scipy_ndimage
from qa2_scipy_ndimage import refuse

# ---------------------------------------------------------------- optimize

_TOLERANCE = 1.49012e-8


def _slopes(function, place, there):
    columns = []
    for at in range(len(place)):
        step = 1.4901161193847656e-08 * abs(place[at]) or 1.4901161193847656e-08
        moved = list(place)
        moved[at] += step
        columns.append((np.asarray(function(moved)).ravel() - there) / step)
    return np.array(columns).T


def _least_squares(function, start, most_calls, tolerance):
    """Levenberg's and Marquardt's way to the least sum of squares; the place, its residuals and slopes, how it ended, and the calls."""
    place = [float(value) for value in np.asarray(start).ravel()]
    there = np.asarray(function(place)).ravel().astype(float)
    if len(there) < len(place):
        raise TypeError('Improper input: func input vector length N=%d must not exceed func output vector length M=%d' % (len(place), len(there)))
    cost, damping, calls = float((there * there).sum()), 1e-3, 1
    slopes = _slopes(function, place, there)
    if not math.isfinite(cost) or not bool(np.isfinite(slopes).all()):
        return place, there, slopes, 4, 1 + len(place)
    while calls < most_calls:
        calls += len(place)
        matrix, gradient = slopes.T @ slopes, slopes.T @ there
        scale = np.diag(matrix) + 1e-300
        is_done = False
        while not is_done:
            try:
                step = np.linalg.solve(matrix + np.diag(scale * damping), -gradient)
            except np.linalg.LinAlgError:
                damping *= 10
                is_done = damping > 1e15
                continue
            trial = [at + float(move) for at, move in zip(place, step)]
            seen = np.asarray(function(trial)).ravel().astype(float)
            calls += 1
            found = float((seen * seen).sum())
            small = float(np.linalg.norm(step)) <= tolerance * (float(np.linalg.norm(np.array(place))) + tolerance)
            if found <= cost:
                is_done = True
                small = small or cost - found <= tolerance * cost * 1e-3
                place, there, cost, damping = trial, seen, found, max(damping / 10, 1e-12)
            elif small or damping > 1e15 or calls >= most_calls:
                is_done, small = True, small or damping > 1e15
            else:
                damping *= 10
        slopes = _slopes(function, place, there)
        if small:
            return place, there, slopes, 1, calls + len(place)
    return place, there, slopes, 5, calls + len(place)


def leastsq(
    func, x0, args=(), Dfun=None, full_output=False, col_deriv=False, ftol=_TOLERANCE, xtol=_TOLERANCE, gtol=0.0, maxfev=0, epsfcn=None, factor=100, diag=None
):
    """Of the tolerances the smallest holds, and none above the usual one."""
    refuse('optimize.leastsq', Dfun=(Dfun, None), col_deriv=(col_deriv, False), epsfcn=(epsfcn, None), factor=(factor, 100), diag=(diag, None), gtol=(gtol, 0.0))
    args = args if isinstance(args, tuple) else (args,)
    start = np.asarray(x0).ravel()
    place, there, slopes, end, calls = _least_squares(
        lambda at: func(np.array(at), *args), start, maxfev or 200 * (len(start) + 1), min(ftol, xtol, _TOLERANCE)
    )
    if not full_output:
        return np.array(place), end
    return np.array(place), _inverse(slopes.T @ slopes), {'nfev': calls, 'fvec': there}, _ENDS[end], end


_ENDS = {1: 'Both the steps and the sum of squares have come to rest.', 4: 'There are values that are not finite.', 5: 'The number of calls reached maxfev.'}


def _inverse(matrix):
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None


def curve_fit(
    f, xdata, ydata, p0=None, sigma=None, absolute_sigma=False, check_finite=True, bounds=(-math.inf, math.inf), method=None, jac=None,
    *, full_output=False, nan_policy=None, maxfev=0, ftol=_TOLERANCE, xtol=_TOLERANCE
):
    if method not in (None, 'lm') or any(math.isfinite(one) for side in bounds for one in np.atleast_1d(side).ravel().tolist()):
        raise NotImplementedError('scipy.optimize.curve_fit is here without bounds and other methods than lm.')
    refuse('optimize.curve_fit', jac=(jac, None), full_output=(full_output, False), nan_policy=(None if nan_policy == 'raise' else nan_policy, None))
    if p0 is None:
        kinds = [one.kind for one in inspect.signature(f).parameters.values()]
        known = [kind for kind in kinds if kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)]
        if len(known) < 2:
            raise ValueError('Unable to determine number of fit parameters.')
        p0 = [1.0] * (len(known) - 1)
    xdata = np.asarray(xdata) if isinstance(xdata, (list, tuple)) else xdata
    wanted = np.asarray(ydata)
    if wanted.size == 0:
        raise ValueError('`ydata` must not be empty!')
    for values in (xdata, wanted):
        kind = getattr(getattr(values, 'dtype', None), 'kind', '')
        if kind == 'c':
            raise NotImplementedError('scipy.optimize.curve_fit is here for real numbers.')
        if check_finite is not False and kind == 'f' and not bool(np.isfinite(values).all()):
            raise ValueError('array must not contain infs or NaNs')
    wanted = wanted.astype(float).ravel()
    weights = 1.0
    if sigma is not None:
        sigma = np.asarray(sigma).astype(float)
        if sigma.ndim > 1:
            raise NotImplementedError('scipy.optimize.curve_fit is here for one sigma of each value, not for their covariances.')
        if sigma.shape not in ((), wanted.shape):
            raise ValueError('`sigma` has incorrect shape.')
        weights = 1.0 / sigma
    start = np.asarray(p0).astype(float).ravel()
    most = maxfev or 200 * (len(start) + 1)
    place, there, slopes, end, _calls = _least_squares(
        lambda at: weights * (np.asarray(f(xdata, *at)).ravel() - wanted), start, most, min(ftol, xtol, _TOLERANCE)
    )
    if end == 4:
        return np.array(place), np.full((len(place), len(place)), math.inf)
    if end != 1:
        raise RuntimeError('Optimal parameters not found: Number of calls to function has reached maxfev = %d.' % most)
    covariance = _inverse(slopes.T @ slopes)
    freedom = len(there) - len(place)
    if covariance is None or (freedom <= 0 and not absolute_sigma):
        covariance = np.full((len(place), len(place)), math.inf)
    elif not absolute_sigma:
        covariance = covariance * (float((there * there).sum()) / freedom)
    return np.array(place), covariance


# ---------------------------------------------------------------- interpolate


class interp1d:
    """Values between given ones: linear, nearest, previous and next."""

    def __init__(self, x, y, kind='linear', axis=-1, copy=True, bounds_error=None, fill_value=math.nan, assume_sorted=False):
        if kind not in ('linear', 'nearest', 'previous', 'next'):
            raise NotImplementedError("scipy.interpolate.interp1d is here for kind='linear', 'nearest', 'previous' and 'next', not %r." % (kind,))
        x, y = np.asarray(x), np.asarray(y)
        if y.ndim != 1 or axis not in (-1, 0) or 'c' in x.dtype.kind + y.dtype.kind:
            raise NotImplementedError('scipy.interpolate.interp1d is here for one row of real values.')
        if x.shape != y.shape:
            raise ValueError('x and y arrays must be equal in length along interpolation axis.')
        self._is_open = isinstance(fill_value, str)
        if self._is_open and fill_value != 'extrapolate':
            raise ValueError('fill_value is a number, two of them, or extrapolate.')
        if self._is_open and bounds_error:
            raise ValueError('Cannot extrapolate and raise at the same time.')
        order = np.arange(x.size) if assume_sorted else np.argsort(x)
        self.x, self.y = x[order].astype(float), y[order].astype(float)
        if x.size < 2 or not bool((self.x[1:] > self.x[:-1]).all()):
            raise NotImplementedError('scipy.interpolate.interp1d is here for two or more places, no two of them equal.')
        fill = (math.nan, math.nan) if self._is_open else fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
        if len(fill) != 2 or any(np.ndim(one) for one in fill):
            raise NotImplementedError('fill_value of scipy.interpolate.interp1d is here a number, a tuple of two, or extrapolate.')
        if self._is_open:
            fill = (math.nan if kind == 'previous' else None, math.nan if kind == 'next' else None)
        self._kind, self._fill, self._is_strict = kind, fill, not self._is_open and bounds_error is not False

    def __call__(self, x):
        wanted = np.asarray(x).astype(float)
        flat, known = wanted.ravel(), self.x
        low, high = flat < known[0], flat > known[-1]
        if self._is_strict and bool((low | high).any()):
            raise ValueError('A value in x_new is %s the interpolation range.' % ('below' if bool(low.any()) else 'above'))
        above = np.clip(np.searchsorted(known, flat, side='left'), 1, len(known) - 1)
        below = above - 1
        if self._kind == 'linear':
            part = (flat - known[below]) / (known[above] - known[below])
            found = self.y[below] + part * (self.y[above] - self.y[below])
        elif self._kind == 'nearest':
            found = np.where(flat - known[below] <= known[above] - flat, self.y[below], self.y[above])
        elif self._kind == 'previous':
            found = np.where(flat >= known[above], self.y[above], self.y[below])
        else:
            found = np.where(flat <= known[below], self.y[below], self.y[above])
        for outside, fill in zip((low, high, np.isnan(flat)), (*self._fill, math.nan)):
            found = found if fill is None else np.where(outside, fill, found)
        return found.reshape(wanted.shape)


# ---------------------------------------------------------------- stats, special, signal


class _Normal:
    """The normal distribution; norm(loc, scale) is one of its own."""

    def __init__(self, loc=0, scale=1):
        self._loc, self._scale = loc, scale

    def __call__(self, loc=0, scale=1):
        return _Normal(loc, scale)

    def __getattr__(self, part):
        if part.startswith('__'):
            raise AttributeError(part)
        return Lacking('scipy.stats.norm.%s()' % part, '.')

    def _each(self, function, x, loc, scale, is_place=True):
        loc, scale = self._loc if loc is None else loc, self._scale if scale is None else scale
        if np.ndim(loc) or np.ndim(scale):
            raise NotImplementedError('scipy.stats.norm is here for one loc and one scale.')
        if not scale > 0:
            return _of_each(lambda _value: math.nan)(x)
        return _of_each(lambda value: function((value - loc) / scale) if is_place else loc + scale * function(value))(x)

    def pdf(self, x, loc=None, scale=None):
        return self._each(lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi), x, loc, scale) / (self._scale if scale is None else scale)

    def cdf(self, x, loc=None, scale=None):
        return self._each(lambda z: math.erfc(-z / math.sqrt(2)) / 2, x, loc, scale)

    def sf(self, x, loc=None, scale=None):
        return self._each(lambda z: math.erfc(z / math.sqrt(2)) / 2, x, loc, scale)

    def ppf(self, q, loc=None, scale=None):
        return self._each(_quantile, q, loc, scale, False)

    def isf(self, q, loc=None, scale=None):
        return self._each(lambda part: -_quantile(part), q, loc, scale, False)

    def fit(self, data):
        return np.mean(data), np.std(data)


def _quantile(part):
    if 0 < part < 1:
        return statistics.NormalDist().inv_cdf(part)
    return -math.inf if part == 0 else math.inf if part == 1 else math.nan


class gaussian_kde:
    """The density that points have, each spread as a Gaussian (of Scott's width)."""

    def __init__(self, dataset, bw_method=None, weights=None):
        if weights is not None or not (bw_method in (None, 'scott') or (np.ndim(bw_method) == 0 and isinstance(bw_method, (int, float)))):
            raise NotImplementedError("scipy.stats.gaussian_kde is here with Scott's width or a number, without weights.")
        self.dataset = np.atleast_2d(np.asarray(dataset).astype(float))
        self.d, self.n = self.dataset.shape
        if self.dataset.size < 2:
            raise ValueError('`dataset` input should have multiple elements.')
        self.factor = float(self.n) ** (-1.0 / (self.d + 4)) if bw_method in (None, 'scott') else float(bw_method)
        self.covariance = np.atleast_2d(np.cov(self.dataset)) * self.factor ** 2
        self._inverse = np.linalg.inv(self.covariance)

    def evaluate(self, points):
        points = np.atleast_2d(np.asarray(points).astype(float))
        if self.d == 1 and points.shape[0] != 1:
            points = points.reshape((1, -1))
        if points.shape[0] != self.d:
            raise ValueError('points have dimension %d, dataset has dimension %d' % (points.shape[0], self.d))
        total = np.zeros(points.shape[1])
        for at in range(self.n):
            away = points - self.dataset[:, at:at + 1]
            total = total + np.exp(-0.5 * (away * (self._inverse @ away)).sum(axis=0))
        return total / (self.n * math.sqrt(float(np.linalg.det(2 * math.pi * self.covariance))))

    __call__ = pdf = evaluate


def _moment(a, power, axis):
    values = np.asarray(a)
    if values.dtype.kind == 'c':
        raise NotImplementedError('skew and kurtosis of scipy.stats are here for real numbers.')
    values = (values if axis is not None and values.ndim else values.ravel()).astype(float)
    axis = 0 if axis is None or values.ndim == 1 else axis
    middle = values.mean(axis=axis, keepdims=True)
    away = values - middle
    second = (away ** 2).mean(axis=axis)
    is_flat = second <= (np.finfo(float).eps * middle.reshape(second.shape)) ** 2
    found = (away ** power).mean(axis=axis) / np.where(is_flat, math.nan, second) ** (power / 2)
    return found if np.ndim(found) else np.float64(found)


def skew(a, axis=0):
    return _moment(a, 3, axis)


def kurtosis(a, axis=0, fisher=True):
    return _moment(a, 4, axis) - 3 * bool(fisher)


def percentileofscore(a, score, kind='rank'):
    if np.ndim(score):
        raise NotImplementedError('scipy.stats.percentileofscore is here for one score.')
    if kind not in ('rank', 'strict', 'weak', 'mean'):
        raise ValueError("kind can only be 'rank', 'strict', 'weak' or 'mean'")
    values = np.asarray(a)
    if values.size == 0 or bool(np.isnan(values).any()) or math.isnan(score):
        return math.nan
    below, upto = int((values < score).sum()), int((values <= score).sum())
    count = {'rank': (below + upto + (upto > below)) / 2, 'weak': upto, 'strict': below, 'mean': (below + upto) / 2}[kind]
    return 100.0 * count / values.size


def scoreatpercentile(a, per, limit=(), interpolation_method='fraction', axis=None):
    refuse('stats.scoreatpercentile', interpolation_method=(interpolation_method, 'fraction'))
    values = np.asarray(a)
    if limit:
        values = values[(values >= limit[0]) & (values <= limit[1])]
    return np.percentile(values, per, axis=axis)


def gamma(x):
    """Infinite or not a number at its poles, as in scipy."""
    if x == 0:
        return math.copysign(math.inf, x)
    if x < 0 and (math.isinf(x) or x == math.floor(x)):
        return math.nan
    try:
        return math.gamma(x)
    except OverflowError:
        return math.inf


def gammaln(x):
    return x if math.isinf(x) else math.inf if x <= 0 and x == math.floor(x) else math.lgamma(x)


def erfinv(x):
    """Newton's steps on erf, or on erfc near the ends, where 1 - x tells more."""
    size = abs(x)
    if not size < 1:
        return math.copysign(math.inf, x) if size == 1 else math.nan
    root = size * math.sqrt(math.pi) / 2 if size < 0.1 else _quantile((1 + size) / 2) / math.sqrt(2) if size < 0.9 else -_quantile((1 - size) / 2) / math.sqrt(2)
    for _ in range(4):
        lack = size - math.erf(root) if size < 0.5 else math.erfc(root) - (1 - size)
        root += lack * math.sqrt(math.pi) / 2 * math.exp(root * root)
    return math.copysign(root, x)


def rfft(x, n=None, axis=-1):
    """scipy.fftpack's row of real numbers: the first, then real and imaginary parts by turns."""
    if np.ndim(x) != 1 or axis not in (0, -1):
        raise NotImplementedError('scipy.fftpack.rfft() is here for one row of values.')
    length = len(x) if n is None else n
    found = np.fft.rfft(np.asarray(x).astype(float), length)
    return np.array([value for number in found.tolist() for value in (number.real, number.imag)])[[0, *range(2, length + 1)]]


def rfftfreq(n, d=1.0):
    return np.arange(1, n + 1) // 2 / (n * d)


def _of_each(function):
    def run(x):
        values = np.asarray(x)
        if values.dtype.kind == 'c':
            raise NotImplementedError("scipy's functions are here for real numbers.")
        found = np.array([function(value) for value in values.ravel().astype(float).tolist()]).reshape(values.shape)
        return found if values.ndim else np.float64(found.item())

    run.__name__ = getattr(function, '__name__', 'function')
    return run


def argrelextrema(data, comparator, axis=0, order=1, mode='clip'):
    values = np.asarray(data)
    if order < 1:
        raise ValueError('Order must be an int >= 1')
    if values.ndim != 1 or mode not in ('clip', 'wrap'):
        raise NotImplementedError('scipy.signal.argrelextrema is here for one row of values, with mode clip or wrap.')
    places = np.arange(values.size)
    found = np.ones(values.size, bool)
    for step in range(1, order + 1):
        for other in (places + step, places - step):
            found = found & comparator(values, values[np.clip(other, 0, values.size - 1) if mode == 'clip' else other % values.size])
    return (np.nonzero(found)[0],)


_CONSTANTS = dict(
    c=299792458.0, h=6.62607015e-34, hbar=6.62607015e-34 / (2 * math.pi), k=1.380649e-23, G=6.6743e-11, e=1.602176634e-19, N_A=6.02214076e23,
    R=8.31446261815324, sigma=5.670374419e-08, m_e=9.1093837139e-31, m_p=1.67262192595e-27, u=1.66053906892e-27, pi=math.pi, au=149597870700.0,
    year=31536000.0, Julian_year=31557600.0, day=86400.0, hour=3600.0, minute=60.0, degree=math.pi / 180, arcmin=math.pi / 10800,
    arcsec=math.pi / 648000, light_year=299792458.0 * 31557600.0, parsec=149597870700.0 * 648000 / math.pi, eV=1.602176634e-19,
    giga=1e9, mega=1e6, kilo=1e3, milli=1e-3, micro=1e-6, nano=1e-9,
)
_CONSTANTS.update(
    speed_of_light=_CONSTANTS['c'], Planck=_CONSTANTS['h'], Boltzmann=_CONSTANTS['k'], gravitational_constant=_CONSTANTS['G'],
    elementary_charge=_CONSTANTS['e'], Avogadro=_CONSTANTS['N_A'], Stefan_Boltzmann=_CONSTANTS['sigma'], arcsecond=_CONSTANTS['arcsec'],
    arcminute=_CONSTANTS['arcmin'], astronomical_unit=_CONSTANTS['au'], electron_mass=_CONSTANTS['m_e'], proton_mass=_CONSTANTS['m_p'],
)


def _named(*functions):
    return {function.__name__: function for function in functions}


def _from(module, names):
    return {name: getattr(module, name) for name in names.split() if hasattr(module, name)}


_TRANSFORMS = _from(np.fft, 'fft ifft fft2 ifft2 fftn ifftn rfft irfft fftfreq rfftfreq fftshift ifftshift')
_PIXELS = {**_named(*qa2_scipy_ndimage.NAMES), 'sum_labels': qa2_scipy_ndimage.sum}
_PARTS = {
    'scipy': {'__version__': '1.0.0', 'pi': math.pi},
    'scipy.optimize': _named(leastsq, curve_fit),
    'scipy.interpolate': _named(interp1d),
    'scipy.stats': {**_named(gaussian_kde, skew, kurtosis, percentileofscore, scoreatpercentile), 'norm': _Normal()},
    'scipy.special': {
        'erf': _of_each(math.erf), 'erfc': _of_each(math.erfc), 'gamma': _of_each(gamma), 'gammaln': _of_each(gammaln), 'erfinv': _of_each(erfinv),
    },
    'scipy.signal': _named(argrelextrema),
    'scipy.constants': _CONSTANTS,
    'scipy.constants.constants': _CONSTANTS,
    'scipy.linalg': _from(np.linalg, 'inv solve det norm lstsq eigh svd pinv'),
    'scipy.fft': _TRANSFORMS,
    'scipy.fftpack': {**_from(np.fft, 'fft ifft fft2 ifft2 fftn ifftn fftfreq fftshift ifftshift'), **_named(rfft, rfftfreq)},
    **dict.fromkeys(('scipy.ndimage', 'scipy.ndimage.morphology', 'scipy.ndimage.measurements', 'scipy.ndimage.filters', 'scipy.ndimage.interpolation'), _PIXELS),
}


class Lacking:
    """A name that scripts may import; whoever calls it, counts with it or wants a part of it is told that it is not here."""

    def __init__(self, name, told):
        self.__dict__.update(_name=name, _told=told, __name__=name.rpartition('.')[2])

    def _refuse(self, *_positional, **_named):
        raise NotImplementedError('%s is not available here%s' % (self._name, self._told))

    def __getattr__(self, part):
        raise AttributeError(part if part.startswith('__') else '%s is not available here%s' % (self._name, self._told))

    def __instancecheck__(self, _thing):
        return False  # nothing is of a class that is not here

    __subclasscheck__ = __instancecheck__
    __hash__ = object.__hash__
    __call__ = __getitem__ = __setitem__ = __iter__ = __len__ = __contains__ = __bool__ = __float__ = __int__ = __index__ = __complex__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pos__ = __abs__ = __invert__ = __mro_entries__ = __enter__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __div__ = __rdiv__ = _refuse
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = __matmul__ = __rmatmul__ = __pow__ = __rpow__ = _refuse
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _refuse


def lacking(name, told):
    """What stands for a part that is not here: of errors and warnings a class that is never raised, so that it can be caught or filtered."""
    part = name.rpartition('.')[2].rstrip('()')
    for end, base in (('Warning', Warning), ('Error', Exception), ('Exception', Exception)):
        if part.endswith(end):
            return type(part, (base,), {})
    return Lacking(name, told)


_PACKAGES = 'cluster constants datasets fft fftpack integrate interpolate io linalg misc ndimage odr optimize signal sparse spatial special stats version weave'


class PackageFinder:
    """Finds a package and all parts of it that are known; files of the user come first."""

    def __init__(self, is_known, fill):
        self._is_known, self._fill = is_known, fill

    def find_spec(self, name, path=None, target=None):
        if self._is_known(name) and not path:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return types.ModuleType(spec.name)

    def exec_module(self, module):
        self._fill(module)


def _fill(module):
    module.__dict__.update(_PARTS.get(module.__name__, {}))
    module.__getattr__ = lambda part: _part(module.__name__, part)


ScipyModules = PackageFinder(lambda name: name == 'scipy' or (name.startswith('scipy.') and name.split('.')[1] in _PACKAGES.split()), _fill)


def _part(name, part):
    """Submodules, numpy's functions (scipy had them until 2022), and refusals."""
    if part.startswith('__'):
        raise AttributeError(part)
    if name + '.' + part in _PARTS:
        return importlib.import_module(name + '.' + part)
    if name == 'scipy' and hasattr(np, part):
        return getattr(np, part)
    return lacking('%s.%s()' % (name, part), '; see "numpy" in docs/differences-from-casa.md.')
