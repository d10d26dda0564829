"""Finds what there is of astropy; a file of the user comes first. The rest can be imported, and says when it is used what is here."""

import logging
import sys
import types

import numpy
import qa2_constants
import qa2_equivalencies
import qa2_fits
import qa2_sky
import qa2_units
import qa2_units_numpy
import qa2_wcs
from qa2_scipy import PackageFinder, lacking

_PACKAGES = 'config constants convolution coordinates cosmology extern io logger modeling nddata samp stats table tests time timeseries uncertainty units utils version visualization vo wcs'
_FORMATS = ('ascii', 'fits', 'misc', 'registry', 'votable')


class _Log:
    """astropy.log: lines about what goes on, on the error output."""

    level = logging.INFO

    def setLevel(self, level):
        self.level = level if isinstance(level, int) else getattr(logging, level)

    def isEnabledFor(self, level):
        return level >= self.level

    def _write(self, level, text, args):
        if level >= self.level:
            sys.stderr.write('%s: %s\n' % (logging.getLevelName(level), str(text) % args if args else text))

    def debug(self, text, *args, **_named):
        self._write(logging.DEBUG, text, args)

    def info(self, text, *args, **_named):
        self._write(logging.INFO, text, args)

    def warning(self, text, *args, **_named):
        self._write(logging.WARNING, text, args)

    warn = warning

    def error(self, text, *args, **_named):
        self._write(logging.ERROR, text, args)

    exception = error

    def critical(self, text, *args, **_named):
        self._write(logging.CRITICAL, text, args)

    def disable_warnings_logging(self):
        pass

    enable_warnings_logging = disable_exception_logging = disable_color = disable_warnings_logging


class ProgressBar:
    """astropy.utils.console.ProgressBar: counts along, without a terminal to draw in."""

    def __init__(self, total_or_items, ipython_widget=False, file=None):
        self._items = total_or_items if hasattr(total_or_items, '__iter__') else range(int(total_or_items))

    def __iter__(self):
        return iter(self._items)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False

    def update(self, value=None):
        pass


def mad_std(data, axis=None, func=None, ignore_nan=False):
    """Standard deviation of a normal distribution with the data's median absolute deviation."""
    return median_absolute_deviation(data, axis, func, ignore_nan) * 1.482602218505602


def median_absolute_deviation(data, axis=None, func=None, ignore_nan=False):
    median = func or (numpy.nanmedian if ignore_nan else numpy.median)
    data = numpy.asarray(data) if isinstance(data, (list, tuple)) else data
    if isinstance(axis, tuple):
        axes = [one % data.ndim for one in axis]
        kept = [one for one in range(data.ndim) if one not in axes]
        data, axis = numpy.transpose(data, kept + axes).reshape([data.shape[one] for one in kept] + [-1]), -1
    middle = median(data, axis)
    if axis is not None:
        middle = numpy.expand_dims(middle, axis)
    return median(numpy.abs(data - middle), axis)


_UNIT_NAMES = (
    'dimensionless_unscaled UnitsError UnitConversionError UnitTypeError UnitScaleError UnitsWarning UnitBase Unit Quantity def_unit add_enabled_units '
).split()
_EQUIVALENCIES = (
    'spectral doppler_radio doppler_optical doppler_relativistic dimensionless_angles temperature_energy mass_energy parallax '
    'brightness_temperature beam_angular_area pixel_scale '
).split()


class _Formats(types.SimpleNamespace):
    """astropy.units.format: its classes are names of ways to tell a unit."""

    def __getattr__(self, name):
        return types.SimpleNamespace(part=name)


def fill_units(module):
    qa2_units_numpy.teach_numpy()
    module.__dict__.update({name: getattr(qa2_units, name) for name in _UNIT_NAMES}, **{name: getattr(qa2_equivalencies, name) for name in _EQUIVALENCIES})
    module.__dict__.update({name: qa2_units._find_unit(name) for name in qa2_units._ALIASES if name.isidentifier()})
    module.__dict__.update(
        one=qa2_units.dimensionless_unscaled, format=_Formats(), IrreducibleUnit=qa2_units.UnitBase, CompositeUnit=qa2_units.UnitBase,
        set_enabled_equivalencies=lambda given: lacking('astropy.units.set_enabled_equivalencies', ': hand equivalencies to .to().')(),
    )


def fill_constants(module):
    qa2_units_numpy.teach_numpy()
    module.__dict__.update(qa2_constants.BY_NAME)


def _fill_log(module):
    module.__dict__.update(log=_LOG)


_LOG = _Log()
_FILLED = {
    'astropy': _fill_log,
    'astropy.io.fits': lambda module: module.__dict__.update(qa2_fits.NAMES),
    'pyfits': lambda module: module.__dict__.update(qa2_fits.NAMES),
    'astropy.units': fill_units,
    'astropy.constants': fill_constants,
    'astropy.coordinates': qa2_sky.fill_coordinates,
    'astropy.wcs': qa2_wcs.fill_wcs,
    'astropy.wcs.utils': qa2_wcs.fill_wcs_utils,
    'astropy.utils.console': lambda module: module.__dict__.update(ProgressBar=ProgressBar),
    'astropy.stats': lambda module: module.__dict__.update(mad_std=mad_std, median_absolute_deviation=median_absolute_deviation),
}


def _is_known(name):
    first, _, rest = name.partition('.')
    is_part = not rest or (rest.split('.')[0] in _PACKAGES.split() and (rest[:3] != 'io.' or rest[3:].split('.')[0] in _FORMATS))
    return name == 'pyfits' or (first == 'astropy' and is_part)


def _fill(module):
    fill = _FILLED.get(module.__name__)
    if fill:
        fill(module)
    module.__getattr__ = lambda part: _absent(module.__name__, part)


AstropyModules = PackageFinder(_is_known, _fill)


def _absent(name, part):
    if part.startswith('__') or name in ('astropy', 'astropy.io'):
        raise AttributeError(part)
    told = ': of astropy, casapy has io.fits, units, constants, SkyCoord (ICRS, FK5, Galactic) and angles, wcs of images, mad_std and log.'
    return lacking('%s.%s' % (name, part), told)
