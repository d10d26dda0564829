"""scipy, as far as scripts of CASA use it: fits, interpolation, connected pixels, constants; what is lacking says so when it is called."""

import importlib
import importlib.machinery
import math
import statistics
import types

import numpy as np
import qa2_scipy_ndimage

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


def _least_squares(function, start, most_calls):
    """Levenberg's and Marquardt's way to the least sum of squares; the place, its residuals and slopes."""
    place = [float(value) for value in np.asarray(start).ravel()]
    there = np.asarray(function(place)).ravel().astype(float)
    if len(there) < len(place):
        raise TypeError('Improper input: func input vector length N=%d must not exceed func output vector length M=%d' % (len(place), len(there)))
    cost, damping, calls = float((there * there).sum()), 1e-3, 1
    slopes = _slopes(function, place, there)
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
            small = float(np.linalg.norm(step)) <= _TOLERANCE * (float(np.linalg.norm(np.array(place))) + _TOLERANCE)
            if found <= cost:
                is_done = True
                small = small or cost - found <= _TOLERANCE * cost * 1e-3
                place, there, cost, damping = trial, seen, found, max(damping / 10, 1e-12)
            elif small or damping > 1e15 or calls >= most_calls:
                is_done, small = True, small or damping > 1e15
            else:
                damping *= 10
        slopes = _slopes(function, place, there)
        if small:
            return place, there, slopes, 1
    return place, there, slopes, 5


def leastsq(func, x0, args=(), Dfun=None, full_output=False, maxfev=0, **_others):
    args = args if isinstance(args, tuple) else (args,)
    start = np.asarray(x0).ravel()
    place, there, slopes, end = _least_squares(lambda at: func(np.array(at), *args), start, maxfev or 200 * (len(start) + 1))
    if not full_output:
        return np.array(place), end
    told = {'nfev': 0, 'fvec': there}
    return np.array(place), _inverse(slopes.T @ slopes), told, '' if end == 1 else 'The number of calls reached maxfev.', end


def _inverse(matrix):
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None


def curve_fit(f, xdata, ydata, p0=None, sigma=None, absolute_sigma=False, check_finite=True, bounds=(-math.inf, math.inf), method=None, jac=None, maxfev=0, **_others):
    if method not in (None, 'lm') or any(math.isfinite(one) for side in bounds for one in np.atleast_1d(side).ravel().tolist()):
        raise NotImplementedError('scipy.optimize.curve_fit is here without bounds and other methods than lm.')
    if p0 is None:
        p0 = [1.0] * (f.__code__.co_argcount - 1)
    wanted = np.asarray(ydata).astype(float).ravel()
    if check_finite and not bool(np.isfinite(wanted).all()):
        raise ValueError('array must not contain infs or NaNs')
    xdata = np.asarray(xdata) if isinstance(xdata, (list, tuple)) else xdata
    weights = 1.0 if sigma is None else 1.0 / np.asarray(sigma).astype(float)
    start = np.asarray(p0).astype(float).ravel()
    place, there, slopes, end = _least_squares(
        lambda at: weights * (np.asarray(f(xdata, *at)).ravel() - wanted), start, maxfev or 200 * (len(start) + 1)
    )
    if end != 1:
        raise RuntimeError('Optimal parameters not found: Number of calls to function has reached maxfev.')
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
        order = np.argsort(np.asarray(x))
        self.x, self.y = np.asarray(x)[order].astype(float), np.asarray(y).astype(float)
        if self.y.ndim != 1:
            raise NotImplementedError('scipy.interpolate.interp1d is here for one row of values.')
        self.y = self.y[order]
        self._kind, self._is_open = kind, isinstance(fill_value, str)
        self._fill = (math.nan, math.nan) if self._is_open else fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
        is_given = isinstance(fill_value, (str, tuple)) or not math.isnan(float(fill_value))
        self._is_strict = bounds_error if bounds_error is not None else not is_given

    def __call__(self, x):
        wanted = np.asarray(x).astype(float)
        flat, known = wanted.ravel(), self.x
        low, high = flat < known[0], flat > known[-1]
        if self._is_strict and not self._is_open and bool((low | high).any()):
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
        if not self._is_open:
            found = np.where(low, self._fill[0], np.where(high, self._fill[1], found))
        return found.reshape(wanted.shape)


# ---------------------------------------------------------------- stats, special, signal


class _Normal:
    """The normal distribution."""

    @staticmethod
    def _each(method, x, loc, scale):
        law = statistics.NormalDist(float(loc), float(scale))
        values = np.asarray(x).astype(float)
        found = np.array([getattr(law, method)(value) for value in values.ravel().tolist()]).reshape(values.shape)
        return found if values.ndim else found.item()

    def pdf(self, x, loc=0, scale=1):
        return self._each('pdf', x, loc, scale)

    def cdf(self, x, loc=0, scale=1):
        return self._each('cdf', x, loc, scale)

    def sf(self, x, loc=0, scale=1):
        return self._each('cdf', 2 * loc - np.asarray(x), loc, scale)

    def ppf(self, q, loc=0, scale=1):
        return self._each('inv_cdf', q, loc, scale)

    def isf(self, q, loc=0, scale=1):
        return 2 * loc - self._each('inv_cdf', q, loc, scale)


class gaussian_kde:
    """The density that points have, each spread as a Gaussian (of Scott's width)."""

    def __init__(self, dataset, bw_method=None, weights=None):
        if weights is not None or bw_method == 'silverman':
            raise NotImplementedError("scipy.stats.gaussian_kde is here with Scott's width or a number, without weights.")
        self.dataset = np.atleast_2d(np.asarray(dataset).astype(float))
        self.d, self.n = self.dataset.shape
        self.factor = float(self.n) ** (-1.0 / (self.d + 4)) if bw_method in (None, 'scott') else float(bw_method)
        self.covariance = np.atleast_2d(np.cov(self.dataset)) * self.factor ** 2
        self._inverse = np.linalg.inv(self.covariance)

    def evaluate(self, points):
        points = np.atleast_2d(np.asarray(points).astype(float))
        if self.d == 1 and points.shape[0] != 1:
            points = points.reshape((1, -1))
        total = np.zeros(points.shape[1])
        for at in range(self.n):
            away = points - self.dataset[:, at:at + 1]
            total = total + np.exp(-0.5 * (away * (self._inverse @ away)).sum(axis=0))
        return total / (self.n * math.sqrt(float(np.linalg.det(2 * math.pi * self.covariance))))

    __call__ = pdf = evaluate


def _moment(a, power):
    values = np.asarray(a).astype(float)
    away = values - values.mean()
    return float((away ** power).mean() / (away ** 2).mean() ** (power / 2))


def skew(a, axis=0):
    return _moment(a, 3)


def kurtosis(a, axis=0, fisher=True):
    return _moment(a, 4) - 3 * fisher


def percentileofscore(a, score, kind='rank'):
    values = np.asarray(a)
    below, upto = int((values < score).sum()), int((values <= score).sum())
    count = {'rank': (below + upto + (upto > below)) / 2, 'weak': upto, 'strict': below, 'mean': (below + upto) / 2}[kind]
    return 100.0 * count / values.size


def _of_each(function):
    def run(x):
        values = np.asarray(x).astype(float)
        found = np.array([function(value) for value in values.ravel().tolist()]).reshape(values.shape)
        return found if values.ndim else found.item()

    run.__name__ = getattr(function, '__name__', 'function')
    return run


def argrelextrema(data, comparator, axis=0, order=1, mode='clip'):
    values = np.asarray(data)
    if values.ndim != 1:
        raise NotImplementedError('scipy.signal.argrelextrema is here for one row of values.')
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
    'scipy.stats': {**_named(gaussian_kde, skew, kurtosis, percentileofscore), 'norm': _Normal(), 'scoreatpercentile': np.percentile},
    'scipy.special': {
        'erf': _of_each(math.erf), 'erfc': _of_each(math.erfc), 'gamma': _of_each(math.gamma), 'gammaln': _of_each(math.lgamma),
        'erfinv': _of_each(lambda value: statistics.NormalDist().inv_cdf((value + 1) / 2) / math.sqrt(2)),
    },
    'scipy.signal': _named(argrelextrema),
    'scipy.constants': _CONSTANTS,
    'scipy.constants.constants': _CONSTANTS,
    'scipy.linalg': _from(np.linalg, 'inv solve det norm lstsq eigh cholesky qr svd pinv'),
    **dict.fromkeys(('scipy.fft', 'scipy.fftpack'), _TRANSFORMS),
    **dict.fromkeys(('scipy.ndimage', 'scipy.ndimage.morphology', 'scipy.ndimage.measurements', 'scipy.ndimage.filters', 'scipy.ndimage.interpolation'), _PIXELS),
}


class Lacking:
    """A name that scripts may import; whoever calls it, counts with it or wants a part of it is told that it is not here."""

    def __init__(self, name, told):
        self.__dict__.update(_name=name, _told=told, __name__=name.rpartition('.')[2])

    def _refuse(self, *_positional, **_named):
        raise NotImplementedError('%s is not available here%s' % (self._name, self._told))

    def __getattr__(self, part):
        if part.startswith('__'):
            raise AttributeError(part)
        self._refuse()

    __call__ = __getitem__ = __iter__ = __len__ = __bool__ = __float__ = __int__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __div__ = __rdiv__ = _refuse
    __pow__ = __rpow__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


class ScipyModules:
    """Finds scipy and all parts of it; files of the user come first."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if (name == 'scipy' or name.startswith('scipy.')) and not path:
            return importlib.machinery.ModuleSpec(name, ScipyModules, is_package=True)

    @staticmethod
    def create_module(spec):
        return types.ModuleType(spec.name)

    @staticmethod
    def exec_module(module):
        name = module.__name__
        module.__dict__.update(_PARTS.get(name, {}))
        module.__getattr__ = lambda part: _part(name, part)


def _part(name, part):
    """Submodules, numpy's functions (scipy had them until 2022), and refusals."""
    if part.startswith('__'):
        raise AttributeError(part)
    if name + '.' + part in _PARTS:
        return importlib.import_module(name + '.' + part)
    if name == 'scipy' and hasattr(np, part):
        return getattr(np, part)
    return Lacking('%s.%s()' % (name, part), '; see "numpy" in docs/differences-from-casa.md.')
